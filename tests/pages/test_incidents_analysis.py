"""Pages of analyses, lessons, alerts, key patients and the defect register: each for its readers only."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from zhikong.foundation.access.queries import scope_of
from zhikong.foundation.access.scope import scoped
from zhikong.hospital.functions.incidents.actions.analysis import lessons as actions
from zhikong.hospital.functions.incidents.actions.analysis import opening
from zhikong.hospital.functions.incidents.actions.reporting import place
from zhikong.hospital.functions.incidents.models.analysis import Analysis
from zhikong.hospital.functions.incidents.models.analysis_lessons import Lesson, Receipt, SafetyAlert
from zhikong.hospital.functions.incidents.models.analysis_wards import Defect, DefectReview, KeyPatient
from zhikong.hospital.functions.incidents.models.analysis_work import Measure
from zhikong.hospital.functions.incidents.rules_reporting_report import Report

LESSON = {
    "title": "呼叫铃够得着才安全", "happened": "患者够不着呼叫铃，自己下床时跌倒。", "why": "呼叫铃固定在墙上，没有随床移动。",
    "changed": "改为床栏内侧固定。", "advice": "离开床旁前请患者自己按一次。", "category": "", "factors": [],
}  # fmt: skip


def html(answer):
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def said(client, page, act, /, *args, **data):
    """What the next page says after an act."""
    return html(client.post(reverse(f"incidents:{page}", args=[*args, act]), data, follow=True))


@pytest.fixture
def office(as_role):
    return as_role("quality_office", name="王敏")


@pytest.fixture
def nursing(as_role):
    return as_role("nursing", name="赵主任")


@pytest.fixture
def head(as_role, hospital):
    return as_role("department_head", hospital.departments["CARD"], name="李建国")


@pytest.fixture
def nurse(as_role, hospital):
    return as_role("nurse", hospital.departments["CARD"], name="周护士")


@pytest.fixture
def one(hospital, office, head):
    report = Report(
        privacy="anonymous", what="患者夜间如厕跌倒", occurred_on=timezone.localdate() - timedelta(days=3),
        department_id=hospital.departments["CARD"].id, harm="F",
    )  # fmt: skip
    incident = place(now=timezone.now(), report=report)
    return opening.open_analysis(
        by=office.user,
        now=timezone.now(),
        incidents=[incident],
        kind="rca",
        title="夜间如厕跌倒",
        leader=head.user,
    )


@pytest.mark.proves("EVT-19")
def test_the_workspace_takes_time_causes_people_and_measures(one, head, hospital):
    page = html(head.get(reverse("incidents:analysis", args=[one.code])))
    assert "原因不清楚不放过" in page
    assert "当事人认识不到位不放过" in page
    said(head, "analysis_act", "person", one.code, group="nurse", name="周晓燕")
    person = one.casepersons.get()
    then = timezone.localtime() - timedelta(days=3)
    event = {
        "at": then.strftime("%Y-%m-%dT%H:%M"),
        "what": "患者入睡",
        "source": "record",
        "person": person.pk,
    }
    page = said(head, "analysis_act", "event", one.code, **event)
    assert "护士甲：患者入睡" in page
    assert "<svg" in page
    said(
        head,
        "analysis_act",
        "event",
        one.code,
        gap="on",
        source="interview",
        at=(then + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"),
    )
    assert one.timelineevents.filter(gap=True).get().what
    page = said(head, "analysis_act", "cause", one.code, text="呼叫铃够不着", status="confirmed", root="on")
    assert "凭什么说这个原因已经证实" in page
    page = said(
        head, "analysis_act", "cause", one.code, text="呼叫铃够不着", status="confirmed", root="on", evidence="测量 1.6 米",
        factor="environment_layout",
    )  # fmt: skip
    assert "根本原因" in page
    page = said(
        head,
        "analysis_act",
        "statement",
        one.code,
        cause="护士责任心不强",
        effect="患者自己下床",
        event="患者跌倒骨折",
    )
    assert "具体、不评价人" in page
    said(
        head,
        "analysis_act",
        "speak",
        one.code,
        row=person.pk,
        aware="reached",
        words="以后先请患者按一次呼叫铃再走",
    )
    assert "认识到位" in html(head.get(reverse("incidents:analysis_tab", args=[one.code, "team"])))
    due = timezone.localdate() + timedelta(days=9)
    measure = {
        "text": "呼叫铃固定在床栏内侧", "kind": "forcing", "department_id": hospital.departments["CARD"].id,
        "owner_post": "head_nurse", "due_on": due, "sample": "抽查 20 张床", "aim": "95%", "measure_on": due,
    }  # fmt: skip
    page = said(head, "analysis_act", "measure", one.code, **measure)
    assert "呼叫铃固定在床栏内侧" in page
    assert Measure.objects.get().strength == "strong"


@pytest.mark.proves("EVT-19")
def test_the_name_behind_a_label_is_on_no_page_until_somebody_asks_and_that_is_logged(one, head, office):
    said(head, "analysis_act", "person", one.code, group="nurse", name="周晓燕")
    for tab in ("overview", "timeline", "causes", "measures", "team"):
        assert "周晓燕" not in html(head.get(reverse("incidents:analysis_tab", args=[one.code, tab])))
    page = said(head, "analysis_act", "reveal", one.code, row=one.casepersons.get().pk)
    assert "护士甲：周晓燕。这次查看已记录。" in page


def test_who_is_not_of_the_team_finds_no_page(one, as_role, hospital, nurse):
    stranger = as_role("department_head", hospital.departments["GSUR"], name="钱主任")
    for client in (stranger, nurse):
        for name, more in (
            ("analysis", ()),
            ("analysis_tab", ("team",)),
            ("analysis_report", ()),
            ("analysis_a3", ()),
        ):
            assert client.get(reverse(f"incidents:{name}", args=[one.code, *more])).status_code == 404
        assert client.post(reverse("incidents:analysis_act", args=[one.code, "finish"])).status_code == 404
    assert nurse.get(reverse("incidents:analyses")).status_code == 403
    assert one.title in html(
        as_role("head_nurse", hospital.departments["CARD"]).get(reverse("incidents:analyses"))
    )
    assert one.title not in html(stranger.get(reverse("incidents:analyses")))


def test_the_report_and_the_page_hold_labels_and_no_name(one, head):
    from io import BytesIO

    from docx import Document

    said(head, "analysis_act", "person", one.code, group="nurse", name="周晓燕")
    said(
        head,
        "analysis_act",
        "write",
        one.code,
        title="夜间如厕跌倒",
        summary="周晓燕巡视后离开，患者 13812345678 跌倒",
    )
    answer = head.get(reverse("incidents:analysis_report", args=[one.code]))
    document = Document(BytesIO(answer.content))
    words = "".join(one.text for one in document.paragraphs)
    assert "周晓燕" not in words
    assert "13812345678" not in words
    assert "尚未完成" in words
    assert one.title not in answer["Content-Disposition"]
    assert head.get(reverse("incidents:analysis_a3", args=[one.code])).content.startswith(b"%PDF")


@pytest.mark.proves("F-24")
def test_a_lesson_is_read_by_two_and_shows_nobody(office, nursing, nurse, head):
    nursing.post(
        reverse("incidents:lesson_new"),
        LESSON | {"happened": "11 月 3 日心血管内科 12 床患者由周护士护理时跌倒"},
    )
    row = Lesson.objects.get()
    page = html(nursing.get(reverse("incidents:lesson", args=[row.code])))
    for leak in ("11 月 3 日", "心血管内科", "12 床"):
        assert leak in page
    page = said(nursing, "lesson_act", "send", row.code)
    assert "会指向具体的人或科室" in page
    row.refresh_from_db()
    assert row.state == "draft"
    nursing.post(reverse("incidents:lesson_edit", args=[row.code]), LESSON)
    said(nursing, "lesson_act", "send", row.code)
    assert nursing.post(reverse("incidents:lesson_act", args=[row.code, "publish"])).status_code == 403
    assert nurse.get(reverse("incidents:lesson", args=[row.code])).status_code == 404
    said(office, "lesson_act", "publish", row.code)
    assert LESSON["advice"] in html(nurse.get(reverse("incidents:lesson", args=[row.code])))
    assert row.title in html(nurse.get(reverse("incidents:lessons"), {"q": "呼叫铃 床栏"}))
    assert row.title not in html(nurse.get(reverse("incidents:lessons"), {"q": "输血反应"}))
    assert nurse.get(reverse("incidents:lesson_new")).status_code == 403


def test_an_alert_reaches_everybody_and_says_who_has_not_read_it(
    office, nursing, nurse, head, as_role, hospital
):
    told = {
        "title": "清点高浓度氯化钾",
        "body": "近期有误取的险情，请各病区清点。",
        "do_now": "今天之内退回药学部。",
        "expires_on": timezone.localdate() + timedelta(days=30),
    }
    nursing.post(reverse("incidents:alert_new"), told)
    row = SafetyAlert.objects.get()
    said(nursing, "alert_act", "send", row.code)
    said(office, "alert_act", "publish", row.code)
    assert "1 条安全警示还没有读" in html(nurse.get("/"))
    page = html(nurse.get(reverse("incidents:alert", args=[row.code])))
    assert "我知道了" in page
    assert "谁还没读" not in page
    said(nurse, "alert_act", "read", row.code)
    page = html(head.get(reverse("incidents:alert", args=[row.code])))
    assert "谁还没读" in page
    assert "周护士" not in page
    assert "李建国" in page
    with scoped(scope_of(nurse.user, timezone.localdate())):
        assert [one.user_id for one in Receipt.objects.all()] == [nurse.user.pk]
    assert nurse.post(reverse("incidents:alert_act", args=[row.code, "remind"])).status_code == 403
    assert "已提醒" in said(office, "alert_act", "remind", row.code)
    with pytest.raises(ValidationError, match="一天之内"):
        actions.remind(row, by=office.user, now=timezone.now())
    said(office, "alert_act", "withdraw", row.code, text="已经换了包装")
    assert "安全警示还没有读" not in html(head.get("/"))


@pytest.mark.proves("EVT-14", "EVT-15", "WF-09")
def test_a_key_patient_is_declared_visited_together_and_followed(nurse, head, as_role, hospital):
    medical = as_role("medical_affairs", name="陈科长")
    told = {
        "department_id": hospital.departments["CARD"].id,
        "bed": "07床",
        "reason": "dispute",
        "condition": "疗效不及预期，家属不满",
    }
    nurse.post(reverse("incidents:key_patient_new"), told)
    row = KeyPatient.objects.get()
    assert row.round_by - row.declared_at == timedelta(hours=24)
    assert "07床" in html(medical.get(reverse("incidents:key_patients")))
    other = as_role("nurse", hospital.departments["GSUR"], name="吴护士")
    assert other.get(reverse("incidents:key_patient", args=[row.code])).status_code == 404
    assert "申报范围" in html(other.get(reverse("incidents:key_patients")))
    assert "已经申报" in html(nurse.post(reverse("incidents:key_patient_new"), told))
    when = (timezone.localtime() + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M")
    round_ = {"planned_at": when, "people": [head.user.pk], "others": "重症医学科"}
    assert (
        nurse.post(reverse("incidents:key_patient_act", args=[row.code, "round"]), round_).status_code == 403
    )
    said(medical, "key_patient_act", "round", row.code, **round_)
    held = {
        "row": row.rounds.get().pk,
        "guidance": "调整用药",
        "communication": "与家属谈话一小时",
        "conclusion": "每日查房",
    }
    said(medical, "key_patient_act", "held", row.code, **held)
    page = said(nurse, "key_patient_act", "note", row.code, text="家属情绪平稳，病情稳定")
    assert "与家属谈话一小时" in page
    said(head, "key_patient_act", "close", row.code, outcome="better", text="好转出院", thanks="院周会表扬")
    row.refresh_from_db()
    assert row.state == "closed"


@pytest.mark.proves("EVT-20", "EVT-21", "EVT-22")
def test_the_register_of_defects_names_nobody_and_is_analysed(nurse, head, office, hospital):
    told = {
        "department_id": hospital.departments["CARD"].id, "occurred_on": timezone.localdate(), "kind": "handover",
        "what": "漏交一条临时医嘱", "found": "peer", "causes": ["communication_handover"],
    }  # fmt: skip
    nurse.post(reverse("incidents:defect_new"), told)
    row = Defect.objects.get()
    assert not [
        one.name
        for one in row._meta.get_fields()
        if one.is_relation and one.related_model._meta.label == "access.User"
    ]
    assert "漏交一条临时医嘱" in html(head.get(reverse("incidents:defects")))
    assert "漏交一条临时医嘱" not in html(office.get(reverse("incidents:defects")))
    with scoped(scope_of(office.user, timezone.localdate())):
        assert not Defect.objects.exists(), "the register is the department's own"
    review = {
        "period": timezone.localdate().strftime("%Y-%m"),
        "department_id": told["department_id"],
        "analysis": "都发生在夜班到白班的交接",
        "unsafe": "交接靠记忆",
        "measures": "交接单加待办栏",
    }
    head.post(reverse("incidents:defect_review"), review)
    assert DefectReview.objects.get().counted == 1
    assert "已经分析过" in html(head.post(reverse("incidents:defect_review"), review))
    assert nurse.get(reverse("incidents:defect_review")).status_code == 403


def test_the_ward_answers_a_light_case_on_one_page(hospital, head):
    report = Report(
        privacy="anonymous", what="输液外渗", occurred_on=timezone.localdate(), department_id=hospital.departments["CARD"].id, harm="C",
    )  # fmt: skip
    incident = place(now=timezone.now(), report=report)
    assert incident.level == "III"
    url = reverse("incidents:analysis_new", args=[incident.code])
    page = head.get(url)
    assert page.url == reverse("incidents:analysis_light", args=[incident.code])
    told = {
        "title": "输液外渗", "why1": "固定不牢", "why2": "小号敷料断货", "factor": "equipment_missing", "evidence": "库存记录",
        "conclusion": "小号敷料断货，大号固定不牢", "nobody_reason": "物资断货，没有当事人", "no_measure": "",
    }  # fmt: skip
    assert "不需要措施" in html(head.post(page.url, told))
    head.post(page.url, told | {"no_measure": "已到货，库存下限已经调高，不再另立措施"})
    assert Analysis.objects.get().state == "finished"
