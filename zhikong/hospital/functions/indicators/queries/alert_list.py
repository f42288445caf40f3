"""What the page of alerts shows: by tier with evidence, how many are chance, what came of them, what is silent."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.db.models import Count, F, Q
from django.utils.translation import gettext as _

from zhikong.engine.definitions import Definition
from zhikong.engine.stats.intervals import wilson
from zhikong.hospital.functions.indicators import alert_rules
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.models import Alert, ChartEvidence
from zhikong.hospital.functions.indicators.queries.alerts import open_alerts
from zhikong.hospital.functions.indicators.queries.figures import Place
from zhikong.hospital.functions.indicators.queries.small_cells import restriction
from zhikong.hospital.functions.indicators.rules import change_unit

RECENT = timedelta(days=180)
MOST_CLOSED = 20


@dataclass(frozen=True)
class Row:
    """One alert as the list shows it. hidden: its sentence would tell small numbers."""

    alert: Alert
    definition: Definition
    place_name: str
    owner: str
    hidden: bool

    @property
    def sentence(self) -> str:
        return _("例数少，按规定不显示数值。") if self.hidden else self.alert.sentence

    @property
    def order(self) -> tuple[int, float]:
        """Events before signals before missed targets; of signals the least probable first."""
        q = self.alert.evidence.get("q") if self.alert.basis == Alert.Basis.SIGNAL else None
        return alert_rules.BASES.index(self.alert.basis), 1.0 if q is None else q

    @property
    def evidence(self) -> str:
        """The test in figures: how improbable, and from which level to which."""
        said = self.alert.evidence
        tests = [p for p in (said.get("p_month"), said.get("p_window")) if p is not None]
        if self.hidden or not tests or self.alert.basis != Alert.Basis.SIGNAL:
            return ""
        return _("若没有变化，出现这样的数值的概率为 %(p)s") % {"p": probability(min(tests))}


def probability(p: float) -> str:
    """“0.03 %”, “小于万分之一”."""
    return _("小于万分之一") if p < 0.0001 else f"{100 * p:.2g} %"


@dataclass(frozen=True)
class Group:
    """The open alerts of one tier, and in words how many of the tested ones are chance."""

    tier: str
    label: str
    rows: Sequence[Row]
    tested: int
    false: str


def groups(*, names: Mapping[int, str], roles: Mapping[str, str], place: Place = None) -> list[Group]:
    """The open alerts in scope by tier, the loudest first. One query."""
    found = open_alerts().select_related("owner", "answered_by")
    if place is not None:
        found = found.filter(department_id=place)
    rows = [_row(alert, names, roles) for alert in found if alert.indicator_id in definitions()]
    rows.sort(key=lambda row: row.order)  # what is open longest stays first among equals
    return [
        _group(tier, str(label), [row for row in rows if row.alert.tier == tier])
        for tier, label in Alert.Tier.choices
    ]


def _group(tier: str, label: str, rows: Sequence[Row]) -> Group:
    tested = [row for row in rows if row.alert.chance is not None]
    return Group(tier, label, rows, len(tested), alert_rules.in_words(false_among(rows), len(tested)))


def false_among(rows: Sequence[Row]) -> float:
    """How many of these alerts are expected to be chance."""
    return float(sum(row.alert.chance for row in rows if row.alert.chance is not None))


def _row(alert: Alert, names: Mapping[int, str], roles: Mapping[str, str]) -> Row:
    rule = restriction()
    place = (
        _("全院")
        if alert.department_id is None
        else names.get(alert.department_id, f"#{alert.department_id}")
    )
    owner = str(alert.owner) if alert.owner else roles.get(alert.owner_role, "")
    hidden = rule is not None and rule.covers(alert.indicator_id)
    return Row(alert, definitions()[alert.indicator_id], place, owner, hidden)


def closed_rows(*, now: datetime, names: Mapping[int, str], roles: Mapping[str, str]) -> list[Row]:
    """Alerts that closed lately, those without an outcome first. One query."""
    found = Alert.objects.filter(closed_at__gte=now - RECENT).select_related(
        "owner", "answered_by", "outcome_by"
    )
    listed = found.order_by(F("outcome_at").desc(nulls_first=True), "-closed_at")[:MOST_CLOSED]
    return [_row(alert, names, roles) for alert in listed if alert.indicator_id in definitions()]


@dataclass(frozen=True)
class Precision:
    """Of the tested alerts of a tier that people have judged, how many were real; the interval is Wilson's, 95 %."""

    label: str
    real: int
    judged: int
    open_to_judge: int
    share: float | None
    low: float | None
    high: float | None

    @property
    def text(self) -> str:
        if self.share is None:
            return "—"
        return f"{self.share:.0%}（{self.low:.0%}–{self.high:.0%}）".replace("%", " %")


def precision() -> list[Precision]:
    """The measured precision of each tier, from how alerts were judged. One query."""
    real, judged = Q(outcome=Alert.Outcome.REAL), ~Q(outcome="")
    rows = Alert.objects.filter(basis=Alert.Basis.SIGNAL).values("tier")
    counted = {
        row["tier"]: row
        for row in rows.annotate(
            real=Count("pk", filter=real), judged=Count("pk", filter=judged), all=Count("pk")
        )
    }
    return [_precision(str(label), counted.get(tier)) for tier, label in Alert.Tier.choices]


def _precision(label: str, row: Mapping | None) -> Precision:
    if row is None or not row["judged"]:
        return Precision(label, 0, 0, row["all"] if row else 0, None, None, None)
    low, high = wilson(np.float64(row["real"]), np.float64(row["judged"]))
    share = row["real"] / row["judged"]
    return Precision(
        label, row["real"], row["judged"], row["all"] - row["judged"], share, float(low), float(high)
    )


@dataclass(frozen=True)
class Silence:
    """How many charts were tested, and why the others were not."""

    month: str
    tested: int
    reasons: Sequence[tuple[str, int]]

    @property
    def untested(self) -> int:
        return sum(count for _reason, count in self.reasons)


def silence() -> Silence:
    """Over all charts in scope. One query."""
    rows = list(ChartEvidence.objects.values_list("month", "reason", "p_month", "p_window"))
    reasons = Counter(_kind(reason) for _month, reason, *p in rows if p == [None, None])
    tested = len(rows) - sum(reasons.values())
    return Silence(max((row[0] for row in rows), default=""), tested, reasons.most_common())


def _kind(reason: str) -> str:
    """Reasons that differ only in a number of months count as one."""
    return _("数据不足 13 个月") if reason.startswith("只有") else reason


@dataclass(frozen=True)
class Quiet:
    """One chart without an open alert: its level, and what change would have been seen."""

    definition: Definition
    before: float | None
    now: float | None
    detectable: float | None
    reason: str


def quiet_charts(*, place: Place) -> list[Quiet]:
    """The charts of one place without an alert, in the order of the list. Two queries."""
    alerting = set(open_alerts().filter(department_id=place).values_list("indicator_id", flat=True))
    rows = {row.indicator_id: row for row in ChartEvidence.objects.filter(department_id=place)}
    rule = restriction()
    hidden = {name for name in rows if rule is not None and rule.covers(name)}
    return [
        Quiet(definition, row.before, row.now, row.detectable, row.reason)
        for name, definition in definitions().items()
        if (row := rows.get(name)) is not None and name not in alerting and name not in hidden
    ]


def tested_sentence(definition: Definition, *, place: Place, month: str) -> str:
    """What the test of one chart's newest month allows to say; empty for other months. One query."""
    row = ChartEvidence.objects.filter(indicator_id=definition.id, department_id=place, month=month).first()
    rule = restriction()
    if row is None or (rule is not None and rule.covers(definition.id)):
        return ""
    if row.p_month is None and row.p_window is None:
        return _("没有作变化检验：%(reason)s。") % {"reason": row.reason}
    lowest = min(p for p in (row.p_month, row.p_window) if p is not None)
    said = {"p": probability(lowest), "unit": change_unit(definition.unit), "change": ""}
    if row.detectable is None:
        return _("若没有变化，出现这样或更差数值的概率为 %(p)s。") % said
    said["change"] = f"{row.detectable:.2f}"
    return (
        _("若没有变化，出现这样或更差数值的概率为 %(p)s；小于 %(change)s %(unit)s的变化，这些例数看不出来。")
        % said
    )
