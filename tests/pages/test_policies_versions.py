"""A policy's way: imported, reviewed and approved by others, published, read with questions, revised, due each year."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from docx import Document

from zhikong.foundation.findings import actions as findings
from zhikong.foundation.notices.models import Receipt as Told
from zhikong.foundation.organisation.models import Appointment, Person
from zhikong.foundation.tasks.models import Task
from zhikong.hospital.functions.policies import actions, actions_asking
from zhikong.hospital.functions.policies.models import Policy, PolicyVersion, Receipt

TEXT = "一、总则\n第一条 为规范会诊，制定本制度。\n第二条 急会诊10分钟内到位。"
ASKED = "急会诊几分钟内到位？|5 分钟|*10 分钟"


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def office(as_role):
    return as_role("quality_office", name="王敏")


@pytest.fixture
def leader(as_role):
    return as_role("hospital_leader", name="孙院长")


@pytest.fixture
def doctor(as_role, hospital):
    client = as_role("physician", hospital.departments["CARD"], name="陈医师")
    person = client.user.person or Person.objects.create(
        institution_id=hospital.id, staff_number="P9", name="陈医师"
    )
    client.user.person = person
    client.user.save()
    if not person.appointments.exists():
        Appointment.objects.create(
            institution_id=hospital.id, person=person, department_id=hospital.departments["CARD"].id, post="physician",
            valid_from=date(2020, 1, 1),
        )  # fmt: skip
    return client


@pytest.fixture
def draft(office):
    return actions.begin(
        by=office.user,
        now=timezone.now(),
        code="ZK-001",
        title="会诊制度",
        kind="rule",
        division="medical",
        text=TEXT,
    )


def through(version, leader, office, **readers):
    """The steps that others take, up to publication."""
    now = timezone.now()
    actions.submit(version, by=office.user, now=now)
    actions.review(version, by=leader.user, now=now)
    actions.approve(version, by=leader.user, now=now)
    return actions.publish(version, by=office.user, now=now, effective_on=timezone.localdate(now), **readers)


@pytest.mark.proves("POL-01")
def test_from_a_word_file_to_a_published_rule(office, leader, doctor):
    document, made = Document(), BytesIO()
    for line in TEXT.split("\n"):
        document.add_paragraph(line)
    document.save(made)
    values = {"code": "ZK-002", "title": "会诊管理制度", "kind": "rule", "division": "medical"}
    sent = office.post(
        "/policies/new/", values | {"upload": SimpleUploadedFile("会诊.docx", made.getvalue())}
    )
    assert sent["Location"] == "/policies/ZK-002/v1/"
    page = text(office.get("/policies/ZK-002/"))
    assert "急会诊10分钟内到位" in page
    assert "提交审核" in page
    assert doctor.get("/policies/ZK-002/").status_code == 404
    office.post("/policies/ZK-002/v1/submit/")
    assert "不能审核" in text(office.post("/policies/ZK-002/v1/review/", follow=True))
    for step in ("review", "approve"):
        leader.post(f"/policies/ZK-002/v1/{step}/")
    office.post("/policies/ZK-002/v1/publish/", {"effective_on": "2026-12-01"})
    version = PolicyVersion.objects.get(policy__code="ZK-002")
    assert (version.state, version.review_due_on) == ("published", date(2027, 12, 1))
    assert (version.reviewed_by, version.approved_by) == (leader.user, leader.user)
    assert "会诊管理制度" in text(doctor.get("/policies/"))
    assert "会诊管理制度" in text(doctor.get("/policies/?q=急会诊10分钟"))
    assert "会诊管理制度" not in text(doctor.get("/policies/?q=输血"))
    assert "会诊管理制度" in text(doctor.get("/search/?q=会诊管理", follow=True))


def test_a_broken_file_is_a_sentence_on_the_form(office):
    values = {"code": "ZK-003", "title": "输血制度", "kind": "rule", "division": "medical"}
    page = office.post("/policies/new/", values | {"upload": SimpleUploadedFile("x.docx", b"PK\x03\x04")})
    assert "损坏" in text(page)
    assert not Policy.objects.filter(code="ZK-003").exists()


def test_nobody_approves_the_own_text(draft, leader, office):
    with pytest.raises(ValidationError, match="不能这样做"):
        actions.approve(draft, by=leader.user, now=timezone.now())
    actions.submit(draft, by=office.user, now=timezone.now())
    PolicyVersion.objects.filter(pk=draft.pk).update(drafted_by=leader.user)
    with pytest.raises(ValidationError, match="另一人"):
        actions.review(draft, by=leader.user, now=timezone.now())


def test_sent_back_with_a_reason_it_is_reviewed_again(draft, leader, office):
    now = timezone.now()
    actions.submit(draft, by=office.user, now=now)
    actions.review(draft, by=leader.user, now=now)
    leader.post("/policies/ZK-001/v1/send_back/", {"reason": "缺少罚则"})
    draft.refresh_from_db()
    assert (draft.state, draft.reviewed_by) == ("draft", None)
    assert "缺少罚则" in text(office.get("/policies/ZK-001/"))


def test_who_must_read_answers_the_questions(draft, leader, office, doctor, hospital):
    actions.write(draft, by=office.user, now=timezone.now(), text=TEXT, questions=ASKED)
    version = through(
        draft, leader, office, must_read=True, read_by_on=timezone.localdate() + timedelta(days=2),
        departments=[hospital.departments["CARD"].id], posts=["physician"],
    )  # fmt: skip
    assert Told.objects.filter(user=doctor.user, notice__source_kind="policy").exists()
    assert "待阅读的制度" in text(doctor.get("/"))
    assert actions_asking.press_readers(now=timezone.now()) == 1
    question = version.questions.get()
    doctor.post("/policies/ZK-001/v1/confirm/", {f"q{question.pk}": "0"})
    assert Receipt.objects.get(user=doctor.user).read_at is None
    assert "陈医师" in text(office.get("/policies/ZK-001/"))
    office.post("/policies/ZK-001/v1/remind/")
    doctor.post("/policies/ZK-001/v1/confirm/", {f"q{question.pk}": "1"})
    receipt = Receipt.objects.get(user=doctor.user)
    assert receipt.tries == 2
    assert receipt.read_at
    assert Task.objects.get(owner=doctor.user, source_kind="policy_reading").state == "done"
    assert "应读的人都已确认" in text(office.get("/policies/ZK-001/"))
    assert "您已确认阅读" in text(doctor.get("/policies/ZK-001/"))


@pytest.mark.proves("POL-02")
def test_each_year_the_owner_is_asked_and_a_revision_answers(draft, leader, office):
    through(draft, leader, office)
    soon = timezone.now() + timedelta(days=340)
    assert actions_asking.ask_for_reviews(now=timezone.now()) == 0
    assert actions_asking.ask_for_reviews(now=soon) == 1
    task = Task.objects.get(source_kind="policy_review")
    assert task.owner == office.user
    sent = office.post("/policies/ZK-001/v1/revise/")
    assert sent["Location"] == "/policies/ZK-001/v2/edit/"
    changed = TEXT.replace("10分钟内到位", "10分钟之内到位并记录") + "\n第三条 普通会诊48小时内完成。"
    office.post("/policies/ZK-001/v2/edit/", {"text": changed, "changes": "年度修订"})
    second = PolicyVersion.objects.get(policy=draft.policy, number=2)
    assert list(second.clauses.values_list("key", flat=True)) == [1, 2, 3, 4]
    page = text(office.get("/policies/ZK-001/compare/"))
    assert "<ins>" in page
    assert "另有 2 条没有变化" in page
    through(second, leader, office)
    draft.refresh_from_db()
    task.refresh_from_db()
    assert (draft.state, task.state) == ("replaced", "done")


@pytest.mark.proves("POL-07")
def test_findings_and_checklists_rest_on_clauses(draft, leader, office, hospital, as_role):
    through(draft, leader, office)
    as_role("department_head", hospital.departments["CARD"], name="李建国")
    finding = findings.raise_finding(
        by=office.user, now=timezone.now(), department=hospital.departments["CARD"], title="急会诊迟到", detail="迟到 20 分钟",
        severity="minor", source_kind="manual", source_key="",
    )  # fmt: skip
    office.post("/policies/ZK-001/clauses/3/link/", {"finding": finding.number})
    page = text(office.get("/policies/ZK-001/clauses/3/"))
    assert "急会诊10分钟内到位" in page
    assert "急会诊迟到" in page
    assert "请填一个存在的问题编号" in text(office.post("/policies/ZK-001/clauses/3/link/", {}, follow=True))
    assert office.get("/policies/ZK-001/clauses/99/").status_code == 404


@pytest.mark.proves("POL-03", "POL-08")
def test_what_is_missing_by_division_specialty_and_disease(draft, leader, office, hospital):
    card = hospital.departments["CARD"]
    through(draft, leader, office)
    office.post(f"/policies/coverage/{card.id}/", {"names": "急性心肌梗死\n心力衰竭"})
    guideline = actions.begin(
        by=office.user, now=timezone.now(), code="ZN-001", title="急性心肌梗死诊疗常规", kind="guideline", division="medical",
        text="第一条 到院10分钟内完成心电图。", department=card, diseases=["急性心肌梗死"],
    )  # fmt: skip
    before = text(office.get("/policies/coverage/"))
    assert "急性心肌梗死" in before
    assert "心力衰竭" in before
    through(guideline, leader, office)
    page = text(office.get("/policies/coverage/"))
    assert "心力衰竭" in page
    assert "急性心肌梗死" not in page


@pytest.mark.proves("POL-09")
def test_what_is_made_public_is_listed(office, doctor):
    values = {
        "title": "医疗服务价格",
        "channel": "门诊大厅公示栏",
        "audience": "patients",
        "published_on": "2026-11-01",
    }
    office.post("/policies/public/", values)
    assert "门诊大厅公示栏" in text(doctor.get("/policies/public/"))
    assert doctor.post("/policies/public/", values).status_code == 404


def test_the_paper_is_in_official_layout(draft, leader, office):
    through(draft, leader, office)
    sheet = Document(BytesIO(office.get("/policies/ZK-001/v1.docx").content))
    words = "\n".join(one.text for one in sheet.paragraphs)
    assert "会诊制度" in words
    assert "第二条 急会诊10分钟内到位。" in words
    assert [row.cells[0].text for row in sheet.tables[0].rows] == [
        "环节",
        "起草",
        "审核",
        "批准",
        "发布",
        "施行",
    ]


def test_withdrawn_it_is_gone_for_readers(draft, leader, office, doctor):
    through(draft, leader, office)
    leader.post("/policies/ZK-001/v1/withdraw/", {"reason": "并入新制度"})
    assert doctor.get("/policies/ZK-001/").status_code == 404
    assert "并入新制度" in text(office.get("/policies/ZK-001/"))


def test_who_keeps_nothing_changes_nothing(draft, doctor):
    assert doctor.get("/policies/new/").status_code == 403
    assert doctor.post("/policies/ZK-001/v1/submit/").status_code == 403
    assert text(doctor.get("/policies/coverage/"))


def test_the_story_of_the_demo_is_told_once(make_user, hospital, office):
    from zhikong.site.demo import policies_story

    card = hospital.departments["CARD"]
    for username, role, place in (
        ("zhikong", "quality_office", None), ("yiwu", "medical_affairs", None), ("huli", "nursing", None),
        ("yuanzhang", "hospital_leader", None), ("keshi", "department_head", card),
    ):  # fmt: skip
        make_user(role, place, username=username)
    for _ in range(2):
        policies_story.tell(now=timezone.now())
    states = sorted(PolicyVersion.objects.values_list("state", flat=True))
    assert states == ["draft", *["published"] * 5, "submitted"]
    assert "会诊制度" in text(office.get("/policies/"))
