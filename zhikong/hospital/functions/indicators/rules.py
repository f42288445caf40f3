"""How a value is judged, compared and explained; what blocks a month's close. Pure: no ORM, no clock.

The judgement never guesses: a value that cannot be computed, a denominator that is too small and a missing
target are answers of their own, not a silent pass (F-07, F-14).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# Below this a department's rate is shown but not judged (F-14: departments compared on ten patients).
SMALLEST_DENOMINATOR = 10


class Status(StrEnum):
    """What one value of one month means against its target; the tags of the web use the same codes."""

    MET = "met"
    WARNING = "alert"
    MISSED = "missed"
    TOO_FEW = "small"
    NOT_COMPUTABLE = "unknown"
    NO_TARGET = "monitor"


WORDS = {
    Status.MET: gettext_lazy("达标"),
    Status.WARNING: gettext_lazy("预警"),
    Status.MISSED: gettext_lazy("未达标"),
    Status.TOO_FEW: gettext_lazy("例数少"),
    Status.NOT_COMPUTABLE: gettext_lazy("无法计算"),
    Status.NO_TARGET: gettext_lazy("仅监测"),
}

ORIGIN_WORDS = {"reported": gettext_lazy("填报"), "computed": gettext_lazy("系统计算")}
"""Where an indicator's numbers come from; the word stays on every table, chart and document."""
TONES = {
    Status.MET: "ok",
    Status.WARNING: "warn",
    Status.MISSED: "bad",
    Status.TOO_FEW: "none",
    Status.NOT_COMPUTABLE: "none",
    Status.NO_TARGET: "none",
}


@dataclass(frozen=True)
class Target:
    """A band that a value should lie in. One open side makes it a floor (at_least) or a ceiling (at_most).

    low, high: in the indicator's own unit, both included; None = open on that side.
    """

    low: Decimal | None = None
    high: Decimal | None = None

    def __post_init__(self):
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(_("目标下限 %(low)s 高于上限 %(high)s。") % {"low": self.low, "high": self.high})

    @property
    def empty(self) -> bool:
        return self.low is None and self.high is None

    def met_by(self, value: Decimal) -> bool:
        """A floor is never broken by a high value, nor a ceiling by a low one."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def gap(self, value: Decimal) -> Decimal:
        """How far the value lies outside the band, in the indicator's unit; 0 when it is inside."""
        if self.low is not None and value < self.low:
            return self.low - value
        if self.high is not None and value > self.high:
            return value - self.high
        return Decimal(0)

    def text(self, unit: str = "") -> str:
        """“≥ 92 %”, “≤ 14 天”, “0 %” (exactly that), “80–90 %”; “—” without a target."""
        if self.empty:
            return "—"
        if self.low is not None and self.low == self.high:
            sign, figure = "", plain(self.low)
        elif self.low is not None and self.high is not None:
            sign, figure = "", f"{plain(self.low)}–{plain(self.high)}"
        elif self.low is not None:
            sign, figure = "≥ ", plain(self.low)
        else:
            sign, figure = "≤ ", plain(self.high)
        return f"{sign}{figure} {unit}".rstrip()


def target_of(said: Mapping | None) -> Target:
    """A target as packs write it: {at_least: 92}, {at_most: 14}, {equals: 0}, {range: [80, 90]}, or a baseline with its
    goal. Relative ones and monitoring have no bounds of their own: nothing is judged by them as they stand."""
    said = said or {}
    if said.get("goal") is not None:
        goal, baseline = Decimal(str(said["goal"])), Decimal(str(said.get("baseline", said["goal"])))
        return Target(goal, None) if goal >= baseline else Target(None, goal)
    if said.get("equals") is not None:
        exact = Decimal(str(said["equals"]))
        return Target(exact, exact)
    low, high = said.get("range") or (said.get("at_least"), said.get("at_most"))
    return Target(_decimal(low), _decimal(high))


def _decimal(value) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def plain(value: Decimal | None) -> str:
    """A figure as people write it: no exponent, no trailing zeros; “—” for none."""
    if value is None:
        return "—"
    text = format(value.normalize(), "f")
    return "0" if text in ("-0", "") else text


def rounded(value: Decimal | None, places: int = 2) -> Decimal | None:
    return None if value is None else value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def shown(value: Decimal | None, places: int = 2) -> str:
    """A value for the screen: half up to two places, as the national reporting forms round."""
    return "—" if value is None else f"{rounded(value, places):.{places}f}"


def judge(
    value: Decimal | None,
    target: Target,
    *,
    denominator: int | None,
    minimum: int = 0,
    unfavourable_signal: bool = False,
) -> Status:
    """Compare one value with its target.

    minimum: smallest denominator that is judged; a count has no denominator (None) and is always judged.
    unfavourable_signal: the chart shows a special cause to the bad side, so a met target is a warning.
    """
    if value is None:
        return Status.NOT_COMPUTABLE
    if denominator is not None and denominator < minimum:
        return Status.TOO_FEW
    if not target.empty and not target.met_by(value):
        return Status.MISSED
    if unfavourable_signal:
        return Status.WARNING
    return Status.NO_TARGET if target.empty else Status.MET


def change(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    """Difference of two periods in the indicator's own unit: for rates percentage points, never per cent."""
    return None if now is None or before is None else now - before


def change_unit(unit: str) -> str:
    """The word behind a difference: 百分点 for %, 千分点 for ‰, else the unit itself."""
    return {"%": _("个百分点"), "‰": _("个千分点"), "‱": _("个万分点")}.get(unit, unit)


def change_text(difference: Decimal | None) -> str:
    if difference is None:
        return "—"
    figure = rounded(difference)
    return "0.00" if figure == 0 else f"{figure:+.2f}"


def favourable(difference: Decimal | None, direction: str) -> bool | None:
    """Is a movement for the better? None when there is no movement or the direction does not say."""
    if not difference or direction not in ("up", "down"):
        return None
    return (difference > 0) == (direction == "up")


def side_is_unfavourable(side: str, direction: str) -> bool:
    """A signal above is bad where less is better, below where more is; for range and monitor both are."""
    return {"up": side == "below", "down": side == "above"}.get(direction, True)


def judgement_sentence(
    name: str, status: Status, value: Decimal | None, target: Target, unit: str, *,
    denominator: int | None = None, minimum: int = 0, reason: str = "", shortfall: int | None = None,
) -> str:  # fmt: skip
    """One sentence in words for the page and the brief; figures with unit, and what follows from them."""
    said = {
        "name": name, "value": f"{shown(value)} {unit}".rstrip(), "target": target.text(unit),
        "gap": "" if value is None else f"{shown(target.gap(value))} {change_unit(unit)}", "n": denominator,
        "minimum": minimum, "reason": reason.rstrip("。") or _("没有这个月的数据"),
    }  # fmt: skip
    sentence = {
        Status.MET: _("%(name)s为 %(value)s，达到目标（%(target)s）。"),
        Status.WARNING: _("%(name)s为 %(value)s，目标 %(target)s；控制图显示不利的特殊原因，应查明。"),
        Status.MISSED: _("%(name)s为 %(value)s，未达到目标（%(target)s），相差 %(gap)s。"),
        Status.TOO_FEW: _("%(name)s为 %(value)s，分母仅 %(n)s，少于 %(minimum)s，不作判断。"),
        Status.NOT_COMPUTABLE: _("%(name)s无法计算：%(reason)s。"),
        Status.NO_TARGET: _("%(name)s为 %(value)s，未设目标，仅监测。"),
    }[status] % said
    if status is Status.MISSED and shortfall:
        sentence += _("相当于多 %(cases)s 例才会达标。") % {"cases": shortfall}
    return sentence


def shortfall_cases(
    numerator: int | None, denominator: int | None, target: Target, multiplier: int
) -> int | None:
    """How many more counted cases a rate with a floor would have needed: makes the gap tangible, or None."""
    if numerator is None or not denominator or target.low is None or multiplier not in (100, 1000, 10000):
        return None
    needed = target.low * denominator / multiplier - numerator
    whole = int(needed.to_integral_value(rounding="ROUND_CEILING"))
    return whole if whole > 0 else None


@dataclass(frozen=True)
class Miss:
    """An indicator that missed its target in a month: the hospital's (department None) or a department's."""

    indicator_id: str
    department_id: int | None


def blockers(misses: Iterable[Miss], analysed: Collection[tuple[str, int | None]]) -> list[Miss]:
    """The misses that still lack an analysis and a measure and so keep the month open (SYS-04, IND-02).

    Departments below the minimum denominator never become a Miss, because they are not judged.
    """
    return [miss for miss in misses if (miss.indicator_id, miss.department_id) not in analysed]


IN_CONTROL_TO_CLOSE = 3  # an alert closes only after this many months without a signal (hysteresis)


@dataclass(frozen=True)
class AlertState:
    """What the newest months say about one chart. months_quiet counts from the newest month back."""

    signalling: bool
    months_quiet: int


def alert_state(
    months: list[str], signal_months: Collection[str], missed_months: Collection[str] = ()
) -> AlertState:
    """months: ascending, ending with the newest judged month."""
    loud = set(signal_months) | set(missed_months)
    quiet = 0
    for month in reversed(months):
        if month in loud:
            break
        quiet += 1
    return AlertState(signalling=quiet == 0 and bool(months), months_quiet=quiet)


def misses_in_row(statuses: list[Status]) -> int:
    """Length of the run of missed months at the end; months without a judgement do not break it."""
    run = 0
    for status in reversed(statuses):
        if status is Status.MISSED:
            run += 1
        elif status in (Status.MET, Status.WARNING):
            break
    return run
