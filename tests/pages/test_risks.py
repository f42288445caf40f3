"""Pages of risks, failure modes, emergency plans and drills: each for its readers only, and what is done on them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from zhikong.hospital.functions.risks.models.plans import Drill, PlanReview
from zhikong.hospital.functions.risks.models.register import Control, FailureAnalysis, Risk

RISK = {
    "title": "高浓度电解质误用",
    "category": "medication",
    "scenario": "氯化钾与生理盐水混放，夜班误取后直接静推。",
    "likelihood": "3",
    "severity": "5",
}


def html(answer):
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


@pytest.fixture
def head(as_role, hospital):
    return as_role("department_head", hospital.departments["CARD"], name="李建国")


@pytest.fixture
def written(head, hospital):
    told = RISK | {"department_id": hospital.departments["CARD"].id, "owner": head.user.pk}
    assert head.post(reverse("risks:new"), told).status_code == 302
    return Risk.objects.get()


def test_the_register_says_what_to_do_while_it_is_empty(head):
    assert "把科里最担心的一件事写下来" in html(head.get(reverse("risks:register")))


@pytest.mark.proves("EMR-04")
def test_a_risk_is_written_judged_and_held_down_on_its_page(head, written):
    page = html(head.get(reverse("risks:register")))
    assert written.title in page
    assert "高风险" in page
    url = reverse("risks:risk", args=[written.pk])
    due = timezone.localdate() + timedelta(days=7)
    told = {
        "kind": "engineer",
        "text": "专柜上锁存放",
        "responsible": head.user.pk,
        "due_on": due.isoformat(),
    }
    head.post(f"{url}control/", told)
    control = Control.objects.get()
    head.post(reverse("risks:control", args=[written.pk, control.pk]), {"text": "专柜照片", "act": "effect"})
    judged = {
        "likelihood": 3,
        "severity": 5,
        "residual_likelihood": 1,
        "residual_severity": 5,
        "text": "抽查合格",
    }
    head.post(f"{url}review/", judged)
    page = html(head.get(url))
    assert "已落实" in page
    assert "固有 3 × 5" in page
    assert "剩余 1 × 5" in page


def test_a_wrong_judgement_is_told_in_words(head, written):
    judged = {
        "likelihood": 3,
        "severity": 5,
        "residual_likelihood": 1,
        "residual_severity": 5,
        "text": "觉得好了",
    }
    answer = head.post(reverse("risks:act", args=[written.pk, "review"]), judged, follow=True)
    assert "还没有落实的控制措施" in html(answer)
    written.refresh_from_db()
    assert written.residual_likelihood is None


def test_another_department_does_not_see_it_and_a_nurse_may_not_write(as_role, hospital, written):
    surgeon = as_role("department_head", hospital.departments["GSUR"], name="钱主任")
    assert surgeon.get(reverse("risks:risk", args=[written.pk])).status_code == 404
    nurse = as_role("nurse", hospital.departments["CARD"], name="张护士")
    assert written.title in html(nurse.get(reverse("risks:risk", args=[written.pk])))
    assert nurse.get(reverse("risks:new")).status_code == 403
    assert (
        nurse.post(reverse("risks:act", args=[written.pk, "close"]), {"reason": "不要了吧"}).status_code
        == 403
    )
    assert as_role("auditor").get(reverse("risks:register")).status_code == 403


def test_a_worksheet_row_becomes_a_risk(head, hospital):
    told = {"title": "标本采集", "department_id": hospital.departments["CARD"].id, "leader": head.user.pk}
    head.post(reverse("risks:analysis_new"), told)
    sheet = FailureAnalysis.objects.get()
    row = {
        "step": "核对",
        "mode": "贴错标签",
        "effect": "结果张冠李戴",
        "severity": 9,
        "occurrence": 3,
        "detection": 5,
    }
    head.post(reverse("risks:analysis_act", args=[sheet.pk, "save"]), row)
    mode = sheet.modes.get()
    assert "135" in html(head.get(reverse("risks:analysis", args=[sheet.pk])))
    answer = head.post(
        reverse("risks:analysis_act", args=[sheet.pk, "risk"]), {"row": mode.pk, "category": "clinical"}
    )
    assert answer.url == reverse("risks:risk", args=[Risk.objects.get().pk])
    answer = head.post(reverse("risks:analysis_act", args=[sheet.pk, "close"]), follow=True)
    assert "没有措施、责任人或日期" in html(answer)


@pytest.mark.proves("EMR-01")
def test_a_plan_is_a_card_to_act_by_and_its_drill_is_told(head, hospital):
    assert "住院患者自杀应急预案" in html(head.get(reverse("risks:plans")))
    page = html(head.get(reverse("risks:plan", args=["inpatient_suicide"])))
    assert "推急救车，建立静脉通路，记录时间" in page
    today = timezone.localdate()
    told = {
        "department_id": hospital.departments["CARD"].id, "kind": "live", "planned_on": today.isoformat(),
        "leader": head.user.pk, "scenario": "夜间巡视发现患者自缢",
    }  # fmt: skip
    head.post(reverse("risks:drill_new", args=["inpatient_suicide"]), told)
    drill = Drill.objects.get()
    act = lambda name, values: head.post(reverse("risks:drill_act", args=[drill.pk, name]), values)  # noqa: E731
    act("hold", {"held_on": today.isoformat(), "participants": 6, "minutes": 7, "course": "按预案抢救"})
    answer = act("sum_up", {"good": "分工清楚明确"})
    drill.refresh_from_db()
    assert (answer.status_code, drill.state) == (302, Drill.State.HELD)
    act("sum_up", {"good": "分工清楚明确", "problems": "除颤仪取用慢"})
    page = html(head.get(reverse("risks:drill", args=[drill.pk])))
    assert "超时" in page
    assert "除颤仪取用慢" in page


def test_an_unannounced_drill_is_hidden_until_it_was_held(as_role, head, hospital):
    told = {
        "department_id": hospital.departments["CARD"].id, "kind": "unannounced", "leader": head.user.pk,
        "planned_on": timezone.localdate().isoformat(), "scenario": "夜间起火冒烟",
    }  # fmt: skip
    head.post(reverse("risks:drill_new", args=["fire_in_ward"]), told)
    drill = Drill.objects.get()
    nurse = as_role("nurse", hospital.departments["CARD"], name="张护士")
    assert nurse.get(reverse("risks:drill", args=[drill.pk])).status_code == 403
    for page in (reverse("risks:plans"), reverse("risks:plan", args=["fire_in_ward"])):
        assert reverse("risks:drill", args=[drill.pk]) not in html(nurse.get(page))


def test_the_office_reads_a_plan_through(as_role):
    office = as_role("quality_office", name="王敏")
    told = {
        "fits": "no",
        "text": "电话要更新",
        "next_on": (timezone.localdate() + timedelta(days=60)).isoformat(),
    }
    office.post(reverse("risks:plan_review", args=["power_failure"]), told)
    assert PlanReview.objects.get().fits is False
    assert "电话要更新" in html(office.get(reverse("risks:plan", args=["power_failure"])))


def test_without_a_matrix_in_force_the_pages_say_what_to_do(head, monkeypatch):
    from zhikong.hospital.functions.risks.queries.register import scale

    monkeypatch.setattr(scale, "_in_force", lambda: None)
    assert head.get("/").status_code == 200
    assert "没有生效的风险矩阵" in html(head.get(reverse("risks:register"), follow=True))
