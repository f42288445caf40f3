"""Setting targets: one by hand, or all of a preset."""

from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.hospital.functions.indicators.catalogue import PresetTarget, definitions, presets_by_name
from zhikong.hospital.functions.indicators.models import IndicatorTarget
from zhikong.hospital.functions.indicators.rules import Target


@transaction.atomic
def set_target(
    *,
    by,
    now: datetime,
    indicator_id: str,
    valid_from: date,
    at_least: Decimal | None = None,
    at_most: Decimal | None = None,
    department_id: int | None = None,
    hospital_only: bool = False,
    source: str = "",
    reason: str = "",
) -> IndicatorTarget:
    """Add a target that holds from a month on; without a bound the target is withdrawn from that month on.

    hospital_only: departments without a target of their own are not judged by this one.
    """
    require(by, Permission.MANAGE_TARGETS)
    if indicator_id not in definitions():
        raise ValidationError(_("没有名为 %(id)s 的指标。") % {"id": indicator_id})
    if valid_from.day != 1:
        raise ValidationError(_("目标值从某个月的第一天起生效。"))
    try:
        Target(at_least, at_most)
    except ValueError as error:
        raise ValidationError(str(error)) from error
    return IndicatorTarget.objects.create(
        institution_id=current_scope().institution_id,
        indicator_id=indicator_id,
        department_id=department_id,
        hospital_only=hospital_only and department_id is None,
        valid_from=valid_from,
        at_least=at_least,
        at_most=at_most,
        source=source,
        reason=reason,
        set_at=now,
        set_by=by,
    )


@transaction.atomic
def load_preset(*, by, now: datetime, name: str, valid_from: date) -> list[IndicatorTarget]:
    """Set every target of a preset for which there is an indicator; what is already so is left alone."""
    require(by, Permission.MANAGE_TARGETS)
    preset = presets_by_name()[name]
    return [
        set_target(
            by=by,
            now=now,
            indicator_id=indicator_id,
            valid_from=valid_from,
            at_least=said.target.low,
            at_most=said.target.high,
            hospital_only=said.hospital_only,
            source=f"{preset.document}：{said.quote}"[:200],
        )
        for indicator_id, said in preset.targets.items()
        if indicator_id in definitions() and not _already(indicator_id, valid_from, said)
    ]


def _already(indicator_id: str, valid_from: date, said: PresetTarget) -> bool:
    rows = IndicatorTarget.objects.filter(
        indicator_id=indicator_id, department=None, valid_from__lte=valid_from
    )
    latest = rows.order_by("-valid_from", "-pk").first()
    if latest is None:
        return False
    return (latest.target, latest.hospital_only) == (said.target, said.hospital_only)
