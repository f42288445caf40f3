"""What a run of the inspection found: its issues, for comparison with other runs, and the effects on indicators."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from zhikong.engine.quality import effects as engine
from zhikong.engine.quality.effects import Effect
from zhikong.engine.quality.issues import HOSPITAL, Count, Found, Identity
from zhikong.engine.quality.model import Field, Kind
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.facts import lake
from zhikong.foundation.facts.gateway import Snapshot, codes_in_scope
from zhikong.foundation.facts.quality import ENGINE, file_of, read, short, write

EFFECTS = pa.schema(
    [
        pa.field("indicator", pa.string()),
        pa.field("table", pa.string()),
        pa.field("field", pa.string()),
        pa.field("department", pa.string()),
        pa.field("month", pa.string()),
        pa.field("affected", pa.int64()),
        pa.field("base", pa.int64()),
    ]
)


def effects(snapshot: Snapshot, definitions, *, months: Sequence[str], now: datetime) -> list[Effect]:
    """What missing values do to each indicator, by department and month; a month is asked once for its content."""
    chosen = sorted(definitions, key=lambda definition: definition.id)
    found: list[Effect] = []
    for month in months:
        file = file_of("effects", f"{month}-{_effect_key(snapshot, chosen, month)}")
        if not file.exists():
            made = engine.effects(chosen, source=snapshot.source(), months=(month, month), now=now)
            write(file, pa.Table.from_pylist([_flat(effect) for effect in made], schema=EFFECTS))
        found += [_effect(row) for row in pq.read_table(file).to_pylist()]
    return found


def _effect_key(snapshot: Snapshot, definitions, month: str) -> str:
    files = {
        table: sorted(short(path) for path in snapshot.files(table) if lake.month_of_file(path) == month)
        for table in snapshot.versions
    }
    said = [ENGINE, month, files, [(d.id, d.hash) for d in definitions]]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def _flat(effect: Effect) -> dict[str, Any]:
    table, column = effect.field
    return dict(
        indicator=effect.indicator, table=table, field=column, department=effect.department, month=effect.month,
        affected=effect.affected, base=effect.base,
    )  # fmt: skip


def _effect(row: Mapping[str, Any]) -> Effect:
    return Effect(
        row["indicator"], (row["table"], row["field"]), row["department"], row["month"], row["affected"], row["base"]
    )  # fmt: skip


def keep_effects(run: str, found: Iterable[Effect]) -> None:
    """All effects of a run under its name."""
    write(file_of("runs", run, "effects"), pa.Table.from_pylist([_flat(e) for e in found], schema=EFFECTS))


Place = str
"""A department's code, or HOSPITAL."""


def effects_of(run: str, *, month: str) -> dict[tuple[Field, Place], list[Effect]]:
    """Effects of a month by field and place, the most affected first; of departments in the scope and the hospital."""
    allowed = codes_in_scope(current_scope())
    found: dict[tuple[Field, Place], list[Effect]] = {}
    for effect in _effects_of(str(file_of("runs", run, "effects")), month):
        if allowed is None or effect.department is None or effect.department in allowed:
            found.setdefault((effect.field, effect.department or HOSPITAL), []).append(effect)
    return found


@lru_cache(maxsize=64)
def _effects_of(path: str, month: str) -> tuple[Effect, ...]:
    whole = read(path)
    rows = whole.filter(pc.equal(whole["month"], month)).to_pylist()
    return tuple(sorted((_effect(row) for row in rows), key=lambda e: (-e.affected, e.indicator)))


FOUND = pa.schema(
    [
        pa.field("table", pa.string()),
        pa.field("column", pa.string()),
        pa.field("place", pa.string()),
        pa.field("kind", pa.string()),
        pa.field("month", pa.string()),
        pa.field("count", pa.int64()),
        pa.field("base", pa.int64()),
    ]
)


def keep_found(run: str, found: Iterable[Found]) -> None:
    """The issues of a run under its name: a row for each issue and month."""
    rows = [
        dict(zip(FOUND.names, (*one.identity[:3], str(one.identity.kind), month, *count), strict=True))
        for one in found
        for month, count in one.months.items()
    ]
    write(file_of("runs", run, "found"), pa.Table.from_pylist(rows, schema=FOUND))


def found_of(run: str) -> dict[Identity, dict[str, Count]]:
    """The issues of a run that the scope may see: counts by month."""
    allowed = codes_in_scope(current_scope())
    found: dict[Identity, dict[str, Count]] = {}
    for row in read(str(file_of("runs", run, "found"))).to_pylist():
        if allowed is None or row["place"] in allowed:
            identity = Identity(row["table"], row["column"], row["place"], Kind(row["kind"]))
            found.setdefault(identity, {})[row["month"]] = Count(row["count"], row["base"])
    return found
