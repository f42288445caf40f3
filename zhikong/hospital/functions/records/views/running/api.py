"""The check API: what would fire on this draft, and the record of a doctor who goes past a hard stop.

No session: a token says who calls. Documented in docs/guide/check-api.md; nothing of a draft is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from zhikong.foundation.access.scope import Scope, scoped
from zhikong.foundation.organisation.queries import institution
from zhikong.hospital.functions.records.actions.running import stopping
from zhikong.hospital.functions.records.draft_rules import (
    MOST_BYTES,
    Refused,
    body_of,
    draft_of,
    stay_of,
    too_large,
    words,
)
from zhikong.hospital.functions.records.models import CheckToken
from zhikong.hospital.functions.records.queries.results.in_force import all_rules
from zhikong.intake.pseudonyms import pseudonym


def _answers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view for programs: POST only, no session, no cookie, every refusal as JSON in two languages."""

    @csrf_exempt  # there is no cookie that a foreign page could use
    @login_not_required
    @wraps(view)
    def wrapper(request: HttpRequest) -> HttpResponse:
        try:
            if request.method != "POST":
                raise Refused(405, "method", "请用 POST。", "Use POST.")
            token = stopping.caller(header=request.headers.get("Authorization", ""))
            body = body_of(_content(request), request.headers.get("Content-Type", ""))
            with scoped(_scope(request, token)):
                stopping.note_use(token, now=timezone.now())
                return view(request, body)
        except Refused as refused:
            return _refusal(refused)

    return wrapper


def _scope(request: HttpRequest, token: CheckToken) -> Scope:
    """A call acts for its token: for the whole hospital, under the token's first characters."""
    return Scope(
        token.institution_id,
        None,
        actor=f"check:{token.start}",
        request_id=getattr(request, "request_id", ""),
    )


def _content(request: HttpRequest) -> bytes:
    announced = request.headers.get("Content-Length", "")
    if announced.isdecimal() and int(announced) > MOST_BYTES:
        raise too_large()
    return request.read(MOST_BYTES + 1)


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
    return answer


def _pseudonym(record_number: str, admission_number: str) -> str:
    """The stay's pseudonym, as the rows of feeds get it."""
    numbers = (record_number, admission_number)
    return pseudonym(settings.PSEUDONYM_SECRET.encode(), institution().code, "stay", numbers)


@_answers
def check(request: HttpRequest, body: dict) -> HttpResponse:
    """Which rules would fire on this draft, where, whether one stops, and what the document would fulfil."""
    from zhikong.hospital.functions.records.queries.running.drafts import answer_of

    now = timezone.now()
    draft = draft_of(body, _pseudonym)
    found = answer_of(draft, now=now)
    fulfils = [
        one | {"due_at": one["due_at"] and timezone.localtime(one["due_at"]).strftime("%Y-%m-%dT%H:%M")}
        for one in found.fulfils
    ]
    return JsonResponse(
        {
            "stay_id": draft.stay_id,
            "checked_at": timezone.localtime(now).strftime("%Y-%m-%dT%H:%M:%S"),
            "rules": found.rules,
            "hard_stop": found.hard_stop,
            "findings": found.findings,
            "fulfils": fulfils,
        },
        json_dumps_params={"ensure_ascii": False},
    )


@_answers
def override(request: HttpRequest, body: dict) -> HttpResponse:
    """A doctor saved although a rule stopped: keep the reason. The same again within ten minutes is told so."""
    given = {name: words(body, name, most, required=True) for name, most in _OVERRIDE.items()}
    given["stay_id"] = stay_of(body, _pseudonym)
    now = timezone.now()
    rule = all_rules(on=timezone.localdate(now)).get(given["rule"])
    if rule is None:
        raise Refused(404, "no_rule", f"没有规则 {given['rule']}。", "No such rule.", field="rule")
    try:
        made, again = stopping.override(now=now, version=rule.version, **given)
    except ValidationError as refused:
        raise Refused(400, "override", refused.messages[0], "The override was not taken.") from refused
    return JsonResponse(
        {"override": made.pk, "duplicate": again},
        status=200 if again else 201,
        json_dumps_params={"ensure_ascii": False},
    )


_OVERRIDE = {"rule": 80, "author": 64, "why": 12, "reason": 300}
