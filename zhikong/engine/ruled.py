"""Compliance rates of rules of the clock, of completeness and of content: what the check of records says, counted.

Rules over one row of a stay are judged faster together (`record_rules.judging`); every other kind goes through the one
door `record_rules.checking`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from zhikong.engine.backends.base import Cell, Counts, Failure, Outcome, Tally
from zhikong.engine.backends.source import Source
from zhikong.engine.definitions.model import Definition
from zhikong.engine.record_rules.loaded import Loaded

_PLACE = ("stay_id", "institution", "discharge_department", "discharged_at")
_COUNTED = ("pass", "fail", "not_applicable", "not_assessable")


def tallies(
    definitions: Sequence[Definition],
    source: Source,
    months: Sequence[str],
    *,
    now: datetime | None,
    backend: str,
) -> dict[str, Outcome]:
    """Passed of passed and failed by institution, department of discharge and month. A crash is an error, never a pass.

    now: until when things count as done; without it the present. backend: "vector" or "reference".
    """
    rules = {d.rule.id: d.rule for d in definitions if d.rule is not None}
    found = verdicts(list(rules.values()), source, months, now=now, backend=backend)
    cells, crashes = _counted(found, Loaded(source, months=months))
    outcomes: dict[str, Outcome] = {}
    for definition in definitions:
        rule = definition.rule.id if definition.rule else ""
        outcomes[definition.id] = Failure(crashes[rule]) if rule in crashes else _tally(cells.get(rule, {}))
    return outcomes


def verdicts(
    rules: Sequence[Any],
    source: Source,
    months: Sequence[str],
    *,
    now: datetime | None = None,
    backend: str = "vector",
) -> pa.Table:
    """Verdicts of the rules on the stays of some months, as VERDICT_SCHEMA."""
    from zhikong.engine.record_rules.checking import check  # it stands on definitions

    span = (months[0], months[-1])
    return check(rules, source, now=_local(now, source), months=span, backend=backend)


def _local(now: datetime | None, source: Source) -> datetime:
    """The moment as the facts count time: local wall time without zone."""
    now = now or datetime.now().astimezone()
    if now.tzinfo is None:
        return now
    zones = pc.drop_null(Loaded(source).column("stays", "zone").unique()) if "stays" in source else []
    zone = ZoneInfo(str(zones[0])) if len(zones) == 1 else now.tzinfo
    return now.astimezone(zone).replace(tzinfo=None)


def _counted(found: pa.Table, loaded: Loaded) -> tuple[dict[str, dict[Cell, list[int]]], dict[str, str]]:
    """(rule -> cell -> [all, passed, judged], rule -> how it crashed)."""
    crashed = found.filter(pc.equal(found["verdict"], "error"))
    crashes = dict(zip(crashed["rule"].to_pylist(), crashed["reason"].to_pylist(), strict=True))
    ids, *places = (
        ([pa.nulls(0)] * 4) if "stays" not in loaded else [_plain(loaded.column("stays", n)) for n in _PLACE]
    )
    at = pc.index_in(found["encounter"], value_set=ids.cast(pa.string()))
    table = pa.table(
        {
            "rule": found["rule"],
            "verdict": found["verdict"],
            "institution": places[0].take(at),
            "department": places[1].take(at),
            "month": pc.strftime(places[2].take(at).cast(pa.timestamp("us")), format="%Y-%m"),
        }
    ).filter(pc.is_valid(at))
    groups = table.group_by(table.column_names, use_threads=False).aggregate([([], "count_all")])
    cells: dict[str, dict[Cell, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0, 0]))
    for row in groups.to_pylist():
        if row["verdict"] in _COUNTED:
            total = cells[row["rule"]][row["institution"], row["department"], row["month"]]
            total[0] += row["count_all"]
            total[1] += row["count_all"] * (row["verdict"] == "pass")
            total[2] += row["count_all"] * (row["verdict"] in ("pass", "fail"))
    return cells, crashes


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def _tally(cells: Mapping[Cell, Sequence[int]]) -> Tally:
    tally = Tally({cell: Counts(*total) for cell, total in cells.items()})
    tally.roll_up()
    return tally
