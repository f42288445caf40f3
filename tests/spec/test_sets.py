"""What sets mean: every example of the manual of measures holds on both backends."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.spec.chapters.sets import EXAMPLES, Example
from zhikong.engine.backends.sets_duckdb import columnar
from zhikong.engine.definitions.located import Located
from zhikong.engine.definitions.sets_functions import SET_FUNCTIONS
from zhikong.engine.definitions.sets_scope import ValueSet
from zhikong.engine.measures.counting import judge, tally
from zhikong.engine.measures.loading import measure_of
from zhikong.engine.tables import Type
from zhikong.engine.tables.clinical import CLINICAL
from zhikong.engine.tables.clinical_data import Clinical

ADDRESS = "http://example.org/ValueSet/"
VALUE_SETS = {
    "example a": ValueSet(ADDRESS + "a", "Example A", frozenset({"s|a"})),
    ADDRESS.casefold() + "b": ValueSet(ADDRESS + "b", "Example B", frozenset({"s|b"})),
}


def drawn(text: str, data: Clinical) -> dict[str, str]:
    """Fills the data with the drawn rows; gives what is expected, by the row's id."""
    expected: dict[str, str] = {}
    for block in text.strip().split("\n\n"):
        table, header, *body = (line.strip() for line in block.strip().splitlines())
        names = [name.strip() for name in header.split("|")]
        for line in body:
            cells = dict(zip(names, (cell.strip() for cell in line.split("|")), strict=True))
            wanted = cells.pop("=", "")
            if wanted:
                expected[cells["id"]] = wanted
            data.append(table, 0, {n: _value(data, table, n, text) for n, text in cells.items() if text})
    return expected


def _value(data: Clinical, table: str, name: str, text: str) -> Any:
    column = CLINICAL[table].column(name)
    assert column is not None, f"{table} has no column {name}"
    match column.type:
        case Type.CODES:
            return data.concept("\n".join("|".join(code.rsplit("/", 1)) for code in text.split()))
        case Type.TIMESTAMP if len(text) == 10:
            day = date.fromisoformat(text)
            return datetime.combine(day, time.min), datetime.combine(day, time.max)
        case Type.TIMESTAMP:
            return datetime.fromisoformat(text)
        case Type.DATE:
            return date.fromisoformat(text)
        case Type.INT:
            return int(text)
        case Type.FLOAT:
            return float(text)
        case _:
            return text


def asked(expression: str, expected: str) -> str:
    """A condition that holds when the expression gives what is expected."""
    simple = {"是": f"({expression})", "否": f"not ({expression})"}
    if expected in ("未知", "空"):
        return f"({expression}) is null"
    if expected in simple:
        return simple[expected]
    value = expected if expected.lstrip("-").isdigit() else f"time('{expected}')"
    return f"({expression}) = {value}"


@pytest.mark.parametrize("backend", ["judge", "duckdb"])
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.title)
def test_example(example: Example, backend: str) -> None:
    data = Clinical("UTC", cases=["p"])
    expected = drawn(example.tables, data)
    populations = {
        name: {"where": f"id = '{name}' and {asked(example.expression, e)}"} for name, e in expected.items()
    }
    raw = {
        "schema": "measure", "id": "m", "rows": example.rows, "sets": yaml.safe_load(example.sets) or {},
        "period": {"start": date(2026, 1, 1), "end": date(2026, 12, 31)}, "populations": populations,
    }  # fmt: skip
    measure = measure_of(Located(Path("m.yaml"), raw), VALUE_SETS, {})
    (counted,) = judge(measure, data) if backend == "judge" else tally(measure, columnar(data))
    assert expected
    assert counted.populations == dict.fromkeys(expected, 1)


def test_every_function_has_an_example() -> None:
    text = " ".join(e.expression + e.sets for e in EXAMPLES)
    assert [name for name in SET_FUNCTIONS if f"{name}(" not in text] == []
    assert len({e.title for e in EXAMPLES}) == len(EXAMPLES)
