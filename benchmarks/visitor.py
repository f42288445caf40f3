"""A signed-in visitor on the loopback: keeps its connection, times each request, accepts nothing but a page."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from urllib.parse import urlencode

ADDRESS = "127.0.0.1"
SECONDS = 60


class Unexpected(RuntimeError):
    """An answer that is not the page that was asked for."""


class Visitor:
    """One browser: a connection and the cookies of a session."""

    def __init__(self, port: int, cookies: dict[str, str] | None = None):
        self.port = port
        self.cookies = dict(cookies or {})
        self.connection = HTTPConnection(ADDRESS, port, timeout=SECONDS)

    def twin(self) -> Visitor:
        """The same session over a connection of its own, opened already."""
        other = Visitor(self.port, self.cookies)
        other.connection.connect()
        return other

    def sign_in(self, username: str, password: str) -> None:
        self.get("/account/login/")
        self.post("/account/login/", login=username, password=password)

    def post(self, path: str, **fields: str) -> None:
        """A form that is accepted and leads to another page."""
        form = {**fields, "csrfmiddlewaretoken": self.cookies["zhikong_csrf"]}
        status, _text = self._ask("POST", path, urlencode(form))
        if status != 302:
            raise Unexpected(f"{path}: status {status} instead of a redirection")

    def get(self, path: str) -> str:
        """The text of a page."""
        status, text = self._ask("GET", path)
        if status != 200:
            raise Unexpected(f"{path}: status {status}")
        return text

    def timed(self, path: str) -> float:
        """Seconds of wall time until the last byte of a page."""
        start = time.perf_counter()
        self.get(path)
        return time.perf_counter() - start

    def find(self, path: str, pattern: str) -> str:
        """The first group of a pattern in a page."""
        found = re.search(pattern, self.get(path))
        if found is None:
            raise Unexpected(f"{path}: nothing like {pattern}")
        return found.group(1)

    def close(self) -> None:
        self.connection.close()

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie", ()):
            self.cookies.update({name: crumb.value for name, crumb in SimpleCookie(line).items()})
        return answer.status, answer.read().decode()


def in_sequence(visitor: Visitor, paths: Sequence[str]) -> list[float]:
    """Wall seconds of each request, one after the other."""
    return [visitor.timed(path) for path in paths]


def at_once(visitor: Visitor, path: str, readers: int) -> list[float]:
    """Wall seconds of requests that all start at the same moment, each over its own open connection."""
    twins = [visitor.twin() for _reader in range(readers)]
    start = threading.Barrier(readers)

    def read(twin: Visitor) -> float:
        start.wait()
        return twin.timed(path)

    with ThreadPoolExecutor(readers) as pool:
        seconds = list(pool.map(read, twins))
    for twin in twins:
        twin.close()
    return seconds
