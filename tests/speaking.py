"""A writer of the anonymous pages in tests: sends forms to the branch before Django, as a browser does."""

import re
import time
from html import unescape
from io import BytesIO
from urllib.parse import urlencode

from zhikong.hospital.functions.incidents import jobs_anonymous
from zhikong.hospital.functions.incidents.spool import tickets

BOUNDARY = "----zhikong"


class Writer:
    """Somebody at a browser. headers: what the browser sends besides, as WSGI names them."""

    def __init__(self, settings, folder, **headers):
        from zhikong.site.speak import branch

        settings.SPEAK_FOLDER, settings.SPEAK_KEYS = folder / "speak", folder / "keys"
        settings.SPEAK_SLOTS = getattr(settings, "SPEAK_SLOTS", 16)
        self.settings, self.headers = settings, headers
        jobs_anonymous.prepare()
        self.application = branch(self._django)

    def _django(self, environ, start_response):
        raise AssertionError("this request was not for the anonymous pages")

    def ticket(self):
        """A form that was opened a minute ago."""
        return tickets.issue(self.settings.SPEAK_SECRET.encode(), now=time.time() - 60)

    def get(self, path, **more):
        return self._ask("GET", path, b"", "", more)

    def post(self, path, fields, **more):
        return self._ask("POST", path, urlencode(fields).encode(), "application/x-www-form-urlencoded", more)

    def upload(self, path, fields, files, **more):
        """files: (field, name, content)."""
        parts = [
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode()
            for n, v in fields.items()
        ]
        for field, name, content in files:
            head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\nContent-Type: image/jpeg\r\n\r\n'
            parts.append(head.encode() + content + b"\r\n")
        body = b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
        return self._ask("POST", path, body, f"multipart/form-data; boundary={BOUNDARY}", more)

    def _ask(self, method, path, body, kind, more):
        path, _mark, query = path.partition("?")
        environ = {
            "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "HTTP_HOST": "localhost",
            "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": kind, "wsgi.input": BytesIO(body),
            "wsgi.url_scheme": "http", "REMOTE_ADDR": "10.9.8.7", **self.headers, **more,
        }  # fmt: skip
        answer = Answer()
        answer.text = b"".join(self.application(environ, answer.start)).decode()
        return answer


class Answer:
    """What came back."""

    def start(self, status, headers):
        self.status, self.headers = int(status[:3]), dict(headers)

    def secrets(self):
        """(number, key) of a receipt."""
        return tuple(unescape(s) for s in re.findall(r"<strong>([0-9A-Z-]{10,})</strong>", self.text))


def report(writer, **changes):
    """Fields of a report that raises no hint."""
    fields = {
        "ticket": writer.ticket(), "what": "患者在走廊滑了一下，没有受伤。", "department": "GSUR",
        "occurred_on": "2026-11-01", "shift": "morning", "harm": "C", "category": "",
    }  # fmt: skip
    return {**fields, **changes}
