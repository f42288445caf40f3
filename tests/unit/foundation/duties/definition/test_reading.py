"""Good files become duties; bad ones are told with line, message and remedy."""

from datetime import date
from pathlib import Path

import pytest

from tests.unit.foundation.duties.samples import TEXT, duty, problems
from zhikong.foundation.duties.definition.model import (
    LADDER,
    Body,
    DueBy,
    DueRule,
    EvidenceRule,
    Rung,
    Shift,
)
from zhikong.foundation.duties.definition.reading import parse
from zhikong.foundation.duties.periods import Every


def test_a_duty_is_read_with_its_defaults():
    found = duty()
    assert (found.id, found.version, found.title) == ("monthly_self_check", 1, "科室每月自查")
    assert found.body is Body.DEPARTMENT
    assert found.who.department_kinds == ("clinical",)
    assert found.every is Every.MONTH
    assert found.due == DueRule(DueBy.WORKING_DAY, 5, following=True)
    assert found.evidence == EvidenceRule("form", "department_self_check")
    assert (found.times, found.remind) == (1, LADDER)
    assert found.next_review == date(2027, 10, 31)
    assert str(found.source) == "000-P4 L218"


def test_everything_that_can_be_said_is_read():
    found = duty(
        every="quarter",
        due="{day: 31, month: 3, shift: earlier}",
        times="2",
        evidence="{hand: [meeting, decision]}",
        remind="[{before: 5}, {after: 0}, {after: 3, to: hospital_leader}]",
        who="{role: qc_officer, department_kinds: [clinical, medtech], codes: [ICU, LAB]}",
    )
    assert found.due == DueRule(DueBy.DAY, 31, month=3, shift=Shift.EARLIER)
    assert found.evidence.hands == ("meeting", "decision")
    assert found.remind == (Rung(-5), Rung(0), Rung(3, "hospital_leader"))
    assert found.who.codes == ("ICU", "LAB")
    assert found.times == 2


def test_a_weekly_day_moves_earlier_by_itself_and_a_monthly_one_later():
    assert duty(every="week", due="{weekday: 5}").due.shift is Shift.EARLIER
    assert duty(due="{day: 10}").due.shift is Shift.LATER


BAD = {  # what is changed: line, a piece of the message
    "no id": ({"id": None}, 1, "缺少字段 id"),
    "other name": ({"id": "another"}, 1, "与文件名"),
    "no such field": ({"wen": "week"}, 15, "没有字段 wen"),
    "version": ({"version": "0"}, 2, "版本号从 1 开始"),
    "version is a word": ({"version": "one"}, 2, "version 的值"),
    "no Chinese title": ({"title": "{en: Check}"}, 3, "缺少 zh"),
    "empty purpose": ({"purpose": "' '"}, 4, "purpose 是空的"),
    "source without mark": ({"source": "{document: x}"}, 5, "缺少 mark"),
    "unknown mark": ({"source": "{document: x, mark: sure}"}, 5, "mark 没有取值 sure"),
    "unknown owner": ({"owner": "boss"}, 6, "owner 的值"),
    "same checker": ({"checker": "quality_office"}, 7, "相同"),
    "review is no date": ({"next_review": "soon"}, 8, "next_review 的值"),
    "unknown body": ({"body": "ward"}, 9, "body 的值"),
    "unknown role": ({"who": "{role: boss, department_kinds: [clinical]}"}, 10, "没有岗位 boss"),
    "no kinds": ({"who": "{role: qc_officer}"}, 10, "哪些科室"),
    "wrong kinds": ({"who": "{role: qc_officer, department_kinds: [surgery]}"}, 10, "哪些科室"),
    "codes no list": ({"who": "{role: qc_officer, department_kinds: [ward], codes: ICU}"}, 10, "codes"),
    "committee for departments": (
        {"who": "{role: qc_officer, department_kinds: [ward], committee: quality_committee}"},
        10,
        "不写 committee",
    ),
    "hospital by a department's role": ({"body": "hospital", "who": "{role: qc_officer}"}, 10, "科室岗位"),
    "kinds for the hospital": (
        {"body": "hospital", "who": "{role: nursing, department_kinds: [ward]}"},
        10,
        "不写 department_kinds",
    ),
    "which committee": ({"body": "committee", "who": "{role: quality_office}"}, 10, "哪个委员会"),
    "unknown period": ({"every": "fortnight"}, 11, "every 的值"),
    "two dues": ({"due": "{day: 3, working_day: 3}"}, 12, "只写一种"),
    "no due": ({"due": "{of: following}"}, 12, "只写一种"),
    "weekday in a month": ({"due": "{weekday: 5}"}, 12, "星期几"),
    "day in a week": ({"every": "week", "due": "{day: 3}"}, 12, "几号"),
    "eighth day of the week": ({"every": "week", "due": "{weekday: 8}"}, 12, "weekday 的值 8"),
    "too many working days": ({"due": "{working_day: 23}"}, 12, "working_day 的值 23"),
    "zeroth working day": ({"due": "{working_day: 0}"}, 12, "working_day 的值 0"),
    "true is no number": ({"due": "{day: true}"}, 12, "day 的值"),
    "of what": ({"due": "{day: 3, of: previous}"}, 12, "of 没有取值"),
    "shift of working days": ({"due": "{working_day: 3, shift: later}"}, 12, "不会落在休息日"),
    "unknown shift": ({"due": "{day: 3, shift: sideways}"}, 12, "shift 没有取值"),
    "month in a month": ({"due": "{day: 3, month: 1}"}, 12, "不写 month"),
    "fourth month of a quarter": ({"every": "quarter", "due": "{day: 3, month: 4}"}, 12, "month 的值 4"),
    "two evidences": ({"evidence": "{form: x, hand: [meeting]}"}, 13, "只写一种"),
    "empty form": ({"evidence": "{form: ''}"}, 13, "form 的值"),
    "no hands": ({"evidence": "{hand: []}"}, 13, "哪些材料"),
    "unknown hand": ({"evidence": "{hand: [meeting, gossip]}"}, 13, "没有材料类别 gossip"),
    "no times": ({"times": "0"}, 15, "次数 0"),
    "reminder words": ({"remind": "[tomorrow]"}, 15, "提醒的写法"),
    "reminder twice": ({"remind": "[{before: 1, after: 1}]"}, 15, "提醒的写法"),
    "reminders out of order": ({"remind": "[{after: 1}, {before: 1}]"}, 15, "先后"),
    "reminds nobody": ({"remind": "[{after: 1, to: santa}]"}, 15, "不能提醒 santa"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_told_with_line_message_and_remedy(name):
    changes, line, words = BAD[name]
    found = problems(**changes)
    assert any(words in problem.message and problem.line == line for problem in found), [
        str(p) for p in found
    ]
    assert all(problem.remedy for problem in found)


def test_text_that_is_no_mapping_or_no_yaml():
    for text, words in (("- a\n", "字段: 值"), ("a: [", "YAML"), ("", "空")):
        (problem,) = parse(text, file=Path("x.yaml"))
        assert words in problem.message


def test_all_problems_of_a_stage_come_sorted_by_line():
    lines = [p.line for p in problems(version="0", checker="quality_office", due="{working_day: 0}")]
    assert lines == sorted(lines)
    assert len(lines) == 3


def test_the_same_text_gives_the_same_duty():
    assert parse(TEXT, file=Path("monthly_self_check.yaml")) == duty()
