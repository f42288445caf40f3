"""One door to all charts: a type, a table and the wishes give the drawn chart, its signals and its icons."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from zhikong.engine.stats.cumulative import DECISION as RISK_DECISION
from zhikong.engine.stats.cumulative import ODDS_RATIO, racusum, vlad
from zhikong.engine.stats.intervals import poisson, wilson
from zhikong.engine.stats.limits import c_chart, i_prime, median_chart, mr, p_chart, run_chart, u_chart, xmr
from zhikong.engine.stats.points import NHS_FACTOR, ORDER, Assurance, Rule, Variation, assured, variation
from zhikong.engine.stats.rare import g_chart, t_chart
from zhikong.engine.stats.rates import rate_of
from zhikong.engine.stats.rules import findings
from zhikong.engine.stats.sequential import DECISION, SLACK, WEIGHT, WIDTH, cusum_chart, ewma_chart
from zhikong.engine.stats.series import Flags, Floats, Limits, Options
from zhikong.engine.stats.subgroups import groups, s_chart, xbar_chart
from zhikong.engine.stats.tabling import Table

TYPES = (
    "run", "i", "ip", "mr", "xbar", "s", "p", "pp", "u", "up", "c", "g", "t", "median", "ewma", "cusum", "vlad",
    "racusum",
)  # fmt: skip
NO_ICONS = frozenset({"run", "mr", "s", "ewma", "cusum", "vlad", "racusum"})


@dataclass(frozen=True)
class Wish:
    """How a chart is wanted: see `zhikong chart --help`. h None: the default of the type."""

    kind: str = "i"
    rules: tuple[str, ...] = ("shewhart", "anhoej")
    freeze: int | None = None
    centre: float | None = None
    multiply: float = 1.0
    target: float | None = None
    direction: str = "up"
    screened: bool = True
    limits: str = "probability"
    cap: float | None = None
    floor: float | None = None
    weight: float = WEIGHT
    width: float = WIDTH
    slack: float = SLACK
    h: float | None = None
    odds_ratio: float = ODDS_RATIO


@dataclass(frozen=True)
class Drawn:
    """A chart with what its rules found: rule set -> rule -> points, and the class of each point (NHS)."""

    limits: Limits
    found: dict[str, dict[str, Flags]]
    classes: tuple[Rule, ...] | None
    variation: Variation | None
    assurance: Assurance | None

    def signals(self, rule_set: str) -> Flags:
        return np.logical_or.reduce([np.zeros(self.limits.y.shape, bool), *self.found[rule_set].values()])


def options_of(table: Table, wish: Wish) -> Options:
    return Options(
        screened=wish.screened, freeze=wish.freeze, parts=table.parts, exclude=table.exclude,
        centre=wish.centre, multiply=wish.multiply, cap=wish.cap, floor=wish.floor, limits=wish.limits,
    )  # fmt: skip


def draw(table: Table, wish: Wish) -> Drawn:
    """A chart of a series of values."""
    options = options_of(table, wish)
    limits = _making_data_count(table, options) if _is_nhs(wish) else _limits(table, wish, options)
    return _judged(limits, table, wish)


def draw_patients(risk: Floats, died: Floats, wish: Wish) -> Drawn:
    """VLAD or risk-adjusted CUSUM of single patients."""
    if wish.kind == "vlad":
        limits = vlad(risk, died)
    else:
        limits = racusum(risk, died, odds_ratio=wish.odds_ratio, decision=wish.h or RISK_DECISION)
    return Drawn(limits, {name: findings(limits, name) for name in wish.rules}, None, None, None)


def _is_nhs(wish: Wish) -> bool:
    """Individuals with the NHS rules alone are drawn as Making Data Count draws them."""
    return wish.kind == "i" and wish.rules == ("nhs",)


def _making_data_count(table: Table, options: Options) -> Limits:
    """Limits at 2.66 mean moving ranges; a frozen baseline holds in each phase."""
    return xmr(table.y, table.n, replace(options, freeze_each=True), factor=NHS_FACTOR)


def _limits(table: Table, wish: Wish, options: Options) -> Limits:
    y, n, kind = table.y, table.n, wish.kind
    if kind in ("p", "pp", "u", "up"):
        return (p_chart if kind[0] == "p" else u_chart)(y, n, options, prime=len(kind) == 2)
    if kind in ("xbar", "s"):
        return (xbar_chart if kind == "xbar" else s_chart)(groups(table.values), options)
    if kind == "c":
        return c_chart(y, options)
    if kind == "ip":
        return i_prime(y, n, options)
    if kind in ("g", "t"):
        return (g_chart if kind == "g" else t_chart)(y if n is None else rate_of(y, n)[2], options)
    if kind == "ewma":
        return ewma_chart(y, n, options, weight=wish.weight, width=wish.width)
    if kind == "cusum":
        return cusum_chart(y, n, options, slack=wish.slack, decision=wish.h or DECISION)
    return {"run": run_chart, "i": xmr, "mr": mr, "median": median_chart}[kind](y, n, options)


def _judged(limits: Limits, table: Table, wish: Wish) -> Drawn:
    """NHS rules and icons of an individuals chart use its own limits, whatever other rules are wanted."""
    ours = _making_data_count(table, options_of(table, wish)) if wish.kind == "i" else limits
    found = {name: findings(ours if name == "nhs" else limits, name) for name in wish.rules}
    if wish.kind in NO_ICONS:
        return Drawn(limits, found, None, None, None)
    classes = _classes(findings(ours, "nhs"), limits.y.size)
    known = np.flatnonzero(~np.isnan(limits.y))
    if not known.size:
        return Drawn(limits, found, classes, None, None)
    last = known[-1]
    return Drawn(
        limits,
        found,
        classes,
        variation(classes[last], wish.direction),
        assured(ours.lower[-1], ours.upper[-1], target=wish.target, direction=wish.direction),
    )


def _classes(found: dict[str, Flags], length: int) -> tuple[Rule, ...]:
    order = {rule.value: rule for rule in ORDER}
    return tuple(
        next((order[name] for name, flags in found.items() if flags[index]), Rule.NONE)
        for index in range(length)
    )


def intervals(table: Table, wish: Wish) -> tuple[Floats, Floats] | None:
    """The 95 % interval of each point: Wilson for proportions, exact for counts; None for other values."""
    if wish.kind in ("p", "pp"):
        pair = wilson(*rate_of(table.y, table.n)[:2])
    elif wish.kind in ("u", "up"):
        pair = poisson(*rate_of(table.y, table.n)[:2])
    elif wish.kind == "c":
        pair = poisson(table.y)
    else:
        return None
    return pair[0] * wish.multiply, pair[1] * wish.multiply
