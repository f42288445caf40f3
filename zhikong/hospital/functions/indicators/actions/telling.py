"""Telling people about new alerts: one digest for the quality office, one for each department."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from zhikong.foundation.notices import actions as notices
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.models import Alert
from zhikong.hospital.functions.indicators.months import spoken


def tell_new_alerts(alerts: Sequence[Alert], *, now: datetime) -> None:
    """Merge what is new into one notice per reader group; nothing new sends nothing."""
    if not alerts:
        return
    month = alerts[0].last_month
    _send(alerts, now=now, month=month, roles=["quality_office"])
    for department_id in sorted({a.department_id for a in alerts if a.department_id is not None}):
        own = [alert for alert in alerts if alert.department_id == department_id]
        _send(own, now=now, month=month, departments=[department_id])


def _send(alerts: Sequence[Alert], *, now: datetime, month: str, **readers) -> None:
    names = definitions()
    lines = [
        f"{alert.get_tier_display()}：{names[alert.indicator_id].title()}。{alert.sentence}"
        for alert in alerts
    ]
    notices.send(
        by=None,
        now=now,
        title=_("%(month)s新增 %(n)s 项指标预警") % {"month": spoken(month), "n": len(alerts)},
        text="\n".join(lines[:30]),
        url=f"{reverse('indicators:list')}?month={month}&status=signal",
        kind="alert",
        source_kind="alert",
        source_key=month,
        **readers,
    )
