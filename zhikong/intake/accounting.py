"""What became of every row of a source whose rows are not simply those of one table: nothing is lost unseen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import duckdb

from zhikong.intake.lowering import named, quoted
from zhikong.intake.staging import ROW, Staged

if TYPE_CHECKING:
    from zhikong.intake.reading import View

_SHOWN_ROWS = 5


@dataclass(frozen=True)
class Account:
    """Rows of one source by what became of them; each row counts once.

    loaded: in a table. set_aside: refused with a reason, in the quarantine. left: reason → rows that the contract
    does not hold. looked_up: rows that only serve others (a name behind a reference), or that a filter passed over.
    """

    loaded: int = 0
    set_aside: int = 0
    looked_up: int = 0
    left: dict[str, int] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """All rows of the source."""
        return self.loaded + self.set_aside + self.looked_up + sum(self.left.values())


def account(connection: duckdb.DuckDBPyConnection, views: Sequence[View], one: Staged) -> Account:
    """The account of a staged source, after the faulty rows were found."""
    tables = [view.name for view in views if view.source == one.source.name]
    faulty = f"FROM faulty WHERE source = {quoted(one.source.name)}"
    used = " UNION ".join(f"SELECT DISTINCT {ROW} FROM {named('typed_' + table)}" for table in tables)
    loaded = _count(connection, f"SELECT * FROM ({used}) ANTI JOIN ({faulty}) USING ({ROW})") if tables else 0
    aside = _count(connection, f"SELECT DISTINCT {ROW} {faulty}")
    rows = _count(connection, f"SELECT DISTINCT {ROW} FROM {named(one.source.name)}")
    left = {because: len(set(numbers)) for because, numbers in one.left.items()}
    return Account(loaded, aside + len(one.problems), rows - loaded - aside, left)


def _count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM ({query})").fetchall()[0][0])


def left_out(one: Staged) -> Iterator[str]:
    """A sentence for each reason for which rows of a source were left out, with the first of their numbers."""
    for because, numbers in one.left.items():
        rows = list(dict.fromkeys(numbers))
        shown = "、".join(str(row) for row in rows[:_SHOWN_ROWS])
        more = " 等" if len(rows) > _SHOWN_ROWS else ""
        yield f"{one.source.name}：{len(rows)} 行未导入（{because}），第 {shown}{more} 行。"
