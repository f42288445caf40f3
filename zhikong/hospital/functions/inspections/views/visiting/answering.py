"""Every answer of the sync addresses is JSON with a sentence; none is a page, none leads to the login page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from zhikong.hospital.functions.inspections.models.planning import Visit
from zhikong.hospital.functions.inspections.queries.planning import visits
from zhikong.hospital.functions.inspections.rules_sync import (
    MOST_BYTES,
    MOST_OPS,
    Malformed,
    document,
)

View = Callable[..., HttpResponse]
SIGNED_OUT = "登录已过期。手机里的内容都还在，请重新登录，之后会自动继续同步。"
CSRF = "页面的安全校验已过期，请重试；手机里的内容都还在。"
UNKNOWN_VISIT = "没有这次检查，或您不是它的检查人。手机里的内容没有丢，请联系安排检查的人。"
TOO_LARGE = f"一次最多 {MOST_OPS} 条、{MOST_BYTES // 1024} KB，请分批上传。"


def said(body: dict, status: int = 200) -> JsonResponse:
    """JSON in readable Chinese, kept by no cache."""
    answer = JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = "no-store"
    return answer


def refusal(status: int, error: str, why: str, **more) -> JsonResponse:
    return said({"error": error, "why": str(why), **more}, status)


class Refused(Exception):
    """An answer that ends the request."""

    def __init__(self, answer: JsonResponse) -> None:
        super().__init__()
        self.answer = answer


def api(*methods: str, session: bool = True) -> Callable[[View], View]:
    """A sync address: its methods, whether it needs a session, and every refusal as JSON with a sentence."""

    def decorate(view: View) -> View:
        @csrf_exempt  # checked below, with an answer that a program can read
        @login_not_required
        @wraps(view)
        def wrapper(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            try:
                if request.method not in methods:
                    raise Refused(refusal(405, "method", f"请用 {'、'.join(methods)}。"))
                if session:
                    _require_session(request)
                return view(request, *args, **kwargs)
            except Refused as refused:
                return refused.answer
            except Malformed as problem:
                return refusal(400, "malformed", str(problem))
            except PermissionDenied as problem:
                return refusal(403, "forbidden", str(problem))
            except ValidationError as problem:
                return refusal(422, "refused", " ".join(problem.messages))

        return wrapper

    return decorate


class _Check(CsrfViewMiddleware):
    def _reject(self, request, reason):
        return reason


def _require_session(request: HttpRequest) -> None:
    user = request.user
    if not user.is_authenticated or not hasattr(request, "scope"):
        login = f"{reverse('account_login')}?next={reverse('inspections:phone')}"
        raise Refused(refusal(401, "signed_out", SIGNED_OUT, login=login))
    if request.method not in ("GET", "HEAD"):
        check = _Check(lambda asked: None)
        check.process_request(request)
        if check.process_view(request, lambda asked: None, (), {}) is not None:
            raise Refused(refusal(403, "csrf", CSRF))


def body_of(request: HttpRequest, most: int = MOST_BYTES) -> bytes:
    """The body, of which never more is read than may be sent."""
    announced = request.headers.get("Content-Length", "")
    if announced.isdecimal() and int(announced) > most:
        raise Refused(refusal(413, "too_large", TOO_LARGE, most_ops=MOST_OPS, most_bytes=MOST_BYTES))
    content = request.read(most + 1)
    if len(content) > most:
        raise Refused(refusal(413, "too_large", TOO_LARGE, most_ops=MOST_OPS, most_bytes=MOST_BYTES))
    return content


def json_of(request: HttpRequest) -> dict:
    """The JSON object in the body, {} when there is none. Raises Malformed."""
    content = body_of(request)
    return document(content) if content.strip() else {}


def visit_of(request: HttpRequest, pk: int, *, inspectors_only: bool = True) -> Visit:
    """A visit that this person may see, and by default inspects; anything else does not exist."""
    found = visits.visit(pk)
    if found is None or (inspectors_only and not visits.inspects(request.user, found)):
        raise Refused(refusal(404, "unknown_visit", UNKNOWN_VISIT))
    return found
