"""Fill a sheet, item by item or as a whole. Two people may do so at once and never overwrite each other unseen.

Whoever saves says on which revision of the sheet the answer was typed. If somebody else changed the same item after
that, to something else, nothing is stored and both answers are given back; saving again on the newer revision is the
deliberate choice of one of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from zhikong.foundation.files.actions import use
from zhikong.foundation.files.queries import files
from zhikong.foundation.forms import answering, queries
from zhikong.foundation.forms import answers as judging
from zhikong.foundation.forms.actions.steps import lock, note_figures, record, refuse_unless_editable
from zhikong.foundation.forms.answers import FILES, Cleaned
from zhikong.foundation.forms.definition import FormDefinition, ItemType
from zhikong.foundation.forms.models import Sheet, SheetEdit
from zhikong.foundation.forms.permissions import require_fill_sheet
from zhikong.foundation.forms.references import Existing
from zhikong.foundation.forms.rules import Act

NOT_BY_TYPING = "签名要由本人在页面上完成。"


@dataclass(slots=True)
class Saved:
    """What came of saving. changed: items whose stored answer is another one now, also those that became hidden.

    errors: a sentence by item; such an answer was not stored. conflicts: by item the newer answer of somebody else.
    """

    sheet: Sheet
    cleaned: Cleaned
    changed: frozenset[str] = frozenset()
    errors: dict[str, str] = field(default_factory=dict)
    conflicts: dict[str, SheetEdit] = field(default_factory=dict)


def save_item(sheet: Sheet, *, by, now: datetime, item: str, value: Any, revision: int | None) -> Saved:
    """Store one answer. revision: of the sheet when the answer was typed; None stores without asking."""
    revisions = {} if revision is None else {item: revision}
    return save_answers(sheet, by=by, now=now, raw={item: value}, revisions=revisions)


@transaction.atomic
def save_answers(
    sheet: Sheet, *, by, now: datetime, raw: Mapping[str, Any], revisions: Mapping[str, int] | None = None
) -> Saved:
    """Store several answers at once; items that `raw` does not name keep theirs."""
    lock(sheet)
    refuse_unless_editable(sheet)
    form = queries.definition(sheet)
    require_fill_sheet(by, form, sheet)
    errors = _untypable(form, raw)
    conflicts = _conflicts(sheet, form, raw, revisions or {}, by)
    taken = {name: value for name, value in raw.items() if name not in errors and name not in conflicts}
    cleaned = _judged(sheet, form, taken, now)
    errors |= {name: text for name, text in cleaned.errors.items() if _belongs(name, taken)}
    changed = store(sheet, form, cleaned, by=by, now=now)
    return Saved(sheet, cleaned, changed, errors, conflicts)


def _untypable(form: FormDefinition, raw: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for name in raw:
        item = form.item(name.removesuffix(FILES))
        if item is None:
            found[name] = f"表里没有条目 {name}。"
        elif item.type is ItemType.SIGNATURE:
            found[name] = NOT_BY_TYPING
    return found


def _conflicts(
    sheet: Sheet, form: FormDefinition, raw: Mapping[str, Any], revisions: Mapping[str, int], by
) -> dict[str, SheetEdit]:
    asked = [name for name in raw if name in revisions]
    if not asked or max(sheet.revision - revisions[name] for name in asked) <= 0:
        return {}
    latest = queries.latest_edits(sheet, asked)
    return {
        name: latest[name]
        for name in asked
        if name in latest
        and latest[name].revision > revisions[name]
        and latest[name].by_id != getattr(by, "pk", None)
        and not _says_the_same(form, name, raw[name], latest[name].value)
    }


def _says_the_same(form: FormDefinition, name: str, raw: Any, stored: Any) -> bool:
    item = form.item(name.removesuffix(FILES))
    if item is None or name.endswith(FILES):
        return raw == stored
    try:
        return answering.cleaned(item, raw, final=False) == stored
    except answering.Refused:
        return False


def _judged(sheet: Sheet, form: FormDefinition, taken: Mapping[str, Any], now: datetime) -> Cleaned:
    """The whole sheet with the new answers. An old answer that no longer stands up keeps its place until it is
    handed in: a person who left the hospital must not vanish because somebody ticked a box."""
    today = timezone.localdate(now)
    cleaned = judging.clean(
        form, {**sheet.answers, **taken}, final=False, today=today, known=Existing(on=today)
    )
    for name in cleaned.errors:
        for key in (name, name + FILES):
            if key in sheet.answers:
                cleaned.values[key] = sheet.answers[key]
    return cleaned


def _belongs(name: str, taken: Mapping[str, Any]) -> bool:
    return name in taken or name + FILES in taken


def store(sheet: Sheet, form: FormDefinition, cleaned: Cleaned, *, by, now: datetime) -> frozenset[str]:
    """Write clean answers with their score and one edit for each change; gives the items that changed."""
    before, after = sheet.answers, _without_old_signatures(form, sheet.answers, cleaned.values)
    cleaned.values = after
    changed = frozenset(name for name in {*before, *after} if before.get(name) != after.get(name))
    note_figures(sheet, form, cleaned)
    if changed:
        sheet.answers, sheet.changed_at, sheet.revision = after, now, sheet.revision + 1
        _note_edits(sheet, changed, by=by, now=now)
        sheet.save()
        _note_files(sheet, form, before, by=by, now=now)
    return changed


def _note_files(sheet: Sheet, form: FormDefinition, before: Mapping[str, Any], *, by, now: datetime) -> None:
    """Tell each file that came in what it serves, so that it is kept as long as the sheet needs it."""
    held = {pk for item in form.items() for pk in judging.files_of(item, before)}
    new = {pk for item in form.items() for pk in judging.files_of(item, sheet.answers)} - held
    for file in files(sorted(new)):
        use(file, by=by, now=now, used_for=f"forms.sheet:{sheet.pk}")


def _without_old_signatures(form: FormDefinition, before: dict, after: dict[str, Any]) -> dict[str, Any]:
    """A signature stands for the answers that were there: another answer takes it away."""
    signatures = {item.id for item in form.items() if item.type is ItemType.SIGNATURE}
    other = {*before, *after} - signatures
    if all(before.get(name) == after.get(name) for name in other):
        return after
    return {name: value for name, value in after.items() if name not in signatures}


def _note_edits(sheet: Sheet, changed: frozenset[str], *, by, now: datetime) -> None:
    SheetEdit.objects.bulk_create(
        SheetEdit(
            institution_id=sheet.institution_id,
            department_id=sheet.department_id,
            sheet=sheet,
            item=name,
            value=sheet.answers.get(name),
            revision=sheet.revision,
            at=now,
            by=by,
        )
        for name in sorted(changed)
    )


@transaction.atomic
def sign(sheet: Sheet, *, by, now: datetime, item: str, password: str) -> Saved:
    """The person who is signed in signs with the password: 签名 is who and when, and that the password was right.

    The caller limits how often it may be tried. Any later change of an answer takes the signature away.
    """
    lock(sheet)
    refuse_unless_editable(sheet)
    form = queries.definition(sheet)
    require_fill_sheet(by, form, sheet)
    wanted = form.item(item)
    if wanted is None or wanted.type is not ItemType.SIGNATURE:
        raise ValidationError(f"表里没有签名 {item}。")
    if not by.check_password(password):
        raise ValidationError("密码不对，没有签名。")
    signature = {"user": by.pk, "name": str(by), "at": timezone.localtime(now).isoformat(timespec="minutes")}
    cleaned = _judged(sheet, form, {item: signature}, now)
    changed = store(sheet, form, cleaned, by=by, now=now)
    record(sheet, Act.SIGN, by=by, now=now, text=wanted.text)
    return Saved(sheet, cleaned, changed)
