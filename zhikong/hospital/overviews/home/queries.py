"""What the home page reads across functions, within the reader's scope."""

from datetime import date, datetime, timedelta

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from zhikong.foundation.findings.models import Finding
from zhikong.foundation.findings.rules import DONE_STATES, State
from zhikong.hospital.functions.indicators.cards import Standing
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.models import Alert
from zhikong.hospital.functions.indicators.months import spoken
from zhikong.hospital.functions.indicators.queries.alerts import open_alerts
from zhikong.hospital.overviews.home.sentences import Acting, Call, Moves, Off

WEEK = timedelta(days=7)
UNATTENDED = (Alert.State.OPEN, Alert.State.ACKNOWLEDGED)


def acting(*, today: date) -> list[Acting]:
    """Open findings in scope: who acts, since when. One query."""
    rows = Finding.objects.exclude(state__in=DONE_STATES).select_related("owner")
    return [
        Acting(
            title=row.title,
            department=row.department_name,
            owner=str(row.owner) if row.owner else "",
            since=row.raised_at.date(),
            due_on=row.due_on,
            overdue=row.is_overdue(today),
            url=reverse("findings:detail", args=[row.pk]),
            to_verify=row.state == State.ACCEPTED and row.corrected_at is not None,
            watched_until=row.review_on if row.state == State.OBSERVATION else None,
        )
        for row in rows.order_by("due_on", "pk")
    ]


def off(here: Standing) -> list[Off]:
    missed = here.overview.missed
    return [Off(row.name, f"{row.shown} {row.unit}".rstrip(), row.target_text) for row in missed]


def moves(here: Standing, *, now: datetime) -> Moves:
    """One query."""
    since = now - WEEK
    counted = Finding.objects.aggregate(
        raised=Count("pk", filter=Q(raised_at__gte=since)), closed=Count("pk", filter=Q(closed_at__gte=since))
    )
    seen = here.overview
    return Moves(len(seen.newly_missed), len(seen.recovered), len(seen.new_signals), **counted)


def unattended(here: Standing) -> Call | None:
    """The loudest red alert that nobody has explained or turned into a finding. One query."""
    alert = open_alerts().filter(tier=Alert.Tier.RED, state__in=UNATTENDED).first()
    if alert is None or alert.indicator_id not in definitions():
        return None
    place = "" if alert.department_id is None else f"&department={alert.department_id}"
    url = f"{reverse('indicators:detail', args=[alert.indicator_id])}?month={alert.last_month}{place}#alert"
    missed = _("%(place)s%(name)s自 %(month)s起未达标，还没有人说明原因")
    changed = _("%(place)s%(name)s自 %(month)s起出现不利的变化，还没有人说明原因")
    about = (missed if alert.misses_in_row else changed) % {
        "place": here.name_of(alert.department_id),
        "name": definitions()[alert.indicator_id].title(),
        "month": spoken(alert.first_month),
    }
    whom = (
        _("质控科")
        if alert.department_id is None
        else _("%(d)s 科主任") % {"d": here.name_of(alert.department_id)}
    )
    return Call(whom, about, url)
