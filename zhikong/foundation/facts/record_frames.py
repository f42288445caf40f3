"""Which stays a table tells of, for the frames of samples: who was on a pathway, without reading a chart."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow.parquet as pq

from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.facts import lake
from zhikong.foundation.facts.gateway import published


def data_version() -> str:
    """The name of the state that is published now, so that a sample can say what it was drawn from."""
    current_scope()
    return published(tables=["stays"]).data_version


def stays_with(table: str, months: Iterable[str]) -> frozenset[str] | None:
    """Stays of some months (of discharge) with a row in a table; None when the hospital never delivered the table.

    It tells of no content and names nobody: it is joined with a frame that was read within scope.
    """
    current_scope()
    snapshot = published(tables=[table])
    if table not in snapshot.versions:
        return None
    wanted, found = set(months), set()
    for path in snapshot.files(table):
        if lake.month_of_file(path) in wanted:
            found.update(pq.read_table(path, columns=["stay_id"], partitioning=None)["stay_id"].to_pylist())
    return frozenset(found)
