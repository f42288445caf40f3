"""Hand a sheet in, return it, accept it, withdraw it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.forms import answers as judging
from zhikong.foundation.forms import facts, queries
from zhikong.foundation.forms.actions.filling import save_answers, store
from zhikong.foundation.forms.actions.opening import open_sheet
from zhikong.foundation.forms.actions.steps import lock, note_figures, record, state_after
from zhikong.foundation.forms.models import Sheet
from zhikong.foundation.forms.permissions import may_decide, require_decide, require_fill_sheet
from zhikong.foundation.forms.references import Existing
from zhikong.foundation.forms.rules import HANDED_IN, Act, State
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.outbox.actions import announce
from zhikong.foundation.tasks import actions as tasks

SOURCE = "sheet"
RETURN_WORKING_DAYS = 3


class Incomplete(ValidationError):
    """A sheet that cannot be handed in yet; `errors` has a sentence for each item."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__(f"还有 {len(self.errors)} 处要填写或修改，已在条目旁边说明。")


@transaction.atomic
def submit(sheet: Sheet, *, by, now: datetime, unknown: Mapping[str, str] | None = None) -> Sheet:
    """Hand the sheet in: every answer is judged once more, the score is fixed. Raises Incomplete.

    unknown: item -> why it cannot be answered; such items may stay open, and the score is then a range.
    """
    lock(sheet)
    state = state_after(sheet, Act.SUBMIT)
    form = queries.definition(sheet)
    require_fill_sheet(by, form, sheet)
    today = timezone.localdate(now)
    cleaned = judging.clean(form, sheet.answers, final=True, today=today, known=Existing(on=today))
    sheet.unknown = {item: why for item, why in (unknown or {}).items() if item not in cleaned.values}
    if errors := {item: text for item, text in cleaned.errors.items() if item not in sheet.unknown}:
        raise Incomplete(errors)
    sheet.state, sheet.answers = state, cleaned.values
    sheet.submitted_at, sheet.submitted_by = now, by
    sheet.decided_at = sheet.decided_by = None
    note_figures(sheet, form, cleaned)
    sheet.changed_at = now
    sheet.save()
    record(sheet, Act.SUBMIT, by=by, now=now, with_answers=True)
    tasks.complete_for(source_kind=SOURCE, source_key=str(sheet.pk), by=by, now=now)
    announce(facts.SheetSubmitted(**_codes(sheet)), now=now)
    return sheet


def _codes(sheet: Sheet) -> dict[str, Any]:
    return {
        "sheet_id": sheet.pk,
        "form_id": sheet.definition_id,
        "department_id": sheet.department_id,
        "period": sheet.period,
        "source_kind": sheet.source_kind,
        "source_key": sheet.source_key[:64],
    }


@transaction.atomic
def return_sheet(sheet: Sheet, *, by, now: datetime, reason: str) -> Sheet:
    """Give a sheet back with the reason; it can be filled again and keeps what was handed in as history."""
    lock(sheet)
    state = state_after(sheet, Act.RETURN)
    require_decide(by, queries.definition(sheet), sheet.department_id)
    reason = _reason(reason, "请写明退回的原因，填表人要据此修改。")
    filler = sheet.submitted_by or sheet.opened_by
    _decide(sheet, state, Act.RETURN, by=by, now=now, text=reason)
    _ask_again(sheet, filler, by=by, now=now)
    announce(facts.SheetReturned(**_codes(sheet)), now=now)
    notices.send(
        by=by, now=now, users=[sheet.submitted_by, sheet.opened_by], title=f"已退回：{sheet}", text=reason,
        url=reverse("forms:fill", args=[sheet.pk]), source_kind=SOURCE, source_key=str(sheet.pk),
    )  # fmt: skip
    return sheet


def _ask_again(sheet: Sheet, filler, *, by, now: datetime) -> None:
    """The one who handed it in gets the task to put it right; a job that handed it in has no 待办 page."""
    if filler is None:
        return
    today = timezone.localdate(now)
    tasks.assign(
        by=by,
        now=now,
        owner=filler,
        title=f"修改退回的表：{sheet}",
        due_on=working_calendar().add_working_days(today, RETURN_WORKING_DAYS),
        due_reason=f"退回的表请在 {RETURN_WORKING_DAYS} 个工作日内改好再提交",
        source_kind=SOURCE,
        source_key=str(sheet.pk),
        url=reverse("forms:fill", args=[sheet.pk]),
        department_id=sheet.department_id,
        due_from=today,
        working_days=RETURN_WORKING_DAYS,
    )


@transaction.atomic
def accept(sheet: Sheet, *, by, now: datetime, text: str = "") -> Sheet:
    """Accept what was handed in; nobody accepts what only they themselves handed in."""
    lock(sheet)
    state = state_after(sheet, Act.ACCEPT)
    require_decide(by, queries.definition(sheet), sheet.department_id)
    if by is not None and by.pk == sheet.submitted_by_id:
        raise PermissionDenied("自己提交的表要由另一个人审核。")
    _decide(sheet, state, Act.ACCEPT, by=by, now=now, text=text)
    announce(facts.SheetAccepted(**_codes(sheet)), now=now)
    return sheet


@transaction.atomic
def withdraw(sheet: Sheet, *, by, now: datetime, reason: str) -> Sheet:
    """Take a sheet out of the register; it stays readable with the reason. By who opened it, or who decides."""
    lock(sheet)
    state = state_after(sheet, Act.WITHDRAW)
    form = queries.definition(sheet)
    if by is not None and by.pk != sheet.opened_by_id and not may_decide(by, form, sheet.department_id):
        raise PermissionDenied("只有新建这份表的人和审核岗位可以作废它。")
    sheet.state, sheet.changed_at = state, now
    sheet.save()
    reason = _reason(reason, "请写明作废的原因。")
    record(sheet, Act.WITHDRAW, by=by, now=now, text=reason)
    tasks.cancel_for(source_kind=SOURCE, source_key=str(sheet.pk), by=by, now=now, reason=reason)
    announce(facts.SheetReturned(**_codes(sheet)), now=now)
    return sheet


@transaction.atomic
def amend(sheet: Sheet, *, by, now: datetime, answers: Mapping[str, Any], reason: str) -> Sheet:
    """Change answers of a sheet that was handed in, because a decision says so; the story keeps who, when and why.

    by: who may decide on the form (an arbiter). What was handed in before stays in the story with its score.
    """
    lock(sheet)
    if State(sheet.state) not in HANDED_IN:
        raise ValidationError("只有已经提交的表可以按结论更正。")
    form = queries.definition(sheet)
    require_decide(by, form, sheet.department_id)
    today = timezone.localdate(now)
    cleaned = judging.clean(
        form, {**sheet.answers, **answers}, final=True, today=today, known=Existing(on=today)
    )
    if errors := {item: text for item, text in cleaned.errors.items() if item not in sheet.unknown}:
        raise Incomplete(errors)
    store(sheet, form, cleaned, by=by, now=now)
    record(sheet, Act.ACCEPT, by=by, now=now, text=_reason(reason, "请写明更正的理由。"), with_answers=True)
    return sheet


def _decide(sheet: Sheet, state: State, act: Act, *, by, now: datetime, text: str) -> None:
    sheet.state, sheet.decided_at, sheet.decided_by, sheet.changed_at = state, now, by, now
    sheet.save()
    record(sheet, act, by=by, now=now, text=text)


def _reason(text: str, sentence: str) -> str:
    text = (text or "").strip()
    if len(text) < 2:
        raise ValidationError(sentence)
    return text


@transaction.atomic
def enter_sheet(*, by, now: datetime, form_id: str, answers: Mapping[str, Any], **opening: Any) -> Sheet:
    """Open, fill and hand in at once, for imports and programs. Raises Incomplete and then leaves nothing behind.

    opening: what open_sheet takes. The errors are those that the page would show for the same answers.
    """
    sheet = open_sheet(by=by, now=now, form_id=form_id, **opening)
    form = queries.definition(sheet)
    saved = save_answers(sheet, by=by, now=now, raw=answers)
    today = timezone.localdate(now)
    final = judging.clean(form, sheet.answers, final=True, today=today, known=Existing(on=today))
    if errors := {**final.errors, **saved.errors}:
        raise Incomplete(errors)
    return submit(sheet, by=by, now=now)
