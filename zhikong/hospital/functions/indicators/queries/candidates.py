"""What the newest months of each chart say, with how loud it is: the raw material of alerts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from zhikong.engine.definitions import Definition
from zhikong.hospital.functions.indicators import alert_rules, rules
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.alert_rules import Loud, Seen
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.control import BEYOND
from zhikong.hospital.functions.indicators.models import AlertPolicy
from zhikong.hospital.functions.indicators.queries.board import Line, line
from zhikong.hospital.functions.indicators.queries.decisions import decision_book
from zhikong.hospital.functions.indicators.queries.evidence import HISTORY, Key, Tested, tested
from zhikong.hospital.functions.indicators.queries.figures import Frame, figures, signals
from zhikong.hospital.functions.indicators.queries.targets import target_book
from zhikong.hospital.functions.indicators.rules import Status
from zhikong.hospital.functions.indicators.selection import newest_month

SURE = 0.005  # three sigma with a spread that is estimated from two years
LOOK_BACK = 12  # months that decide how long a miss has lasted and whether a chart is quiet


@dataclass(frozen=True)
class Candidate:
    """What the newest months of one chart say."""

    line: Line
    found: Loud
    tested: Tested
    misses_in_row: int
    months_quiet: int
    loud_months: tuple[str, ...]
    critical: bool

    @property
    def key(self) -> Key:
        return self.line.definition.id, self.line.place

    @property
    def tier(self) -> str:
        return self.found.tier

    @property
    def loud(self) -> bool:
        """It goes on in the newest month: an open alert is kept."""
        return self.months_quiet == 0

    @property
    def opens(self) -> bool:
        """It is worth an alert if there is none: it goes on, or the newest months together have changed."""
        return self.loud or bool(self.tested.tier)

    @property
    def rank(self) -> tuple:
        """The order in which the budget is spent: how loud, how sure, how harmful, how long, how far, how many."""
        sure = self.tested.q if self.tested.q is not None and self.found.basis == alert_rules.SIGNAL else 1.0
        cases = self.line.figure.denominator if self.line.figure else 0
        return (
            alert_rules.LOUDNESS.index(self.tier), not self.critical, sure, -self.misses_in_row, -self.line.gap,
            -(cases or 0),
        )  # fmt: skip

    @property
    def since(self) -> str:
        """The first month of the unbroken stretch of misses or signals that ends now."""
        month, loud = self.line.month, set(self.loud_months)
        while calendar.shifted(month, -1) in loud:
            month = calendar.shifted(month, -1)
        return month

    @property
    def sentence(self) -> str:
        parts = [self.line.sentence] if self._speaks else []
        if self.found.basis == alert_rules.NEVER:
            parts.append(_("不该发生的事件：发生一例即预警，不作统计判断。"))
        if self.misses_in_row > 1:
            longer = _("已连续 %(n)s 个月以上未达标。") if self.misses_in_row >= LOOK_BACK else ""
            parts.append((longer or _("已连续 %(n)s 个月未达标。")) % {"n": self.misses_in_row})
        parts += [found.sentence for found in self.line.found]
        if self.tested.tier:
            parts.append(self._change)
        return "".join(parts)[:400]

    @property
    def _speaks(self) -> bool:
        return self.line.status in (Status.MISSED, Status.WARNING) or self.found.basis == alert_rules.NEVER

    @property
    def _change(self) -> str:
        def shown(value: float | None) -> str:
            return rules.shown(None if value is None else Decimal(str(value)))

        said = {"before": shown(self.tested.before), "now": shown(self.tested.now), "unit": self.line.unit}
        return _("最近水平 %(now)s %(unit)s，此前 %(before)s %(unit)s，这样的变化很难用随机波动解释。") % said

    @property
    def evidence(self) -> dict:
        """The test behind it, for the page; empty when nothing was tested."""
        found = self.tested
        if not found.judged:
            return {}
        return {
            "p_month": found.p_month, "p_window": found.p_window, "q": found.q, "before": found.before,
            "now": found.now, "detectable": found.detectable,
        }  # fmt: skip


def candidates(shown: Frame, policy: AlertPolicy) -> list[Candidate]:
    """Every chart in scope by the newest finished month. Three queries and the arithmetic of all charts at once."""
    month, wanted, book = newest_month(shown), definitions(), target_book()
    months = calendar.last(HISTORY, month)
    values = figures(shown, months=months, indicators=wanted)
    found = signals(shown, months=calendar.last(LOOK_BACK, month), indicators=wanted)
    keys = sorted({key[:2] for key in values}, key=lambda key: (key[0], key[1] or 0))
    in_force = {key: book.of(wanted[key[0]], key[1], month) for key in keys}
    # the half of a pair that does not count is shown beside the other one, and alerts nobody
    counted = [key for key in keys if in_force[key].origin != "not_counted"]
    evidence = tested(counted, months, values, definitions=wanted, policy=policy, book=decision_book())
    drafts = [
        _draft(wanted[key[0]], key, months[-LOOK_BACK:], values, found, in_force[key], evidence[key], policy)
        for key in counted
        if any((*key, m) in values for m in months[-LOOK_BACK:])
    ]
    return _weighed(drafts)


@dataclass(frozen=True)
class _Draft:
    line: Line
    seen: Seen
    tested: Tested
    misses_in_row: int
    months_quiet: int
    loud_months: tuple[str, ...]
    critical: bool


def _draft(
    definition: Definition, key: Key, span: Sequence[str], values: Mapping, found: Mapping, in_force,
    evidence: Tested, policy: AlertPolicy,
) -> _Draft:  # fmt: skip
    rows = [
        line(definition, key[1], span[: end + 1], values, found, in_force)
        for end in range(len(span))
        if (*key, span[end]) in values
    ]
    newest, run = rows[-1], rules.misses_in_row([row.status for row in rows])
    event = definition.id in policy.never and _happened(newest)
    loud = {row.month for row in rows if row.unfavourable or row.status is Status.MISSED}
    if newest.month == span[-1] and (event or (evidence.tier and _worse(newest, evidence))):
        loud.add(span[-1])
    state = rules.alert_state([row.month for row in rows], loud)
    critical = definition.id in policy.critical
    seen = Seen(
        event=event,
        discovered=evidence.tier,
        chance=evidence.chance,
        critical=critical and _beyond(newest, evidence),
        shifted=newest.unfavourable,
        consecutive_misses=run if newest.status is Status.MISSED else 0,
        hospital=key[1] is None,
    )
    return _Draft(newest, seen, evidence, run, state.months_quiet, tuple(sorted(loud)), critical)


def _beyond(newest: Line, evidence: Tested) -> bool:
    """Beyond a three-sigma limit on the bad side, and improbable by the exact test too: where cases are few, one case
    is beyond any limit."""
    sure = evidence.p_month is not None and evidence.p_month <= SURE
    return sure and newest.unfavourable and any(found.rule in BEYOND for found in newest.found)


def _worse(newest: Line, evidence: Tested) -> bool:
    """The newest month itself lies to the bad side of the level before: a change that is over keeps nothing open."""
    if newest.value is None or evidence.before is None:
        return False
    side = "above" if float(newest.value) > evidence.before else "below"
    return rules.side_is_unfavourable(side, newest.definition.direction)


def _happened(newest: Line) -> bool:
    """A case of what should never happen: it has a figure above zero (a rate where less is better)."""
    return newest.value is not None and newest.value > 0 and newest.definition.direction == "down"


def _weighed(drafts: Sequence[_Draft]) -> list[Candidate]:
    """How loud each is, with what chance alone gives of the signals that no false-discovery control covers."""
    charts = [d for d in drafts if d.line.figure is not None]
    critical_chance = alert_rules.chance_share(
        charts=sum(d.critical for d in charts), found=sum(d.seen.critical for d in charts),
        rate=alert_rules.THREE_SIGMA,
    )  # fmt: skip
    note_chance = alert_rules.chance_share(
        charts=len(charts), found=sum(d.seen.shifted for d in charts), rate=alert_rules.PATTERNS
    )
    return [
        Candidate(
            d.line, alert_rules.loud(d.seen, critical_chance=critical_chance, note_chance=note_chance), d.tested,
            d.misses_in_row, d.months_quiet, d.loud_months, d.critical,
        )
        for d in drafts
    ]  # fmt: skip
