"""How the hospital takes complaints: notice, limits, QR codes."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.hospital.functions.complaints.models.intake import VoicePoint, VoiceSetting
from zhikong.hospital.functions.complaints.queries.intake.rules import in_force

FIELDS = (
    "open", "hourly_limit", "address", "telephone", "hours", "leader_day", "public_address", "clock_days", "retain_years",
)  # fmt: skip
MOST_POINTS = 500


@transaction.atomic
def save_setting(*, by, now: datetime, values: Mapping) -> VoiceSetting:
    """A statutory limit may be made shorter and never longer, retention never shorter than the rules say."""
    require(by, Permission.HANDLE_COMPLAINTS, whole_hospital=True)
    rules = in_force()
    for clock in rules.clocks:
        if clock.statutory and values.get("clock_days", {}).get(clock.id, 0) > clock.days:
            raise ValidationError(
                _("“%(title)s”是规定的时限，只能缩短，不能超过 %(n)d 个工作日。")
                % {"title": clock.title, "n": clock.days}
            )
    if values.get("retain_years", rules.retain_years) < rules.retain_years:
        raise ValidationError(_("保存年限不能少于 %(n)d 年。") % {"n": rules.retain_years})
    given = {name: values[name] for name in FIELDS if name in values}
    made, _new = VoiceSetting.objects.update_or_create(
        institution_id=current_scope().institution_id, defaults={**given, "changed_at": now, "changed_by": by}
    )
    return made


@transaction.atomic
def make_point(*, by, now: datetime, department_id: int | None, place: str = "") -> VoicePoint:
    """A QR code for a place; its token is random, so that codes cannot be guessed and one can be ended alone."""
    require(by, Permission.HANDLE_COMPLAINTS, whole_hospital=True)
    same = VoicePoint.objects.filter(department_id=department_id, place=place.strip(), ended_at=None).first()
    if same is not None:
        return same
    if VoicePoint.objects.filter(ended_at=None).count() >= MOST_POINTS:
        raise ValidationError(_("二维码太多，请先停用不再张贴的。"))
    return VoicePoint.objects.create(
        institution_id=current_scope().institution_id, token=secrets.token_urlsafe(8), department_id=department_id,
        place=place.strip()[:80], made_at=now, made_by=by,
    )  # fmt: skip


@transaction.atomic
def make_points(*, by, now: datetime, departments) -> int:
    """One code for each department that has none yet; gives how many were made."""
    known = set(VoicePoint.objects.filter(ended_at=None).values_list("department_id", flat=True))
    wanted = [pk for pk in departments if pk not in known]
    for pk in wanted:
        make_point(by=by, now=now, department_id=pk)
    return len(wanted)


@transaction.atomic
def end_point(point: VoicePoint, *, by, now: datetime) -> None:
    """The code on the wall no longer opens anything."""
    require(by, Permission.HANDLE_COMPLAINTS, whole_hospital=True)
    point.ended_at = now
    point.save(update_fields=["ended_at"])
