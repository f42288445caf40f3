"""The pack of data-quality rules: it is right, in date, and a wrong entry is named with line and remedy."""

from datetime import date
from pathlib import Path

import pytest

from zhikong import packs
from zhikong.engine.quality import load_rulebook
from zhikong.engine.tables import TABLES

FILE = Path(next(iter(packs.__path__))) / "national" / "quality" / "plausible.yaml"
TEXT = FILE.read_text(encoding="utf-8")


def wrong(tmp_path, old, new):
    assert old in TEXT
    file = tmp_path / "plausible.yaml"
    file.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    return load_rulebook(file)


def test_the_pack_is_right_and_in_date():
    book = load_rulebook(FILE)
    assert book.next_review > date(2026, 11, 22)
    assert book.owner != book.checker
    assert all(check.field[0] in TABLES and check.why for check in book.checks)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("field: stays.age_years", "field: stays.agee", "没有列 agee"),
        ("field: stays.age_years", "field: stay.age_years", "没有表 stay"),
        ("age_years > 120", "age_years >> 120", "这种写法"),
        ("age_years > 120", "has(operations)", "只看本行和所属住院"),
        ("checker: record_reviewer", "checker: quality_office", "两个不同的岗位"),
        ("missing: {percent: 5, rows: 10}", "missing: {percent: 5}", "missing 的写法不对"),
        ("  severe: 20 ", "  severely: 20 ", "缺少 severe"),
        ("known: department", "pattern: '['", "正则表达式"),
        ("id: plausible", "id: other", "与文件名不同"),
        ("window_months: 13", "window_months: many", "window_months"),
        ("apart_from: [seq], needs: [code]", "apart_from: [sequence], needs: [code]", "没有列 sequence"),
    ],
)
def test_a_wrong_entry_is_named_with_its_line(tmp_path, old, new, said):
    problems = wrong(tmp_path, old, new)
    assert isinstance(problems, list)
    assert any(said in problem.message for problem in problems), [p.message for p in problems]
    assert all(problem.line >= 1 and problem.remedy for problem in problems)


def test_thresholds_judge_and_do_not_change_what_was_counted(tmp_path):
    same = wrong(tmp_path, "missing: {percent: 5, rows: 10}", "missing: {percent: 7, rows: 10}")
    other = wrong(tmp_path, "age_years > 120", "age_years > 130")
    book = load_rulebook(FILE)
    assert (same.fingerprint == book.fingerprint, other.fingerprint == book.fingerprint) == (True, False)
