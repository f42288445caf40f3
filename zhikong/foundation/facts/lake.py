"""The lake: one Delta table per institution and contract table, partitioned by month. The only user of deltalake."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
from deltalake import DeltaTable, WriterProperties, write_deltalake
from django.conf import settings

from zhikong.engine.tables import MONTH

# a version is the as-of snapshot: neither log nor files of a published version may ever expire by themselves
_KEEP = {
    "delta.enableExpiredLogCleanup": "false",
    "delta.logRetentionDuration": "interval 36500 days",
    "delta.deletedFileRetentionDuration": "interval 36500 days",
}
# small row groups keep the writer small: it holds one group of every column in memory
_ZSTD = WriterProperties(compression="ZSTD", compression_level=3, max_row_group_size=65_536)


def root(institution: str) -> Path:
    """The folder of an institution's facts; made when it is missing, readable by its owner only."""
    folder = Path(settings.ZHIKONG_HOME) / "lake" / institution
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


class LakeTable:
    """One table's versions. Writing makes a new version; which version readers see is decided elsewhere."""

    def __init__(self, institution: str, table: str):
        self.path = root(institution) / table

    def version(self) -> int | None:
        """The newest version on disk, published or not; None while the table does not exist."""
        return DeltaTable(self.path).version() if DeltaTable.is_deltatable(str(self.path)) else None

    def back_to(self, version: int | None) -> None:
        """Make the newest version equal to a published one: what an interrupted load left is taken back."""
        newest = self.version()
        if newest is None or newest == version:
            return
        table = DeltaTable(self.path)
        if version is None:
            table.delete()
        else:
            table.restore(version)

    def replace_months(self, months: Sequence[str], rows: pa.RecordBatchReader) -> int:
        """One atomic commit: these months hold exactly these rows afterwards. Returns the new version."""
        if self.version() is None:
            write_deltalake(
                self.path, rows, partition_by=[MONTH], configuration=_KEEP, writer_properties=_ZSTD
            )
        else:
            named = ", ".join(f"'{month}'" for month in sorted(months))
            write_deltalake(
                self.path, rows, mode="overwrite", predicate=f"{MONTH} IN ({named})", writer_properties=_ZSTD
            )
        return DeltaTable(self.path).version()

    def clean(self, keep: Sequence[int]) -> list[str]:
        """Delete files that no version in `keep` uses: leftovers of interrupted loads. Returns what went."""
        if self.version() is None:
            return []
        return DeltaTable(self.path).vacuum(
            retention_hours=0,
            dry_run=False,
            enforce_retention_duration=False,
            full=True,
            keep_versions=sorted(set(keep)),
        )


@lru_cache(maxsize=1024)
def files(institution: str, table: str, version: int) -> tuple[str, ...]:
    """The parquet files of one version of a table, sorted. They never change, so they are remembered."""
    path = root(institution) / table
    return tuple(sorted(DeltaTable(path, version=version).file_uris()))


def month_of_file(path: str) -> str:
    """The month that a file belongs to, from its folder's name."""
    folder = Path(path).parent.name
    return folder.removeprefix(f"{MONTH}=")


@lru_cache(maxsize=4096)
def identity(institution: str, table: str) -> str:
    """The lake table's own id: the same version number in a rebuilt lake is another version."""
    return str(DeltaTable(root(institution) / table).metadata().id)


def rows(institution: str, table: str, version: int) -> int:
    """Rows of one version of a table, from the log, without reading a file."""
    actions = DeltaTable(root(institution) / table, version=version).get_add_actions(flatten=True)
    return int(pa.table(actions)["num_records"].to_numpy().sum())
