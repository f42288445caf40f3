"""Open a sheet of the version in force, numbered, for a department and a subject."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.forms import answers as judging
from zhikong.foundation.forms import numbering, queries
from zhikong.foundation.forms.actions.steps import note_figures, record
from zhikong.foundation.forms.definition import FormDefinition, ItemType
from zhikong.foundation.forms.definition.model import Subject
from zhikong.foundation.forms.models import Series, Sheet
from zhikong.foundation.forms.permissions import require_fill
from zhikong.foundation.forms.policies.kind import POLICY
from zhikong.foundation.forms.references import Existing
from zhikong.foundation.forms.rules import FORM, Act
from zhikong.foundation.organisation.queries import department_on
from zhikong.foundation.packstore import actions as packstore

PERIOD = re.compile(r"\d{4}(-\d{2}(-\d{2})?|-Q[1-4]|-W\d{2}|-H[12])?")


@transaction.atomic
def open_sheet(
    *,
    by,
    now: datetime,
    form_id: str,
    department_id: int | None = None,
    subject: Any = None,
    period: str = "",
    source_kind: str = "",
    source_key: str = "",
    case_id: int | None = None,
    confidential: bool = False,
    filler: Any = None,
) -> Sheet:
    """A new draft of the version of the form in force today; that version's text is kept from now on.

    filler: an account that is given the sheet to fill, whatever its roles; the caller has made sure that it may.

    subject: a Person (or its id) or a patient key, as the form's `subject` says. period: 2026, 2026-10, 2026-Q4,
    2026-W47, 2026-10-31 or ''. confidential: only who opened it reads it, until others are let in. Raises ValidationError in Chinese, PermissionDenied.
    """
    today = timezone.localdate(now)
    try:
        found = packstore.pin(FORM, form_id, on=today, now=now)
    except packstore.NotInForce:
        raise ValidationError(f"没有表单 {form_id}，或它今天还没有生效。") from None
    form: FormDefinition = found.obj
    department_name = _department_name(form, department_id, today)
    require_fill(by, form, department_id, filler=getattr(filler, "pk", None))
    if period and not PERIOD.fullmatch(period):
        raise ValidationError(f"期间 {period} 的写法不对，应为 2026-10 这样的月份。")
    sheet = Sheet(
        institution_id=current_scope().institution_id,
        definition_id=found.id,
        definition_version=found.version,
        definition_hash=found.hash,
        title=found.title[:120],
        number=_next_number(form, today.year),
        department_id=department_id,
        department_name=department_name,
        period=period,
        source_kind=source_kind,
        source_key=source_key,
        case_id=case_id,
        confidential=confidential,
        readers=sorted({one.pk for one in (by, filler) if one is not None}),
        filler=filler,
        policy_hash=_policy(found.id, today, now),
        opened_at=now,
        opened_by=by,
        changed_at=now,
        **_subject(form, subject, today),
    )
    note_figures(sheet, form, judging.clean(form, {}, final=False, today=today))
    sheet.save()
    record(sheet, Act.OPEN, by=by, now=now)
    return sheet


def _policy(form_id: str, today, now: datetime) -> str:
    """Hash of the policy that the hospital chose for the form; its text is kept with the sheets that use it."""
    policy_id = queries.chosen_policy(form_id)
    if not policy_id:
        return ""
    try:
        return packstore.pin(POLICY, policy_id, on=today, now=now).hash
    except packstore.NotInForce:
        raise ValidationError(f"等级方案 {policy_id} 今天没有生效，请在评审设置里另选一个。") from None


def let_in(*, confidential: bool, readers: Iterable[int], reader_roles: Iterable[str], **which) -> int:
    """Whoever may read a case may read its sheets, and nobody else; gives how many sheets changed.

    which: case_id, or source_kind and source_key of what the sheets were opened for.
    """
    if not which:
        raise ValueError("let_in needs to know which sheets")
    found = {
        "confidential": confidential,
        "readers": sorted(set(readers)),
        "reader_roles": sorted(set(reader_roles)),
    }
    return Sheet.objects.filter(**which).exclude(**found).update(**found)


def _department_name(form: FormDefinition, department_id: int | None, today) -> str:
    if department_id is None:
        if form.subject is Subject.DEPARTMENT:
            raise ValidationError("请选择科室：这份表是关于一个科室的。")
        return ""
    known = department_on(department_id=department_id, on=today)
    if known is None:
        raise ValidationError("没有这个科室，或它今天已经停用。")
    return known.name


def _subject(form: FormDefinition, subject: Any, today) -> dict[str, Any]:
    if form.subject is Subject.PERSON:
        person = getattr(subject, "pk", subject)
        if not person or not Existing(on=today)(ItemType.PERSON, person):
            raise ValidationError("请选择这份表所关于的人。")
        return {"person_id": int(person)}
    if form.subject is Subject.PATIENT:
        if not subject or not Existing(on=today)(ItemType.PATIENT, str(subject)):
            raise ValidationError("请选择这份表所关于的患者。")
        return {"patient_key": str(subject)}
    return {}


def _next_number(form: FormDefinition, year: int) -> str:
    """The row lock makes two people who open at once wait for each other."""
    key = {"institution_id": current_scope().institution_id, "definition_id": form.id, "year": year}
    Series.objects.get_or_create(**key)
    series = Series.objects.select_for_update().get(**key)
    series.last += 1
    series.save(update_fields=["last"])
    return numbering.number(form.number, year=year, serial=series.last)
