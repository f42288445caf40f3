"""Verdicts as they are stored: counts by day and department, what holds for the whole month, and an equal digest."""

from datetime import date

import pyarrow as pa

from zhikong.engine.record_rules.verdicts import VERDICT_SCHEMA
from zhikong.hospital.functions.records.screening_rows import stored

STAYS = pa.table({"encounter": ["s1", "s2", "s3"], "department": ["CARD", "CARD", None],
                  "day": pa.array([date(2026, 10, 1), date(2026, 10, 2), date(2026, 10, 2)], pa.date32()), "visit": [False] * 3})  # fmt: skip


def verdict(encounter, rule, word, **said):
    blank = dict.fromkeys(VERDICT_SCHEMA.names)
    return blank | {"encounter": encounter, "rule": rule, "version": 1, "verdict": word} | said


def table(*rows):
    return pa.Table.from_pylist(list(rows), schema=VERDICT_SCHEMA)


def test_passes_are_counted_and_only_the_rest_is_kept_as_rows():
    found = stored(
        table(
            verdict("s1", "a", "pass", responsible="D1"),
            verdict("s2", "a", "fail", responsible="D1", reason="晚了"),
            verdict("s3", "a", "not_applicable"),
            verdict("other", "a", "fail"),
        ),
        STAYS,
    )
    assert [(row["encounter"], row["department"], row["day"]) for row in found.rows] == [
        ("s2", "CARD", date(2026, 10, 2))
    ]
    assert found.tallies == {("a", 1, "CARD"): {"pass": 1, "fail": 1}}
    assert found.writers == {("a", "D1", "CARD"): {"pass": 1, "fail": 1}}


def test_the_department_is_where_the_patient_lay_when_the_clock_began():
    found = stored(table(verdict("s1", "a", "fail", department="ICU"), verdict("s3", "a", "fail")), STAYS)
    assert sorted(row["department"] for row in found.rows) == ["", "ICU"]


def test_a_rule_that_could_judge_nothing_is_told_once_and_is_no_pass():
    found = stored(
        table(
            verdict("s1", "a", "not_assessable", reason="缺 rescues"),
            verdict("s2", "a", "not_assessable", reason="缺 rescues"),
            verdict("s3", "a", "not_applicable"),
            verdict("s1", "b", "error", reason="ZeroDivisionError"),
            verdict("s2", "b", "error", reason="ZeroDivisionError"),
        ),
        STAYS,
    )
    assert (found.unmet, found.broken, found.rows) == ({"a": "缺 rescues"}, {"b": "ZeroDivisionError"}, [])
    assert (found.count("not_assessable"), found.count("error"), found.count("pass")) == (2, 2, 0)


def test_a_rule_that_judges_some_records_keeps_each_reason_with_its_record():
    found = stored(
        table(verdict("s1", "a", "not_assessable", reason="入院时间不明"), verdict("s2", "a", "pass")), STAYS
    )
    assert found.unmet == {}
    assert [row["reason"] for row in found.rows] == ["入院时间不明"]


def test_two_reasons_are_not_one():
    found = stored(
        table(
            verdict("s1", "a", "not_assessable", reason="甲"),
            verdict("s2", "a", "not_assessable", reason="乙"),
        ),
        STAYS,
    )
    assert (found.unmet, len(found.rows)) == ({}, 2)


def test_the_digest_does_not_depend_on_the_order_but_on_every_verdict():
    rows = [verdict("s1", "a", "pass"), verdict("s2", "a", "fail", reason="x"), verdict("s3", "b", "fail")]
    digest = stored(table(*rows), STAYS).digest
    assert stored(table(*reversed(rows)), STAYS).digest == digest
    rows[1] = rows[1] | {"reason": "y"}
    assert stored(table(*rows), STAYS).digest != digest
