"""Changing how alerts reach people: a new row, with who, when and why; the old ones stay."""

from datetime import datetime, time
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.hospital.functions.indicators.alert_rules import quiet
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.models import AlertPolicy


@transaction.atomic
def set_alert_policy(
    *, by, now: datetime, budget: int, red: Decimal, amber: Decimal, newest: int, digest_at: time, quiet_from: time,
    quiet_to: time, never: list[str], critical: list[str], reason: str,
) -> AlertPolicy:  # fmt: skip
    """Set the budget, the levels, the hours and the two lists; holds from the next computation on."""
    require(by, Permission.MANAGE_TARGETS)
    if not 1 <= budget <= 20 or not 2 <= newest <= 6:
        raise ValidationError(_("每科每月的预警应为 1 到 20 条，合并检验的月数应为 2 到 6 个。"))
    if not Decimal("0.01") <= red <= Decimal("0.20") or not red <= amber <= Decimal("0.50"):
        raise ValidationError(_("红色的错误发现率应在 1 % 到 20 % 之间，黄色的不低于红色，不高于 50 %。"))
    if quiet_from != quiet_to and quiet(digest_at, quiet_from, quiet_to):
        raise ValidationError(_("每日汇总的时间在免打扰时段里，通知永远发不出去：请改其中一个。"))
    if unknown := sorted({*never, *critical} - set(definitions())):
        raise ValidationError(_("没有这些指标：%(ids)s。") % {"ids": "、".join(unknown)})
    if len(reason.strip()) < 2:
        raise ValidationError(_("请写明理由。"))
    return AlertPolicy.objects.create(
        institution_id=current_scope().institution_id, budget=budget, red=red, amber=amber, newest=newest,
        digest_at=digest_at, quiet_from=quiet_from, quiet_to=quiet_to, never=sorted(never),
        critical=sorted(critical), reason=reason.strip()[:300], set_at=now, set_by=by,
    )  # fmt: skip
