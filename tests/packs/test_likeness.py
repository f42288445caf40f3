"""Sentences of plans find the packaged duty that they mean, and sentences that mean none find none."""

from pathlib import Path

import pytest

from zhikong import packs
from zhikong.foundation.duties import likeness
from zhikong.foundation.duties.definition.reading import parse
from zhikong.foundation.duties.descriptions import Description

FOLDER = Path(packs.__path__[0]) / "national" / "duties"
KNOWN = [parse(file.read_text("utf-8"), file=file) for file in sorted(FOLDER.glob("*.yaml"))]


def meant(sentence: str, body: str, per: str, title: str = "", committee: str = "") -> str:
    asked = Description(title or sentence[:30], body, per=per, says=sentence, committee=committee)
    found = likeness.best(asked, KNOWN)
    return found.id if found else ""


@pytest.mark.parametrize(
    ("sentence", "body", "per", "duty"),
    [
        ("每季召开一次专业委员会会议", "committee", "quarter", "committee_quarterly_meeting"),
        ("每季度由院长主持召开一次委员会全体会议", "committee", "quarter", "committee_quarterly_meeting"),
        ("医院每季度召开一次医院医疗安全管理委员会会议", "committee", "quarter", "safety_committee_meeting"),
        ("安委会每季度开展一次安全大检查", "committee", "quarter", "safety_inspection"),
        ("每周对临床各科室进行督促检查", "hospital", "week", "safety_goals_weekly"),
        ("按月汇总并反馈检查结果并纳入绩效考核", "hospital", "month", "safety_goals_monthly"),
        ("科室每月召开一次医疗安全小组会议", "department", "month", "department_quality_meeting"),
        ("每月有医务科上报业务工作月报表", "department", "month", "department_monthly_report"),
        ("每季度抽查各临床科室经输血治疗病例的病历", "committee", "quarter", "transfused_case_sampling"),
        ("质控科、医务科等职能科室每周进行督导检查", "hospital", "week", "functional_weekly_supervision"),
    ],
)
def test_a_sentence_means_its_duty(sentence, body, per, duty):
    assert meant(sentence, body, per) == duty


@pytest.mark.parametrize(
    ("sentence", "body", "per"),
    [
        ("每年派出人员外出进修学习", "hospital", "year"),
        ("每次检查后及时反馈科主任", "department", "month"),
        ("每年在核心期刊发表论文不少于两篇", "department", "year"),
        ("每天至少上、下午各巡诊一次", "department", "week"),
        ("每月组织一次消防演练", "hospital", "month"),
    ],
)
def test_another_sentence_means_none(sentence, body, per):
    assert meant(sentence, body, per) == ""


def test_another_committee_is_not_meant():
    asked = "每季度召开一次药事管理委员会会议"
    assert meant(asked, "committee", "quarter", committee="pharmacy_committee") == ""
