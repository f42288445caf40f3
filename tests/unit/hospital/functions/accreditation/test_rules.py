"""The shipped tree reads; tables with mistakes are told by row; tallies leave out what does not apply; samples repeat."""

from datetime import date
from pathlib import Path

from zhikong.hospital.functions.accreditation import rules

FILE = Path(rules.__file__).parents[3] / "packs/national/accreditation_standards/tertiary_hospital_data.yaml"


def test_the_data_part_reads_with_its_32_acquired_conditions():
    standard = rules.parse(FILE.read_text(), file=FILE)
    assert not isinstance(standard, list), standard
    acquired = [one for one in standard.nodes if one.code.startswith("2.2.3.") and one.code.count(".") == 3]
    assert len(acquired) == 32
    assert all(one.mark in ("paraphrased", "memory") for one in standard.nodes)


def test_a_tree_that_begins_without_a_chapter_is_told():
    nodes, problems = rules.from_rows([("编号", "名称", "层级"), ("1.1", "条款", "条")])
    assert problems == ["第 2 行：1.1 前面没有章。"]
    assert len(nodes) == 1
    assert rules.from_rows([("编号", "名称")])[1] == ["第 1 行缺少列：层级。"]
    assert rules.from_rows([])[1] == ["表格是空的。"]


def test_what_does_not_apply_is_no_part_of_the_share():
    found = rules.tally("章", ["A", "C", "D", "E", ""])
    assert (found.total, found.rated, found.applying, found.good) == (5, 4, 3, 66.7)
    assert rules.tally("空", ["", "E"]).good is None


def test_a_sample_takes_core_clauses_first_and_repeats():
    codes = [f"1.{n}" for n in range(20)]
    drawn = rules.sample(codes, ["1.3", "1.7"], 6, 42)
    assert {"1.3", "1.7"} <= set(drawn)
    assert len(drawn) == 6
    assert drawn == rules.sample(codes, ["1.3", "1.7"], 6, 42)
    assert len(rules.sample(codes, codes, 3, 1)) == 3


def test_evidence_grows_old():
    today = date(2027, 1, 1)
    assert rules.stale(date(2026, 1, 1), today) == ""
    assert rules.stale(date(2025, 12, 31), today) == "已超过一年"
    assert rules.stale(today, today, gone=True)
