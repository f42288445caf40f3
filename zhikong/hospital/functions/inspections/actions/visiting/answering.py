"""An answer from a phone goes onto its sheet, or stands beside the one that somebody else gave meanwhile.

Two answers to one item are never merged: the sheet keeps the one that came first, the log keeps the other, and a
person chooses. Photos are the exception that is none: evidence of two people does not contradict, both stay.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from zhikong.foundation.forms import queries as forms
from zhikong.foundation.forms.actions import save_answers
from zhikong.foundation.forms.actions.steps import lock
from zhikong.foundation.forms.answering import Refused, cleaned
from zhikong.foundation.forms.definition import ItemType
from zhikong.foundation.forms.models import Sheet, SheetEdit
from zhikong.hospital.functions.inspections.actions.planning.steps import widened
from zhikong.hospital.functions.inspections.actions.visiting import settling
from zhikong.hospital.functions.inspections.actions.visiting.context import Context, Outcome
from zhikong.hospital.functions.inspections.models.visiting import Op
from zhikong.hospital.functions.inspections.queries.visiting import media, ops
from zhikong.hospital.functions.inspections.rules_sync import FILES, SAMPLE, UUID, Status, media_of

HIDDEN = "按前面的答案，这一项不适用，没有记入；前面的答案改了可以再采用。"
LATER = "同一部手机后来又改了这一项，这一条只留在记录里。"
WAITING = "等照片传完后自动记入。"
BOTH = "与另一位检查人的照片一并保留。"


def answer(context: Context) -> Outcome:
    """Store one answer; see Status for what else may come of it."""
    one, sheet = context.one, context.sheet()
    lock(sheet)
    if not sheet.is_editable:
        return Outcome(Status.SET_ASIDE, _("这份表已经提交，内容已保留，由检查组长决定是否采用。"))
    if media.unfinished(context.visit, media_of(one)):
        return Outcome(Status.WAITING, _(WAITING))
    value = meant(context.visit, sheet, one.item, one.value)
    newer = _newer(sheet, one.item, one.base)
    if newer is None:
        return stored(sheet, one.item, value, by=context.author, now=context.now)
    mine = _of_this_phone(context, sheet, newer)
    if mine is not None:
        if mine.device_seq > one.seq:
            return Outcome(Status.OLD, _(LATER), mine.revision)
        return stored(sheet, one.item, value, by=context.author, now=context.now)
    return _beside(context, sheet, value, newer)


def _newer(sheet: Sheet, item: str, base: int) -> SheetEdit | None:
    """The last change of the item, if it is later than what the person had before the eyes."""
    last = forms.latest_edits(sheet, [item]).get(item)
    return last if last is not None and last.revision > base else None


def _of_this_phone(context: Context, sheet: Sheet, edit: SheetEdit) -> Op | None:
    """The op of this very phone and person that made the change, or None when somebody else did."""
    return (
        Op.objects.filter(sheet=sheet, item=edit.item, revision=edit.revision, device=context.device)
        .order_by("-number")
        .first()
    )


def _beside(context: Context, sheet: Sheet, value: Any, newer: SheetEdit) -> Outcome:
    item = context.one.item
    if item.endswith(FILES) or _is_photo(sheet, item):
        both = list(dict.fromkeys([*(newer.value or []), *(value or [])]))
        outcome = stored(sheet, item, both, by=context.author, now=context.now)
        outcome.why = outcome.why or _(BOTH)
        return outcome
    if same(sheet, item, value, newer.value):
        return Outcome(Status.STORED, revision=sheet.revision)
    why = _("%(who)s已经填了另一个答案，两个都保留，请选定一个。") % {"who": newer.by or _("系统")}
    return Outcome(Status.CONFLICT, why, current=ops.as_current(newer))


def choose(context: Context) -> Outcome:
    """The person saw both answers and says which it is; unless yet another one came meanwhile."""
    one, sheet = context.one, context.sheet()
    lock(sheet)
    newer = _newer(sheet, one.item, one.base)
    value = meant(context.visit, sheet, one.item, one.value)
    other = newer is not None and not same(sheet, one.item, value, newer.value)
    if newer is not None and other and _of_this_phone(context, sheet, newer) is None:
        return _beside(context, sheet, value, newer)
    outcome = stored(sheet, one.item, value, by=context.author, now=context.now)
    if outcome.status == Status.STORED:
        outcome.then.append(
            lambda op: settling.settle(sheet, one.item, value, by=context.author, now=context.now)
        )
    return outcome


def stored(sheet: Sheet, item: str, value: Any, *, by, now: datetime) -> Outcome:
    """Put a value on the sheet through the forms' own door."""
    with widened():  # whoever inspects a ward that is not his own may still name its drawn patients
        saved = save_answers(sheet, by=by, now=now, raw={item: value})
    if item in saved.errors or item.removesuffix(FILES) in saved.errors:
        return Outcome(Status.REFUSED, saved.errors.get(item) or saved.errors[item.removesuffix(FILES)])
    if value not in (None, "", []) and item.removesuffix(FILES) not in saved.cleaned.visible:
        return Outcome(Status.REFUSED, _(HIDDEN))
    return Outcome(Status.STORED, revision=sheet.revision)


def same(sheet: Sheet, item: str, raw: Any, kept: Any) -> bool:
    """Whether a typed value says what is stored."""
    known = forms.definition(sheet).item(item)
    if known is None:
        return raw == kept
    try:
        return cleaned(known, raw, final=False) == kept
    except Refused:
        return False


def meant(visit, sheet: Sheet, item: str, value: Any) -> Any:
    """What the forms understand: files for media, a patient for one of the drawn ones. Raises ValidationError."""
    known = forms.definition(sheet).item(item)
    if known is None or known.type is not ItemType.PATIENT or value in (None, ""):
        return with_files(visit, sheet, item, value)
    number = value.removeprefix(SAMPLE) if isinstance(value, str) else ""
    drawn = visit.sample.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 19 else None
    if drawn is None or not drawn.patient_key:
        raise ValidationError(_("请从抽中的患者里选；其他患者请在电脑上选。"))
    return drawn.patient_key


def with_files(visit, sheet: Sheet, item: str, value: Any) -> Any:
    """Photos by their media ids become files; a number is taken only when it is a file of this visit already.

    Raises ValidationError for a file or photo of somebody else.
    """
    if not item.endswith(FILES) and not _is_photo(sheet, item):
        return value
    if value in (None, ""):
        return None
    if not isinstance(value, list):
        raise ValidationError(_("照片应当是一个列表。"))
    allowed = media.file_ids(visit) | _already(sheet)
    found = []
    for one in value:
        file_id = media.file_of(visit, one) if isinstance(one, str) and UUID.fullmatch(one) else one
        if isinstance(file_id, bool) or not isinstance(file_id, int) or file_id not in allowed:
            raise ValidationError(_("照片没有找到，或不属于这次检查。"))
        found.append(file_id)
    return list(dict.fromkeys(found)) or None


def _already(sheet: Sheet) -> set[int]:
    listed = [value for name, value in sheet.answers.items() if isinstance(value, list)]
    return {one for value in listed for one in value if isinstance(one, int)}


def _is_photo(sheet: Sheet, item: str) -> bool:
    known = forms.definition(sheet).item(item)
    return known is not None and known.type is ItemType.PHOTO
