"""What is proposed as next year's target, and why. Pure: numbers in, a proposal with its sentence out.

Missed: the target stays, it is never relaxed silently. Met: it moves half of the way towards what was reached already:
the better quartile of comparable departments or the own best quarter, whichever asks for less. Too little data, or
nothing to go by: nothing is proposed, with the reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.hospital.functions.indicators.rules import Target

FEWEST_MONTHS = 6  # of the year, with a value
FEWEST_PEERS = 4  # before a quartile says anything
SHARE = Decimal("0.5")  # of the way from the target to what was reached
KEEP, TIGHTEN, NONE = "keep", "tighten", "none"
RULE_WORDS = {
    KEEP: gettext_lazy("维持"),
    TIGHTEN: gettext_lazy("收紧"),
    NONE: gettext_lazy("不能提出"),
}
COUNTED = frozenset("个例件次项种人份台张")
"""Units of things that are counted: their targets are whole numbers."""


@dataclass(frozen=True)
class Known:
    """What is known of one target. value: of the year; months: with a value; quarters: values of whole quarters;
    peers: the year's values of comparable departments. enough: as many cases as the indicator asks for."""

    target: Target
    direction: str
    unit: str
    value: Decimal | None
    months: int
    reason: str = ""
    enough: bool = True
    quarters: Sequence[Decimal] = ()
    peers: Sequence[Decimal] = ()


@dataclass(frozen=True)
class Proposal:
    """rule: keep, tighten or none; target None when nothing can be proposed."""

    rule: str
    target: Target | None
    why: str


def propose(known: Known) -> Proposal:
    """The proposal for one target."""
    if problem := _cannot(known):
        return Proposal(NONE, None, problem)
    said = {"value": _shown(known.value, known.unit), "target": known.target.text(known.unit)}
    if not known.target.met_by(known.value):
        return Proposal(
            KEEP,
            known.target,
            _("本年 %(value)s，未达到目标（%(target)s）：目标不变，不因未达标放宽。") % said,
        )
    bound, up = _bound(known.target)
    if bound is None:
        return Proposal(KEEP, known.target, _("本年 %(value)s，在目标区间（%(target)s）内：维持。") % said)
    reached = _reached(known, up)
    if reached is None:
        return Proposal(
            KEEP, known.target, _("本年 %(value)s，达到目标（%(target)s）；没有完整季度可参照，维持。") % said
        )
    name, best = reached
    wanted = _towards(bound, best, up, known.unit)
    if wanted == bound:
        return Proposal(
            KEEP, known.target, _("本年 %(value)s，达到目标（%(target)s），已没有再收紧的余地：维持。") % said
        )
    made = Target(wanted, None) if up else Target(None, wanted)
    words = _("本年 %(value)s，达到目标（%(target)s）：向%(name)s（%(best)s）收紧一半，建议 %(made)s。")
    return Proposal(
        TIGHTEN,
        made,
        words % (said | {"name": name, "best": _shown(best, known.unit), "made": made.text(known.unit)}),
    )


def _cannot(known: Known) -> str:
    if known.target.empty:
        return _("现在没有目标值，只监测；如需设定，请选“修改”。")
    if known.value is None:
        return _("不能提出建议：%(reason)s") % {"reason": known.reason or _("本年没有结果。")}
    if known.months < FEWEST_MONTHS:
        return _("不能提出建议：本年只有 %(n)d 个月有结果，至少要有 %(least)d 个月。") % {
            "n": known.months, "least": FEWEST_MONTHS,
        }  # fmt: skip
    if not known.enough:
        return _("不能提出建议：本年例数太少，结果不稳定。")
    return ""


def _bound(target: Target) -> tuple[Decimal | None, bool]:
    """The one open bound and whether more is better; (None, …) of a band."""
    if target.low is not None and target.high is not None:
        return None, True
    return (target.low, True) if target.low is not None else (target.high, False)


def _reached(known: Known, up: bool) -> tuple[str, Decimal] | None:
    """The less demanding of what the own best quarter and the better quartile of peers show."""
    found = []
    if known.quarters:
        found.append((_("自己最好的季度"), _best(known.quarters, up)))
    if len(known.peers) >= FEWEST_PEERS:
        found.append((_("各科室较好的四分位"), better_quartile(known.peers, up)))
    if not found:
        return None
    return (min if up else max)(found, key=lambda pair: pair[1])


def _best(values: Sequence[Decimal], up: bool) -> Decimal:
    return max(values) if up else min(values)


def better_quartile(values: Sequence[Decimal], up: bool) -> Decimal:
    """The value that a quarter of the departments reach or surpass, between neighbours in proportion."""
    ordered = sorted(values, reverse=not up)
    place = Decimal(len(ordered) - 1) * Decimal("0.75")
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def _towards(bound: Decimal, best: Decimal, up: bool, unit: str) -> Decimal:
    """Half of the way from the bound to the best, rounded towards the bound; never past 0 or 100 %."""
    if (best <= bound) if up else (best >= bound):
        return bound
    moved = bound + (best - bound) * SHARE
    step = Decimal(1) if unit.strip() in COUNTED or abs(bound) >= 1000 else Decimal("0.1")
    moved = moved.quantize(step, rounding=ROUND_FLOOR if up else ROUND_CEILING)
    if unit.strip() == "%":
        moved = min(moved, Decimal(100))
    return max(moved, bound) if up else min(max(moved, Decimal(0)), bound)


def _shown(value: Decimal, unit: str) -> str:
    return f"{value.quantize(Decimal('0.01'))} {unit}".strip()


def relaxes(old: Target, new: Target) -> bool:
    """Whether a changed target asks for less than the old one anywhere; then a reason is needed."""
    lower = old.low is not None and (new.low is None or new.low < old.low)
    higher = old.high is not None and (new.high is None or new.high > old.high)
    return lower or higher
