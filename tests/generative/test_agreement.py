"""The fast backend agrees with plain Python on random definitions and random data."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from tests.generative.strategies import BUILDERS, data, definitions, families
from zhikong.engine.backends.reference import World
from zhikong.engine.backends.reference_eval import holds
from zhikong.engine.backends.source import Source
from zhikong.engine.backends.sql import fused, packing
from zhikong.engine.compute import Result, compute
from zhikong.engine.definitions import canonical
from zhikong.engine.definitions import nodes as n
from zhikong.engine.definitions.model import Definition
from zhikong.engine.months import span
from zhikong.engine.plan.needs import expressions_of, walk
from zhikong.engine.plan.simplify import simplified
from zhikong.engine.tables import Type

MONTHS = ("2025-12", "2026-01")
MANY = 8 if os.environ.get("ZHIKONG_TEST_ALL") else 1
KNOWN = BUILDERS[None].ref(*Type).map(lambda ref: n.Not(n.IsNull(ref)))
PARTS = BUILDERS[None].condition(1) | BUILDERS[None].atom() | KNOWN
CONJUNCTIONS = st.lists(PARTS, min_size=2, max_size=6).map(canonical.conjunction)
BACKENDS = ("duckdb",)
"""Every backend that the judge judges here; another one is added by its name."""
RUNS = settings(max_examples=100 * MANY, deadline=None, suppress_health_check=list(HealthCheck))


def _run(wanted: list[Definition], source: Source, backend: str) -> list[Result]:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    found = compute(wanted, source=source, months=MONTHS, now=now, data_version="r", backend=backend).rows
    return [_without_words(row) for row in found]


def _without_words(row: Result) -> Result:
    """Reasons by their kind: the words of a failure are the engine's own."""
    parts = tuple(p._replace(reason=p.reason and p.reason.kind) for p in row.parts)  # type: ignore[arg-type]
    return row._replace(reason=row.reason and row.reason.kind, parts=parts)  # type: ignore[arg-type]


def _agree(
    wanted: list[Definition],
    tables: dict[str, list[dict[str, Any]]],
    fast: Source | None = None,
    backend: str = "duckdb",
) -> None:
    for definition in wanted:
        note(" | ".join(canonical.text(e) for e in expressions_of(definition)))
    source = Source.of_rows(tables)
    assert _run(wanted, fast or source, backend) == _run(wanted, source, "reference")


@pytest.mark.parametrize("backend", BACKENDS)
@RUNS
@given(wanted=definitions(), tables=data())
def test_fused_equals_reference(
    backend: str, wanted: list[Definition], tables: dict[str, list[dict[str, Any]]]
) -> None:
    _agree(wanted, tables, backend=backend)


@pytest.mark.parametrize("backend", BACKENDS)
@settings(RUNS, max_examples=40 * MANY)
@given(wanted=families(), tables=data())
def test_what_stands_on_others_equals_reference(
    backend: str, wanted: list[Definition], tables: dict[str, list[dict[str, Any]]]
) -> None:
    """Composites, growths, and growths of composites."""
    source = Source.of_rows(tables)
    assert _run(wanted, source, backend) == _run(wanted, source, "reference")


@settings(RUNS, max_examples=60 * MANY)
@given(definitions(), data(), st.sampled_from(packing.WIDTHS))
def test_packed_counters_equal_reference(
    wanted: list[Definition], tables: dict[str, list[dict[str, Any]]], width: int
) -> None:
    """As if there were many groups: counters share sums."""
    usual = fused.counting_for
    fused.counting_for = lambda **_: packing.Packed(width)  # type: ignore[assignment]
    try:
        _agree(wanted, tables)
    finally:
        fused.counting_for = usual


@settings(RUNS, max_examples=60 * MANY)
@given(definitions(), data())
def test_month_files_equal_reference(
    wanted: list[Definition], tables: dict[str, list[dict[str, Any]]]
) -> None:
    """Files by month, read month by month, as the lake lays them out."""
    usual = fused.BATCH_ROWS
    fused.BATCH_ROWS = 1
    try:
        with TemporaryDirectory() as folder:
            _agree(wanted, tables, _by_month(Path(folder), tables))
    finally:
        fused.BATCH_ROWS = usual


def _by_month(folder: Path, tables: dict[str, list[dict[str, Any]]]) -> Source:
    months = {row["stay_id"]: row["discharged_at"].strftime("%Y-%m") for row in tables["stays"]}
    files: dict[str, list[Path]] = {name: [] for name in tables}
    for name, rows in tables.items():
        for month in span(*MONTHS):
            part = [row for row in rows if _month(row, months) == month]
            target = folder / name / f"month={month}" / "part.parquet"
            target.parent.mkdir(parents=True)
            pq.write_table(Source.of_rows({name: part}).memory[name], target)
            files[name].append(target)
    return Source.of_files(files)


def _month(row: dict[str, Any], of_stay: dict[str, str]) -> str:
    if "stay_id" not in row:  # a bed day
        return f"{row['day']:%Y-%m}"
    return of_stay.get(row["stay_id"], MONTHS[0])


@settings(RUNS, max_examples=150 * MANY)
@given(CONJUNCTIONS, data())
def test_simplified_conditions_are_true_for_the_same_rows(
    condition: n.Node, tables: dict[str, list[dict[str, Any]]]
) -> None:
    for row in World(Source.of_rows(tables)).rows("stays"):
        assert holds(simplified(condition), row) == holds(condition, row)


def test_every_node_has_a_generator() -> None:
    """A new node without a random generator fails here. `IsTrue` is made by the planner from exclusions."""
    seen: set[type[n.Node]] = set()

    @settings(
        max_examples=120,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(definitions())
    def look(wanted: list[Definition]) -> None:
        seen.update(type(node) for d in wanted for e in expressions_of(d) for node in walk(e))

    look()
    assert set(n.NODE_TYPES) - seen == {n.IsTrue}
