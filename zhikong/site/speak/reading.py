"""What an anonymous page gets to know of a request. Everything stays in memory; nothing is written to a file."""

from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http.multipartparser import MultiPartParser, MultiPartParserError

from zhikong.hospital.functions.incidents.views.anonymous.asked import Asked

LARGEST = 24 * 1024 * 1024  # bytes of a whole form with its pictures
PLAIN = "application/x-www-form-urlencoded"
FILES = "multipart/form-data"


class Unreadable(ValueError):
    """A request that cannot be read; ``instead`` is what the pages answer to."""

    def __init__(self, instead: Asked):
        super().__init__(instead.refused)
        self.instead = instead


def asked(environ: dict[str, Any], path: str) -> Asked:
    """Method, path, fields, files: nothing else of a request reaches the pages. Raises Unreadable."""
    query = dict(parse_qsl(environ.get("QUERY_STRING", ""), max_num_fields=20, errors="replace"))
    language = query.get("l", "")
    if environ["REQUEST_METHOD"] in ("GET", "HEAD"):
        return Asked("GET", path, query, language=_known(language))
    if environ["REQUEST_METHOD"] != "POST":
        raise Unreadable(Asked("GET", path, query, refused="method"))
    if environ.get("HTTP_SEC_FETCH_SITE", "") == "cross-site":
        raise Unreadable(Asked("GET", path, query, refused="foreign"))
    fields, files = _posted(environ, path)
    return Asked("POST", path, query, fields, files, language=_known(fields.get("l", language)))


def _posted(environ: dict[str, Any], path: str) -> tuple[dict[str, str], dict[str, list[bytes]]]:
    length = environ.get("CONTENT_LENGTH", "")
    if not length.isdigit() or int(length) > LARGEST:
        raise Unreadable(Asked("GET", path, {}, refused="large"))
    body = environ["wsgi.input"].read(int(length))
    kind = environ.get("CONTENT_TYPE", "")
    try:
        if kind.startswith(PLAIN):
            pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=60)
            return dict(pairs), {}
        if kind.startswith(FILES):
            return _multipart(kind, body)
    except (ValueError, MultiPartParserError, SuspiciousOperation, StopUpload):
        pass  # told below, like any other body that is no form
    raise Unreadable(Asked("GET", path, {}, refused="form"))


def _multipart(kind: str, body: bytes) -> tuple[dict[str, str], dict[str, list[bytes]]]:
    handler = _InMemory()
    meta = {"CONTENT_TYPE": kind, "CONTENT_LENGTH": str(len(body))}
    fields, _files = MultiPartParser(meta, BytesIO(body), [handler], "utf-8").parse()
    return {name: fields[name] for name in fields}, handler.kept


class _InMemory(FileUploadHandler):
    """Django's own handlers write large files to a folder, under their moment; this one keeps bytes, not names."""

    def __init__(self):
        super().__init__()
        self.kept: dict[str, list[bytes]] = {}
        self._parts: list[bytes] = []

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self._parts = []

    def receive_data_chunk(self, raw_data, start):
        self._parts.append(raw_data)

    def file_complete(self, file_size):
        if file_size and len(self.kept.setdefault(self.field_name, [])) < 8:
            self.kept[self.field_name].append(b"".join(self._parts))


def _known(language: str) -> str:
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
