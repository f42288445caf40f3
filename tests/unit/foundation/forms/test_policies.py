"""Grade policies: cut-offs at their bounds, vetoes once or by number or by list, and which text is refused."""

from decimal import Decimal
from pathlib import Path

import pytest

from zhikong.foundation.forms import scoring
from zhikong.foundation.forms.policies import GradePolicy, read

from .conftest import form_of

PACK = Path("zhikong/packs/national/grade_policies")
SHEET = """
  - id: s
    title: 部分
    items:
      - {id: n, type: number, text: 扣分, min: 0, max: 100, decimals: 2, score: {full: 100, each: 1}}
      - {id: v, type: yes_no_na, text: 否决一, required: true, veto: fail}
      - {id: w, type: yes_no_na, text: 否决二, required: true, veto: {deduct: 3}}
      - {id: r, type: yes_no_na, text: 红线, required: true, veto: fail, veto_list: 红线}
"""
HEAD = "full_score: 100\ngrades: [{at_least: 60, name: 过}, {at_least: 0, name: 不过}]"


def policy(name) -> GradePolicy:
    found = read((PACK / f"{name}.yaml").read_text(encoding="utf-8"), file=PACK / f"{name}.yaml")
    assert isinstance(found, GradePolicy), [str(one) for one in found]
    return found


def outcome(name, lost, *vetoed):
    """(total, grade) of a sheet that lost so many points and these vetoes."""
    values = {"n": lost, "v": "yes", "w": "yes", "r": "yes"} | dict.fromkeys(vetoed, "no")
    found = scoring.score(form_of(SHEET, HEAD), values, policy(name) if name else None)
    return found.total, found.grade


@pytest.mark.proves("REC-13", "REC-16", "D-14")
@pytest.mark.parametrize(
    ("name", "lost", "vetoed", "expected"),
    [
        ("zhejiang_2021", "10", "", ("90", "甲级")),
        ("zhejiang_2021", "10.01", "", ("89.99", "乙级")),
        ("zhejiang_2021", "20", "", ("80", "乙级")),
        ("zhejiang_2021", "20.01", "", ("79.99", "丙级")),
        ("zhejiang_2021", "0", "v", ("90", "甲级")),
        ("zhejiang_2021", "0", "vwr", ("90", "甲级")),  # −10 once, however many
        ("zhejiang_2021", "95", "v", ("0", "丙级")),  # never below nothing
        ("national_habit", "25", "", ("75", "乙级")),
        ("national_habit", "25.01", "", ("74.99", "丙级")),
        ("national_habit", "0", "v", ("100", "乙级")),
        ("national_habit", "0", "vw", ("100", "丙级")),
        ("national_habit", "0", "r", ("100", "丙级")),  # one red veto
        ("national_habit", "30", "v", ("70", "丙级")),  # a veto never lifts a grade
        ("ninety_seventy", "30", "v", ("70", "乙级")),
        ("ninety_seventy", "30.01", "", ("69.99", "丙级")),
        ("two_tier_veto", "0", "vw", ("100", "乙级")),
        ("two_tier_veto", "0", "vr", ("100", "丙级")),
        ("forced_grade_c", "0", "w", ("100", "丙级")),
        ("front_page_four", "3", "", ("97", "优")),
        ("front_page_four", "3.01", "", ("96.99", "良")),
        ("outpatient_ninety", "0.01", "v", ("89.99", "不合格")),
        (None, "0", "v", ("100", "不过")),  # without a policy the sheet's own vetoes hold
        (None, "0", "w", ("97", "过")),
    ],
)
def test_what_a_policy_makes_of_points_and_vetoes(name, lost, vetoed, expected):
    assert outcome(name, Decimal(lost), *vetoed) == (Decimal(expected[0]), expected[1])


def test_every_packaged_policy_says_what_its_vetoes_do():
    found = {file.stem: policy(file.stem) for file in PACK.glob("*.yaml")}
    assert len(found) >= 7
    assert found["national_habit"].sentence("红线") == (
        "单项否决：最高为乙级；单项否决达到 2 项：最高为丙级；红线否决：最高为丙级"
    )
    assert found["ninety_seventy"].sentence("") == "单项否决：本方案只记录，不扣分"


GOOD = (PACK / "national_habit.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("{at_least: 1, grade: 乙级}", "{at_least: 1}", "只写一种后果"),
        ("{at_least: 1, grade: 乙级}", "{at_least: 1, grade: 丁级}", "没有等级 丁级"),
        ("{at_least: 1, grade: 乙级}", "{at_least: 1, deduct: 101}", "不在 0 和 100 之间"),
        ("{at_least: 1, grade: 乙级}", "{at_least: 0, grade: 乙级}", "at_least 小于 1"),
        ("at_least: 75, name", "at_least: 95, name", "没有从高到低排列"),
        ("at_least: 0, name: 丙级", "at_least: 1, name: 丙级", "没有从 0 开始"),
        ("escalate: [乙级", "escalate: [丁级", "没有等级 丁级"),
        ("owner: quality_office", "owner: medical_affairs", "负责岗位与复核岗位相同"),
        ("id: national_habit", "id: other", "两者必须相同"),
        ("purpose:", "purpos:", "没有字段 purpos"),
    ],
)
def test_what_is_wrong_is_said(before, after, message):
    assert before in GOOD
    found = read(GOOD.replace(before, after, 1), file=PACK / "national_habit.yaml")
    assert any(message in str(problem) for problem in found), [str(problem) for problem in found]
