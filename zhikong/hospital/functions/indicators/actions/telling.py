"""Telling people about new alerts: one notice a day with the list, never in quiet hours; never-events at once."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.notices import actions as notices
from zhikong.hospital.functions.indicators import alert_rules
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.models import Alert
from zhikong.hospital.functions.indicators.queries.alert_policy import alert_policy
from zhikong.hospital.functions.indicators.queries.alerts import LOUDEST_FIRST

MOST_LINES = 30


def tell_events(alerts: Sequence[Alert], *, now: datetime) -> None:
    """Never-events are told at once, whatever the hour and the settings."""
    events = [alert for alert in alerts if alert.basis == Alert.Basis.NEVER]
    _tell(events, now=now, title=_("发生 %(n)s 起不该发生的事件"), kind="never_event")


@transaction.atomic
def tell_digest(*, now: datetime) -> int:
    """The day's notice about all alerts that nobody was told of yet; returns how many. Harmless to ask again."""
    policy, local = alert_policy(), timezone.localtime(now)
    told = Alert.objects.exclude(basis=Alert.Basis.NEVER).aggregate(last=Max("told_at"))["last"]
    last = timezone.localtime(told) if told else None
    hours = {"digest_at": policy.digest_at, "quiet_from": policy.quiet_from, "quiet_to": policy.quiet_to}
    if not alert_rules.digest_due(local, last, **hours):
        return 0
    waiting = list(
        Alert.objects.select_for_update()
        .filter(told_at=None, closed_at=None)
        .exclude(opened_for="")  # told by an earlier release
        .order_by(LOUDEST_FIRST, "pk")
    )
    _tell(waiting, now=now, title=_("新增 %(n)s 项指标预警"), kind="alert")
    return len(waiting)


def _tell(alerts: Sequence[Alert], *, now: datetime, title: str, kind: str) -> None:
    """One notice to the quality office and the owners of the hospital's alerts, one to each department."""
    if not alerts:
        return
    roles = {"quality_office"} | {a.owner_role for a in alerts if a.department_id is None and a.owner_role}
    _send(alerts, now=now, title=title, kind=kind, roles=sorted(roles))
    for department_id in sorted({a.department_id for a in alerts if a.department_id is not None}):
        own = [alert for alert in alerts if alert.department_id == department_id]
        _send(own, now=now, title=title, kind=kind, departments=[department_id])
    Alert.objects.filter(pk__in=[alert.pk for alert in alerts]).update(told_at=now)


def _send(alerts: Sequence[Alert], *, now: datetime, title: str, kind: str, **readers) -> None:
    names = definitions()
    lines = [
        f"{alert.get_tier_display()}：{names[alert.indicator_id].title()}。{alert.sentence}"
        for alert in alerts
        if alert.indicator_id in names
    ]
    more = (
        [_("……另有 %(n)s 条，见预警页。") % {"n": len(lines) - MOST_LINES}] if len(lines) > MOST_LINES else []
    )
    notices.send(
        by=None,
        now=now,
        title=title % {"n": len(alerts)},
        text="\n".join([*lines[:MOST_LINES], *more, *_false(alerts)]),
        url=reverse("indicators:alerts"),
        kind=kind,
        source_kind="alert",
        source_key=max(alert.last_month for alert in alerts),
        **readers,
    )


def _false(alerts: Sequence[Alert]) -> list[str]:
    tested = [alert for alert in alerts if alert.chance is not None]
    if not tested:
        return []
    false = alert_rules.in_words(float(sum(alert.chance for alert in tested)), len(tested))
    return [_("其中 %(n)s 条来自统计判断，预计%(false)s是偶然。") % {"n": len(tested), "false": false}]
