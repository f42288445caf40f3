"""DuckDB as the house uses it: opened in the process that asks, bounded, files only, no extension."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import duckdb

MEMORY_MB = 256


def connect(
    spill: Path, *, read_from: Sequence[Path], memory_mb: int = MEMORY_MB, threads: int | None = None
) -> duckdb.DuckDBPyConnection:
    """A connection of its own, never shared over a fork: it reads the named folders and nothing else.

    Spills into `spill` when its memory is used up.
    """
    connection = duckdb.connect(
        config={
            "memory_limit": f"{memory_mb}MB",
            "threads": threads or min(4, os.cpu_count() or 1),
            "temp_directory": str(spill),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
        }
    )
    connection.execute(f"SET allowed_directories = {listed([str(folder) for folder in read_from])}")
    connection.execute("SET enable_external_access = false; SET lock_configuration = true")
    return connection


def listed(values: Sequence[str]) -> str:
    """A SQL list of string literals."""
    return "[" + ", ".join("'" + str(v).replace("'", "''") + "'" for v in values) + "]"
