"""Pages of the running check: each for its readers only, in its states, with its acts; and the check API."""

import json

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.live_feed import at
from tests.unit.hospital.functions.records.running_stays import (
    admit,
    document,
    moment,
    obligation,
    others,
    section,
    tell,
)

NOTE, FIRST_NOTE = "first-progress-note-8h", "37"
NOW = moment(20, 9, 30)


@pytest.fixture
def ward(hospital, monkeypatch):
    """At half past nine: s1 of D1 is overdue, s2 of D2 has its note, s3 lies in surgery."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    beds = {"current_ward": "3 病区", "current_bed": "12"}
    tell(
        NOW,
        stays=[admit(1, **beds), admit(2, doctor="D2"), admit(3, department="GSUR", doctor="D3")],
        documents=[*others(), document(2, "d2", FIRST_NOTE, at(20, 5), author="D2")],
    )
    return hospital


@pytest.fixture
def signed_in(as_role, hospital):
    """signed_in("D1") → the client of that doctor."""
    from zhikong.foundation.organisation.models import Person

    def make(code, department="CARD"):
        client = as_role("physician", hospital.departments[department], name=f"医师{code}")
        person, _made = Person.objects.get_or_create(
            institution_id=hospital.id, staff_number=code, defaults={"name": f"医师{code}"}
        )
        client.user.person = person
        client.user.save(update_fields=["person"])
        return client

    return make


@pytest.fixture
def officer(as_role, hospital):
    return as_role("qc_officer", hospital.departments["CARD"], name="质控员")


def html(answer):
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def again(*clients):
    """Obligations are given to accounts when they are checked: look once more after the accounts were made."""
    from zhikong.hospital.functions.records.actions.running import refreshing

    refreshing.refresh_all(by=None, now=NOW, fingerprint="")


@pytest.mark.proves("REC-01", "REC-34")
def test_a_doctor_sees_his_own_and_the_departments_records_with_their_countdown(ward, signed_in):
    doctor = signed_in("D1")
    again()
    page = html(doctor.get(reverse("records:my_records")))
    assert "首次病程记录在入院 8 小时内完成" in page
    assert "逾期 30 分钟" in page
    assert obligation(NOTE).explanation in page
    assert "12" in page
    other = html(signed_in("D2").get(reverse("records:my_records") + "?who=department"))
    assert "首次病程记录在入院 8 小时内完成" in other
    assert "/stays/s1/" in other
    assert "/stays/s3/" not in other


def test_the_explanation_shows_rule_source_version_anchor_and_timeline(ward, signed_in):
    doctor = signed_in("D1")
    again()
    page = html(doctor.get(reverse("records:obligation", args=[obligation(NOTE).pk])))
    for said in (
        "病历书写基本规范",
        "第 1 版",
        "从这里起算",
        "2026-11-20 01:00",
        "2026-11-20 09:00",
        "应完成时间",
    ):
        assert said in page


def test_nobody_sees_other_departments(ward, signed_in):
    surgeon = signed_in("D8", "GSUR")
    assert surgeon.get(reverse("records:obligation", args=[obligation(NOTE).pk])).status_code == 404
    assert surgeon.get(reverse("records:running_stay", args=["s1"])).status_code == 404
    page = html(surgeon.get(reverse("records:running_list") + "?show=open"))
    assert reverse("records:running_stay", args=["s1"]) not in page


def test_who_may_not_see_record_checks_is_refused(ward, as_role):
    client = as_role("complaint_officer")
    for name in ("my_records", "running_list", "ward_board", "running_defects", "long_stays", "key_records"):
        assert client.get(reverse(f"records:{name}")).status_code == 403


@pytest.mark.proves("REC-06", "REC-17")
def test_the_officer_finds_reminds_and_excuses(ward, signed_in, officer):
    from zhikong.foundation.tasks.models import Task

    doctor = signed_in("D1")
    again()
    row = obligation(NOTE)
    page = html(officer.get(reverse("records:running_list")))
    assert f'value="{row.pk}"' in page
    answer = officer.post(reverse("records:running_remind"), {"rows": [row.pk]}, follow=True)
    assert "已提醒" in html(answer)
    assert Task.objects.get(owner=doctor.user).url == reverse("records:obligation", args=[row.pk])
    url = reverse("records:obligation_excuse", args=[row.pk])
    assert "理由" in html(officer.post(url, {"why": "not_applicable", "reason": ""}, follow=True))
    assert "已登记不适用" in html(
        officer.post(url, {"why": "not_applicable", "reason": "转院途中"}, follow=True)
    )
    assert obligation(NOTE).state == "excused"
    assert doctor.post(url, {"why": "wrong", "reason": "我自己登记"}).status_code == 403


def test_the_list_is_filtered_and_exported(ward, officer):
    import io

    import openpyxl

    url = reverse("records:running_list")
    assert obligation(NOTE).explanation in html(officer.get(url + f"?show=overdue&rule={NOTE}"))
    assert "没有符合条件" in html(officer.get(url + f"?show=overdue&rule={NOTE}&doctor=D2"))
    assert obligation(NOTE, 2).title in html(officer.get(url + f"?show=done&rule={NOTE}&doctor=D2"))
    answer = officer.get(reverse("records:running_export") + f"?show=overdue&rule={NOTE}")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    assert [row[4] for row in rows] == [obligation(NOTE).title]


def test_the_ward_board_has_a_light_for_each_bed(ward, officer):
    page = html(officer.get(reverse("records:ward_board")))
    assert "12 床" in page
    assert 'class="bed bad"' in page
    assert "逾期 " in page


def test_the_ward_board_opens_where_most_is_overdue_then_due(ward, as_role):
    from zhikong.hospital.functions.records.models import Obligation

    def opened():
        return office.get(reverse("records:ward_board")).context["chosen"][0]

    office, card, surgery = as_role("quality_office"), *(ward.departments[code] for code in ("CARD", "GSUR"))
    rows = Obligation.objects.filter(ended_at=None)
    rows.update(state="done")
    by_name = office.get(reverse("records:ward_board")).context["places"]
    assert {place for place, _name in by_name} == {card.id, surgery.id}
    assert opened() == by_name[0][0]
    for last in (card, surgery):  # whichever comes first by name, once it is the other one
        rows.update(state="done")
        rows.filter(stay_id__in=["s1", "s2"] if last == card else ["s3"]).update(
            state="pending", due_at=moment(20, 23)
        )
        assert opened() == last.id  # only there is something due
    rows.filter(pk=rows.filter(stay_id="s1").first().pk).update(state="overdue", due_at=moment(20, 8))
    assert opened() == card.id  # one that is overdue weighs more than many that are due
    assert (
        office.get(reverse("records:ward_board"), {"department": surgery.id}).context["chosen"][0]
        == surgery.id
    )


@pytest.mark.proves("REC-19")
def test_stays_of_more_than_thirty_days_are_listed_with_what_they_need(ward, officer):
    tell(NOW, stays=[admit(7, at(1, 8).replace(month=10))])
    page = html(officer.get(reverse("records:long_stays")))
    assert "50 天" in page
    assert "大查房" in page
    assert html(officer.get(reverse("records:running_stay", args=["s7"])))


@pytest.mark.proves("REC-07", "REC-08")
def test_a_defect_from_finding_to_recheck_and_appeal(ward, signed_in, officer, make_user):
    from zhikong.hospital.functions.records.models import Defect

    doctor, _reviewer = signed_in("D1"), make_user("record_reviewer")
    again()
    stay = reverse("records:running_stay", args=["s1"])
    assert "登记人工检查发现的缺陷" in html(officer.get(stay))
    url = reverse("records:running_report_defect", args=["s1"])
    answer = officer.post(url, {"text": "主诉没有时间", "responsible": "D1", "document": ""}, follow=True)
    assert "已登记" in html(answer)
    row = Defect.objects.get(source="person")
    here = reverse("records:running_defect", args=[row.pk])
    assert "已修改，请复核" in html(doctor.get(here))
    doctor.post(reverse("records:running_defect_mended", args=[row.pk]), {"note": "已补时间"})
    page = html(officer.get(here))
    assert "复核通过" in page
    recheck = reverse("records:running_defect_recheck", args=[row.pk])
    officer.post(recheck, {"result": "returned", "recheck-reason": "时间与现病史不符"})
    row.refresh_from_db()
    assert row.state == "returned"
    appeal = reverse("records:running_appeal", args=["running-defects", row.pk])
    page = html(doctor.post(appeal, {"appeal-reason": "现病史以家属补述为准"}, follow=True))
    assert "BS-2026-00001" in page
    assert html(officer.get(reverse("records:running_defects"))).count("申诉中") >= 1


@pytest.mark.proves("REC-38")
def test_while_a_record_is_sealed_it_is_read_and_each_look_logged_but_nothing_is_corrected(
    ward, signed_in, officer, make_user
):
    from zhikong.foundation.audit.models import AuditEvent
    from zhikong.foundation.flows import actions as flows
    from zhikong.foundation.outbox.actions import deliver_pending
    from zhikong.hospital.functions.records.actions.results import sealing
    from zhikong.hospital.functions.records.models import Defect

    doctor, affairs = signed_in("D1"), make_user("medical_affairs")
    stay, report = (reverse(f"records:{n}", args=["s1"]) for n in ("running_stay", "running_report_defect"))
    said = {"text": "主诉没有时间", "responsible": "D1", "document": ""}
    officer.post(report, said)
    row = Defect.objects.get(source="person")
    here = reverse("records:running_defect", args=[row.pk])
    mended, check = (reverse(f"records:running_defect_{n}", args=[row.pk]) for n in ("mended", "recheck"))

    case = sealing.ask_for_sealing(by=affairs, now=NOW, stay_id="s1", department_id=row.department_id)
    flows.act(case, by=affairs, now=NOW, transition="seal", reason="医患双方在场")
    deliver_pending(now=NOW)
    seen = AuditEvent.objects.filter(subject="facts.chart").count()
    page = html(officer.get(stay))
    assert "只能查阅，每次查阅都有记录" in page
    assert "登记人工检查发现的缺陷" not in page
    assert AuditEvent.objects.filter(subject="facts.chart").count() == seen + 1
    assert "启封前不能修改" in html(officer.post(report, said | {"text": "另一处"}, follow=True))
    page = html(doctor.get(here))
    assert "只能查阅" in page
    assert mended not in page
    assert "启封前不能修改" in html(doctor.post(mended, {"note": "已补时间"}, follow=True))
    Defect.objects.filter(pk=row.pk).update(state="mended")  # it was before the sealing
    assert check not in html(officer.get(here))
    assert "启封前不能修改" in html(officer.post(check, {"result": "passed"}, follow=True))
    row.refresh_from_db()
    assert (row.state, Defect.objects.filter(source="person").count()) == ("mended", 1)

    flows.act(case, by=affairs, now=NOW, transition="unseal", reason="医患双方在场启封")
    deliver_pending(now=NOW)
    assert "只能查阅" not in html(officer.get(stay))
    officer.post(check, {"result": "passed"})
    row.refresh_from_db()
    assert row.state == "confirmed"


def test_key_records_are_marked_on_the_stay_and_listed(ward, officer):
    url = reverse("records:running_key_record", args=["s1"])
    officer.post(url, {"reason": "有纠纷倾向"})
    assert "有纠纷倾向" in html(officer.get(reverse("records:key_records")))
    assert "重点" in html(officer.get(reverse("records:running_list") + "?key=1"))
    officer.post(url, {"stop": "1"})
    assert "还没有重点病历" in html(officer.get(reverse("records:key_records")))


def test_the_office_sets_the_budget_and_gives_tokens(ward, as_role, officer):
    office = as_role("quality_office")
    url = reverse("records:running_settings")
    values = {"interruptions": 5, "shift_starts": "08:00 20:00", "least_precision": 60, "least_judged": 10}
    assert "设置已保存" in html(office.post(url, values, follow=True))
    assert "08:00 20:00" in html(office.get(url))
    assert "zc_" in html(office.post(reverse("records:check_tokens"), {"label": "病历系统"}))
    assert officer.get(url).status_code == 403


def test_the_home_page_says_what_is_overdue_and_due_today(ward, signed_in, officer):
    doctor = signed_in("D1")
    again()
    assert "首次病程记录在入院 8 小时内完成" in html(doctor.get("/"))
    assert "运行病历" in html(officer.get("/"))
    assert "show=overdue" in html(officer.get("/"))


# ---- the check API -------------------------------------------------------------------------------------------------------


@pytest.fixture
def call(ward, make_user, client):
    """call("check", {...}) → (status, answer) of the API with a valid token."""
    from zhikong.hospital.functions.records.actions.running.stopping import make_token

    _made, token = make_token(by=make_user("quality_office"), now=NOW, label="病历系统")

    def post(what, body, *, token=token, content_type="application/json"):
        content = body if isinstance(body, str) else json.dumps(body)
        given = {"HTTP_AUTHORIZATION": f"Bearer {token}"} if token else {}
        answer = client.post(reverse(f"records:api_{what}"), content, content_type=content_type, **given)
        return answer.status_code, answer.json()

    return post


DRAFT = {"stay_id": "s1", "type": "首次病程记录", "author": "D1", "author_level": "resident"}


@pytest.mark.proves("REC-04")
def test_a_draft_is_told_what_would_fire_and_what_it_would_fulfil(call):
    from zhikong.hospital.functions.records.models import Obligation

    before = list(Obligation.objects.order_by("pk").values())
    status, said = call("check", {**DRAFT, "sections": [{"section": "诊疗计划", "text": "对症治疗。"}]})
    assert status == 200
    assert said["hard_stop"] is False
    assert {one["rule"]: one["in_time"] for one in said["fulfils"]}[NOTE] is False, "it is half an hour late"
    assert said["findings"], "a first note without its parts"
    assert all(one["message"] and one["title"] for one in said["findings"])
    assert list(Obligation.objects.order_by("pk").values()) == before, "nothing of a draft is kept"


def test_a_rule_stops_only_where_the_hospital_said_so_and_while_it_is_trusted(call, make_user):
    from zhikong.foundation.access.scope import forget
    from zhikong.hospital.functions.records.actions.running.outcomes import count_verdict
    from zhikong.hospital.functions.records.models import RuleSetting

    draft = {**DRAFT, "sections": [{"section": "诊疗计划", "text": "对症治疗。"}]}
    rule = call("check", draft)[1]["findings"][0]["rule"]
    office = make_user("quality_office")
    RuleSetting.objects.create(
        institution_id=office.institution_id, rule=rule, version=1, hard_stop=True, valid_from=NOW.date(), reason="试行", set_at=NOW, set_by=office
    )  # fmt: skip
    forget()  # the test's own scope lasts longer than a request
    said = call("check", draft)[1]
    assert said["hard_stop"] is True
    assert {one["rule"]: one["verdict"] for one in said["findings"] if one["hard_stop"]} == {rule: "fail"}
    for n in range(20):
        count_verdict(rule, 1, f"x{n}", "refuted", source="appeal", name=f"x{n}", now=NOW)
    assert call("check", draft)[1]["hard_stop"] is False


@pytest.mark.parametrize(
    ("body", "status", "code", "said"),
    [
        ("{", 400, "json", "JSON"),
        ("[]", 400, "not_an_object", "对象"),
        ({"type": "37", "sections": []}, 400, "missing_field", "stay_id"),
        ({"type": "37", "sections": [], "record_number": "7"}, 400, "missing_field", "admission_number"),
        ({**DRAFT, "sections": "x"}, 400, "sections", "数组"),
        ({**DRAFT, "sections": [], "type": "情书"}, 400, "unknown_type", "情书"),
        ({**DRAFT, "sections": [], "signed_at": "昨天"}, 400, "not_a_time", "2026-11-22T08:30"),
        ({**DRAFT, "sections": [], "patient_name": "张三"}, 400, "unknown_field", "patient_name"),
        ({**DRAFT, "sections": [], "stay_id": "s77"}, 404, "no_stay", "s77"),
    ],
)
def test_bad_input_is_refused_with_a_sentence(call, body, status, code, said):
    answered, error = call("check", body)
    assert (answered, error["error"]["code"]) == (status, code)
    assert said in error["error"]["message"]


def test_without_a_valid_token_nothing_is_said(call, make_user):
    from zhikong.hospital.functions.records.actions.running.stopping import revoke_token
    from zhikong.hospital.functions.records.models import CheckToken

    assert call("check", DRAFT, token="")[0] == 401
    assert call("check", DRAFT, token="zc_wrong")[0] == 401
    revoke_token(CheckToken.objects.get(), by=make_user("quality_office"), now=NOW)
    assert call("check", {**DRAFT, "sections": []})[0] == 401


def test_a_stay_is_known_by_its_record_number_and_admission(call, hospital):
    from django.conf import settings

    from zhikong.intake.pseudonyms import pseudonym

    stay = pseudonym(settings.PSEUDONYM_SECRET.encode(), hospital.code, "stay", ("10020", "2"))
    tell(NOW, stays=[{**admit(5), "stay_id": stay}])
    body = {"record_number": "10020", "admission_number": 2, "type": "37", "sections": []}
    status, said = call("check", body)
    assert (status, said["stay_id"]) == (200, stay)


def test_an_override_is_recorded_with_its_reason(call, officer):
    body = {"stay_id": "s1", "rule": NOTE, "author": "D1", "why": "urgent", "reason": "正在抢救"}
    assert call("override", {**body, "reason": " "})[0] == 400
    status, said = call("override", body)
    assert (status, said["duplicate"]) == (201, False)
    assert call("override", body)[0] == 200
    assert call("override", {**body, "rule": "no-such-rule"})[0] == 404
    assert "正在抢救" in html(officer.get(reverse("records:overrides")))


NAMED = "first-note-differential-diagnosis"


@pytest.mark.proves("REC-08")
def test_the_machine_rechecks_a_mended_document_by_itself(ward, signed_in):
    """A defect of content appears, comes back when the new text still has it, and ends when it has it no more."""
    from zhikong.hospital.functions.records.actions.running import mending
    from zhikong.hospital.functions.records.models import Defect

    doctor = signed_in("D1").user

    def write(minute, text):
        when = at(20, 9, minute)
        said = [section(1, "d1", "鉴别诊断", text, when)]
        note = document(1, "d1", FIRST_NOTE, when, title=f"首次病程记录 {minute}")
        tell(moment(20, 9, minute + 1), documents=[note], document_sections=said)
        return Defect.objects.filter(stay_id="s1", source="machine", rule=NAMED).first()

    row = write(31, "无")
    assert (row.state, row.user) == ("open", doctor)
    assert "appeared" in row.events.values_list("what", flat=True)
    mending.report_mended(row, by=doctor, now=moment(20, 9, 33))
    assert write(34, "略").state == "returned"
    mending.report_mended(row, by=doctor, now=moment(20, 9, 36))
    text = "需与主动脉夹层鉴别：无撕裂样胸痛，双上肢血压对称，不支持；需与肺栓塞鉴别：无呼吸困难，D-二聚体正常，不支持。"
    assert write(40, text).state == "confirmed"
    story = list(row.events.values_list("what", flat=True))
    assert story == ["appeared", "mended", "returned", "mended", "confirmed"]
