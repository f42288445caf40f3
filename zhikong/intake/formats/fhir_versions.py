"""Which version of a resource counts when a delivery holds several: the newest, and none when that was taken back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from zhikong.intake.formats.fhir_paths import Resource
from zhikong.intake.formats.fhir_times import wall_time
from zhikong.intake.lowering import quoted

_UTC = ZoneInfo("UTC")
_AT_ONCE = 50_000
_SCHEMA = pa.schema(
    [
        ("row", pa.int64()),
        ("key", pa.string()),
        ("updated", pa.string()),
        ("version", pa.string()),
        ("gone", pa.bool_()),
    ]
)
_LOSERS = """
SELECT row, key, gone, winner, winner_gone, same FROM (
  SELECT *, first_value(row) OVER w AS winner, first_value(gone) OVER w AS winner_gone,
    row_number() OVER w AS place,
    (updated, version) = (first_value(updated) OVER w, first_value(version) OVER w) AS same
  FROM read_parquet({file}) WINDOW w AS (PARTITION BY key ORDER BY updated DESC, version DESC, gone DESC, row)
) WHERE place > 1 OR gone ORDER BY row
"""


@dataclass(frozen=True)
class Loser:
    """A row that does not count: withdrawn, superseded by another row, or its duplicate."""

    row: int
    key: str
    reason: str
    winner: int


class Versions:
    """Notes every resource of a source while it passes, in a file so that memory stays bounded; then tells losers.

    Newer is the later `meta.lastUpdated`, then the higher `meta.versionId`; of equal ones the first row stays.
    """

    def __init__(self, path: Path):
        self.path = path
        self._columns: list[list[Any]] = [[] for _ in _SCHEMA]
        self._writer: pq.ParquetWriter | None = None

    def note(self, row: int, resource: Resource) -> bool:
        """Remember a resource with an id; tells whether it was entered in error."""
        gone, number = entered_in_error(resource), resource.get("id")
        if number is not None:
            meta = resource.get("meta") if isinstance(resource.get("meta"), dict) else {}
            key = f"{resource['resourceType']}/{number}"
            self._add(row, key, _moment(meta.get("lastUpdated")), _version(meta.get("versionId")), gone)
        return gone

    def note_deleted(self, row: int, reference: str) -> None:
        """Remember that a reference was deleted: newer than whatever the delivery says of it."""
        self._add(row, "/".join(reference.split("/_history/")[0].split("/")[-2:]), "9999", "", True)

    def _add(self, *values: Any) -> None:
        for column, value in zip(self._columns, values, strict=True):
            column.append(value)
        if len(self._columns[0]) >= _AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        self._writer = self._writer or pq.ParquetWriter(self.path, _SCHEMA, compression="lz4")
        arrays = [pa.array(c, f.type) for c, f in zip(self._columns, _SCHEMA, strict=True)]
        self._writer.write_table(pa.table(arrays, schema=_SCHEMA))
        self._columns = [[] for _ in _SCHEMA]

    def losers(self) -> Iterator[Loser]:
        """The rows that do not count, in order; to be asked once, at the end."""
        self._flush()
        assert self._writer is not None
        self._writer.close()
        query = _LOSERS.format(file=quoted(str(self.path)))
        spill = {"temp_directory": str(self.path.parent), "memory_limit": "256MB", "threads": 1}
        with duckdb.connect(config=spill) as connection:
            for batch in connection.sql(query).to_arrow_reader(10_000):
                yield from map(_loser, batch.to_pylist())
        self.path.unlink()


def _loser(row: dict[str, Any]) -> Loser:
    if row["gone"] or row["winner_gone"]:
        reason = "withdrawn"
    else:
        reason = "duplicate" if row["same"] else "superseded"
    return Loser(row["row"], row["key"], reason, row["winner"])


def entered_in_error(resource: Resource) -> bool:
    """A resource that its own system calls a mistake: by `status`, or by a condition's `verificationStatus`."""
    if resource.get("status") == "entered-in-error":
        return True
    said = resource.get("verificationStatus")
    codings = said.get("coding") if isinstance(said, dict) else None
    return any(isinstance(c, dict) and c.get("code") == "entered-in-error" for c in codings or ())


def _moment(text: Any) -> str:
    """An instant in a form that sorts; empty when there is none."""
    return wall_time(text, _UTC).replace("T", " ") if isinstance(text, str) else ""


def _version(text: Any) -> str:
    """Version numbers sort as numbers."""
    return str(text).zfill(20) if text is not None else ""
