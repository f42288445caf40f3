"""The lake: one Delta table per institution and contract table, partitioned by month. The only user of deltalake."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake import DeltaTable, WriterProperties, write_deltalake
from django.conf import settings

from zhikong.engine.tables import MONTH

# a version is the as-of snapshot: neither log nor files of a published version may ever expire by themselves
_KEEP = {
    "delta.enableExpiredLogCleanup": "false",
    "delta.logRetentionDuration": "interval 36500 days",
    "delta.deletedFileRetentionDuration": "interval 36500 days",
    "delta.checkpointInterval": "10",  # readers replay at most ten commits
}
# small row groups keep the writer small: it holds one group of every column in memory
_ZSTD = WriterProperties(compression="ZSTD", compression_level=3, max_row_group_size=65_536)


def root(institution: str) -> Path:
    """The folder of an institution's facts; made when it is missing, readable by its owner only."""
    folder = Path(settings.ZHIKONG_HOME) / "lake" / institution
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


class LakeTable:
    """One table's versions. Writing makes a new version; which version readers see is decided elsewhere.

    The log is opened once: reading it anew for every question would cost more than writing.
    """

    def __init__(self, institution: str, table: str):
        self.path = root(institution) / table
        self._delta = DeltaTable(self.path) if DeltaTable.is_deltatable(str(self.path)) else None

    def version(self) -> int | None:
        """The newest version on disk, published or not; None while the table does not exist."""
        return None if self._delta is None else self._delta.version()

    def rows(self) -> int:
        """Rows of the newest version, from the log, without reading a file."""
        return _rows(self._delta)

    def back_to(self, version: int | None) -> None:
        """Make the newest version equal to a published one: what an interrupted load left is taken back."""
        if self._delta is None or self.version() == version:
            return
        if version is None:
            self._delta.delete()
        else:
            self._delta.restore(version)
        self._delta.update_incremental()

    def replace_months(self, months: Sequence[str], rows: pa.RecordBatchReader) -> int:
        """One atomic commit: these months hold exactly these rows afterwards. Returns the new version."""
        if self._delta is None:
            write_deltalake(
                self.path, rows, partition_by=[MONTH], configuration=_KEEP, writer_properties=_ZSTD
            )
            self._delta = DeltaTable(self.path)
        else:
            named = ", ".join(f"'{month}'" for month in sorted(months))
            write_deltalake(
                self._delta,
                rows,
                mode="overwrite",
                predicate=f"{MONTH} IN ({named})",
                schema_mode="merge",  # a later release may know more columns than the table was made with
                writer_properties=_ZSTD,
            )
            self._delta.update_incremental()
        return self._delta.version()

    def append(self, rows: pa.RecordBatchReader) -> int:
        """One atomic commit: these rows come, every other one stays where it is. Returns the new version."""
        if self._delta is None:
            return self.replace_months((), rows)
        write_deltalake(self._delta, rows, mode="append", schema_mode="merge", writer_properties=_ZSTD)
        self._delta.update_incremental()
        return self._delta.version()

    def files_of(self, months: Sequence[str]) -> int:
        """How many files of the newest version hold these months."""
        if self._delta is None:
            return 0
        return sum(month_of_file(path) in months for path in self._delta.file_uris())

    def clean(self, keep: Sequence[int]) -> list[str]:
        """Delete files that no version in `keep` uses: leftovers of interrupted loads. Returns what went."""
        if self._delta is None:
            return []
        return self._delta.vacuum(
            retention_hours=0,
            dry_run=False,
            enforce_retention_duration=False,
            full=True,
            keep_versions=sorted(set(keep)),
        )


def _rows(table: DeltaTable | None) -> int:
    if table is None:
        return 0
    return int(pa.table(table.get_add_actions(flatten=True))["num_records"].to_numpy().sum())


@lru_cache(maxsize=1024)
def files(institution: str, table: str, version: int) -> tuple[str, ...]:
    """The parquet files of one version of a table, sorted. They never change, so they are remembered."""
    path = root(institution) / table
    return tuple(sorted(DeltaTable(path, version=version).file_uris()))


def month_of_file(path: str) -> str:
    """The month that a file belongs to, from its folder's name."""
    folder = Path(path).parent.name
    return folder.removeprefix(f"{MONTH}=")


def stays_among(paths: Sequence[str], stay_ids: Collection[str]) -> frozenset[str]:
    """Which of these stays the files of the table stays hold; one column is read, file by file."""
    wanted = pa.array(sorted(stay_ids), pa.string())
    found: set[str] = set()
    for path in paths:
        ids = pq.read_table(path, columns=["stay_id"], partitioning=None)["stay_id"]
        found.update(ids.filter(pc.is_in(ids, value_set=wanted)).to_pylist())
    return frozenset(found)


@lru_cache(maxsize=4096)
def identity(institution: str, table: str) -> str:
    """The lake table's own id: the same version number in a rebuilt lake is another version."""
    return str(DeltaTable(root(institution) / table).metadata().id)
