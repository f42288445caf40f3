"""Reads HL7 v2 messages (2.1 to 2.8, vertical bar encoding) as rows of text columns.

Options of a source: `events: [ADT^A01, SIU]` which messages, `segment: OBX` one row for each of these segments (without
it one for each message), `fields: {name: path}` the columns by name; a column that is not named there is a path itself
(see hl7_paths).

A row's number is the line of its segment in the file. Columns that the tables take as times are turned into the
hospital's wall time. The HL7 null (`""`) is staged as it stands: a live reading empties the cell then, where an empty
field says nothing (see zhikong.intake.live).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from zhikong.intake.formats import hl7_paths
from zhikong.intake.formats.hl7_messages import Message, Raw, Row, Unreadable, event_of, raw_messages
from zhikong.intake.formats.hl7_text import NULL, wall_time
from zhikong.intake.mappings import Mapping, MappingFault, Source
from zhikong.intake.reasons import FileRefused, problem

if TYPE_CHECKING:
    from zhikong.intake.staging import Staged

_BATCH = 20_000


@dataclass(frozen=True)
class _Plan:
    """What a source asks of each message."""

    events: frozenset[str]
    segment: str | None
    columns: dict[str, hl7_paths.Column]
    times: frozenset[str]
    blank: frozenset[str]
    zone: ZoneInfo | None

    def wants(self, kind: str, event: str) -> bool:
        return not self.events or kind in self.events or f"{kind}^{event}" in self.events


def batches(
    file: Path, source: Source, wanted: list[str], mapping: Mapping, result: Staged
) -> Iterator[tuple[pa.Array, dict[str, pa.Array]]]:
    """See staging.Reader. Messages that the source does not ask for are passed over; what is no message is a problem.

    Raises FileRefused when nothing in the file is an HL7 message, MappingFault for a column that is no path.
    """
    plan = _plan(source, wanted, mapping, result.zone)
    numbers: list[int] = []
    values: dict[str, list[str | None]] = {name: [] for name in wanted}
    seen = 0
    for raw in raw_messages(file):
        event = event_of(raw)
        seen += event is not None
        wanted_here = event is not None and plan.wants(*event)
        # the source that stands for the file looks at every message, so that what cannot be read is told once
        message = _message(raw, source, result) if wanted_here or source.of is None else None
        if message is None or not wanted_here:
            continue
        for row in message.rows(plan.segment):
            numbers.append(row.line)
            _append(values, row, plan)
        if len(numbers) >= _BATCH:
            yield _arrays(numbers, values)
            numbers, values = [], {name: [] for name in wanted}
    if not seen:
        raise FileRefused(
            f"{file.name} 里没有 HL7 消息（没有以 MSH 开头的段）。", "请确认导出的是 HL7 v2 竖线格式。"
        )
    if numbers:
        yield _arrays(numbers, values)


def framed(messages: list[bytes]) -> bytes:
    """Messages one after the other in a file that `batches` reads, whatever each ends with."""
    return b"".join(b"\x0b" + one.strip(b"\x0b\x1c\r\n") + b"\r\x1c\r" for one in messages)


def _plan(source: Source, wanted: list[str], mapping: Mapping, zone: str) -> _Plan:
    options = source.options
    fields: dict[str, Any] = options.get("fields", {})
    try:
        columns = {name: hl7_paths.column(str(fields.get(name, name))) for name in wanted}
    except hl7_paths.PathFault as error:
        raise MappingFault(f"来源 {source.name}：{error}") from error
    return _Plan(
        events=frozenset(options.get("events", ())),
        segment=options.get("segment"),
        columns=columns,
        times=_times(source, mapping),
        blank=frozenset(mapping.blank) | {""},
        zone=ZoneInfo(zone),
    )


def _times(source: Source, mapping: Mapping) -> frozenset[str]:
    """The source's columns that some table takes as a date or a time."""
    found: set[str] = set()
    for table in mapping.tables:
        if table.source == source.name and table.live.version:
            found.add(table.live.version)
        for one in table.fields:
            if one.form not in ("date", "datetime"):
                continue
            owner, _, name = (one.from_ or "").rpartition(".")
            if (owner or table.source) == source.name:
                found.add(name)
            if one.pick and one.pick.source == source.name:
                found |= {one.pick.take, one.pick.by}
    return frozenset(found | {c for t in mapping.tables if t.source == source.name for c in _days(t)})


def _days(table) -> set[str]:
    return {column for one in table.fields for column in one.days_between or ()}


def _message(raw: Raw, source: Source, result: Staged) -> Message | None:
    """The message, or None after its problem was noted: once for a file, by the source that stands for it."""
    try:
        return Message(raw)
    except Unreadable as fault:
        if source.of is None:
            result.problems.append(
                problem(
                    fault.reason,
                    source=source.name,
                    row=raw.line,
                    table="",
                    column="",
                    label="整条消息",
                    value=None,
                    detail=fault.detail,
                )
            )
        return None


def _append(values: dict[str, list[str | None]], row: Row, plan: _Plan) -> None:
    for name, cells in values.items():
        text = hl7_paths.value(plan.columns[name], row.get)
        if name in plan.times and text != NULL:
            text = wall_time(text, plan.zone)
        cells.append(None if text in plan.blank else text)


def _arrays(numbers: list[int], values: dict[str, list[str | None]]) -> tuple[pa.Array, dict[str, pa.Array]]:
    return pa.array(numbers, pa.int64()), {
        name: pa.array(cells, pa.string()) for name, cells in values.items()
    }
