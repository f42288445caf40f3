"""The sets of a definition as the WITH clause of a query, and what is counted over one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from zhikong.engine.backends.sql.sets import HIGH, Space, condition, lower
from zhikong.engine.backends.sql.sets_pairs import select
from zhikong.engine.backends.sql.text import clause, listed, name
from zhikong.engine.definitions import nodes as n
from zhikong.engine.definitions import sets_nodes as s


@dataclass(slots=True)
class Query:
    """Builds the query. `columns`: relation → its columns; `spread`: relation → those that can be spans.

    `patient` are the columns of the patient that every row carries, in every relation.
    """

    columns: dict[str, tuple[str, ...]]
    spread: dict[str, frozenset[str]]
    concepts: Callable[[frozenset[str]], list[int]]
    patient: tuple[str, ...]
    clauses: list[str] = field(default_factory=list)

    def space(self, binding: str, relation: str) -> Space:
        """The space of expressions about one row of a relation."""
        return Space(self.spread, self.concepts, {binding: relation}, binding)

    def add(self, rows: s.RowSet) -> None:
        """One more set; those that it uses are there already."""
        own = set(dict(rows.columns)) - _made(rows)
        shared = [c for c in self.columns[rows.members[0]] if c in own] + list(self.patient)
        spread = {c for c in shared for member in rows.members if c in self.spread[member]}
        relation = (
            f"{rows.name}#{rows.row}"  # the row as it grows: a relation of its own while columns are added
        )
        self.spread[relation] = frozenset(spread)
        text = " UNION ".join(self._member(m, shared, spread) for m in rows.members)
        early, late = _split(rows)
        text = self._kept(text, early, rows.row, relation)
        if rows.repeat is not None:
            text = self._repeated(text, rows, relation)
            shared.append(s.NUMBER)
        for column, node in rows.derived:
            value = lower(node, self.space(rows.row, relation))
            added = f"{value.low} AS {name(column)}"
            if not value.exact:
                added += f", {value.high} AS {name(column + HIGH)}"
                self.spread[relation] |= {column}
            text = select(f"{name(rows.row)}.*, {added}", f"({text})", rows.row)
            shared.append(column)
        text = self._kept(text, late, rows.row, relation)
        self.columns[rows.name] = tuple(c for c in shared if c not in self.patient)
        self.spread[rows.name] = self.spread[relation]
        self.clauses.append(f"{name(rows.name)} AS ({text})")

    def _repeated(self, text: str, rows: s.RowSet, relation: str) -> str:
        """Each row as often as `repeat` says, with a number and a row number of its own."""
        times = lower(rows.repeat, self.space(rows.row, relation))  # type: ignore[arg-type]
        known = times.low if times.exact else f"CASE WHEN {times.low} = {times.high} THEN {times.low} END"
        most = f"CAST(least(greatest(coalesce({known}, 0), 0), {s.MOST_REPEATS}) AS BIGINT)"
        text = select(f"{name(rows.row)}.*, {most} AS {name('#times')}", f"({text})", rows.row)
        each = f"unnest(range(1, {name('#times')} + 1)) AS {name(s.NUMBER)}"
        text = select(f"* EXCLUDE ({name('#times')}), {each}", f"({text})", rows.row)
        own = f"r * {s.MOST_REPEATS + 1} + {name(s.NUMBER)} AS r"
        return select(f"* EXCLUDE (r), {own}", f"({text})", rows.row)

    def _member(self, member: str, shared: Sequence[str], spread: set[str]) -> str:
        wanted = ["c", "r"]
        for column in shared:
            wanted.append(name(column))
            if column in spread:
                high = column + HIGH if column in self.spread[member] else column
                wanted.append(f"{name(high)} AS {name(column + HIGH)}")
        return select(listed(wanted), member, member)

    def _kept(self, text: str, tests: Sequence[n.Node], row: str, relation: str) -> str:
        if not tests:
            return text
        where = " AND ".join(condition(test, self.space(row, relation)) for test in tests)
        return select(f"{name(row)}.*", f"({text})", row, where)


def _made(rows: s.RowSet) -> set[str]:
    """The columns that the set itself adds."""
    return {column for column, _ in rows.derived} | ({s.NUMBER} if rows.repeat is not None else set())


def _split(rows: s.RowSet) -> tuple[list[n.Node], list[n.Node]]:
    """The parts of `where` that need no derived column, which are asked first, and the others."""
    if rows.where == n.TRUE:
        return [], []
    parts = list(rows.where.items) if isinstance(rows.where, n.And) else [rows.where]
    late = [part for part in parts if _uses(part, rows.row, _made(rows))]
    return [part for part in parts if part not in late], late


def _uses(node: n.Node, row: str, columns: set[str]) -> bool:
    if isinstance(node, s.Cell):
        return node.row == row and node.column in columns
    return any(_uses(child, row, columns) for child in node.children())


Membership = Mapping[str, tuple[str | None, tuple[str, ...], n.Node]]


def counted(
    query: Query,
    rows: str,
    row: str,
    populations: Membership,
    values: Mapping[str, tuple[str, tuple[str, ...], n.Node]],
) -> str:
    """The whole query: for each patient `c`, the rows in each population and the observed values as lists.

    A population is (of, without, where); a value is (of, without, expression).
    """
    text = select("*", rows, row)
    space = query.space(row, rows)
    for population, (of, without, where) in populations.items():
        tests = [f"coalesce({condition(where, space)}, FALSE)"] if where != n.TRUE else []
        member = " AND ".join([*_inside(row, of, without), *tests]) or "TRUE"
        text = select(f"{name(row)}.*, {member} AS {name('p:' + population)}", f"({text})", row)
    wanted = [f"count(*) FILTER (WHERE {name('p:' + p)})" for p in populations]
    for value, (of, without, node) in values.items():
        found = lower(node, space)
        known = found.low if found.exact else f"CASE WHEN {found.low} = {found.high} THEN {found.low} END"
        text = select(f"{name(row)}.*, {known} AS {name('v:' + value)}", f"({text})", row)
        asked = " AND ".join(_inside(row, of, without))
        wanted.append(f"list({name(row)}.{name('v:' + value)} ORDER BY r) FILTER (WHERE {asked})")
    with_sets = f"WITH {listed(query.clauses)}" if query.clauses else ""
    return clause(with_sets, select(f"c, {listed(wanted)}", f"({text})", row), "GROUP BY c")


def _inside(row: str, of: str | None, without: Sequence[str]) -> list[str]:
    inside = [] if of is None else [f"{name(row)}.{name('p:' + of)}"]
    return [*inside, *(f"NOT {name(row)}.{name('p:' + other)}" for other in without)]
