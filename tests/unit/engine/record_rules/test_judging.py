"""Five verdicts, on both judges alike: what is unknown, missing or broken is never a pass."""

# ruff: noqa: DTZ001  facts carry the local wall time without a zone

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from zhikong.engine.backends.source import Source
from zhikong.engine.record_rules import Verdict, judge, rule_of_text

BACKENDS = ("duckdb", "reference")
HEAD = """\
id: {id}
version: 1
status: published
kind: row
title: 例
why: 例
source: {{document: 例, mark: memory}}
owner: quality_office
checker: medical_affairs
next_review: 2100-01-01
severity: error
points: {points}
message: 例
"""


def rule(passes, *, id="example", points="2", **said):
    lines = [f"{key}: {value}" for key, value in {"passes": f'"{passes}"', **said}.items()]
    found = rule_of_text(
        HEAD.format(id=id, points=points) + "\n".join(lines), file=Path(f"{id}.yaml"), codes={}
    )
    assert not isinstance(found, list), [str(p) for p in found]
    return found


def stay(stay_id, **said):
    usual = dict(
        patient_key="p",
        institution="H",
        zone="Asia/Shanghai",
        admitted_at=datetime(2026, 1, 1, 8),
        discharged_at=datetime(2026, 1, 3, 8),
        discharge_department="CARD",
    )
    return {"stay_id": stay_id} | usual | said


def verdicts(one, rows, backend, **how):
    """stay_id → word of the verdict, read from scores."""
    given = judge([one], source=Source.of_rows(rows), months=("2026-01", "2026-01"), backend=backend, **how)
    scores = given.scores.to_pylist()
    return {row["stay_id"]: next(v.word for v in Verdict if row[v.word]) for row in scores}


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_four_verdicts_of_a_sound_rule(backend):
    one = rule("days = 2", applies="age_years < 90", needs="[total_fee]")
    rows = [
        stay("passes", days=2, age_years=1, total_fee=1),
        stay("fails", days=3, age_years=1, total_fee=1),
        stay("too_old", days=3, age_years=91, total_fee=1),
        stay("age_unknown", days=2, total_fee=1),
        stay("fee_unknown", days=3, age_years=1),
        stay("days_unknown", age_years=1, total_fee=1),
    ]
    assert verdicts(one, {"stays": rows}, backend) == {
        "passes": "pass",
        "fails": "fail",
        "too_old": "not_applicable",
        "age_unknown": "not_assessable",
        "fee_unknown": "not_assessable",
        "days_unknown": "not_assessable",
    }


@pytest.mark.parametrize("backend", BACKENDS)
def test_columns_of_the_front_page_stand_beside_the_stays(backend):
    one = rule("drug_allergy = '1' or allergens is not null")
    rows = {
        "stays": [stay("a"), stay("b"), stay("c")],
        "front_pages": [
            {"stay_id": "a", "drug_allergy": "2", "allergens": "青霉素"},
            {"stay_id": "b", "drug_allergy": "2"},
        ],
    }
    assert verdicts(one, rows, backend) == {"a": "pass", "b": "fail", "c": "not_assessable"}


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_column_without_any_value_in_the_month_was_not_delivered(backend):
    one = rule("not has(operations, kind is null)", delivered="[operations.kind]")
    rows = {"stays": [stay("a"), stay("b")], "operations": [{"stay_id": "a", "seq": 1}]}
    assert set(verdicts(one, rows, backend).values()) == {"not_assessable"}
    rows["operations"].append({"stay_id": "b", "seq": 1, "kind": "surgery"})
    assert verdicts(one, rows, backend) == {"a": "fail", "b": "pass"}


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_the_source_lacks_cannot_be_assessed_and_is_said(backend):
    one = rule("marital is not null")
    given = judge(
        [one], source=Source.of_rows({"stays": [stay("a")]}), months=("2026-01", "2026-01"), backend=backend
    )
    assert given.counts.to_pylist()[0]["not_assessable"] == 1
    assert given.unmet["example"].sentence == "尚未接入“病案首页的其余内容”数据（表 front_pages）。"
    nothing = judge([one], source=Source.of_rows({}), months=("2026-01", "2026-01"), backend=backend)
    assert (nothing.counts.num_rows, set(nothing.unmet)) == (0, {"example"})


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_rule_that_crashes_is_an_error_and_takes_no_other_down(backend):
    broken = rule("total_fee * total_fee * total_fee > 0", id="broken")
    sound = rule("days = 2", id="sound")
    rows = {"stays": [stay("a", days=2, total_fee=10**15), stay("b", days=2, total_fee=1)]}
    given = judge(
        [broken, sound], source=Source.of_rows(rows), months=("2026-01", "2026-01"), backend=backend
    )
    by_rule = {row["rule"]: row for row in given.counts.to_pylist()}
    assert (by_rule["broken"]["error"], by_rule["broken"]["pass"]) == (2, 0)
    assert by_rule["sound"]["pass"] == 2
    assert set(given.errors) == {"broken"}
    assert {(row["rule"], row["verdict"]) for row in given.failures.to_pylist()} == {("broken", "error")}


@pytest.mark.parametrize("backend", BACKENDS)
def test_scores_counts_and_failures_by_department_and_day(backend):
    rules = [rule("days = 2", id="first", points="60"), rule("total_fee > 0", id="second", points="50.5")]
    rows = [
        stay("a", days=3, total_fee=0),
        stay("b", days=3, total_fee=1),
        stay("c", days=2, total_fee=1, discharge_department="ORTH", discharged_at=datetime(2026, 1, 4)),
        stay("later", days=3, discharged_at=datetime(2026, 2, 1)),
    ]
    source = Source.of_rows({"stays": rows})
    given = judge(rules, source=source, months=("2026-01", "2026-01"), backend=backend)
    assert [(r["stay_id"], r["score"], r["fail"]) for r in given.scores.to_pylist()] == [
        ("a", 0.0, 2),
        ("b", 40.0, 1),
        ("c", 100.0, 0),
    ]
    counted = [(r["rule"], r["department"], r["day"], r["pass"], r["fail"]) for r in given.counts.to_pylist()]
    assert counted == [
        ("first", "CARD", date(2026, 1, 3), 0, 2),
        ("first", "ORTH", date(2026, 1, 4), 1, 0),
        ("second", "CARD", date(2026, 1, 3), 1, 1),
        ("second", "ORTH", date(2026, 1, 4), 1, 0),
    ]
    failed = [(r["rule"], r["stay_id"]) for r in given.failures.to_pylist()]
    assert failed == [("first", "a"), ("first", "b"), ("second", "a")]
    narrowed = judge(
        rules, source=source, months=("2026-01", "2026-01"), departments=["ORTH"], backend=backend
    )
    assert narrowed.scores["stay_id"].to_pylist() == ["c"]


@pytest.mark.parametrize(
    ("line", "text", "message"),
    [
        (14, "passes: days >", "表达式“days >”写法不完整或有多余的符号。"),
        (14, "passes: colour = '1'", "表 stays 没有列 colour。"),
        (14, "passes: sex = '7'", "列 sex（性别）没有取值 '7'。"),
        (14, "passes: marital = '7'", "列 marital（婚姻状况）没有取值 '7'。"),
        (15, "passes: days > 1\nneeds: [days + 1]", "needs 里的 days + 1 不是列名。"),
        (15, "passes: days > 1\ndelivered: [operations.colour]", "表 operations 没有列 colour。"),
        (15, "passes: days > 1\ncolour: red", "没有字段 colour。"),
    ],
)
def test_problems_are_told_with_their_line(line, text, message):
    found = rule_of_text(HEAD.format(id="x1y", points=2) + text, file=Path("x1y.yaml"), codes={})
    assert [(p.line, p.message) for p in found] == [(line, message)]


def test_the_hash_is_of_what_decides_the_verdict():
    one = rule("days = 2 and sex = '1'")
    assert one.hash == rule("sex = '1' and days = 2").hash
    assert one.hash != rule("days = 3 and sex = '1'").hash
    assert one.hash != rule("days = 2 and sex = '1'", points="1").hash
    assert replace(one, title="别的").hash == one.hash
