"""Runs: trails, reasons, failures that stay alone, case lists, and hash collisions of patients."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.spec.running import define
from zhikong.engine.backends.sql import next_admission
from zhikong.engine.compute import Source, cases, compute
from zhikong.engine.definitions.examples import fill

NOW = datetime(2026, 11, 1, 8, 30, tzinfo=UTC)
BACKENDS = pytest.mark.parametrize("backend", ["duckdb", "reference"])


def source(*stays: dict[str, Any], **others: list[dict[str, Any]]) -> Source:
    tables = {"stays": [dict(s) for s in stays], **others}
    fill(tables, "2026-01")
    return Source.of_rows(tables)


def run(definitions: list[Any], data: Source, backend: str = "duckdb", **said: Any) -> Any:
    given = {"months": ("2026-01", "2026-01"), "now": NOW, "data_version": "abc"} | said
    return compute(definitions, source=data, backend=backend, **given)


@BACKENDS
def test_results_carry_their_trail(backend: str) -> None:
    definition = define(numerator={"count": "days > 3"}, multiplier=100, unit="%")
    (whole, department) = run([definition], source({"days": 4}, {"days": 1}, {"days": 9}), backend).rows
    assert whole.definition_hash == definition.hash
    assert (whole.data_version, whole.computed_at, whole.institution) == ("abc", NOW, "H")
    assert (whole.department, department.department) == (None, "A")
    assert whole.value == Decimal(200) / 3
    assert str(whole.value)[:8] == "66.66666"


@BACKENDS
def test_one_failure_does_not_take_the_others_down(backend: str) -> None:
    good = define(id="good", kind="mean", numerator={"sum": "days"})
    bad = define(id="bad", kind="mean", numerator={"sum": "total_fee * 4"})
    results = run([bad, good], source({"days": 4, "total_fee": 2**62}), backend)
    assert results.of("good")[0].value == 4
    (failed,) = results.of("bad")
    assert failed.value is None
    assert failed.reason.kind == "error"
    assert failed.reason.detail
    assert results.of("bad", department="A") == []


@BACKENDS
def test_every_month_has_an_answer(backend: str) -> None:
    results = run([define()], source({}), backend, months=("2025-12", "2026-02"))
    kinds = [r.reason and r.reason.kind for r in results.of("example")]
    assert kinds == ["no_data", None, "no_data"]


@BACKENDS
def test_only_institutions(backend: str) -> None:
    results = run([define()], source({}, {}), backend, by=("institution", "month"))
    assert [r.department for r in results.rows] == [None]


@BACKENDS
def test_two_institutions_stay_apart(backend: str) -> None:
    data = source({"institution": "H1", "days": 2}, {"institution": "H2", "days": 9})
    results = run([define(kind="mean", numerator={"sum": "days"})], data, backend)
    assert [(r.institution, r.value) for r in results.of("example")] == [("H1", 2), ("H2", 9)]


@pytest.mark.parametrize("months", [("2026-02", "2026-01"), ("2026-1", "2026-01"), ("2026-13", "2026-13")])
def test_bad_months(months: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="month"):
        run([define()], source({}), months=months)


def test_unknown_backend() -> None:
    with pytest.raises(ValueError, match="nobody"):
        run([define()], source({}), "nobody")


def test_no_definitions() -> None:
    assert run([], source({})).rows == []


# --- cases ----------------------------------------------------------------------------------------------

SHARE = define(numerator={"count": "days > 3"}, population="age_years >= 18")
PATIENTS = (
    {"stay_id": "a", "days": 9, "age_years": 40, "discharge_department": "A"},
    {"stay_id": "b", "days": 1, "age_years": 40, "discharge_department": "A"},
    {"stay_id": "c", "days": 9, "age_years": 40, "discharge_department": "B"},
    {"stay_id": "d", "days": 9, "age_years": 4, "discharge_department": "A"},
)


@pytest.mark.parametrize(
    ("part", "department", "ids"),
    [
        ("numerator", None, "ac"),
        ("denominator", None, "abc"),
        ("missed", None, "b"),
        ("numerator", "A", "a"),
        ("denominator", "B", "c"),
        ("missed", "B", ""),
        ("denominator", "it's", ""),
    ],
)
def test_cases_are_the_counted_rows(part: Any, department: str | None, ids: str) -> None:
    found = cases(SHARE, source=source(*PATIENTS), month="2026-01", department=department, part=part)
    assert [row["stay_id"] for row in found.rows] == list(ids)
    assert found.total == len(ids)


def test_cases_have_what_a_list_needs() -> None:
    (row,) = cases(SHARE, source=source(*PATIENTS), month="2026-01", part="missed").rows
    needed = {"stay_id", "patient_key", "department", "admitted_at", "discharged_at", "principal_diagnosis"}
    assert needed <= row.keys()
    assert (row["numerator"], row["denominator"], row["department"]) == (0, 1, "A")


def test_cases_by_pages() -> None:
    pages = [
        cases(SHARE, source=source(*PATIENTS), month="2026-01", part="denominator", limit=2, offset=o)
        for o in (0, 2)
    ]
    assert [[row["stay_id"] for row in page.rows] for page in pages] == [["a", "b"], ["c"]]
    assert {page.total for page in pages} == {3}


def test_cases_of_children_name_their_stay() -> None:
    definition = define(
        table="operations", date="stay.discharged_at", department="stay.discharge_department",
        numerator={"count": "unplanned_return"},
    )  # fmt: skip
    data = source(*PATIENTS, operations=[{"stay_id": "c", "seq": 1, "unplanned_return": True, "grade": "4"}])
    (row,) = cases(definition, source=data, month="2026-01").rows
    assert (row["stay_id"], row["department"], row["grade"], row["patient_key"]) == ("c", "B", "4", "p3")


def test_cases_of_what_the_source_lacks() -> None:
    with pytest.raises(ValueError, match="icu_stays"):
        cases(define(numerator={"count": "has(icu_stays)"}), source=source({}), month="2026-01")


# --- next admissions ------------------------------------------------------------------------------------


def _line(patients: int, stays: int) -> list[dict[str, Any]]:
    start = datetime.fromisoformat("2026-01-01T08:00")
    return [
        {
            "stay_id": f"{p}-{s}", "patient_key": f"p{p}",
            "admitted_at": start + timedelta(hours=10 * s + p), "discharged_at": start + timedelta(hours=10 * s + p + 3),
        }
        for p in range(patients)
        for s in range(stays)
    ]  # fmt: skip


def test_patients_who_share_a_hash_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    collision = "1 AS patient, hash(patient_key) AS witness"
    data = source(*_line(3, 3))
    definition = define(kind="mean", numerator={"sum": "minutes_to_next_admission"})
    usual = run([definition], data).rows
    monkeypatch.setattr(next_admission, "_HASHED", collision)
    assert run([definition], data).rows == usual
    assert (usual[0].numerator, usual[0].denominator) == (6 * 7 * 60, 6)
