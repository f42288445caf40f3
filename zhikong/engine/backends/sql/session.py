"""A DuckDB connection that can read the given files and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from zhikong.engine.backends.base import Limits
from zhikong.engine.backends.source import Source
from zhikong.engine.backends.sql.text import listed, literal


@contextmanager
def session(source: Source, limits: Limits) -> Iterator[duckdb.DuckDBPyConnection]:
    """Opened per computation, after any fork; closed at the end.

    Only the source's files can be read, nothing can be written or downloaded, and the settings are locked.
    """
    connection = duckdb.connect(
        config={
            "threads": limits.threads,
            "memory_limit": limits.memory,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": False,
            "temp_directory": "",  # better a clear failure than patients' data spilled to a disk
        }
    )
    try:
        paths = listed(literal(p) for files in source.files.values() for p in files.paths)
        connection.execute(f"SET allowed_paths = [{paths}]")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        for name, table in source.memory.items():
            connection.register(memory_name(name), table)
        yield connection
    finally:
        connection.close()


def memory_name(table: str) -> str:
    """The name under which rows in memory are registered."""
    return f"memory_{table}"
