"""Committees: a matter is referred, put on an agenda, decided, and comes back; papers in Word."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.utils import timezone

from zhikong.foundation.findings import actions as findings
from zhikong.foundation.findings.facts import MatterReferred
from zhikong.foundation.findings.models import Referral
from zhikong.foundation.findings.rules import Act
from zhikong.foundation.notices.models import Notice
from zhikong.foundation.organisation.models import Body, Membership, Person
from zhikong.foundation.outbox import registry
from zhikong.hospital.functions.meetings import actions
from zhikong.hospital.functions.meetings.models import AgendaItem, Meeting


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def office(as_role):
    return as_role("quality_office", name="王敏")


@pytest.fixture
def body(hospital):
    made = Body.objects.create(
        institution_id=hospital.id,
        kind=Body.Kind.QUALITY_COMMITTEE,
        name="医疗质量管理委员会",
        valid_from=date(2020, 1, 1),
    )
    person = Person.objects.create(institution_id=hospital.id, staff_number="Z1", name="孙院长")
    Membership.objects.create(
        institution_id=hospital.id, body=made, person=person, seat="chair", valid_from=date(2020, 1, 1)
    )
    return made


@pytest.fixture
def finding(office, as_role, hospital):
    as_role("department_head", hospital.departments["CARD"], name="李建国")
    return findings.raise_finding(
        by=office.user, now=timezone.now(), department=hospital.departments["CARD"], title="转床等待过长",
        detail="平均等待 4 天", severity="major", source_kind="manual", source_key="",
    )  # fmt: skip


@pytest.fixture
def referral(office, finding, body):
    now = timezone.now()
    made = findings.refer(finding, by=office.user, now=now, body=body, question="是否增设转床床位")
    actions.on_referred(MatterReferred(made.pk, "finding"), now=now)
    return made


@pytest.mark.proves("CAP-07", "ORG-09")
def test_from_the_finding_to_the_decision_and_back(office, finding, body, hospital):
    today = timezone.localdate()
    form = text(office.get(f"/meetings/refer/?source=finding&key={finding.pk}"))
    assert "转床等待过长" in form
    values = {
        "body": body.pk,
        "title": finding.title,
        "question": "是否增设转床床位",
        "wanted_on": today.isoformat(),
    }
    page = office.post(f"/meetings/refer/?source=finding&key={finding.pk}", values, follow=True)
    assert "是否增设转床床位" in text(page)
    referral = Referral.objects.get()
    assert (referral.finding, referral.asked_by) == (finding, office.user)
    office.post(f"/meetings/committees/{body.pk}/", {"on": today.isoformat(), "place": "三楼"})
    meeting = Meeting.objects.get()
    assert referral.title in text(office.get(f"/meetings/{meeting.pk}/"))
    decided = {
        "decide-decided_on": today.isoformat(), "decide-decision": "增设 6 张", "decide-discussion": "床位可调整",
        "decide-measures": "每周提交名单", "decide-due_on": (today + timedelta(days=20)).isoformat(),
    }  # fmt: skip
    page = office.post(f"/meetings/items/{referral.pk}/decide/", decided, follow=True)
    assert "已有决议" in text(page)
    assert Act.DECIDE in finding.steps.values_list("act", flat=True)
    assert finding.measures.get().what == "每周提交名单"
    assert "增设 6 张" in text(office.get(f"/findings/{finding.pk}/"))
    office.post(f"/meetings/{meeting.pk}/", {"chaired_by": "孙院长", "present": 9})
    meeting.refresh_from_db()
    assert (meeting.state, meeting.present) == (Meeting.State.HELD, 9)
    minutes = document(office.get(f"/meetings/{meeting.pk}/minutes.docx"))
    for words in ("会议纪要", "实到 9 人", "增设 6 张", "每周提交名单", finding.number):
        assert words in minutes
    assert "是否增设转床床位" in document(office.get(f"/meetings/{meeting.pk}/agenda.docx"))


def document(response) -> str:
    from docx import Document

    found = Document(BytesIO(response.content))
    cells = [cell.text for table in found.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in found.paragraphs), *cells])


def test_the_agenda_hears_of_what_is_referred(referral, office, body):
    assert "meetings.on_referred" in registry.subscribers("matter_referred")
    assert AgendaItem.objects.get().referral == referral
    assert Notice.objects.filter(title__startswith="新议题").exists()
    actions.on_referred(MatterReferred(referral.pk, "finding"), now=timezone.now())
    assert AgendaItem.objects.count() == 1


@pytest.mark.proves("MTG-04")
def test_what_a_meeting_did_not_decide_waits_for_the_next(referral, office, body):
    now, today = timezone.now(), timezone.localdate()
    first = actions.plan_meeting(by=office.user, now=now, body=body, on=today)
    item = AgendaItem.objects.get()
    assert (item.meeting, item.order) == (first, 1)
    actions.hold(first, by=office.user, now=now, chaired_by="孙院长", present=9)
    item.refresh_from_db()
    assert (item.meeting, item.put_off) == (None, 1)
    assert "已推迟 1 次" in text(office.get(f"/meetings/committees/{body.pk}/"))
    second = actions.plan_meeting(by=office.user, now=now, body=body, on=today + timedelta(days=90))
    item.refresh_from_db()
    assert item.meeting == second
    assert (today + timedelta(days=90)).isoformat() in text(office.get("/meetings/"))


def test_a_refusal_keeps_what_was_typed(referral, office):
    page = office.post(
        f"/meetings/items/{referral.pk}/decide/",
        {
            "decide-decided_on": timezone.localdate().isoformat(),
            "decide-decision": "同意",
            "decide-measures": "做",
        },
    )
    assert page.status_code == 200
    assert "请写明完成期限" in text(page)
    assert "同意" in text(page)
    referral.refresh_from_db()
    assert referral.is_open


def test_an_item_is_put_off_and_withdrawn(referral, office):
    base = f"/meetings/items/{referral.pk}"
    page = office.post(f"{base}/put_off/", {"put_off-reason": "材料未齐"}, follow=True)
    assert "推迟：材料未齐" in text(page)
    office.post(f"{base}/withdraw/", {"withdraw-reason": "已经解决"})
    referral.refresh_from_db()
    assert referral.withdrawn_by == office.user
    assert referral.title in text(office.get("/meetings/?show=withdrawn"))
    assert office.post(f"{base}/decide/", {}).status_code == 404


@pytest.mark.proves("ORG-02")
def test_who_may_refer_does_not_decide_and_others_see_nothing(referral, as_role, hospital, office):
    head = as_role("department_head", hospital.departments["CARD"])
    other = as_role("department_head", hospital.departments["GSUR"])
    assert "登记决议" not in text(head.get(f"/meetings/items/{referral.pk}/"))
    assert head.post(f"/meetings/items/{referral.pk}/decide/", {}).status_code == 403
    assert other.get(f"/meetings/items/{referral.pk}/").status_code == 404
    assert as_role("physician", hospital.departments["CARD"]).get("/meetings/").status_code == 403


def test_a_matter_of_its_own_comes_back_to_who_asked(office, body):
    values = {"body": body.pk, "title": "增设夜查", "question": "是否每周夜查", "wanted_on": ""}
    office.post("/meetings/refer/", values)
    referral = Referral.objects.get()
    assert referral.source_kind == "manual"
    actions.decide(
        referral, by=office.user, now=timezone.now(), decision="同意", decided_on=timezone.localdate()
    )
    assert Notice.objects.filter(title__startswith="委员会已有决议").exists()
    assert office.get("/meetings/refer/?source=nothing&key=1").status_code == 404


def test_a_held_meeting_is_evidence_and_stands_in_the_calendar(office, body):
    from zhikong.foundation.duties.actions import open_occurrences
    from zhikong.foundation.duties.models import Proof

    now, today = timezone.now(), timezone.localdate()
    open_occurrences(now=now)
    meeting = actions.plan_meeting(by=office.user, now=now, body=body, on=today)
    page = text(office.get(f"/duties/year/?day={today}"))
    assert f"/meetings/{meeting.pk}/" in page
    actions.hold(meeting, by=office.user, now=now, chaired_by="孙院长", present=9)
    proof = Proof.objects.get(occurrence__duty_id="committee_quarterly_meeting")
    assert (proof.kind, proof.key, proof.dated_on) == ("meeting", f"meeting:{meeting.pk}", today)
    assert not Proof.objects.exclude(
        pk=proof.pk
    ).exists()  # other duties of the committee ask for more than a meeting
