"""Which standard codes a local code may mean, and what an edition changes."""

from pathlib import Path

import pytest

from zhikong.engine.definitions.problems import Problem
from zhikong.foundation.terminology.definition import CodeSystem, parse
from zhikong.foundation.terminology.rules import Candidates, code_and_name, difference, plain_code

CODES = {
    "I10.x00": "特发性(原发性)高血压",
    "I10.x00x002": "高血压病1级",
    "E11.900": "2型糖尿病",
    "I21.900": "急性心肌梗死",
    "J18.900": "肺炎",
}


@pytest.mark.parametrize("written", ["I10", "i10.X00", "Ｉ１０.x00", " I10.x00 "])
def test_another_spelling_of_a_code_is_the_first_suggestion(written):
    first = Candidates(CODES).suggest(written, "血压高")[0]
    assert (first.code, first.score) == ("I10.x00", 100)


def test_without_a_likely_code_the_name_decides():
    found = Candidates(CODES).suggest("DM2", "II 型糖尿病（2型）")
    assert found[0].code == "E11.900"
    assert all(s.score < 100 for s in found)


def test_nothing_alike_is_no_suggestion():
    assert Candidates(CODES).suggest("ZZZ", "骨折内固定") == []


def test_suggestions_are_the_best_first_and_few():
    found = Candidates({f"A{n:02d}": f"肺炎{n}" for n in range(40)}).suggest("", "肺炎")
    assert len(found) == 5
    assert [s.score for s in found] == sorted((s.score for s in found), reverse=True)


def test_a_code_loses_points_fillers_and_width():
    assert plain_code("Ｉ10.x00") == plain_code("i10") == "I10"


def test_an_edition_is_compared_with_the_one_before():
    changed = difference({"A": "甲", "B": "乙", "C": "丙"}, {"B": "乙", "C": "丁", "D": "戊"})
    assert (changed.added, changed.removed, changed.renamed) == (
        {"D": "戊"},
        {"A": "甲"},
        {"C": ("丙", "丁")},
    )


@pytest.mark.parametrize(
    ("header", "places"),
    [
        (("序号", "编码", "名称"), (1, 2)),
        (("疾病名称", "疾病编码"), (1, 0)),
        (("code", "NAME", "备注"), (0, 1)),
        (("主要编码", "附加编码", "手术操作名称"), (0, 2)),
        (("编码", "说明"), None),
        (("甲", "乙"), None),
    ],
)
def test_code_and_name_columns_are_found_in_the_header(header, places):
    assert code_and_name(header) == places


GOOD = """\
id: x
version: 1
title: {zh: 表}
purpose: 用处
edition: 样例
source: {document: 文件, mark: memory}
owner: quality_office
checker: medical_affairs
next_review: 2027-10-31
covers: [results.item]
codes:
  - ['K', 血钾]
"""


def test_a_code_system_is_read():
    found = parse(GOOD, file=Path("x.yaml"))
    assert isinstance(found, CodeSystem)
    assert (found.codes, found.covers, found.complete) == ({"K": "血钾"}, (("results", "item"),), False)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("results.item", "result.item", "没有表 result。"),
        ("results.item", "results.items", "表 results 没有列 items。"),
        ("  - ['K', 血钾]\n", "  - [1, 血钾]\n", "编码应写成"),
        ("  - ['K', 血钾]\n", "  - ['K', 血钾]\n  - ['K', 钾]\n", "编码 K 写了两次。"),
        ("mark: memory", "mark: rumour", "source 要写 document 和 mark。"),
        ("edition: 样例\n", "", "缺少字段 edition"),
        ("codes:\n  - ['K', 血钾]\n", "", "没有编码。"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(old, new, said):
    found = parse(GOOD.replace(old, new), file=Path("x.yaml"))
    assert isinstance(found, list)
    assert all(isinstance(p, Problem) for p in found)
    assert any(said in p.message for p in found)
