"""The table of partial counters, and how it lies in a file: wide where most numbers are not 0, else long.

Columns: `institution`, `department` (null: unknown), `period` (the day, or the first day of the month), `rows` (all
rows of the group), then one column of whole numbers for each condition, named by its id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

KEYS = ("institution", "department", "period")
ROWS = "rows"
DENSE = 0.1  # share of numbers that are not 0 from which a column for each condition is smaller
_LONG = "condition"


def table_of(
    institutions: Sequence[str | None],
    departments: Sequence[str | None],
    periods: pa.Array,
    rows: Sequence[int],
    counters: Mapping[str, Sequence[int]],
) -> pa.Table:
    """The table from its columns. `periods` are dates, `counters` numbers by condition id."""
    columns: dict[str, pa.Array] = {
        "institution": pa.array(institutions, pa.string()),
        "department": pa.array(departments, pa.string()),
        "period": periods.cast(pa.date32()),
        ROWS: pa.array(rows, pa.int64()),
    }
    return pa.table(columns | {key: pa.array(numbers, pa.int64()) for key, numbers in counters.items()})


def conditions(table: pa.Table) -> list[str]:
    """The ids of the conditions that the table counts."""
    return [name for name in table.column_names if name not in KEYS and name != ROWS]


def write(table: pa.Table, path: Path) -> str:
    """Writes the table in the smaller layout and returns its name, 'wide' or 'long'."""
    held = conditions(table)
    matrix = _matrix(table, held)
    layout = "wide" if not matrix.size or np.count_nonzero(matrix) >= DENSE * matrix.size else "long"
    kept = table if layout == "wide" else _long(table, held, matrix)
    named = {b"conditions": " ".join(held).encode()}
    pq.write_table(kept.replace_schema_metadata(named), path, compression="zstd")
    return layout


def read(path: Path, wanted: Sequence[str] | None = None) -> pa.Table:
    """The wide table of a file in either layout; `wanted` narrows to some conditions."""
    with pq.ParquetFile(path) as file:
        names = set(file.schema_arrow.names)
        held = (file.schema_arrow.metadata or {}).get(b"conditions", b"").decode().split()
        kept = [c for c in held if wanted is None or c in set(wanted)]
        if _LONG not in names:
            return file.read(columns=[*KEYS, ROWS, *kept])
        return _wide(file.read(), kept)


def _matrix(table: pa.Table, held: Sequence[str]) -> np.ndarray:
    if not held:
        return np.zeros((table.num_rows, 0), np.int64)
    return np.stack([table[c].to_numpy() for c in held], axis=1)


def _long(table: pa.Table, held: Sequence[str], matrix: np.ndarray) -> pa.Table:
    """One row for each number that is not 0; the group's rows stand in a row of their own, without a condition."""
    group, column = np.nonzero(matrix)
    order = np.concatenate([np.arange(len(matrix)), group])
    names = pa.DictionaryArray.from_arrays(pa.array(column, pa.int32()), pa.array(held, pa.string()))
    labels = pa.concat_arrays([pa.nulls(len(matrix), pa.string()), names.cast(pa.string())])
    numbers = np.concatenate([table[ROWS].to_numpy(), matrix[group, column]])
    keys = table.select(KEYS).take(pa.array(order))
    return keys.append_column(_LONG, labels).append_column("n", pa.array(numbers))


def _wide(table: pa.Table, kept: Sequence[str]) -> pa.Table:
    labels = table[_LONG].combine_chunks()
    of_rows = labels.is_null().to_numpy(zero_copy_only=False)
    groups = table.filter(pa.array(of_rows))
    # the groups come first, in order, and the others refer to them by their keys
    place = {key: i for i, key in enumerate(_key_rows(groups))}
    others = table.filter(pa.array(~of_rows))
    matrix = np.zeros((groups.num_rows, len(kept)), np.int64)
    column = {name: i for i, name in enumerate(kept)}
    for key, name, number in zip(
        _key_rows(others), others[_LONG].to_pylist(), others["n"].to_pylist(), strict=True
    ):
        if name in column:
            matrix[place[key], column[name]] = number
    found = groups.select(KEYS).append_column(ROWS, groups["n"])
    for name, i in column.items():
        found = found.append_column(name, pa.array(matrix[:, i]))
    return found


def _key_rows(table: pa.Table) -> list[tuple[object, ...]]:
    return list(zip(*(table[key].to_pylist() for key in KEYS), strict=True))
