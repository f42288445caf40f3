"""The door for programs: a sheet as JSON, judged as on the page, refused with the same sentences by item id.

Who calls is who is signed in: a session and its CSRF token, as for the pages.
"""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from zhikong.foundation.forms import actions
from zhikong.foundation.forms.actions import Incomplete

MOST_BYTES = 1_000_000
NOT_JSON = "请求的内容不是 JSON 对象，应为 {answers: {…}, department_id: …, period: …}。"
OPENING = {"department_id": int, "subject": (int, str), "period": str, "source_kind": str, "source_key": str}


@login_required
@require_POST
def enter(request, form_id: str):
    """Open, fill and hand in a sheet. 201 with its number and score; 422 with errors by item id; nothing by halves."""
    said = _said(request)
    if isinstance(said, str):
        return _refuse({}, [said], 400)
    answers = said.pop("answers", {})
    try:
        sheet = actions.enter_sheet(
            by=request.user, now=timezone.now(), form_id=form_id, answers=answers, **said
        )
    except Incomplete as error:
        return _refuse(error.errors, error.messages, 422)
    except ValidationError as error:
        return _refuse({}, error.messages, 422)
    return JsonResponse(
        {
            "id": sheet.pk,
            "number": sheet.number,
            "url": reverse("forms:view", args=[sheet.pk]),
            "total": None if sheet.total is None else str(sheet.total),
            "grade": sheet.grade,
            "passed": sheet.passed,
        },
        status=201,
    )


def _said(request) -> dict[str, Any] | str:
    """The checked body, or the sentence that says what is wrong with it."""
    if len(request.body) > MOST_BYTES:
        return "请求超过 1 MB。"
    try:
        said = json.loads(request.body)
    except (ValueError, RecursionError):
        return NOT_JSON
    if not isinstance(said, dict) or not isinstance(said.get("answers", {}), dict):
        return NOT_JSON
    for name, value in said.items():
        if name != "answers" and not (name in OPENING and isinstance(value, OPENING[name])):
            return f"字段 {name[:40]} 不认识，或它的值不对。"
    return said


def _refuse(errors: dict[str, str], messages: list[str], status: int) -> JsonResponse:
    return JsonResponse(
        {"errors": errors, "messages": messages}, status=status, json_dumps_params={"ensure_ascii": False}
    )
