"""Tables whose rows stand in the line of their stay: for them a parent, and mostly a key, needs no looking up.

A front page is one line a stay: whatever is unfolded from a good line belongs to a good stay, and two rows of a line
have different keys when the key is made of the group's constants and its number. So forty million rows need not be
compared with each other to learn what the mapping already says.
"""

from __future__ import annotations

from zhikong.engine.tables import TABLES
from zhikong.intake.mappings import Mapping, TableMapping


def beside_the_stay(mapping: Mapping) -> frozenset[str]:
    """Names of the tables that are read from the very lines of the only stays table."""
    stays = [table for table in mapping.tables if table.table == "stays"]
    if len(stays) != 1 or not _plain(stays[0]):
        return frozenset()
    own = _stay_column(stays[0])
    return frozenset(
        table.name
        for table in mapping.tables
        if TABLES[table.table].child_of == "stays"
        and table.source == stays[0].source
        and own is not None
        and _stay_column(table) == own
        and not table.changes
        and sum(other.table == table.table for other in mapping.tables) == 1
    )


def without_repetition(mapping: Mapping) -> frozenset[str]:
    """Those of them whose rows cannot have the same key twice unless their stay has."""
    beside = beside_the_stay(mapping)
    return frozenset(table.name for table in mapping.tables if table.name in beside and _apart(table))


def _plain(table: TableMapping) -> bool:
    return not (table.where or table.unfold or table.changes or table.steps)


def _stay_column(table: TableMapping) -> str | None:
    return next((f.from_ for f in table.fields if f.column == "stay_id"), None)


def _apart(table: TableMapping) -> bool:
    """Whether the key tells the repetitions of a line apart by what the mapping itself says of them."""
    rest = [name for name in TABLES[table.table].key if name != "stay_id"]
    taken = {f.column: f.from_ for f in table.fields}
    if not table.unfold:
        return not rest or (table.steps is not None and [taken.get(name) for name in rest] == ["seq"])
    places = [
        tuple(
            group.constants.get(taken.get(name) or "", f"#{group.start + n - group.times[0]}")
            if taken.get(name) in (*group.constants, "seq")
            else None
            for name in rest
        )
        for group in table.unfold
        for n in range(group.times[0], group.times[1] + 1)
    ]
    return all(None not in place for place in places) and len(set(places)) == len(places)
