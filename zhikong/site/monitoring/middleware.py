"""Around each request: its number, its line in the log, what it cost."""

import logging
import time
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from zhikong.site.monitoring import context, counters

QUIET = frozenset(("incidents",))  # who looked at or wrote an incident report when is nobody's business
UNSEEN = frozenset(("alive", "ready", "metrics"))  # asked every few seconds by machines
log = logging.getLogger("zhikong.requests")


class RequestMiddleware:
    """The outermost middleware. Anonymous pages (/speak/) are answered before it and leave no trace here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = uuid.uuid4().hex
        token = context.current.set({"request": request.request_id})
        began, cpu = time.perf_counter(), time.thread_time()
        try:
            response = self.get_response(request)
            response.headers.setdefault("X-Request-ID", request.request_id)
            self._note(request, response, time.perf_counter() - began, time.thread_time() - cpu)
            return response
        finally:
            context.current.reset(token)

    def _note(self, request: HttpRequest, response: HttpResponse, seconds: float, cpu: float) -> None:
        view, app = _view(request)
        method, status = request.method or "", response.status_code
        counters.answered(view=view, method=method, status=status, seconds=seconds, cpu=cpu)
        if not view or view in UNSEEN or (app in QUIET and status < 500):
            return
        log.info(
            "answered",
            extra={
                "view": view,
                "method": method if method in counters.METHODS else "other",
                "status": status,
                "ms": round(seconds * 1000, 1),
                "cpu_ms": round(cpu * 1000, 1),
                **({} if app in QUIET else _user(request)),
            },
        )


def _view(request: HttpRequest) -> tuple[str, str]:
    """The page's name in the code and its app; nothing of its address. Empty for files and unknown addresses."""
    match = getattr(request, "resolver_match", None)
    if match is None:
        return "", ""
    return match.view_name or "", match.app_name.split(":")[0]


def _user(request: HttpRequest) -> dict[str, int]:
    """The account's number, when the request already knows it: asking for it would ask the database."""
    scope = getattr(request, "scope", None)
    return {} if scope is None or scope.user_id is None else {"user": scope.user_id}
