"""Composites show their parts, growth its period, compliance rates their rule; strata and case lists of new kinds."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.spec.running import define, rule
from tests.unit.engine.test_compute import BACKENDS, run, source
from zhikong.engine.compute import ReasonKind, cases
from zhikong.engine.results import PartScore

at = datetime.fromisoformat
GRADE_A = define(id="grade_a", numerator={"count": "record_grade = '1'"}, multiplier=100, unit="%")
LENGTH = define(id="length", kind="mean", numerator={"sum": "days"}, unit="天")
BOTH = {"grade_a": GRADE_A, "length": LENGTH}
PARTS = [
    {"indicator": "grade_a", "weight": 60, "score": {"value": True}},
    {"indicator": "length", "weight": 40, "score": {"linear": {"zero": 12, "full": 8}}},
]
SCORE = define(indicators=BOTH, kind="composite", id="score", unit="分", parts=PARTS)
GROWTH: dict[str, Any] = {
    "kind": "growth", "of": "length", "against": {"months": 1}, "change": "points", "unit": "天", "multiplier": 1,
}  # fmt: skip


@BACKENDS
def test_a_composite_shows_the_score_of_each_part(backend: str) -> None:
    data = source({"record_grade": "1", "days": 9}, {"record_grade": "2", "days": 11})
    (whole, department) = run([SCORE], data, backend).rows
    assert whole.parts == (
        PartScore("grade_a", "例", Decimal(60), Decimal(50), Decimal(50), None),
        PartScore("length", "例", Decimal(40), Decimal(10), Decimal(50), None),
    )
    assert (whole.value, whole.numerator, whole.denominator, whole.reason) == (50, None, None, None)
    assert (department.department, department.value) == ("A", 50)


def test_the_reason_names_the_part_without_a_value() -> None:
    (whole,) = run([SCORE], source({"record_grade": "1"})).of("score")
    assert whole.reason.sentence.startswith("组成部分“例”没有数值：分母为 0")
    assert [p.points for p in whole.parts] == [100, None]


def test_a_part_whose_table_is_missing_takes_only_the_composite_down() -> None:
    beds = define(id="beds", kind="mean", table="bed_days", date="day", department="department",
                  numerator={"sum": "open_beds"}, unit="张")  # fmt: skip
    parts = [PARTS[0], PARTS[1] | {"indicator": "beds"}]
    score = define(indicators=BOTH | {"beds": beds}, kind="composite", id="score", unit="分", parts=parts)
    found = run([score, GRADE_A], source({"record_grade": "1"}))
    assert found.of("score")[0].reason.kind == ReasonKind.MISSING_TABLE
    assert found.of("grade_a")[0].value == 100


def test_a_part_of_another_version_is_computed_beside_the_one_in_force() -> None:
    """A hospital's own text of an indicator does not change what a composite was bound to."""
    own = define(id="grade_a", numerator={"count": "record_grade = '2'"}, multiplier=100, unit="%")
    found = run([own, SCORE], source({"record_grade": "1", "days": 8}))
    assert [found.of("grade_a")[0].value, found.of("score")[0].value] == [0, 100]
    assert {r.indicator_id for r in found.rows} == {"grade_a", "score"}


def test_results_come_in_the_order_of_the_definitions() -> None:
    found = run([SCORE, LENGTH, GRADE_A], source({"record_grade": "1", "days": 8}))
    assert [r.indicator_id for r in found.rows if r.department is None] == ["score", "length", "grade_a"]


@BACKENDS
def test_growth_of_a_growth_and_across_the_year(backend: str) -> None:
    growth = define(indicators=BOTH, id="growth", **GROWTH)
    again = define(indicators={"growth": growth}, **GROWTH | {"of": "growth", "id": "again"})
    stays = [{"days": d, "discharged_at": f"{m}-10T10:00"} for d, m in
             ((2, "2025-11"), (3, "2025-12"), (6, "2026-01"))]  # fmt: skip
    data = source(*[s | {"discharged_at": at(s["discharged_at"])} for s in stays])
    found = run([again, growth], data, backend)
    assert [r.value for r in found.of("growth")] == [3]
    assert [r.value for r in found.of("again")] == [2]


def test_a_base_year_with_a_month_missing_cannot_be_compared() -> None:
    growth = define(indicators=BOTH, id="growth", **GROWTH | {"against": {"base": 2025}})
    stays = [{"days": 2, "discharged_at": at(f"2025-{m:02d}-10T10:00")} for m in range(2, 13)]
    (whole,) = run([growth], source({"days": 9}, *stays)).of("growth")
    assert whole.reason.sentence == "对比期 2025 没有数值：只有 11 个月有数据，要有 12 个月。"


def test_a_growth_from_zero_has_no_ratio() -> None:
    relative = GROWTH | {"change": "relative", "unit": "%", "multiplier": 100}
    growth = define(indicators=BOTH, id="growth", **relative)
    data = source({"days": 9}, {"days": 0, "discharged_at": at("2025-12-10T10:00")})
    (whole,) = run([growth], data).of("growth")
    assert (whole.value, whole.reason.sentence) == (None, "对比期 2025-12 的值为 0，不能求变化的比例。")


# --- record rules ---------------------------------------------------------------------------------------

RULE = rule(id="well_kept", applies="age_years >= 18", passes="record_grade = '1'")
CRASHING = rule(id="crashing", passes="days * 9000000000000000000 <> age_years")


def compliance(said: Any) -> Any:
    rules = {said.id: said}
    return define(rules=rules, numerator={"passes": said.id}, denominator=None, multiplier=100, unit="%")


@BACKENDS
def test_a_rule_that_crashes_makes_the_indicator_an_error(backend: str) -> None:
    found = run([compliance(CRASHING), LENGTH], source({"days": 9, "age_years": 4}), backend)
    assert {r.reason.kind for r in found.of("example")} == {ReasonKind.ERROR}
    assert found.of("length")[0].value == 9


def test_the_hash_of_a_compliance_rate_follows_the_rule() -> None:
    stricter = rule(id="well_kept", applies="age_years >= 18", passes="record_grade = '1' and days < 9")
    assert compliance(stricter).hash != compliance(RULE).hash == compliance(RULE).hash


def test_cases_of_a_compliance_rate() -> None:
    data = source(
        {"stay_id": "a", "record_grade": "1", "age_years": 40},
        {"stay_id": "b", "record_grade": "2", "age_years": 40},
        {"stay_id": "c", "record_grade": "2", "age_years": 4},
        {"stay_id": "d", "age_years": 40},
    )
    found = {part: listed(compliance(RULE), data, part) for part in ("numerator", "denominator", "missed")}
    assert found == {"numerator": "a", "denominator": "ab", "missed": "b"}
    second = cases(compliance(RULE), source=data, month="2026-01", part="denominator", limit=1, offset=1)
    assert ([r["stay_id"] for r in second.rows], second.total) == (["b"], 2)
    assert second.rows[0]["patient_key"] == "p2"


def listed(definition: Any, data: Any, part: Any) -> str:
    found = cases(definition, source=data, month="2026-01", part=part)
    assert found.total == len(found.rows)
    return "".join(row["stay_id"] for row in found.rows)


# --- case lists of the other kinds ----------------------------------------------------------------------


def test_cases_of_a_rate_are_those_of_the_side_that_is_asked() -> None:
    definition = define(
        kind="rate", denominator=None, numerator={"count": "days > 3"}, unit="‰", multiplier=1000,
        per={"table": "bed_days", "date": "day", "department": "department", "sum": "occupied_beds"},
    )  # fmt: skip
    beds = [{"department": "A", "day": at("2026-01-05").date(), "open_beds": 9, "occupied_beds": 7}]
    data = source({"stay_id": "a", "days": 9}, {"stay_id": "b", "days": 1}, bed_days=beds)
    assert listed(definition, data, "numerator") == "a"
    below = cases(definition, source=data, month="2026-01", part="denominator")
    assert [(r["occupied_beds"], r["numerator"]) for r in below.rows] == [(7, 7)]


def test_cases_of_people_are_their_rows_and_a_composite_has_none() -> None:
    people = define(kind="distinct", denominator=None, numerator={"distinct": "patient_key"}, unit="人")
    assert listed(people, source({"stay_id": "a"}, {"stay_id": "b"}), "numerator") == "ab"
    assert cases(SCORE, source=source({}), month="2026-01").total == 0


# --- strata ---------------------------------------------------------------------------------------------

SPLIT = define(
    numerator={"count": "days > 3"}, multiplier=100, unit="%", strata=["department", "sex", "day_surgery"]
)
PEOPLE = (
    {"days": 9, "sex": "1", "discharge_department": "A", "day_surgery": False},
    {"days": 1, "sex": "1", "discharge_department": "B", "day_surgery": True},
    {"days": 9, "sex": "2", "discharge_department": "B"},
)


@BACKENDS
def test_results_by_stratum(backend: str) -> None:
    by_sex = run([SPLIT], source(*PEOPLE), backend, stratum="sex").rows
    assert [(r.stratum, r.department, r.value) for r in by_sex] == [("1", None, 50), ("2", None, 100)]
    of_b = run([SPLIT], source(*PEOPLE), backend, stratum="sex", department="B").rows
    assert [(r.stratum, r.department, r.value) for r in of_b] == [("1", "B", 0), ("2", "B", 100)]
    by_flag = run([SPLIT], source(*PEOPLE), backend, stratum="day_surgery").rows
    assert [(r.stratum, r.value) for r in by_flag] == [("", 100), ("0", 100), ("1", 0)]


def test_a_stratum_that_is_not_declared_is_refused() -> None:
    with pytest.raises(ValueError, match="ward"):
        run([SPLIT], source({}), stratum="ward")
    with pytest.raises(ValueError, match="department"):
        run([replace(SPLIT, department=None)], source({}), stratum="sex", department="A")


def test_strata_of_missing_data_keep_the_reason() -> None:
    (row,) = run([SPLIT], source(), stratum="sex").rows
    assert (row.stratum, row.reason.kind) == (None, ReasonKind.NO_DATA)


# --- months without rows --------------------------------------------------------------------------------


@BACKENDS
@pytest.mark.parametrize(("said", "value"), [("zero", 0), ("no_data", None)])
def test_a_count_of_events_may_be_zero(backend: str, said: str, value: int | None) -> None:
    events = define(
        kind="count", table="adverse_events", date="occurred_at", department=None, denominator=None,
        numerator={"rows": True}, no_rows=said,
    )  # fmt: skip
    found = run([events, LENGTH], source({"days": 1}, adverse_events=[]), backend)
    assert [r.value for r in found.of("example")] == [value]
