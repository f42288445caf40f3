"""A year of a hospital of 120 beds with all its clinical events, made once for all who compare with its ledger."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from zhikong.engine.compute import Source
from zhikong.engine.tables import TABLES
from zhikong.simulator import simulate


def write(tables, folder: Path, **replaced) -> dict[str, list[Path]]:
    """The contract's tables as parquet files; `replaced` gives other rows for a table."""
    files = {}
    for name in TABLES.keys() & tables.keys():
        files[name] = [folder / f"{name}.parquet"]
        pq.write_table(replaced.get(name, tables[name]), files[name][0])
    return files


@pytest.fixture(scope="session")
def events_made():
    """About 5,000 stays, with what was counted among their events in the ledger."""
    return simulate(seed=1, months=12, first_month="2025-11", scale=0.2, events=True)


@pytest.fixture(scope="session")
def events_source(events_made, tmp_path_factory):
    return Source.of_files(write(events_made.tables, tmp_path_factory.mktemp("events")))
