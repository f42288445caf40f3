"""`Backend.tally` in numpy, with DuckDB for whatever numpy does not say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from zhikong.engine.backends.base import Backend, Counts, Limits, Outcome, Tally
from zhikong.engine.backends.duckdb import DuckdbBackend
from zhikong.engine.backends.source import Source
from zhikong.engine.backends.vector import counting
from zhikong.engine.backends.vector.evaluate import Unsupported
from zhikong.engine.backends.vector.grouping import Periods
from zhikong.engine.backends.vector.support import supported
from zhikong.engine.definitions import nodes as n
from zhikong.engine.definitions.model import Definition
from zhikong.engine.plan.groups import Group, groups_of
from zhikong.engine.tables import Type


@dataclass(frozen=True, slots=True)
class Least:
    """The least work for which vectors are taken; without limits they are always taken."""

    counters: int = 0
    rows: int = 0

    def reached(self, group: Group, source: Source) -> bool:
        """Whether a group has so many counters and rows."""
        return len(group.counters) >= self.counters and (
            not self.rows or source.size(group.table) >= self.rows
        )


# measured by `python -m benchmarks engine breadth`: 36 counters in 960 groups are about even, 136 counters in 3,600
# groups cost DuckDB half as much again, and in 36,000 groups three times as much
WORTHWHILE = Least(counters=60, rows=100_000)


@dataclass(slots=True)
class VectorBackend:
    """Bit maps in numpy for what they can say, the other backend for the rest; `used` says which did what."""

    other: Backend = field(default_factory=DuckdbBackend)
    used: dict[str, str] = field(default_factory=dict)
    least: Least = field(default_factory=lambda: Least())

    def tally(
        self, definitions: Sequence[Definition], source: Source, months: Sequence[str], limits: Limits
    ) -> dict[str, Outcome]:
        """See `Backend.tally`. What turns out to be beyond exact vectors at run time is computed by the other."""
        outcomes: dict[str, Outcome] = {}
        for group in groups_of([d for d in definitions if supported(d)]):
            if not self.least.reached(group, source):
                continue
            members = [d for d in definitions if d.id in group.recipes]
            outcomes |= _guarded(members, source, months, limits)
        self.used |= dict.fromkeys(outcomes, "vector")
        rest = [d for d in definitions if d.id not in outcomes]
        if rest:
            outcomes |= self.other.tally(rest, source, months, limits)
            self.used |= dict.fromkeys((d.id for d in rest), "duckdb")
        return {d.id: outcomes[d.id] for d in definitions if d.id in outcomes}


def plan_of(
    group: Group, months: Sequence[str], *, by_day: bool = False, only: frozenset[str] | None = None
) -> counting.Plan:
    """The vectorised pass of a group over ascending months."""
    if not isinstance(group.date, n.Ref) or not isinstance(group.department, n.Ref | None):
        raise Unsupported("a date or department that is not a column")
    institution = n.Ref(group.table, "institution", Type.TEXT)
    periods = Periods(sorted(months), by_day=by_day, only=only)
    return counting.Plan(
        group.table, (institution, group.department), group.date, tuple(group.counters.values()), periods
    )


def _guarded(
    members: Sequence[Definition], source: Source, months: Sequence[str], limits: Limits
) -> dict[str, Tally]:
    """The tallies of definitions of one group; who is beyond exact vectors is left out."""
    try:
        (group,) = groups_of(members)
        return _tallies(group, source, months, limits)
    except Unsupported:
        middle = len(members) // 2
        halves = (members[:middle], members[middle:]) if middle else ()
    return {key: tally for half in halves for key, tally in _guarded(half, source, months, limits).items()}


def _tallies(group: Group, source: Source, months: Sequence[str], limits: Limits) -> dict[str, Tally]:
    plan = plan_of(group, months)
    found = counting.run(plan, source, group.partitions(months), limits.threads)
    cells = [
        (institution, department, plan.periods.name(int(period)))
        for institution, department, period in zip(*found.keys, found.periods, strict=True)
    ]
    columns = {key: found.matrix[i].tolist() for i, key in enumerate(group.counters, start=1)}
    rows = found.matrix[0].tolist()
    tallies = {}
    for indicator, recipe in group.recipes.items():
        above = columns[recipe.numerator.key]
        below = columns[recipe.denominator.key] if recipe.denominator else [None] * len(rows)
        tally = Tally(dict(zip(cells, map(Counts, rows, above, below), strict=True)))
        tally.roll_up()
        tallies[indicator] = tally
    return tallies


def fastest() -> VectorBackend:
    """Each group of definitions on the backend that is cheaper for it."""
    return VectorBackend(least=WORTHWHILE)


__all__ = ["WORTHWHILE", "VectorBackend", "fastest", "plan_of"]
