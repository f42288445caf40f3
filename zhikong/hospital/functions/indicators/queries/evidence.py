"""Has a chart changed in its newest months? Evidence of every chart in scope at once, as arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from zhikong.engine.definitions import Definition
from zhikong.engine.stats.evidence import Evidence, of_rates, of_values
from zhikong.engine.stats.tiers import Tiers, tiers
from zhikong.hospital.functions.indicators.catalogue import minimum_denominator
from zhikong.hospital.functions.indicators.control import data_kind
from zhikong.hospital.functions.indicators.decided import Decision
from zhikong.hospital.functions.indicators.models import AlertPolicy
from zhikong.hospital.functions.indicators.queries.decisions import DecisionBook
from zhikong.hospital.functions.indicators.queries.figures import Figure, Place

HISTORY = 36  # months that are looked at, the newest ones among them
BEGINNING = 10  # so many cases where there was none before
SIDES = {"up": -1.0, "down": 1.0}  # the bad side; both where the direction does not say

Key = tuple[str, Place]


@dataclass(frozen=True)
class Tested:
    """One chart. p: of the newest month and of the newest months; None when not judged, with the reason. tier: red,
    amber or nothing; chance: its share of the false ones. Levels and detectable change in the indicator's unit."""

    p_month: float | None
    p_window: float | None
    q: float | None
    tier: str
    chance: float
    before: float | None
    now: float | None
    detectable: float | None
    reason: str

    @property
    def judged(self) -> bool:
        return self.p_month is not None or self.p_window is not None


def tested(
    keys: Sequence[Key],
    months: Sequence[str],
    values: Mapping,
    *,
    definitions: Mapping[str, Definition],
    policy: AlertPolicy,
    book: DecisionBook,
) -> dict[Key, Tested]:
    """Evidence and tier of each chart. values: figures by (indicator, place, month); months ascending."""
    series = {key: [values.get((*key, month)) for month in months] for key in keys}
    month, window = (
        _asked(series, months, definitions, book, newest=newest) for newest in (1, policy.newest)
    )
    asked = np.column_stack([month.p, window.p]) if keys else np.empty((0, 2))
    families = [(key[1] is None, definitions[key[0]].owner) for key in keys]
    found = tiers(asked, families, red=float(policy.red), amber=float(policy.amber))
    return {key: _told(index, series[key], month, window, found) for index, key in enumerate(keys)}


def _asked(series: Mapping, months: Sequence[str], definitions: Mapping, book: DecisionBook, *, newest: int):
    """The evidence of all charts about their newest months, in the order of `series`."""
    keys = list(series)
    made = Evidence(*(np.full(len(keys), np.nan) for _part in range(4)))
    groups: dict[str, list[int]] = {}
    for index, key in enumerate(keys):
        groups.setdefault(data_kind(definitions[key[0]], series[key]), []).append(index)
    for kind, rows in groups.items():
        own = [keys[row] for row in rows]
        found = _of_kind(kind, own, series, months, definitions, book, newest=newest)
        for ours, theirs in zip(vars(made).values(), vars(found).values(), strict=True):
            ours[rows] = theirs
    return made


def _of_kind(
    kind: str, keys: Sequence[Key], series: Mapping, months: Sequence[str], definitions: Mapping,
    book: DecisionBook, *, newest: int,
) -> Evidence:  # fmt: skip
    side = np.array([SIDES.get(definitions[key[0]].direction, 0.0) for key in keys])
    kept = np.array([_kept(months, book.of(*key), newest) for key in keys])
    value = np.where(kept, _numbers(series, keys, "value"), np.nan)
    if kind == "measure":
        value = np.where(_enough(series, keys, definitions, newest), value, np.nan)
        return of_values(value, newest=newest, side=side)
    if kind == "count":
        return of_rates(value, np.ones(value.shape), newest=newest, side=side, proportion=False)
    top, bottom = (
        np.where(kept, _numbers(series, keys, part), np.nan) for part in ("numerator", "denominator")
    )
    found = of_rates(top, bottom, newest=newest, side=side, proportion=kind == "proportion")
    cases = np.nansum(bottom[:, -newest:], axis=1)
    few = cases < np.array([minimum_denominator(definitions[key[0]]) for key in keys])
    few |= _began(top, newest)
    scale = np.array([float(definitions[key[0]].multiplier) for key in keys])
    return Evidence(
        np.where(few, np.nan, found.p), found.before * scale, found.now * scale, found.detectable * scale
    )


def _began(top: np.ndarray, newest: int) -> np.ndarray:
    """Never a case in all the months before, and now many at once: a source that starts to deliver, not a change."""
    before, now = np.nansum(top[:, :-newest], axis=1), np.nansum(top[:, -newest:], axis=1)
    return (before == 0) & (now >= BEGINNING)


def _numbers(series: Mapping, keys: Sequence[Key], part: str) -> np.ndarray:
    rows = ([None if f is None else getattr(f, part) for f in series[key]] for key in keys)
    return np.array([[np.nan if v is None else float(v) for v in row] for row in rows])


def _enough(series: Mapping, keys: Sequence[Key], definitions: Mapping, newest: int) -> np.ndarray:
    """Months with enough cases to be judged; those that have no denominator always are."""
    bottom = _numbers(series, keys, "denominator")
    least = np.array([minimum_denominator(definitions[key[0]]) for key in keys])[:, None]
    with np.errstate(invalid="ignore"):
        enough = np.isnan(bottom) | (bottom >= least)
    enough[:, :-newest] = True  # earlier months only tell how much the values vary
    return enough


def _kept(months: Sequence[str], decided: Sequence[Decision], newest: int) -> list[bool]:
    """Which months count: those of the newest phase (a new phase in the newest months has no baseline yet), of a frozen
    baseline where there is one, without what people excluded."""
    start = max((d.first for d in decided if d.kind == "phase"), default="")
    frozen = [(d.first, d.last) for d in decided if d.kind == "freeze"]
    excluded = [(d.first, d.last) for d in decided if d.kind == "exclude"]
    tail = set(months[-newest:])

    def counts(month: str) -> bool:
        if any(first <= month <= last for first, last in excluded) or month < start:
            return False
        return month in tail or not frozen or any(first <= month <= last for first, last in frozen)

    return [counts(month) for month in months]


def _told(
    index: int, series: Sequence[Figure | None], month: Evidence, window: Evidence, found: Tiers
) -> Tested:
    p_month, p_window = _known(month.p[index]), _known(window.p[index])
    tier = "red" if found.red[index] else "amber" if found.amber[index] else ""
    shown = month if p_window is None or (p_month is not None and p_month < p_window) else window
    q = found.q[index]
    return Tested(
        p_month, p_window, None if np.isnan(q).all() else float(np.nanmin(q)), tier, float(found.chance[index]),
        _known(shown.before[index]), _known(shown.now[index]), _known(window.detectable[index]),
        "" if p_month is not None or p_window is not None else _why_not(series),
    )  # fmt: skip


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _why_not(series: Sequence[Figure | None]) -> str:
    known = [f for f in series if f is not None and f.value is not None]
    if series[-1] is None or series[-1].value is None:
        return "本月没有数值"
    if len(known) < 13:
        return f"只有 {len(known)} 个月的数据，不足 13 个月"
    if not any(f.numerator for f in known[:-1]) and (known[-1].numerator or 0) >= BEGINNING:
        return "此前各月都是 0，本月突然有数：请先核对数据从哪个月才开始"
    return "各月数值相同" if len({f.value for f in known}) == 1 else "例数太少，或此前可比的月份不足 12 个"
