"""Random definitions over sets count the same on DuckDB and in plain Python."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, assume, given, note, settings

from tests.generative.set_expressions import SETS, measures, patients
from zhikong.engine.backends.sets_duckdb import columnar
from zhikong.engine.definitions.located import Located
from zhikong.engine.definitions.sets_building import SetProblem
from zhikong.engine.definitions.sets_scope import ValueSet
from zhikong.engine.measures.counting import judge, tally
from zhikong.engine.measures.loading import measure_of
from zhikong.engine.measures.model import Measure
from zhikong.engine.tables.clinical_data import Clinical

MANY = 10 if os.environ.get("ZHIKONG_TEST_ALL") else 1
VALUE_SETS = {name.casefold(): ValueSet(name, name, codes) for name, codes in SETS.items()}
DRAFT = settings(max_examples=40 * MANY, deadline=None, suppress_health_check=list(HealthCheck))


def _measure(raw: dict[str, Any]) -> Measure:
    try:
        return measure_of(Located(Path("m.yaml"), raw), VALUE_SETS, {})
    except SetProblem as problem:  # a random text may compare what does not compare; the rest is judged
        note(f"{problem.path}: {problem.message}")
        assume(False)
        raise


def _shown(data: Clinical) -> str:
    """The rows, without what is empty."""
    tables = {
        t: {c: v for c, v in held.items() if any(x is not None for x in v)} for t, held in data.tables.items()
    }
    return f"{ {t: v for t, v in tables.items() if v} } {data.spans} {data.concepts}"


@DRAFT
@given(raw=measures(), data=patients())
def test_both_backends_count_the_same(raw: dict[str, Any], data: Clinical) -> None:
    measure = _measure(raw)
    note(str(raw))
    note(_shown(data))
    try:
        wanted = judge(measure, data)
    except (OverflowError, ValueError):  # a date beyond the calendar, a number beyond 64 bits
        return
    found = tally(measure, columnar(data))
    assert [(c.populations, c.observations) for c in found] == [
        (c.populations, c.observations) for c in wanted
    ]
