"""The push API: rows in, a receipt back; and what became of a receipt. No session: a token says who calls."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from zhikong.foundation.access.scope import Scope, scoped
from zhikong.foundation.facts import raw, raw_keys
from zhikong.hospital.functions.datasources.models import ApiToken, Receipt
from zhikong.hospital.functions.datasources.push import actions, openapi, queries
from zhikong.hospital.functions.datasources.push.rules import (
    MOST_BYTES,
    Body,
    Refused,
    idempotency_key,
    rows_noted,
    too_large,
)

Answer = Callable[..., HttpResponse]


def _answers(method: str) -> Callable[[Answer], Answer]:
    """A view for programs: one method, no session, no cookie, and every refusal as JSON in two languages."""

    def decorate(view: Answer) -> Answer:
        @csrf_exempt  # there is no cookie that a foreign page could use
        @login_not_required
        @wraps(view)
        def wrapper(request: HttpRequest, feed: str, **kwargs) -> HttpResponse:
            try:
                if request.method != method:
                    raise Refused(405, "method", f"请用 {method}。", f"Use {method}.")
                token = actions.caller(now=timezone.now(), header=request.headers.get("Authorization", ""))
                return view(request, token, feed, **kwargs)
            except Refused as refused:
                return _refusal(refused)
            except (raw.RawProblem, raw_keys.KeyMissing) as problem:
                return _refusal(Refused(503, "not_kept", str(problem), "Nothing was kept; try again later."))

        return wrapper

    return decorate


def _refusal(refused: Refused) -> JsonResponse:
    error = {
        "code": refused.code,
        "message": refused.chinese,
        "message_en": refused.english,
        **refused.details,
    }
    answer = JsonResponse({"error": error}, status=refused.status, json_dumps_params={"ensure_ascii": False})
    if refused.status == 401:
        answer["WWW-Authenticate"] = 'Bearer realm="zhikong"'
    if refused.status in (429, 503):
        answer["Retry-After"] = "60"
    return answer


def scope_of(request: HttpRequest, token: ApiToken) -> Scope:
    """A call acts for its token: for the whole hospital, under the token's first characters."""
    actor = f"push:{token.start}"
    return Scope(token.institution_id, None, actor=actor, request_id=getattr(request, "request_id", ""))


@_answers("POST")
def push(request: HttpRequest, token: ApiToken, feed: str, *, table: str) -> HttpResponse:
    """Take rows of one table in: 202 when they are kept, whatever becomes of them later."""
    body = Body(
        content=content_of(request),
        content_type=request.headers.get("Content-Type", ""),
        encoding=request.headers.get("Content-Encoding", ""),
        key=idempotency_key(request.headers.get("Idempotency-Key", "")),
    )
    now = timezone.now()
    with scoped(scope_of(request, token)):
        found = actions.feed_of(token, feed)
        actions.note_use(now=now, token=token)
        receipt, again = actions.take(now=now, feed=found, table=table, body=body)
    url = reverse("datasources:push_receipt", args=[feed, receipt.seq])
    answer = {"receipt": receipt.seq, "url": url, "duplicate": again, "rows": rows_noted(receipt.note)}
    return JsonResponse(answer, status=202, headers={"Location": url})


def content_of(request: HttpRequest) -> bytes:
    """The body, of which never more is read than may be sent."""
    announced = request.headers.get("Content-Length", "")
    if announced.isdecimal() and int(announced) > MOST_BYTES:
        raise too_large()
    content = request.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise too_large()
    return content


@_answers("GET")
def receipt(request: HttpRequest, token: ApiToken, feed: str, *, number: int) -> HttpResponse:
    """What became of a receipt of this feed."""
    with scoped(scope_of(request, token)):
        found = (
            Receipt.objects.select_related("load")
            .filter(feed=actions.feed_of(token, feed), seq=number)
            .first()
        )
        if found is None:
            raise Refused(404, "no_receipt", "没有这张回执。", "No such receipt.")
        return JsonResponse(queries.outcome(found), json_dumps_params={"ensure_ascii": False})


@require_GET
@login_not_required
def description(request: HttpRequest) -> HttpResponse:
    """The OpenAPI description of the contract's tables; says nothing about this hospital."""
    return JsonResponse(openapi.document(), json_dumps_params={"ensure_ascii": False})
