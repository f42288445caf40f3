"""The simulated hospital's tables as tables and views of a real database, as its systems would offer them.

The rows lie in tables T_…; the views V_… show them. Faults of such feeds are planted: rows that were changed later,
rows that are committed late with an earlier time of change, rows that the view shows twice, and one clock that runs
ahead. `Hospital.later` brings about what happens after the first reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.dialects import mysql

from zhikong.engine.tables import TABLES, Column, Type
from zhikong.simulator.clock import stream
from zhikong.simulator.views.naming import (
    ADMISSION,
    CHANGED,
    IDENTITY,
    RECORD,
    VIEWS,
    column_names,
    has_patient,
    has_stay,
    is_money,
)

KINDS = ("changed", "late", "twice", "ahead")
_AT_ONCE = 2_000
_MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
_TYPES: dict[Type, Any] = {
    Type.TEXT: sa.Text(),
    Type.INT: sa.BigInteger(),
    Type.FLOAT: sa.Double(),
    Type.BOOL: sa.Boolean(create_constraint=False),
    Type.DATE: sa.Date(),
    Type.TIMESTAMP: _MOMENT,
}


@dataclass(frozen=True)
class Planted:
    """One planted fault: its kind, the view, and the row's place among the rows of its table (from 0)."""

    kind: str
    table: str
    view: str
    place: int


@dataclass
class Hospital:
    """A written hospital. `faults`: what was planted. `later` must be called after the first reading."""

    engine: sa.Engine
    faults: list[Planted] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    _pending: list[tuple[sa.Table, int, dict[str, Any], str]] = field(default_factory=list)

    def later(self, *, at: datetime) -> None:
        """What happens after the first reading: corrections now, and rows committed late, changed shortly before."""
        with self.engine.begin() as connection:
            for table, place, row, kind in self._pending:
                if kind == "changed":
                    row = row | {CHANGED: at}
                    connection.execute(sa.update(table).where(place == table.c.T_XH).values(row))
                else:
                    row = row | {CHANGED: at - timedelta(minutes=5)}
                    connection.execute(sa.insert(table).values({"T_XH": place, **row}))
        self._pending.clear()


def write(
    engine: sa.Engine,
    tables: Mapping[str, pa.Table],
    numbers: Mapping[str, int],
    *,
    at: datetime,
    seed: int = 1,
    faults: Mapping[str, int] | None = None,
) -> Hospital:
    """Write the contract's tables (with `identities`) into an empty database.

    numbers: stay_id -> 住院次数 of the patient. at: the time of change of the newest row; earlier rows lie a second
    apart before it. faults: kind (of KINDS) -> how many rows of each table.
    """
    made = Hospital(engine)
    people = {row["patient_key"]: row for row in tables["identities"].to_pylist()}
    whose = dict(
        zip(*(tables["stays"][name].to_pylist() for name in ("stay_id", "patient_key")), strict=True)
    )
    for name, view in VIEWS.items():
        if name in tables:
            rows = list(_rows(name, tables[name], people, whose, numbers))
            _write_table(made, name, view, rows, at, _Places(seed, name, len(rows), faults or {}))
    return made


class _Places:
    """Which rows of a table carry which fault; a row carries one at most."""

    def __init__(self, seed: int, name: str, rows: int, wanted: Mapping[str, int]):
        total = min(sum(wanted.values()), rows)
        chosen = stream(seed, f"views {name}").choice(rows, total, replace=False) if total else []
        kinds = [kind for kind in KINDS for _ in range(wanted.get(kind, 0))]
        self.of = dict(zip(map(int, chosen), kinds, strict=False))


def _rows(name, table: pa.Table, people, whose, numbers) -> Iterator[dict[str, Any]]:
    """Rows as the view shows them: who it is about by number, money in yuan, the rest by the view's names."""
    named, columns = column_names(name), {c.name: c for c in TABLES[name].columns}
    for row in table.to_pylist():
        shown = {header: _value(columns[column], row.get(column)) for column, header in named.items()}
        if has_patient(name):
            stay = row.get("stay_id")
            person = people.get(row.get("patient_key") or whose.get(stay))
            # a person who was never admitted has no 病案号, but a number of the outpatient department
            shown[RECORD] = person["record_number"] if person else row.get("patient_key")
            shown |= {ADMISSION: numbers[stay] if stay else None} if has_stay(name) else {}
            if name == "stays":
                shown |= {header: person[key] for key, header in IDENTITY.items()}
        yield shown


def _value(column: Column, value: Any) -> Any:
    return Decimal(value) / 100 if value is not None and is_money(column) else value


def _write_table(
    made: Hospital, name: str, view: str, rows: list[dict], at: datetime, places: _Places
) -> None:
    table = _table(name, view)
    table.create(made.engine)
    ready: list[dict[str, Any]] = []
    for place, row in enumerate(rows):
        kind = places.of.get(place)
        changed = at - timedelta(seconds=len(rows) - place)
        if kind is not None:
            made.faults.append(Planted(kind, name, view, place))
        if kind in ("changed", "late"):
            made._pending.append((table, place, row, kind))
        if kind == "late":
            continue
        now = {"T_XH": place, **row, CHANGED: at + timedelta(days=3650) if kind == "ahead" else changed}
        ready += [_before(name, now) if kind == "changed" else now] * (2 if kind == "twice" else 1)
    with made.engine.begin() as connection:
        for first in range(0, len(ready), _AT_ONCE):
            connection.execute(sa.insert(table), ready[first : first + _AT_ONCE])
        shown = sa.select(*(column for column in table.columns if column.name != "T_XH"))
        query = str(shown.compile(made.engine))
        connection.exec_driver_sql(f"CREATE VIEW {_quoted(made.engine, view)} AS {query}")
    made.rows[name] = len(rows)


def _quoted(engine: sa.Engine, name: str) -> str:
    return engine.dialect.identifier_preparer.quote_identifier(name)


def _before(name: str, row: dict[str, Any]) -> dict[str, Any]:
    """The row before its correction: the first text or number that is no key and no code was not yet there."""
    table = TABLES[name]
    for column, header in column_names(name).items():
        found = table.column(column)
        if found.nullable and column not in table.key and row[header] is not None:
            return row | {header: None}
    return row


def _table(name: str, view: str) -> sa.Table:
    columns = [sa.Column("T_XH", sa.BigInteger(), comment="序号")]
    if has_patient(name):
        columns.append(sa.Column(RECORD, sa.String(20), comment=RECORD))
    if has_stay(name):
        columns.append(sa.Column(ADMISSION, sa.Integer(), comment=ADMISSION))
    if name == "stays":
        kinds = {key: sa.Date() if key == "birth_date" else sa.String(100) for key in IDENTITY}
        columns += [sa.Column(header, kinds[key], comment=header) for key, header in IDENTITY.items()]
    for column, header in column_names(name).items():
        found = TABLES[name].column(column)
        kind = sa.Numeric(14, 2) if is_money(found) else _TYPES[found.type]
        columns.append(sa.Column(header, kind, comment=found.meaning[:200]))
    columns.append(sa.Column(CHANGED, _MOMENT, index=False, comment="本行最后修改的时间"))
    return sa.Table(view.replace("V_", "T_", 1), sa.MetaData(), *columns, comment=TABLES[name].meaning[:200])
