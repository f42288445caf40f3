"""Accreditation: a standard becomes a self-assessment with evidence, checks, gaps, a mock survey and a report."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from docx import Document
from openpyxl import Workbook, load_workbook

from zhikong.foundation.findings.models import Finding
from zhikong.foundation.tasks.models import Task
from zhikong.hospital.functions.accreditation import actions, queries
from zhikong.hospital.functions.accreditation.models import Clause, Review

HEADS = ("编号", "名称", "层级", "核心", "C")
TREE = (
    HEADS, ("1", "医院管理", "章", "", ""), ("1.1", "质量安全", "节", "", ""),
    ("1.1.1", "有质量管理委员会", "条", "★", "有制度\n有记录"), ("1.1.2", "有年度计划", "条", "", ""),
)  # fmt: skip


def text(response) -> str:
    return response.content.decode()


def excel(rows) -> SimpleUploadedFile:
    book, buffer = Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(buffer)
    return SimpleUploadedFile("标准.xlsx", buffer.getvalue())


@pytest.fixture
def head(as_role, hospital):
    return as_role("department_head", hospital.departments["CARD"], name="李建国")


@pytest.fixture
def review(office, head, hospital):
    """The hospital's own tree, given to cardiology."""
    now, due = timezone.now(), timezone.localdate() + timedelta(days=30)
    made = actions.begin_from_table(
        by=office.user, now=now, title="自评", year=2026, rows=TREE, due_on=due, source="本院"
    )
    actions.give_to(made, by=office.user, now=now, codes=["1"], department_id=hospital.departments["CARD"].id)
    return made


@pytest.mark.proves("PLN-13")
def test_the_packaged_data_part_and_an_own_table(office):
    told = {"new-standard": "tertiary_hospital_data", "new-year": "2026"}
    page = text(office.post("/accreditation/", told, follow=True))
    assert "住院患者死亡率" in page
    assert "2.2.3.32" in page
    wrong = (
        *TREE,
        ("1.1.2", "重复", "条", "", ""),
        ("1.1.3", "", "条", "", ""),
        ("1.1.4", "层级错", "段", "", ""),
    )
    own = {"own-title": "本院标准", "own-year": "2026", "own-file": excel(wrong)}
    page = office.post("/accreditation/", own)
    assert page.status_code == 422
    assert "第 7 行" in text(page)
    assert "第 8 行" in text(page)
    junk = own | {"own-file": SimpleUploadedFile("标准.xlsx", b"no workbook")}
    assert "不是能读的 Excel" in text(office.post("/accreditation/", junk))
    office.post("/accreditation/", own | {"own-file": excel(TREE)})
    made = Review.objects.get(title="本院标准")
    assert made.clauses.get(code="1.1.1").points == {"C": ["有制度", "有记录"]}


@pytest.mark.proves("PLN-13")
def test_rated_with_evidence_checked_by_another_and_the_gap_goes_into_the_loop(office, head, review):
    first, second = review.clauses.filter(kind="clause")
    assert Task.objects.filter(source_kind="accreditation", owner=head.user).count() == 2
    page, today = f"/accreditation/clauses/{first.pk}/", timezone.localdate()
    assert "先有证据" in text(head.post(page, {"what": "rate", "rate-rating": "A", "rate-reason": "都有"}))
    shown = {"what": "evidence", "evidence-title": "委员会纪要", "evidence-url": "/meetings/1/"}
    head.post(page, shown | {"evidence-dated_on": (today - timedelta(days=400)).isoformat()})
    assert "已超过一年" in text(head.get(page))
    head.post(page, {"what": "rate", "rate-rating": "A", "rate-reason": "制度和记录都有"})
    assert Task.objects.get(source_key=str(first.pk)).state == Task.State.DONE
    assert "请写明理由" in text(office.post(page, {"what": "check", "check-rating": "C"}))
    office.post(page, {"what": "check", "check-rating": "C", "check-reason": "证据过期"})
    office.post(page, {"what": "gap", "gap-detail": "证据过期，需补本年度记录"})
    finding = Finding.objects.get()
    assert (finding.source_kind, finding.severity) == ("accreditation", "major")
    assert finding.number in text(office.get(page))
    office.post(page, {"what": "reopen", "reopen-reason": "补记录后重评"})
    first.refresh_from_db()
    assert (first.rating, first.checked) == ("", "")
    actions.rate(second, by=office.user, now=timezone.now(), rating="C", reason="有计划")
    with pytest.raises(ValidationError, match="同一个人"):
        actions.check(second, by=office.user, now=timezone.now(), rating="C", reason="")


@pytest.mark.proves("PLN-13")
def test_evidence_is_found_in_the_system_and_linked_once(office, head, review, hospital):
    from zhikong.hospital.functions.campaigns import actions as campaigns

    clause, today = review.clauses.filter(kind="clause").first(), timezone.localdate()
    campaigns.start(
        by=office.user,
        now=timezone.now(),
        name="安全月活动",
        starts_on=today - timedelta(days=5),
        ends_on=today,
    )
    page = f"/accreditation/clauses/{clause.pk}/"
    assert "安全月活动" in text(head.get(f"{page}?q=安全月"))
    found = next(one for one in queries.candidates(today=today, words="安全月"))
    told = {"q": "安全月", "kind": found.kind, "key": found.key}
    head.post(f"{page}link/", told)
    head.post(f"{page}link/", told)
    assert [one.title for one in clause.evidence.all()] == ["安全月活动"]
    assert head.post(f"{page}link/", told | {"key": "made up"}).status_code == 404


@pytest.mark.proves("PLN-13")
def test_mock_survey_results_and_exports(office, head, review):
    now = timezone.now()
    for one in review.clauses.filter(kind="clause"):
        actions.rate(one, by=head.user, now=now, rating="C", reason="基本符合")
    made = actions.begin_survey(
        review, by=office.user, now=now, name="第一次模拟", on=timezone.localdate(), size=1
    )
    look = made.looks.get()
    assert look.clause.core
    office.post(
        f"/accreditation/surveys/{made.pk}/", {"look": look.pk, "rating": "D", "surveyor": "外院王老师"}
    )
    page = text(office.get(f"/accreditation/surveys/{made.pk}/"))
    assert "不一致" in page
    assert "外院王老师" in page
    chapters, total, core = queries.results(review)
    assert (chapters[0].counts["C"], total.good, core.total) == (2, 100.0, 1)
    paper = Document(BytesIO(office.get(f"/accreditation/{review.pk}/export.docx").content))
    assert paper.tables[0].rows[1].cells[1].text == "2"
    sheet = load_workbook(BytesIO(office.get(f"/accreditation/{review.pk}/export.xlsx").content)).active
    assert sheet["A4"].value == "1.1.1"
    office.post(f"/accreditation/{review.pk}/", {"what": "close"})
    review.refresh_from_db()
    assert review.closed_at is None  # nothing was checked


def test_another_department_does_not_rate(as_role, hospital, review):
    clause = Clause.objects.filter(kind="clause").first()
    other = as_role("department_head", hospital.departments["LAB"])
    page = f"/accreditation/clauses/{clause.pk}/"
    assert (
        other.post(page, {"what": "rate", "rate-rating": "C", "rate-reason": "别的科室"}).status_code == 403
    )
    clause.refresh_from_db()
    assert clause.rating == ""
