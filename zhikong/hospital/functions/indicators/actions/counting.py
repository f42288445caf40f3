"""Deciding which of two counts of the same thing counts; by whom, from when, and why stays on record."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.facts import reported
from zhikong.hospital.functions.indicators.models import CountedSource, MonthClose
from zhikong.hospital.functions.indicators.months import month_of, spoken


@transaction.atomic
def set_counted_source(
    *, by, now: datetime, indicator_id: str, source: str, valid_from: date, reason: str
) -> CountedSource:
    """From a month on the systems' figure or the departments' counts. Closed months keep what they were closed with.

    indicator_id: the computed indicator of a pair.
    """
    require(by, Permission.MANAGE_TARGETS)
    if indicator_id not in reported.twins():
        raise ValidationError(_("这个指标只有一个来源，不用设定以何为准。"))
    if source not in CountedSource.Source.values or valid_from.day != 1:
        raise ValidationError(_("请选择来源和起始月份。"))
    if len(reason.strip()) < 2:
        raise ValidationError(_("请写明理由。"))
    closed = MonthClose.objects.filter(state=MonthClose.State.CLOSED, month__gte=month_of(valid_from))
    if latest := closed.order_by("-month").values_list("month", flat=True).first():
        raise ValidationError(_("%(month)s已经结账，只能从之后的月份起改变。") % {"month": spoken(latest)})
    return CountedSource.objects.create(
        institution_id=current_scope().institution_id,
        indicator_id=indicator_id,
        valid_from=valid_from,
        source=source,
        reason=reason.strip()[:300],
        set_at=now,
        set_by=by,
    )
