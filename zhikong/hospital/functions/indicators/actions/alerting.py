"""Alerts: what of the signals and misses reaches people, updated with every computation (IND-03).

Every chart's signals are recorded; an alert asks somebody to look. There is at most one open alert for an
indicator and place, a signal that goes on updates it, and it closes only after some quiet months. Departments
get at most BUDGET new alerts at a time, the loudest first, because forty charts each would drown the one that counts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators import rules
from zhikong.hospital.functions.indicators.actions.telling import tell_new_alerts
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.control import BEYOND
from zhikong.hospital.functions.indicators.models import Alert, Computation
from zhikong.hospital.functions.indicators.queries.board import Line, line
from zhikong.hospital.functions.indicators.queries.figures import Place, figures, frame, signals
from zhikong.hospital.functions.indicators.queries.targets import target_book
from zhikong.hospital.functions.indicators.rules import Status
from zhikong.hospital.functions.indicators.selection import newest_month

BUDGET = 3  # new alerts of a department at a time
LOOK_BACK = 12  # months that decide how long a miss has lasted and whether a chart is quiet
LOUDNESS = ("red", "amber", "note")


@dataclass(frozen=True)
class Candidate:
    """What the newest months of one chart say."""

    line: Line
    tier: str
    misses_in_row: int
    months_quiet: int
    loud_months: tuple[str, ...]

    @property
    def key(self) -> tuple[str, Place]:
        return self.line.definition.id, self.line.place

    @property
    def loud(self) -> bool:
        return self.months_quiet == 0

    @property
    def rank(self) -> tuple[int, int, Decimal]:
        return LOUDNESS.index(self.tier), -self.misses_in_row, -self.line.gap

    @property
    def since(self) -> str:
        """The first month of the unbroken stretch of misses or signals that ends now."""
        month, loud = self.line.month, set(self.loud_months)
        while calendar.shifted(month, -1) in loud:
            month = calendar.shifted(month, -1)
        return month

    @property
    def sentence(self) -> str:
        parts = [self.line.sentence] if self.line.status in (Status.MISSED, Status.WARNING) else []
        if self.misses_in_row > 1:
            longer = _("已连续 %(n)s 个月以上未达标。") if self.misses_in_row >= LOOK_BACK else ""
            parts.append((longer or _("已连续 %(n)s 个月未达标。")) % {"n": self.misses_in_row})
        return "".join([*parts, *(found.sentence for found in self.line.found)])[:400]


@transaction.atomic
def update_alerts(*, run: Computation, now: datetime) -> list[Alert]:
    """Open, update and close alerts by the newest finished month; returns the ones that were opened."""
    found = {candidate.key: candidate for candidate in _candidates()}
    opened = _refresh_open(found, run, now)
    fresh = [c for key, c in found.items() if c.loud and key not in opened]
    made = [_open(candidate, now) for candidate in _within_budget(fresh)]
    tell_new_alerts(made, now=now)
    return made


def _candidates() -> list[Candidate]:
    shown, book = frame(), target_book()
    month = newest_month(shown)
    span = calendar.last(LOOK_BACK, month)
    wanted = definitions()
    values = figures(shown, months=span, indicators=wanted)
    found = signals(shown, months=span, indicators=wanted)
    keys = {(indicator, place) for indicator, place, _month in values}
    in_force = {key: book.of(wanted[key[0]], key[1], month) for key in keys}
    return [
        _candidate(wanted[key[0]], key[1], span, values, found, in_force[key])
        for key in sorted(keys, key=lambda key: (key[0], key[1] or 0))
        if in_force[key].origin != "not_counted"  # shown beside the one that counts, and alerts nobody
    ]


def _candidate(definition, place: Place, span: list[str], values, found, in_force) -> Candidate:
    rows = [
        line(definition, place, span[: end + 1], values, found, in_force)
        for end in range(len(span))
        if (definition.id, place, span[end]) in values
    ]
    statuses = [row.status for row in rows]
    signalled = {row.month for row in rows if row.unfavourable}
    missed = {row.month for row in rows if row.status is Status.MISSED}
    state = rules.alert_state([row.month for row in rows], signalled, missed)
    newest, run_of_misses = rows[-1], rules.misses_in_row(statuses)
    return Candidate(
        line=newest,
        tier=rules.tier(
            consecutive_misses=run_of_misses,
            beyond_limits=newest.unfavourable and any(f.rule in BEYOND for f in newest.found),
            shifted=newest.unfavourable,
            hospital=place is None,
        ),
        misses_in_row=run_of_misses,
        months_quiet=state.months_quiet,
        loud_months=tuple(sorted(signalled | missed)),
    )


def _refresh_open(found: Mapping, run: Computation, now: datetime) -> set[tuple[str, Place]]:
    """Bring every open alert up to date; returns the keys that still have one."""
    still = set()
    for alert in Alert.objects.select_for_update().filter(closed_at=None):
        key = (alert.indicator_id, alert.department_id)
        candidate = found.get(key)
        if candidate is not None and candidate.months_quiet >= rules.IN_CONTROL_TO_CLOSE:
            _close(alert, now, actor=current_scope().actor)
            continue
        still.add(key)  # without figures an alert stays: silence is not proof
        if candidate is not None and candidate.loud:
            _fill(alert, candidate, now)
            alert.save()
    return still


def _close(alert: Alert, now: datetime, *, actor: str) -> None:
    alert.state = Alert.State.CLOSED
    alert.closed_at, alert.closed_by, alert.updated_at = now, actor[:64], now
    alert.closed_reason = _("连续 %(n)s 个月没有信号，也没有未达标") % {"n": rules.IN_CONTROL_TO_CLOSE}
    alert.save()


def _open(candidate: Candidate, now: datetime) -> Alert:
    alert = Alert(
        institution_id=current_scope().institution_id,
        indicator_id=candidate.key[0],
        department_id=candidate.key[1],
        first_month=candidate.since,
        opened_at=now,
    )
    _fill(alert, candidate, now)
    alert.save()
    return alert


def _fill(alert: Alert, candidate: Candidate, now: datetime) -> None:
    alert.tier = candidate.tier
    alert.last_month = candidate.line.month
    alert.misses_in_row = candidate.misses_in_row
    alert.rules = sorted({found.rule for found in candidate.line.found})
    alert.sentence = candidate.sentence
    alert.updated_at = now


def _within_budget(fresh: Iterable[Candidate]) -> list[Candidate]:
    """All of the hospital's; of every department the loudest BUDGET that are more than a note."""
    spent: dict[int, int] = {}
    chosen = []
    for candidate in sorted(fresh, key=lambda c: c.rank):
        place = candidate.line.place
        if place is not None:
            if candidate.tier == "note" or spent.get(place, 0) >= BUDGET:
                continue
            spent[place] = spent.get(place, 0) + 1
        chosen.append(candidate)
    return chosen


@transaction.atomic
def answer_alert(*, by, now: datetime, alert: Alert, explanation: str = "") -> Alert:
    """Note that somebody has looked; with an explanation the alert counts as explained. It stays until quiet."""
    require(by, Permission.ANALYSE_MONTH, alert.department_id, whole_hospital=alert.department_id is None)
    locked = _locked_open(alert)
    locked.explanation = explanation.strip()
    locked.state = Alert.State.EXPLAINED if locked.explanation else Alert.State.ACKNOWLEDGED
    locked.answered_at, locked.answered_by, locked.updated_at = now, by, now
    locked.save()
    return locked


@transaction.atomic
def link_alert(*, now: datetime, indicator_id: str, department_id: Place, finding_id: int) -> None:
    """Note on an open alert that a finding deals with it."""
    Alert.objects.filter(indicator_id=indicator_id, department_id=department_id, closed_at=None).update(
        state=Alert.State.LINKED, finding_id=finding_id, updated_at=now
    )


def _locked_open(alert: Alert) -> Alert:
    locked = Alert.objects.select_for_update().filter(pk=alert.pk, closed_at=None).first()
    if locked is None:
        raise ValidationError(_("这条预警已经关闭。"))
    return locked
