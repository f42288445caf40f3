"""A number's trail: what was counted for it, by whom, from which files, and who shares it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tests.spec.running import define
from tests.unit.engine.partials.hospital import (
    AGAIN,
    DAYS,
    FEMALE,
    LONG,
    MIDDLE,
    OPERATED,
    operations,
    stays,
    write,
)
from zhikong.engine.compute import compute
from zhikong.engine.explain import explain

NOW = datetime(2026, 11, 1, tzinfo=UTC)
GIVEN = {"month": "2026-01", "now": NOW, "data_version": "v1"}


@pytest.fixture
def source(tmp_path):
    return write(tmp_path, stays(), operations(stays()))


@pytest.mark.parametrize("definition", [LONG, FEMALE, DAYS, OPERATED, AGAIN, MIDDLE], ids=lambda d: d.id)
@pytest.mark.parametrize("department", [None, "A"])
def test_the_trail_ends_at_the_number_that_is_computed(source, definition, department):
    told = explain(definition, source=source, department=department, **GIVEN)
    (result,) = compute(
        [definition], source=source, months=("2026-01", "2026-01"), now=NOW, data_version="v1"
    ).of(definition.id, department=department)
    assert (told.value, told.numerator, told.denominator) == (
        result.value,
        result.numerator,
        result.denominator,
    )
    assert told.rows_behind == result.denominator
    assert told.definition_hash == definition.hash
    json.dumps(told.plain())


def test_only_the_month_is_read_and_everything_where_more_is_looked_at(source):
    month = explain(LONG, source=source, **GIVEN)
    assert [read.file for read in month.files] == ["stays/month=2026-01/part.parquet"]
    assert month.files[0].rows == 14
    tables = {read.table for read in explain(OPERATED, source=source, **GIVEN).files}
    assert tables == {"stays", "operations"}


def test_who_has_the_same_condition_is_named(source):
    told = explain(LONG, source=source, others=[LONG, FEMALE, DAYS], **GIVEN)
    above, below = told.counters
    assert above.shared == ()
    assert below.shared == ()  # the mean counts only stays whose days are known
    same = define(id="same", numerator={"count": "sex = '1'"}, name={"zh": "同分母"})
    told = explain(LONG, source=source, others=[same], **GIVEN)
    assert told.counters[1].shared == ("同分母",)
    assert "与它同一个计数：同分母" in "\n".join(told.lines())


def test_versions_and_parts_are_told(source):
    definition = define(
        id="cut", population="sex = '2'", numerator={"count": "days > 3"},
        exclusions=[{"when": "days > 7", "why": "太久"}], multiplier=100, unit="%",
    )  # fmt: skip
    told = explain(definition, source=source, versions={"stays": 7, "results": 3}, **GIVEN)
    assert told.versions == {"stays": 7}
    assert [(p.role, p.text) for p in told.said] == [
        ("统计范围", "sex = '2'"), ("剔除", "days > 7"), ("分子", "days > 3"), ("分母", "rows"),
    ]  # fmt: skip
    text = "\n".join(told.lines())
    assert "剔除：days > 7（太久）" in text
    assert "第 7 版" in text


def test_a_department_without_rows_has_a_reason(source):
    told = explain(LONG, source=source, department="NOBODY", **GIVEN)
    assert told.value is None
    assert "没有" in told.reason
