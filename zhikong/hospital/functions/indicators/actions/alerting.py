"""Alerts: what of the signals and misses reaches people, updated with every computation (IND-03).

Every chart's signals are recorded; an alert asks somebody to look. There is at most one open alert for an
indicator and place, a signal that goes on updates it, it never grows quieter, and it closes only after some quiet
months. Which signals are loud is a matter of false-discovery control over all charts (engine/stats/tiers.py).
Departments get at most a budget of new alerts a month, the surest and most harmful first, because forty charts each
would drown the one that counts. Events that should never happen pass by all of this.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.queries import users_with_role
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.access.scope import current_scope
from zhikong.hospital.functions.indicators import alert_rules, rules
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.actions.telling import tell_events
from zhikong.hospital.functions.indicators.models import Alert, AlertPolicy, ChartEvidence, Computation
from zhikong.hospital.functions.indicators.queries.alert_policy import alert_policy
from zhikong.hospital.functions.indicators.queries.candidates import Candidate, candidates
from zhikong.hospital.functions.indicators.queries.figures import Place, frame

BATCH = 2000


@transaction.atomic
def update_alerts(*, run: Computation, now: datetime) -> list[Alert]:
    """Open, update and close alerts by the newest finished month; returns the ones that were opened."""
    policy = alert_policy()
    seen = candidates(frame(), policy)
    found = {candidate.key: candidate for candidate in seen}
    _record(seen)
    still = _refresh_open(found, now)
    settled = _settled(seen)
    fresh = [c for key, c in found.items() if c.opens and key not in still and key not in settled]
    owners = _Owners(now)
    made = [_open(candidate, now, owners) for candidate in _within_budget(fresh, policy)]
    tell_events(made, now=now)
    return made


def _record(seen: Iterable[Candidate]) -> None:
    """What every chart's newest months say, alert or not, in place of what the run before said."""
    institution_id = current_scope().institution_id
    ChartEvidence.objects.all().delete()
    ChartEvidence.objects.bulk_create(
        (
            ChartEvidence(
                institution_id=institution_id,
                indicator_id=c.key[0],
                department_id=c.key[1],
                month=c.line.month,
                p_month=c.tested.p_month,
                p_window=c.tested.p_window,
                before=c.tested.before,
                now=c.tested.now,
                detectable=c.tested.detectable,
                reason=c.tested.reason,
            )
            for c in seen
        ),
        batch_size=BATCH,
    )


def _refresh_open(found: Mapping, now: datetime) -> set[tuple[str, Place]]:
    """Bring every open alert up to date; returns the keys that still have one."""
    still = set()
    for alert in Alert.objects.select_for_update().filter(closed_at=None):
        key = (alert.indicator_id, alert.department_id)
        candidate = found.get(key)
        if candidate is not None and _over(alert, candidate):
            _close(alert, now, actor=current_scope().actor)
            continue
        still.add(key)  # without figures an alert stays: silence is not proof
        if candidate is not None and candidate.loud:
            _fill(alert, candidate, now)
            alert.save()
    return still


def _over(alert: Alert, candidate: Candidate) -> bool:
    """Enough quiet months, also since the last month that made it loud."""
    ended = calendar.shifted(alert.last_month, rules.IN_CONTROL_TO_CLOSE) <= candidate.line.month
    return candidate.months_quiet >= rules.IN_CONTROL_TO_CLOSE and ended


def _close(alert: Alert, now: datetime, *, actor: str, reason: str = "") -> None:
    alert.state = Alert.State.CLOSED
    alert.closed_at, alert.closed_by, alert.updated_at = now, actor[:64], now
    quiet = _("连续 %(n)s 个月没有信号，也没有未达标") % {"n": rules.IN_CONTROL_TO_CLOSE}
    alert.closed_reason = reason[:200] or quiet
    alert.save()


def _settled(seen: Iterable[Candidate]) -> set[tuple[str, Place]]:
    """Charts whose newest month was found to be chance, or wrong data: nobody is asked about it again."""
    newest = {c.key: c.line.month for c in seen}
    rows = Alert.objects.filter(state=Alert.State.CLOSED, outcome__in=DISMISSED)
    keys = rows.values_list("indicator_id", "department_id", "last_month")
    return {(name, place) for name, place, month in keys if newest.get((name, place)) == month}


def _open(candidate: Candidate, now: datetime, owners: "_Owners") -> Alert:
    alert = Alert(
        institution_id=current_scope().institution_id,
        indicator_id=candidate.key[0],
        department_id=candidate.key[1],
        first_month=candidate.since,
        opened_at=now,
        opened_for=candidate.line.month,
        owner_role="department_head" if candidate.key[1] is not None else candidate.line.definition.owner,
        tier=candidate.tier,
    )
    alert.owner = owners.of(alert.owner_role, alert.department_id)
    _fill(alert, candidate, now)
    alert.save()
    return alert


class _Owners:
    """Whose an alert is: the department's head, or for the hospital who holds the indicator's role; asked once each."""

    def __init__(self, now: datetime):
        self.on, self.known = timezone.localdate(now), {}

    def of(self, role: str, place: Place):
        if role not in ROLES:
            return None
        if (role, place) not in self.known:
            holders = users_with_role(role=role, department_id=place, on=self.on)
            self.known[role, place] = holders[0] if holders else None
        return self.known[role, place]


def _fill(alert: Alert, candidate: Candidate, now: datetime) -> None:
    alert.tier = alert_rules.louder(alert.tier, candidate.tier)
    if candidate.tier == alert.tier:
        alert.basis, chance = candidate.found.basis, candidate.found.chance
        alert.chance = None if chance is None else Decimal(f"{chance:.3f}")
        alert.evidence = candidate.evidence
    alert.last_month = candidate.line.month
    alert.misses_in_row = candidate.misses_in_row
    alert.rules = sorted({found.rule for found in candidate.line.found})
    alert.sentence = candidate.sentence
    alert.updated_at = now


def _within_budget(fresh: Iterable[Candidate], policy: AlertPolicy) -> list[Candidate]:
    """All of the hospital's and every never-event; of each department the loudest that are more than a note, up to
    what is left of its budget for the month."""
    ranked = sorted(fresh, key=lambda c: c.rank)
    months = {c.line.month for c in ranked}
    spent = Counter(
        Alert.objects.filter(opened_for__in=months, department__isnull=False)
        .exclude(basis=Alert.Basis.NEVER)
        .values_list("department_id", flat=True)
    )
    chosen = []
    for candidate in ranked:
        place = candidate.line.place
        if place is not None and candidate.found.basis != alert_rules.NEVER:
            if candidate.tier == alert_rules.NOTE or spent[place] >= policy.budget:
                continue
            spent[place] += 1
        chosen.append(candidate)
    return chosen


@transaction.atomic
def answer_alert(*, by, now: datetime, alert: Alert, explanation: str = "", outcome: str = "") -> Alert:
    """Note that somebody has looked; with an explanation the alert counts as explained. It stays until quiet.

    outcome: what it turned out to be; see judge_alert.
    """
    require(by, Permission.ANALYSE_MONTH, alert.department_id, whole_hospital=alert.department_id is None)
    locked = _locked_open(alert)
    locked.explanation = explanation.strip()
    locked.state = Alert.State.EXPLAINED if locked.explanation else Alert.State.ACKNOWLEDGED
    locked.answered_at, locked.answered_by, locked.updated_at = now, by, now
    locked.save()
    return judge_alert(by=by, now=now, alert=locked, outcome=outcome) if outcome else locked


DISMISSED = (Alert.Outcome.CHANCE, Alert.Outcome.DATA)


@transaction.atomic
def judge_alert(*, by, now: datetime, alert: Alert, outcome: str) -> Alert:
    """Say what an alert turned out to be, also after it was closed: the measured precision comes from this.

    Chance and wrong data close it at once; a real change stays open until it is quiet.
    """
    require(by, Permission.ANALYSE_MONTH, alert.department_id, whole_hospital=alert.department_id is None)
    if outcome not in Alert.Outcome.values:
        raise ValidationError(_("请选择这条预警的结论。"))
    locked = Alert.objects.select_for_update().get(pk=alert.pk)
    locked.outcome, locked.outcome_at, locked.outcome_by, locked.updated_at = outcome, now, by, now
    if locked.closed_at is None and outcome in DISMISSED:
        _close(locked, now, actor=str(by), reason=Alert.Outcome(outcome).label)
    else:
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
