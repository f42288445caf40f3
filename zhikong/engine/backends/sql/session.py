"""A DuckDB connection that can read the given files and nothing else."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from zhikong.engine.backends.base import Limits
from zhikong.engine.backends.source import Source
from zhikong.engine.backends.sql.text import listed, literal

KEPT_OPEN = 4  # sources whose files a process keeps ready for case lists
_kept: OrderedDict[tuple[object, ...], duckdb.DuckDBPyConnection] = OrderedDict()
_lock = threading.Lock()


@contextmanager
def session(source: Source, limits: Limits) -> Iterator[duckdb.DuckDBPyConnection]:
    """Opened per computation, after any fork; closed at the end.

    Only the source's files can be read, nothing can be written or downloaded, and the settings are locked.
    """
    connection = _opened(source, limits)
    try:
        _register(connection, source)
        yield connection
    finally:
        connection.close()


@contextmanager
def reading(source: Source, limits: Limits) -> Iterator[duckdb.DuckDBPyConnection]:
    """For one short query: like `session`, but the next reader of the same files finds it open.

    Opening DuckDB costs as much CPU as a whole page. What a reader registers or creates is its own.
    """
    files = tuple(path for each in source.files.values() for path in each.paths)
    connection = _shared((files, limits), source, limits)
    try:
        _register(connection, source)
        yield connection
    finally:
        connection.close()


def _shared(key: tuple[object, ...], source: Source, limits: Limits) -> duckdb.DuckDBPyConnection:
    """A connection of the caller's own to the instance that may read these files."""
    with _lock:
        if key not in _kept:
            _kept[key] = _opened(source, limits)
        _kept.move_to_end(key)
        while len(_kept) > KEPT_OPEN:
            _kept.popitem(last=False)  # not closed: its readers may be at work, the last one ends it
        return _kept[key].cursor()


def _opened(source: Source, limits: Limits) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(
        config={
            "threads": limits.threads,
            "memory_limit": limits.memory,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": False,
            # joins are written with the side to keep in memory on the right; estimates after a grouping are
            # rough, and a wrong guess would keep all columns of all stays instead
            "disabled_optimizers": "build_side_probe_side,column_lifetime",
            "temp_directory": "",  # better a clear failure than patients' data spilled to a disk
        }
    )
    try:
        paths = listed(literal(p) for files in source.files.values() for p in files.paths)
        connection.execute(f"SET allowed_paths = [{paths}]")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
    except BaseException:
        connection.close()
        raise
    return connection


def _register(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    for name, table in source.memory.items():
        connection.register(memory_name(name), table)


def memory_name(table: str) -> str:
    """The name under which rows in memory are registered."""
    return f"memory_{table}"
