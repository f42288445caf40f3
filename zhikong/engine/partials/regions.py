"""A region from its hospitals' partial results: counters travel, patients stay.

A hospital exports one Parquet file for each table and month; the region lays them side by side in a state of its
own. What a file says is checked before it is believed: an institution's file may only speak of that institution.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from zhikong.engine.partials import layout
from zhikong.engine.partials.cascade import rolled
from zhikong.engine.partials.state import Record, State

_SAID = ("group", "month", "conditions")


class Refused(ValueError):
    """A delivered file that cannot be taken; the text says why, for the person who sent it."""


def export(state: State, folder: Path, months: Sequence[str], *, by_department: bool = True) -> list[Path]:
    """Writes the counters of these months for another house: by department and month, without days or rows.

    by_department False sends only the institution's totals. Returns the files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for record in state.manifest().records:
        if record.month in months:
            place = "department" if by_department else "institution"
            table = rolled(state.read(record), place=place, time="month")
            said = {"group": record.group, "month": record.month, "conditions": " ".join(record.conditions)}
            path = folder / Path(record.file).name
            kept = table.replace_schema_metadata({k.encode(): v.encode() for k, v in said.items()})
            pq.write_table(kept, path, compression="zstd")
            written.append(path)
    return written


def take(state: State, files: Sequence[Path], *, institution: str) -> int:
    """Puts a hospital's exported files into the region's state, in place of its former ones for the same months.

    All of them or none; returns how many. Raises Refused for a file that is not an export, holds another
    institution's numbers, or numbers that no counting gives.
    """
    given = [_checked(path, institution) for path in files]
    with state.change() as change:
        for record, _ in given:
            for old in change.after().of(record.group, record.month):
                if set(old.reads) == {institution} and old.file not in {r.file for r in change.added}:
                    change.drop(old)
        for record, table in given:
            change.write(record, table)
    return len(given)


def _checked(path: Path, institution: str) -> tuple[Record, pa.Table]:
    try:
        table = pq.read_table(path)
        metadata = {k.decode(): v.decode() for k, v in (table.schema.metadata or {}).items()}
        group, month, held = (metadata[key] for key in _SAID)
    except (pa.ArrowException, KeyError, UnicodeDecodeError) as error:
        raise Refused(f"{path.name} 不是部分结果文件：请重新导出后再传。") from error
    names = [*layout.KEYS, layout.ROWS, *held.split()]
    if table.column_names != names:
        raise Refused(f"{path.name} 的列与说明不符：请用同一版本重新导出。")
    if others := set(table["institution"].to_pylist()) - {institution}:
        raise Refused(f"{path.name} 含有其他机构 {sorted(others)} 的数据：只能上报本机构 {institution}。")
    if {str(day)[:7] for day in table["period"].to_pylist()} - {month}:
        raise Refused(f"{path.name} 含有 {month} 以外的月份：请重新导出。")
    if any((pc.min(table[name]).as_py() or 0) < 0 for name in (layout.ROWS,)):
        raise Refused(f"{path.name} 的行数为负：请重新导出。")
    record = Record(group, month, "month", tuple(held.split()), {institution: path.name}, "", "")
    return record, table.replace_schema_metadata(None)


def gathered(state: State, group: str, months: Sequence[str], wanted: Sequence[str]) -> pa.Table:
    """The counters of all hospitals of one group, by institution, department and month.

    A condition that a hospital did not send is null there, so that nobody takes it for 0.
    """
    tables, seen = [], set[tuple[str, str, str]]()
    for record in state.manifest().records:
        if record.group == group and record.month in months:
            (sender,) = record.reads
            asked = [c for c in record.conditions if c in wanted and (sender, record.month, c) not in seen]
            seen |= {(sender, record.month, c) for c in asked}
            tables += [state.read(record, asked)] if asked else []
    if not tables:
        return layout.table_of([], [], pa.array([], pa.date32()), [], {c: [] for c in wanted})
    side_by_side = pa.concat_tables(tables, promote_options="default")
    counted = [c for c in wanted if c in side_by_side.column_names]
    asked_for = [(layout.ROWS, "max"), *((c, "sum") for c in counted)]
    found = side_by_side.group_by(list(layout.KEYS), use_threads=False).aggregate(asked_for)
    return found.rename_columns([*layout.KEYS, layout.ROWS, *counted])
