"""What an indicator lacks before a month of it can be computed: the engine's own needs against what is published.

It looks at tables, columns and months only, never at rows, so it takes no time; whether rows fall under an
indicator shows when it is computed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from zhikong.engine.definitions import Definition
from zhikong.engine.definitions.kinds import AbsentPart, Kind, NoRows
from zhikong.engine.plan.needs import needs_of
from zhikong.engine.tables import TABLES


class What(StrEnum):
    """What is missing: the whole table, some of its columns, or the month in it."""

    TABLE = "table"
    COLUMNS = "columns"
    MONTH = "month"


@dataclass(frozen=True)
class Held:
    """What is published of a table. months: none for a table without rows."""

    columns: frozenset[str]
    months: frozenset[str]
    rows: int = 0


@dataclass(frozen=True, order=True)
class Lack:
    """One thing that is missing. columns: of a table that is there; month: that has no rows."""

    what: What
    table: str
    columns: tuple[str, ...] = ()
    month: str = ""


@dataclass(frozen=True)
class Readiness:
    """What can be computed of a month, and what the others lack. In the order of the definitions."""

    month: str
    ready: tuple[str, ...]
    blocked: Mapping[str, tuple[Lack, ...]]

    @property
    def total(self) -> int:
        return len(self.ready) + len(self.blocked)


@dataclass(frozen=True)
class Unlock:
    """A door by which tables come in. alone: indicators that lack nothing else; part: those that lack more as well."""

    door: str
    tables: tuple[str, ...]
    alone: int
    part: int


def readiness(definitions: Iterable[Definition], held: Mapping[str, Held], month: str) -> Readiness:
    """Each definition is ready or lacks something."""
    found = {definition.id: lacks(definition, held, month) for definition in definitions}
    ready = tuple(name for name, missing in found.items() if not missing)
    return Readiness(month, ready, {name: missing for name, missing in found.items() if missing})


def lacks(definition: Definition, held: Mapping[str, Held], month: str) -> tuple[Lack, ...]:
    """What is missing for one month of an indicator; nothing when it can be computed."""
    if definition.growth is not None:
        found = [one for each in _grown(definition, month) for one in lacks(definition.growth.of, held, each)]
        return tuple(sorted(set(found)))
    if definition.parts:
        return _of_parts(definition, held, month)
    found = [lack for table, columns in needs_of(definition).items() for lack in _of_table(held, table, columns, month)]  # fmt: skip
    found += [Lack(What.MONTH, table, (), month) for table in _counted(definition) if _empty(held, table, month)]  # fmt: skip
    return tuple(sorted(set(found)))


def _grown(definition: Definition, month: str) -> list[str]:
    """The months that a growth compares: the month itself, and the one or the twelve of a base year it grew from."""
    growth = definition.growth
    if growth.months is not None:
        year, number = (int(part) for part in month.split("-"))
        count = year * 12 + number - 1 - growth.months
        return [month, f"{count // 12:04d}-{count % 12 + 1:02d}"]
    return [month, *(f"{growth.base:04d}-{number:02d}" for number in range(1, 13))]


def _of_parts(definition: Definition, held: Mapping[str, Held], month: str) -> tuple[Lack, ...]:
    of_parts = [lacks(part.of, held, month) for part in definition.parts]
    if definition.absent_part is not AbsentPart.CANNOT_COMPUTE and not all(of_parts):
        return ()
    return tuple(sorted({lack for part in of_parts for lack in part}))


def _of_table(held: Mapping[str, Held], table: str, columns: Iterable[str], month: str) -> list[Lack]:
    """The table, its columns, and whether it had begun by the month: before its first row a month is unknown."""
    if table not in held:
        return [Lack(What.TABLE, table)]
    absent = tuple(sorted(set(columns) - held[table].columns))
    if absent:
        return [Lack(What.COLUMNS, table, absent)]
    months = held[table].months
    return [Lack(What.MONTH, table, (), month)] if months and month < min(months) else []


def _counted(definition: Definition) -> list[str]:
    """The tables whose rows are counted and must have some: a count may be nothing when its definition says so."""
    zero = definition.kind is Kind.COUNT and definition.no_rows is NoRows.ZERO
    counted = [] if zero else [definition.table]
    return counted if definition.per is None else [*counted, definition.per.table]


def _empty(held: Mapping[str, Held], table: str, month: str) -> bool:
    return table in held and month not in held[table].months


def unlocks(found: Readiness, door_of: Callable[[str], str]) -> list[Unlock]:
    """What each door would make computable, the most first. door_of: by which door a table comes in."""
    alone: Counter[str] = Counter()
    part: Counter[str] = Counter()
    tables: dict[str, set[str]] = {}
    for missing in found.blocked.values():
        doors = {door_of(lack.table) for lack in missing}
        for lack in missing:
            tables.setdefault(door_of(lack.table), set()).add(lack.table)
        if len(doors) == 1:
            alone.update(doors)
        else:
            part.update(doors)
    made = [Unlock(door, tuple(sorted(tables[door])), alone[door], part[door]) for door in tables]
    return sorted(made, key=lambda one: (-one.alone, -one.part, one.door))


def table_name(table: str) -> str:
    """The contract's word for a table."""
    return TABLES[table].meaning.split("：")[0]


def sentence(lack: Lack) -> str:
    """What is missing, in Chinese."""
    name = table_name(lack.table)
    if lack.what is What.TABLE:
        return f"没有“{name}”"
    if lack.what is What.MONTH:
        return f"“{name}”没有 {lack.month} 的数据"
    columns = [TABLES[lack.table].column(column) for column in lack.columns]
    said = "、".join(c.meaning.split("：")[0] for c in columns[:4] if c is not None)
    more = f"等 {len(columns)} 列" if len(columns) > 4 else ""
    return f"“{name}”没有这些列：{said}{more}"


def by_document(definitions: Mapping[str, Definition], found: Readiness) -> list[tuple[str, int, int]]:
    """(national document, indicators that are ready, all of it), the largest first."""
    total = Counter(d.source.document for d in definitions.values())
    ready = Counter(definitions[name].source.document for name in found.ready)
    return [(document, ready[document], n) for document, n in total.most_common()]
