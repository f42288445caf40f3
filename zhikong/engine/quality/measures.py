"""What is counted in one table: for each field and kind a condition, and in which rows it could hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from zhikong.engine.definitions import canonical
from zhikong.engine.definitions import nodes as n
from zhikong.engine.plan.needs import walk
from zhikong.engine.quality.model import Expected, Field, Kind, Rulebook
from zhikong.engine.tables import TABLES, Column, Table, Type

Known = Mapping[str, frozenset[str]]
"""The hospital's own lists by name; a list that is not at hand is not in it, and nothing is said of its fields."""

_TIMES = (Type.TIMESTAMP, Type.DATE)
_FAR_DAYS = 366  # a time of a row that belongs to no stay lies within a year of the row's own day


@dataclass(frozen=True, slots=True)
class Measure:
    """One count: rows where `condition` is true, or that `known` or `pattern` does not hold, or that are repeated."""

    field: Field
    kind: Kind
    condition: n.Node | None = None
    known: str = ""
    pattern: str = ""


def measures_of(table: Table, book: Rulebook, *, supplied: frozenset[str], known: Known) -> list[Measure]:
    """Every count that can be made of the table; one that cannot be made is left out, which is not zero.

    supplied: the columns that the files have.
    """
    columns = [column for column in table.columns if column.name in supplied]
    present = {column.name for column in columns}
    if table.child_of:
        present |= {f"stay.{name}" for name in TABLES[table.child_of].column_names}
    found = [Measure((table.name, ""), Kind.ROWS)]
    for column in columns:
        found += _of_column(table, column, book, book.expected.get((table.name, column.name)), known)
    readable = [measure for measure in found if _readable(measure, present)]
    repeats = book.repeats.get(table.name)
    if repeats is not None and set(repeats.needs) <= present:
        readable.append(Measure((table.name, ""), Kind.DUPLICATED, _all_known(table, repeats.needs)))
    return readable


def _of_column(
    table: Table, column: Column, book: Rulebook, expected: Expected | None, known: Known
) -> Iterator[Measure]:
    field, ref = (table.name, column.name), n.Ref(table.name, column.name, column.type)
    where = expected.condition if expected else None
    if column.nullable:
        if where is not None:
            yield Measure(field, Kind.EXPECTED, where)
        yield Measure(field, Kind.MISSING, _and(where, _blank(ref)))
    if column.domain is not None:
        codes = tuple(n.Value(code, Type.TEXT) for code in sorted(column.domain.codes))
        outside = n.Not(n.In(ref, codes))
        yield Measure(field, Kind.UNMAPPED, _and(n.Not(_blank(ref)), outside))
    for coding in book.codings:
        if field in coding.fields and (coding.pattern or coding.known in known):
            yield Measure(field, Kind.UNMAPPED, n.Not(_blank(ref)), coding.known, coding.pattern)
    implausible = list(_implausible(table, column, ref, book))
    if implausible:
        yield Measure(field, Kind.IMPLAUSIBLE, canonical.disjunction(implausible))
    late = [c.condition for c in book.checks if c.field == field and c.kind is Kind.LATE]
    if late:
        yield Measure(field, Kind.LATE, canonical.disjunction(late))


def _implausible(table: Table, column: Column, ref: n.Ref, book: Rulebook) -> Iterator[n.Node]:
    """The pack's ranges, the contract's least value and orders, and times far from where the row belongs."""
    yield from (c.condition for c in book.checks if c.field == (table.name, column.name) and _is_range(c))
    if column.minimum is not None:
        yield canonical.comparison("<", ref, n.Value(column.minimum, Type.INT))
    for rule in table.rules:
        if rule.right == column.name:
            left = table.column(rule.left)
            if left is not None:
                yield canonical.comparison("<", ref, n.Ref(table.name, left.name, left.type))
    if column.type in _TIMES and (table.name, column.name) not in book.outside_except:
        yield from _far(table, ref, book)


def _is_range(check) -> bool:
    return check.kind is Kind.IMPLAUSIBLE


def _far(table: Table, ref: n.Ref, book: Rulebook) -> Iterator[n.Node]:
    if table.child_of:
        yield _before(_stay("admitted_at"), ref, -book.stay_before_days)
        yield _after(_stay("discharged_at"), ref, book.stay_after_days)
        return
    own = table.column(table.month_of)
    if own is not None and own.type in _TIMES and own.name != ref.column:
        start = n.Ref(table.name, own.name, own.type)
        # a stay may have begun long ago; its other times may not lie far behind its end
        if table.name != "stays":
            yield _before(start, ref, -_FAR_DAYS)
        yield _after(start, ref, _FAR_DAYS)


def _stay(name: str) -> n.Ref:
    return n.Ref("stays", name, Type.TIMESTAMP, owner="stay")


def _before(start: n.Ref, end: n.Ref, days: int) -> n.Node:
    return canonical.comparison("<", n.Elapsed("days", start, end), n.Value(days, Type.INT))


def _after(start: n.Ref, end: n.Ref, days: int) -> n.Node:
    return canonical.comparison(">", n.Elapsed("days", start, end), n.Value(days, Type.INT))


def _blank(ref: n.Ref) -> n.Node:
    """No value; a text of no characters is none."""
    null = n.IsNull(ref)
    if ref.type is not Type.TEXT:
        return null
    return n.Or((null, n.Compare("=", ref, n.Value("", Type.TEXT))))


def _and(first: n.Node | None, second: n.Node) -> n.Node:
    return second if first is None else n.And((first, second))


def _all_known(table: Table, names: Iterable[str]) -> n.Node:
    parts: list[n.Node] = []
    for name in names:
        column = table.column(name)
        if column is not None:
            parts.append(n.Not(_blank(n.Ref(table.name, name, column.type))))
    return canonical.conjunction(parts)


def _readable(measure: Measure, present: set[str]) -> bool:
    """Whether the files have every column that the condition reads."""
    return measure.condition is None or all(_spelled(ref) in present for ref in refs_of(measure.condition))


def refs_of(node: n.Node) -> list[n.Ref]:
    """The columns that a condition reads."""
    return [part for part in walk(node) if isinstance(part, n.Ref)]


def _spelled(ref: n.Ref) -> str:
    return f"stay.{ref.column}" if ref.owner == "stay" else ref.column
