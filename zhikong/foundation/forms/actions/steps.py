"""What every write does: lock the sheet, check who and whether, note the score, write the story."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from django.core.exceptions import ValidationError

from zhikong.foundation.forms import answers as judging
from zhikong.foundation.forms import queries, ranges, scoring
from zhikong.foundation.forms.answers import Cleaned
from zhikong.foundation.forms.definition import FormDefinition
from zhikong.foundation.forms.models import Sheet, SheetStep
from zhikong.foundation.forms.rules import Act, NotAllowedNow, State, next_state

CENT = Decimal("0.01")


def lock(sheet: Sheet) -> None:
    """Read the sheet again and keep others waiting until the transaction ends."""
    sheet.refresh_from_db(from_queryset=Sheet.objects.select_for_update(of=("self",)))


def state_after(sheet: Sheet, act: Act) -> State:
    """The state after an act; a ValidationError with the sentence when the sheet's state forbids it."""
    try:
        return next_state(sheet.state, act)
    except NotAllowedNow as refused:
        raise ValidationError(str(refused)) from refused


def refuse_unless_editable(sheet: Sheet) -> None:
    if not sheet.is_editable:
        raise ValidationError(f"这份表{sheet.get_state_display()}，不能再改。需要修改时，请审核人退回。")


def note_figures(sheet: Sheet, form: FormDefinition, cleaned: Cleaned) -> None:
    """Put progress, score and vetoes of clean answers on the sheet; the caller saves it."""
    sheet.filled, sheet.asked = judging.progress(form, cleaned)
    policy = queries.policy_of(sheet)
    sheet.vetoes = len(scoring.vetoes(form, cleaned.values))
    sheet.passed = scoring.passed(form, cleaned.values)
    result = scoring.score(form, cleaned.values, policy)
    if result is None:
        return
    sheet.points, sheet.full = _rounded(result.points), _rounded(result.full)
    sheet.total, sheet.grade = result.total, result.grade
    sheet.low = sheet.high = result.total
    if sheet.unknown:
        _note_range(sheet, ranges.score_range(form, cleaned.values, unknown=sheet.unknown, policy=policy))


def _note_range(sheet: Sheet, span: ranges.Range | None) -> None:
    """A sheet that was handed in with unknown items has no single total."""
    if span is not None:
        sheet.low, sheet.high, sheet.grade = span.low, span.high, span.grade
        sheet.total = span.high if span.low == span.high else None


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def record(sheet: Sheet, act: Act, *, by, now: datetime, text: str = "", with_answers: bool = False) -> None:
    """Add one line to the sheet's story."""
    SheetStep.objects.create(
        institution_id=sheet.institution_id,
        department_id=sheet.department_id,
        sheet=sheet,
        act=act,
        at=now,
        by=by,
        text=text,
        answers=sheet.answers if with_answers else None,
        total=sheet.total if with_answers else None,
    )
