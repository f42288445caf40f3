"""A local stand-in for the outside services: it keeps what it was sent and answers as it is told."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class Service(ThreadingHTTPServer):
    """answers: what to say next, the last one for ever; each is (status, headers, JSON)."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen, self.answers = [], [(200, {}, {"errcode": 0, "code": 0, "access_token": "T0"})]
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def next_answer(self):
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self._serve(None)

    def do_POST(self):
        self._serve(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _serve(self, body):
        self.server.seen.append({"path": self.path, "body": body, "key": self.headers.get("Idempotency-Key")})
        status, headers, answer = self.server.next_answer()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *args):
        pass


@pytest.fixture
def service():
    server = Service()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()
