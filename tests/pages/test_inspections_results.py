"""Pages of inspection results: what was found, clause by clause; the notice from draft to confirmation."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from docx import Document
from openpyxl import load_workbook

from zhikong.foundation.facts import gateway
from zhikong.foundation.findings import actions as findings
from zhikong.foundation.tasks.models import Task
from zhikong.hospital.functions.inspections.actions.results import drafting, issuing, noting
from zhikong.hospital.functions.inspections.jobs_results import after_conclusion
from zhikong.hospital.functions.inspections.models.planning import Programme, Visit
from zhikong.hospital.functions.inspections.models.results import (
    InspectionAnswer,
    InspectionNotice,
    NoticeReading,
)
from zhikong.hospital.functions.inspections.queries.results import campaigns
from zhikong.hospital.functions.inspections.queries.results.comparing import compared
from zhikong.hospital.functions.inspections.rules_results import Change
from zhikong.simulator.clock import Window, month_number
from zhikong.simulator.inspections import Plants, year
from zhikong.site.demo import inspections_year

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
WINDOW = Window(month_number("2026-07"), 4)
DRUGS, HANDS = inspections_year.DRUGS, inspections_year.HANDS
RECURRING = (DRUGS, "external_apart")
pytestmark = pytest.mark.django_db


@pytest.fixture
def office(as_role):
    return as_role("quality_office")


@pytest.fixture
def written(hospital, office, make_user):
    """Four months of two departments; one clause is missed in two of them."""
    forms = inspections_year.checklists(NOW.date(), NOW)
    forms = {key: forms[key] for key in (HANDS, DRUGS)}
    plants = Plants(RECURRING, "CARD", (HANDS, "after_surroundings"), "GSUR", measure_month=2, back_in=(0, 3))
    made = year(
        3, WINDOW, inspections_year.described(forms), plants, inspectors=1, departments=("CARD", "GSUR")
    )
    make_user("department_head", hospital.departments["CARD"], username="head", name="张主任")
    return inspections_year.write(made, forms=forms, window=WINDOW, now=NOW, inspectors=[office.user])


def _last(written, department, form=DRUGS):
    found = [v for v in written.year.visits if (v.department, v.form) == (department, form)]
    return written.visits[found[-1].number]


def _finding(written, office, hospital):
    visit = _last(written, "CARD")
    return findings.raise_finding(
        by=office.user, now=NOW, department=hospital.departments["CARD"], title="外用药品与内服药品混放",
        detail="治疗室药柜第二层", severity="minor", source_kind="visit", source_key=f"{visit.pk}:0:external_apart",
        clause_key=":".join(RECURRING), clause_text="外用药品单独存放",
    )  # fmt: skip


@pytest.mark.proves("INS-27", "INS-29")
def test_every_page_of_results_opens_for_the_office_and_says_what_was_counted(written, office):
    form, item = RECURRING
    pages = (
        "results/", "results/clauses/", "results/heat/", f"results/heat/?form={DRUGS}", "results/repeated/",
        "results/inspectors/", "results/campaigns/", "results/prepare/", "notices/",
        f"results/clauses/{form}/{item}/", f"results/clauses/{form}/{item}/?since=2026-09&all=1",
        f"visits/{_last(written, 'CARD').pk}/results/",
    )  # fmt: skip
    for page in pages:
        assert office.get(f"/inspections/{page}").status_code == 200, page
    right, asked = written.year.ledger.total(form, item)
    text = office.get(f"/inspections/results/clauses/{form}/{item}/").content.decode()
    assert f"{right}/{asked}" in text
    assert "外用药品单独存放" in text
    picture = office.get(f"/inspections/results/clauses/{HANDS}/after_surroundings/chart.svg?theme=dark")
    assert picture["Content-Type"] == "image/svg+xml"
    assert b"<svg" in picture.content


def test_a_department_sees_its_own_results_only(written, as_role, hospital):
    head = as_role("department_head", hospital.departments["GSUR"])
    text = head.get("/inspections/results/").content.decode()
    assert "普通外科" in text
    assert "心血管内科" not in text
    assert head.get("/inspections/results/inspectors/").status_code == 403
    other = _last(written, "CARD")
    assert head.get(f"/inspections/visits/{other.pk}/results/").status_code == 404
    assert as_role("physician", hospital.departments["GSUR"]).get("/inspections/notices/").status_code == 403


def test_the_last_visit_stands_beside_this_one_item_by_item(written):
    (one,) = compared(_last(written, "CARD"))
    assert one.last == _visits(written, "CARD")[-2]
    missed = next(item for item in one.items if item.clause.item == RECURRING[1])
    assert missed.change is Change.NEW
    first = compared(_visits(written, "CARD")[0])[0]
    assert first.last is None
    assert {item.change for item in first.items} == {Change.NOT_COMPARED}


def _visits(written, department):
    return [
        written.visits[v.number] for v in written.year.visits if (v.department, v.form) == (department, DRUGS)
    ]


def test_noting_twice_changes_nothing_and_a_corrected_sheet_is_published_again(written):
    visit = _last(written, "CARD")
    before = set(InspectionAnswer.objects.filter(visit=visit).values_list("pk", flat=True))
    noting.note_answers(visit)
    assert set(InspectionAnswer.objects.filter(visit=visit).values_list("pk", flat=True)) == before
    row = InspectionAnswer.objects.get(visit=visit, item=RECURRING[1])
    row.sheet.answers = row.sheet.answers | {RECURRING[1]: "na"}
    row.sheet.save(update_fields=["answers"])
    noting.note_answers(visit)
    row = InspectionAnswer.objects.get(visit=visit, item=RECURRING[1])
    assert (row.answer, row.applicable, row.published_at) == ("na", 0, None)
    known = gateway.published().data_version
    assert noting.publish_noted(by=None, now=NOW) == 1
    assert gateway.published().data_version != known
    assert noting.publish_noted(by=None, now=NOW) == 0


def test_a_sheet_that_was_taken_back_counts_no_more(written):
    visit = _last(written, "CARD")
    sheet = visit.visit_sheets.get().sheet
    sheet.state = "returned"
    sheet.save(update_fields=["state"])
    noting.note_answers(visit)
    rows = InspectionAnswer.objects.filter(visit=visit)
    assert set(rows.values_list("answer", "applicable")) == {("unknown", 0)}


@pytest.mark.proves("INS-16", "CAP-01", "INS-26")
def test_a_notice_is_drafted_edited_issued_and_confirmed(written, office, hospital, client):
    finding = _finding(written, office, hospital)
    visit = _last(written, "CARD")
    Visit.objects.filter(pk=visit.pk).update(state="concluded", notified_at=None, notified_by=None, closed_at=None, closed_by=None)  # fmt: skip
    visit.refresh_from_db()
    notice = drafting.draft_of_visit(visit, by=None, now=NOW)
    told = notice.figures["problems"]
    assert [(one["finding"], one["person"], one["due_on"]) for one in told] == [
        (finding.pk, str(finding.owner), f"{finding.due_on}")
    ]
    form = {code: text for code, text in notice.words.items() if code != "drafted"}
    form |= {"title": notice.title, "good": "交接清楚。", "tell": str(finding.pk), "names_people": "1"}
    page = office.get(f"/inspections/notices/{notice.pk}/").content.decode()
    assert "外用药品与内服药品混放" in page
    office.post(f"/inspections/notices/{notice.pk}/edit/", form)
    office.post(f"/inspections/notices/{notice.pk}/renew/")
    notice.refresh_from_db()
    assert notice.words["good"] == "交接清楚。"  # figures are gathered anew, words that somebody wrote stay
    office.post(f"/inspections/notices/{notice.pk}/edit/", form | {"issue": "1"})
    notice.refresh_from_db()
    visit.refresh_from_db()
    assert (notice.state, notice.number, visit.state) == ("issued", "质控督〔2026〕1号", "notified")
    _confirmed_by_the_department(notice, client, finding.owner)
    document = Document(BytesIO(office.get(f"/inspections/notices/{notice.pk}/notice.docx").content))
    said = "\n".join(p.text for p in document.paragraphs)
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert notice.number in said
    assert "交接清楚。" in said
    assert str(finding.owner) in cells


def _confirmed_by_the_department(notice, client, head):
    task = Task.objects.get(source_kind=issuing.READING)
    assert (task.owner, task.state) == (head, "open")
    client.force_login(head, backend="allauth.account.auth_backends.AuthenticationBackend")
    address = f"/inspections/notices/{notice.pk}/"
    assert "签收" in client.get(address).content.decode()
    assert client.post(f"{address}edit/", {"title": "另一个标题"}).status_code == 403
    client.post(f"{address}confirm/", {"department": task.department_id, "note": "已组织学习"})
    reading = NoticeReading.objects.get(notice=notice)
    assert (reading.read_by, reading.note) == (head, "已组织学习")
    task.refresh_from_db()
    assert task.state == "done"


def test_a_draft_is_seen_by_those_who_write_it_and_an_issued_one_is_never_changed(
    written, office, as_role, hospital
):
    notice = drafting.draft_of_visit(_last(written, "GSUR"), by=office.user, now=NOW, asked=True)
    head = as_role("department_head", hospital.departments["GSUR"])
    assert head.get(f"/inspections/notices/{notice.pk}/").status_code == 404
    issuing.issue(notice, by=office.user, now=NOW)
    assert head.get(f"/inspections/notices/{notice.pk}/").status_code == 200
    office.post(f"/inspections/notices/{notice.pk}/edit/", {"title": "改一改标题"})
    notice.refresh_from_db()
    assert notice.title != "改一改标题"
    office.post(f"/inspections/notices/{notice.pk}/withdraw/", {"reason": ""})
    notice.refresh_from_db()
    assert notice.state == "issued"
    office.post(f"/inspections/notices/{notice.pk}/withdraw/", {"reason": "科室写错"})
    notice.refresh_from_db()
    assert (notice.state, notice.withdrawn_reason) == ("withdrawn", "科室写错")


def test_the_conclusion_of_a_visit_notes_its_answers_and_drafts_its_notice(
    written, django_capture_on_commit_callbacks
):
    visit = _last(written, "CARD")
    InspectionAnswer.objects.filter(visit=visit).delete()
    fact = type("Concluded", (), {"visit_id": visit.pk})
    after_conclusion(fact, now=NOW)
    after_conclusion(fact, now=NOW)
    assert InspectionAnswer.objects.filter(visit=visit).exists()
    assert InspectionNotice.objects.filter(visit=visit).count() == 1


def test_all_results_as_a_workbook(written, office):
    book = load_workbook(BytesIO(office.get("/inspections/results/export/?span=6").content))
    assert book.sheetnames == ["各科室", "各条款", "逐条结果"]
    given = len(written.year.given)
    assert book["逐条结果"].max_row == given + 3


def test_a_clause_becomes_a_draft_indicator_of_the_library(written, office):
    form, item = RECURRING
    answer = office.post(f"/inspections/results/clauses/{form}/{item}/watch/")
    assert answer.status_code == 302
    assert answer["Location"] == "/packstore/definitions/indicator/check_drug_storage_check_external_apart/"
    page = office.get(answer["Location"])
    assert page.status_code == 200
    office.post(f"/inspections/results/clauses/{form}/{item}/watch/")  # once more is the same draft


@pytest.mark.proves("INS-22", "INS-24", "INS-30")
@pytest.mark.parametrize("flow", ["official_inspection", "violation_case"])
def test_preparing_leads_to_the_report_and_to_the_case_file(office, flow):
    page = office.get("/inspections/results/prepare/").content.decode()
    address = f"/flows/{flow}/"
    assert address in page
    assert office.get(address).status_code == 200


@pytest.mark.proves("INS-20", "INS-21")
def test_a_campaign_lists_departments_and_how_much_is_closed(written, office, hospital):
    programme = Programme.objects.create(
        institution_id=hospital.id, definition_id="medical_waste", kind="campaign", title="医疗废物专项整治",
        starts_on=NOW.date(), made_at=NOW,
    )  # fmt: skip
    Visit.objects.filter(pk__in=[_last(written, code).pk for code in ("CARD", "GSUR")]).update(
        programme=programme
    )
    _finding(written, office, hospital)
    found = campaigns.campaign(programme, today=NOW.date())
    assert (found.visited, len(found.units), found.findings, found.closed, found.rate) == (2, 2, 1, 0, 0)
    assert "医疗废物专项整治" in office.get("/inspections/results/campaigns/").content.decode()
    page = office.get(f"/inspections/results/campaigns/{programme.pk}/").content.decode()
    assert "外用药品与内服药品混放" in page
