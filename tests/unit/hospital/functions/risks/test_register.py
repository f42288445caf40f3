"""A risk from its first line to its end: who may do what, when a number may fall, what the story keeps."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tests.unit.hospital.functions.risks.conftest import NOW
from zhikong.foundation.tasks.models import Task
from zhikong.hospital.functions.risks.actions.register import analysing, writing
from zhikong.hospital.functions.risks.models.register import Control, Risk
from zhikong.hospital.functions.risks.queries.register import risks as queries
from zhikong.hospital.functions.risks.queries.register.scale import level_of

TODAY = date(2026, 11, 23)


def control_of(risk, people, **more):
    told = {
        "kind": "engineer",
        "text": "氯化钾改为专柜单独上锁存放",
        "due_on": TODAY + timedelta(days=10),
    } | more
    return writing.add_control(risk, by=people.head, now=NOW, responsible=people.nurse, **told)


@pytest.mark.proves("EMR-04")
def test_a_risk_is_held_down_judged_again_accepted_and_closed(new_risk, people):
    risk = new_risk(4, 5)
    assert risk.number == "FX-2026-0001"
    assert level_of(risk).code == "extreme"
    assert risk.review_on == TODAY + timedelta(days=30)
    with pytest.raises(ValidationError, match="还没有落实的控制措施"):
        writing.review(
            risk, by=people.head, now=NOW, text="觉得没事了", likelihood=4, severity=5,
            residual_likelihood=1, residual_severity=5,
        )  # fmt: skip
    control = control_of(risk, people)
    task = Task.objects.get(source_kind="risk_control", source_key=str(control.pk))
    assert task.owner_id == people.nurse.pk
    writing.put_in_effect(control, by=people.nurse, now=NOW, proof="专柜照片和药学部抽查记录")
    task.refresh_from_db()
    assert task.state == Task.State.DONE
    risk = writing.review(
        risk, by=people.head, now=NOW, text="抽查 20 次均单独存放", likelihood=4, severity=5,
        residual_likelihood=1, residual_severity=5,
    )  # fmt: skip
    assert level_of(risk).code == "medium"
    risk = writing.accept(risk, by=people.head, now=NOW, reason="剩余风险由双人核对控制")
    assert risk.state == Risk.State.ACCEPTED
    risk = writing.close(risk, by=people.head, now=NOW, reason="科室不再存放氯化钾")
    acts = list(risk.risksteps.order_by("pk").values_list("act", flat=True))
    assert acts == ["write", "control", "effect", "review", "accept", "close"]
    with pytest.raises(ValidationError, match="已经关闭"):
        writing.accept(risk, by=people.head, now=NOW, reason="再接受一次")


def test_a_grave_risk_is_accepted_by_a_leader_only_and_an_unjudged_one_by_nobody(new_risk, people):
    with pytest.raises(ValidationError, match="还没有评估"):
        writing.accept(new_risk(), by=people.leader, now=NOW, reason="先这样运行")
    grave = new_risk(4, 4)
    with pytest.raises(PermissionDenied):
        writing.accept(grave, by=people.head, now=NOW, reason="先这样运行")
    assert (
        writing.accept(grave, by=people.leader, now=NOW, reason="设备年底前更换").accepted_by == people.leader
    )


def test_a_measure_that_ends_makes_what_is_left_unknown_and_ends_the_acceptance(new_risk, people):
    risk = new_risk(3, 3)
    control = writing.put_in_effect(control_of(risk, people), by=people.head, now=NOW, proof="已上锁，有照片")
    risk = writing.review(
        risk, by=people.head, now=NOW, text="抽查合格", likelihood=3, severity=3, residual_likelihood=1,
        residual_severity=3,
    )  # fmt: skip
    writing.accept(risk, by=people.head, now=NOW, reason="有专柜控制")
    writing.withdraw_control(control, by=people.head, now=NOW, reason="专柜损坏停用")
    risk.refresh_from_db()
    assert (risk.residual_likelihood, risk.state, risk.review_on) == (None, Risk.State.OPEN, TODAY)
    assert level_of(risk).code == "medium"


def test_open_measures_keep_a_risk_open(new_risk, people):
    risk = new_risk(2, 2)
    control_of(risk, people)
    with pytest.raises(ValidationError, match="没落实的措施"):
        writing.close(risk, by=people.head, now=NOW, reason="不再有这个风险")


def test_a_graver_judgement_ends_an_acceptance_and_a_late_review_is_refused(new_risk, people):
    risk = writing.accept(new_risk(2, 2), by=people.head, now=NOW, reason="影响很小")
    with pytest.raises(ValidationError, match="下次复评要在"):
        writing.review(
            risk, by=people.head, now=NOW, text="上月出现一次", likelihood=4, severity=4,
            review_on=TODAY + timedelta(days=200),
        )  # fmt: skip
    risk = writing.review(risk, by=people.head, now=NOW, text="上月出现一次", likelihood=4, severity=4)
    assert (risk.state, risk.review_on) == (Risk.State.OPEN, TODAY + timedelta(days=90))


def test_who_does_not_manage_the_department_may_not_write(hospital, new_risk, people):
    with pytest.raises(PermissionDenied):
        new_risk(2, 2, by=people.surgeon)
    with pytest.raises(PermissionDenied):
        new_risk(2, 2, department_id=None)
    assert new_risk(2, 2, by=people.office, department_id=None).department_name == ""
    with pytest.raises(ValidationError, match="类别"):
        new_risk(2, 2, category="weather")


def test_the_gravest_stand_first_and_the_unjudged_above_them(new_risk, people):
    for cell in ((2, 2), (5, 5), (None, None), (3, 4)):
        new_risk(*cell)
    rows = queries.ranked(queries.risks(today=TODAY), today=TODAY)
    assert [row.level.code if row.level else None for row in rows] == [None, "extreme", "high", "low"]
    counted = {
        (c.likelihood, c.severity): c.count for line in queries.matrix([r.risk for r in rows]) for c in line
    }
    assert {cell: n for cell, n in counted.items() if n} == {(2, 2): 1, (5, 5): 1, (3, 4): 1}


def test_owners_are_asked_when_the_day_of_review_has_come(new_risk, people):
    risk = new_risk(5, 5)
    assert writing.ask_for_reviews(now=NOW) == 0
    later = NOW + timedelta(days=31)
    assert writing.ask_for_reviews(now=later) == 1
    assert writing.ask_for_reviews(now=later + timedelta(days=1)) == 1
    assert Task.objects.filter(source_kind="risk", source_key=str(risk.pk)).count() == 1
    writing.review(risk, by=people.head, now=later, text="仍未落实", likelihood=5, severity=5)
    assert not Task.objects.filter(source_kind="risk", state=Task.State.OPEN).exists()


@pytest.mark.proves("EMR-04")
def test_the_same_matter_three_times_in_a_year_asks_to_be_written_down(hospital, people, new_risk):
    from zhikong.foundation.findings import actions as findings

    def raise_one(clause):
        return findings.raise_finding(
            by=people.office, now=NOW, department=hospital.departments["CARD"], title="急救车未封存",
            detail="封条破损。", severity="minor", source_kind="manual", source_key="", clause_key=clause,
        )  # fmt: skip

    made = [raise_one("crash_cart_round:sealed") for _ in range(3)]
    raise_one("crash_cart_round:clean")
    (warning,) = queries.warnings(today=TODAY)
    assert (warning.times, warning.last, warning.clause_key) == (3, made[-1].pk, "crash_cart_round:sealed")
    new_risk(3, 4, clause_key="crash_cart_round:sealed")
    assert queries.warnings(today=TODAY) == []


def test_a_worksheet_is_done_when_every_grave_row_has_measure_person_and_date(hospital, people):
    sheet = analysing.open_analysis(
        by=people.head, now=NOW, title="高警示药品从医嘱到给药", leader=people.head,
        department_id=hospital.departments["CARD"].id,
    )  # fmt: skip
    values = {"step": "取药", "mode": "取错相似药品", "effect": "患者用错药", "severity": 9, "occurrence": 4}
    row = analysing.save_mode(sheet, by=people.head, now=NOW, values=values)
    with pytest.raises(ValidationError, match="没有评分"):
        analysing.close_analysis(sheet, by=people.head, now=NOW)
    row = analysing.save_mode(sheet, by=people.head, now=NOW, values={"detection": 5}, mode=row)
    with pytest.raises(ValidationError, match="没有措施"):
        analysing.close_analysis(sheet, by=people.head, now=NOW)
    with pytest.raises(ValidationError, match="要有对应的改进措施"):
        analysing.save_mode(sheet, by=people.head, now=NOW, values={"severity_after": 9}, mode=row)
    row.refresh_from_db()
    done = {"measure": "相似药品分柜并扫码", "responsible": people.nurse, "due_on": TODAY}
    analysing.save_mode(sheet, by=people.head, now=NOW, values=done, mode=row)
    risk = analysing.write_from_mode(row, by=people.head, now=NOW, category="medication", owner=people.head)
    assert risk.likelihood is None
    with pytest.raises(ValidationError, match="不能删除"):
        analysing.remove_mode(row, by=people.head, now=NOW)
    analysing.close_analysis(sheet, by=people.head, now=NOW)
    with pytest.raises(ValidationError, match="已经完成"):
        analysing.save_mode(sheet, by=people.head, now=NOW, values=values)


def test_withdrawn_and_effective_controls_are_told_apart(new_risk, people):
    control = control_of(new_risk(3, 3), people)
    assert not control.works
    control = writing.put_in_effect(control, by=people.nurse, now=NOW, proof="现场照片两张")
    assert Control.objects.get(pk=control.pk).works
    with pytest.raises(ValidationError, match="已经落实或停用"):
        writing.put_in_effect(control, by=people.nurse, now=NOW, proof="再登记一次")
