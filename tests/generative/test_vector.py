"""The vectorised backend agrees with plain Python on random definitions and random data.

What it cannot say goes to DuckDB; the share that it computes itself is asserted too, so that it cannot fall silent.
"""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, note, settings

from tests.generative.strategies import data, definitions
from tests.generative.test_agreement import MONTHS, _by_month, _run
from zhikong.engine.backends.base import Limits
from zhikong.engine.backends.source import Source
from zhikong.engine.backends.vector import batches
from zhikong.engine.backends.vector.backend import VectorBackend
from zhikong.engine.definitions import canonical
from zhikong.engine.definitions.model import Definition
from zhikong.engine.months import span
from zhikong.engine.plan.needs import expressions_of

MANY = 8 if os.environ.get("ZHIKONG_TEST_ALL") else 1
RUNS = settings(max_examples=40 * MANY, deadline=None, suppress_health_check=list(HealthCheck))
Tables = dict[str, list[dict[str, Any]]]


def _told(wanted: list[Definition]) -> None:
    for definition in wanted:
        note(" | ".join(canonical.text(e) for e in expressions_of(definition)))


@RUNS
@given(definitions(), data())
def test_vectors_equal_reference(wanted: list[Definition], tables: Tables) -> None:
    _told(wanted)
    source = Source.of_rows(tables)
    assert _run(wanted, source, "vector") == _run(wanted, source, "reference")


@settings(RUNS, max_examples=25 * MANY)
@given(definitions(), data())
def test_small_batches_of_month_files_equal_reference(wanted: list[Definition], tables: Tables) -> None:
    """Files by month as the lake lays them out, and batches of few rows, so that every group is added up."""
    _told(wanted)
    usual = batches.BATCH_ROWS
    batches.BATCH_ROWS = 4
    try:
        with TemporaryDirectory() as folder:
            files = _by_month(Path(folder), tables)
            assert _run(wanted, files, "vector") == _run(wanted, Source.of_rows(tables), "reference")
    finally:
        batches.BATCH_ROWS = usual


def test_much_of_what_is_drawn_is_computed_as_vectors() -> None:
    """Otherwise the tests above would compare DuckDB with itself."""
    used: list[str] = []

    @settings(RUNS, max_examples=25, derandomize=True, database=None)
    @given(definitions(), data())
    def look(wanted: list[Definition], tables: Tables) -> None:
        backend = VectorBackend()
        backend.tally(wanted, Source.of_rows(tables), span(*MONTHS), Limits())
        used.extend(backend.used.values())

    look()
    assert used.count("vector") >= 5
