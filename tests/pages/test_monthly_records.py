"""The department's monthly quality record: last measures first, filled, signed by the head, decided on, printed."""

import io
from datetime import date, timedelta

import docx
import pypdfium2
import pytest
from django.utils import timezone

from zhikong.foundation.forms import actions as forms
from zhikong.foundation.organisation.models import Appointment, Person
from zhikong.foundation.tasks.queries import open_tasks
from zhikong.hospital.functions.reporting import actions, reactions, record_queries
from zhikong.hospital.functions.reporting.models import Measure, MonthlyRecord
from zhikong.hospital.functions.reporting.record_rules import missed_in_a_row, planned

from .conftest import NOW

OPENED = NOW - timedelta(days=20)
BEFORE, MONTH = "2026-09", "2026-10"
PASSWORD = "Right-password-2026"


def text(response):
    return response.content.decode()


@pytest.fixture
def person(hospital):
    """Wang Fang of cardiology, who carries measures out."""
    found = Person.objects.create(
        institution_id=hospital.id, staff_number="0917", name="王芳", profession="doctor"
    )
    Appointment.objects.create(
        institution_id=hospital.id, person=found, department_id=hospital.departments["CARD"].id,
        post="physician", valid_from=date(2020, 1, 1),
    )  # fmt: skip
    return found


@pytest.fixture
def head(as_role, hospital):
    client = as_role("department_head", hospital.departments["CARD"], name="李建国")
    client.user.set_password(PASSWORD)
    client.user.save()
    client.force_login(client.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def officer(as_role, hospital):
    return as_role("qc_officer", hospital.departments["CARD"], name="周质控")


@pytest.fixture
def records(hospital, head, officer, office, at_noon):
    """Cardiology's records of September and October."""
    card = hospital.departments["CARD"].id
    for month in (BEFORE, MONTH):
        actions.open_records(by=None, now=OPENED, month=month)
    return [MonthlyRecord.objects.get(department_id=card, month=month) for month in (BEFORE, MONTH)]


def filled(record, person, by, measure="出院前逐份核对病案首页", due="2026-12-20"):
    answers = {
        "checks": [{"what": "运行病历", "checked": 20, "faulty": 2, "found": "上级医师审签滞后"}],
        "problems": "甲级病案率未达标。",
        "causes": "新入科医师不熟悉书写时限。",
        "measures": [{"measure": measure, "owner": person.pk, "due": due}],
        "held_on": "2026-11-03",
        "host": person.pk,
        "attendance": [{"who": person.pk}],
        "minutes": "逐条讨论未达标指标，确定由王芳负责首页核对。",
    }
    return forms.save_answers(record.sheet, by=by, now=NOW, raw=answers)


def test_every_clinical_and_diagnostic_department_owes_one_with_a_task_for_officer_and_head(
    records, head, officer
):
    assert MonthlyRecord.objects.filter(month=MONTH).count() == 4
    assert actions.open_records(by=None, now=NOW, month=MONTH) == []
    for user, word in ((officer.user, "填写"), (head.user, "审阅、签名并提交")):
        task = open_tasks(user=user).filter(title__contains=MONTH).get()
        assert word in task.title
        assert (task.due_on, "顺延" in task.due_reason) == (date(2026, 11, 6), False)
    late = records[0]  # September was opened in November: its own date had passed
    assert (late.due_on, "原期限 2026-10-" in late.due_reason) == (date(2026, 11, 4), True)


@pytest.mark.proves("INS-05", "REP-01", "WF-04", "D-01", "D-02", "P-16", "ORG-07")
def test_prepared_by_the_officer_signed_by_the_head_accepted_by_the_office(
    records, person, head, officer, office
):
    record = records[0]
    assert filled(record, person, officer.user).errors == {}
    page = text(head.get(f"/reporting/records/{record.pk}/"))
    assert "甲级病案率未达标" in page
    wrong = head.post(f"/reporting/records/{record.pk}/sign/", {"password": "wrong"})
    assert wrong.status_code == 422
    assert "密码不对" in text(wrong)
    head.post(f"/reporting/records/{record.pk}/sign/", {"password": PASSWORD})
    record.refresh_from_db()
    assert record.state == "submitted"
    assert record.facts_at == NOW
    (measure,) = Measure.objects.filter(record=record)
    assert (measure.person, measure.due_on) == (person, date(2026, 12, 20))
    task = open_tasks(user=head.user).filter(source_kind="quality_measure").get()  # Wang Fang has no account
    assert "负责人 王芳" in task.due_reason
    assert open_tasks(user=office.user).filter(source_kind="monthly_record").count() == 1
    office.post(f"/reporting/records/{record.pk}/accept/")
    record.refresh_from_db()
    assert (record.state, record.settled) == ("accepted", "accepted")
    assert not open_tasks(user=office.user).filter(source_kind="monthly_record").exists()


def test_the_officer_cannot_sign_for_the_head(records, person, officer):
    record = records[0]
    filled(record, person, officer.user)
    officer.user.set_password(PASSWORD)
    officer.user.save()
    officer.force_login(officer.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = officer.post(f"/reporting/records/{record.pk}/sign/", {"password": PASSWORD})
    assert answer.status_code == 403
    assert "由科主任签名" in text(answer)
    record.refresh_from_db()
    assert record.state == "draft"


@pytest.mark.proves("CAP-05")
def test_last_months_measures_come_first(records, person, head, officer, office):
    before, record = records
    filled(before, person, officer.user)
    head.post(f"/reporting/records/{before.pk}/sign/", {"password": PASSWORD})
    filled(record, person, officer.user, measure="晨会通报未签病历")
    refused = head.post(f"/reporting/records/{record.pk}/sign/", {"password": PASSWORD})
    assert "先检查上月措施：还有 1 条没有答复" in text(refused)
    measure = Measure.objects.get(record=before)
    address = f"/reporting/records/{record.pk}/measures/{measure.pk}/"
    officer.post(address, {f"m{measure.pk}-outcome": "not_done"})  # without its reason
    assert record_queries.unanswered(record) == [measure]
    officer.post(
        address, {f"m{measure.pk}-outcome": "continued", f"m{measure.pk}-note": "人手不足，十一月继续"}
    )
    record.refresh_from_db()
    assert [row["measure"] for row in record.sheet.answers["measures"]] == [
        "晨会通报未签病历",
        "出院前逐份核对病案首页",
    ]
    assert (
        not open_tasks(user=head.user)
        .filter(source_key=str(measure.pk), source_kind="quality_measure")
        .exists()
    )
    head.post(f"/reporting/records/{record.pk}/sign/", {"password": PASSWORD})
    assert Measure.objects.filter(record=record).count() == 2


def test_a_returned_record_is_sent_again_without_second_tasks(records, person, head, officer, office):
    record = records[0]
    filled(record, person, officer.user)
    head.post(f"/reporting/records/{record.pk}/sign/", {"password": PASSWORD})
    assert office.post(f"/reporting/records/{record.pk}/return/", {"return-reason": ""}).status_code == 422
    office.post(f"/reporting/records/{record.pk}/return/", {"return-reason": "原因分析太笼统，请落到环节。"})
    record.refresh_from_db()
    assert (record.state, record.is_open) == ("returned", True)
    for reader in (head, officer):  # the form's own "mend the returned sheet" is not a second task
        waiting = open_tasks(user=reader.user)
        assert waiting.filter(source_kind="monthly_record", source_key=str(record.pk)).count() == 1
        assert not waiting.filter(source_kind="sheet").exists()
    assert "原因分析太笼统" in text(officer.get(f"/reporting/records/{record.pk}/"))
    forms.save_answers(record.sheet, by=officer.user, now=NOW, raw={
        "measures": [
            {"measure": "出院前逐份核对病案首页", "owner": person.pk, "due": "2026-12-20"},
            {"measure": "每周抽查五份运行病历", "owner": person.pk, "due": "2026-12-01"},
        ],
    })  # fmt: skip
    head.post(f"/reporting/records/{record.pk}/sign/", {"password": PASSWORD})
    assert Measure.objects.filter(record=record, dropped_at=None).count() == 2
    assert open_tasks(user=head.user).filter(source_kind="quality_measure").count() == 2


def test_a_sheet_sent_past_the_rules_on_the_forms_own_page_goes_back(records, person, officer):
    """The form's own page lets anybody who fills sign; the record's rules hold all the same."""
    from zhikong.foundation.access.scope import job_scope, scoped

    record = records[0]
    filled(record, person, officer.user)
    officer.user.set_password(PASSWORD)
    forms.sign(record.sheet, by=officer.user, now=NOW, item="head_signature", password=PASSWORD)
    forms.submit(record.sheet, by=officer.user, now=NOW)
    with scoped(job_scope(record.institution_id, job="tests")):
        reactions.settle_record(type("Fact", (), {"sheet_id": record.sheet_id}), now=NOW)
    record.refresh_from_db()
    assert record.state == "returned"
    assert "由科主任签名" in text(officer.get(f"/reporting/records/{record.pk}/"))
    assert not Measure.objects.filter(record=record).exists()


def test_the_facts_are_those_of_the_day_of_signing(records, person, head, officer, figures):
    record = records[1]
    filled(record, person, officer.user)
    page = text(officer.get(f"/reporting/records/{record.pk}/"))
    assert "本月质量指标" in page
    assert "问题整改" in page
    head.post(f"/reporting/records/{record.pk}/sign/", {"password": PASSWORD})
    record.refresh_from_db()
    assert [section["code"] for section in record.facts] == ["indicators", "findings"]
    assert "目标" in record.facts[0]["lines"][0]["note"]


def test_print_as_pdf_and_word(records, person, head, officer):
    record = records[0]
    filled(record, person, officer.user)
    head.post(f"/reporting/records/{record.pk}/sign/", {"password": PASSWORD})
    answer = head.get(f"/reporting/records/{record.pk}/record.pdf")
    document = pypdfium2.PdfDocument(answer.content)
    said = "".join(page.get_textpage().get_text_bounded() for page in document).replace("\n", "")
    for words in (
        "科室质控活动记录本",
        "心血管内科",
        "上级医师审签滞后",
        "出院前逐份核对病案首页",
        "王芳",
        "李建国",
    ):
        assert words in said
    book = docx.Document(io.BytesIO(head.get(f"/reporting/records/{record.pk}/record.docx").content))
    cells = "".join(cell.text for table in book.tables for row in table.rows for cell in row.cells)
    assert "出院前逐份核对病案首页" in cells
    assert "甲级病案率未达标。" in cells


@pytest.mark.proves("PRF-06")
def test_missing_twice_in_a_row_is_flagged_for_the_office_only(records, office, head):
    page = text(office.get(f"/reporting/records/?month={MONTH}"))
    assert "连续两月未交" in page
    assert "连续两月未交" not in text(head.get(f"/reporting/records/?month={MONTH}"))
    office.post("/reporting/records/remind/", {"month": MONTH})
    assert "催交" in text(head.get("/notices/"))
    assert head.post("/reporting/records/remind/", {"month": MONTH}).status_code == 403
    assert missed_in_a_row([False, True]) == 0
    assert missed_in_a_row([True, False, False]) == 2
    today = timezone.localdate(NOW)
    assert record_queries.missed_twice(records, today)
    assert not record_queries.missed_twice(records, date(2026, 11, 5))  # October is not due yet


def test_who_may_not(records, as_role, hospital):
    record = records[0]
    other = as_role("department_head", hospital.departments["GSUR"])
    assert other.get(f"/reporting/records/{record.pk}/").status_code == 404
    nurse = as_role("nurse", hospital.departments["CARD"])
    assert nurse.post(f"/reporting/records/{record.pk}/accept/").status_code == 403
    assert nurse.post("/reporting/records/open/", {"month": MONTH}).status_code == 403


def test_incomplete_and_repeated_rows_make_no_measures():
    rows = [
        {"measure": "核对", "due": "2026-12-01"},
        {"measure": "核对", "due": "2026-12-02"},
        {"measure": ""},
        {"due": "2026-12-01"},
    ]
    assert [(plan.text, plan.person_id, plan.due_on) for plan in planned(rows)] == [
        ("核对", None, date(2026, 12, 1))
    ]
