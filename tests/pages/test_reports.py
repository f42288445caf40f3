"""The monthly brief: drafted from figures, edited, published to departments, downloaded as Word and PDF."""

from io import BytesIO

import pypdfium2
import pytest
from django.urls import reverse
from docx import Document
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.pages.conftest import LAST, NOW
from zhikong.foundation.notices.models import Receipt
from zhikong.hospital.overviews.reports import actions, jobs
from zhikong.hospital.overviews.reports.models import Brief

HOSTILE = "特殊字符 #strong[x] *a* $x$ @b <b>&amp; {{ 7*7 }} {% for %} 〔1〕"


def pdf_text(data):
    document = pypdfium2.PdfDocument(BytesIO(data))
    return "\n".join(page.get_textpage().get_text_range() for page in document), len(document)


def word_text(data):
    document = Document(BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([p.text for p in document.paragraphs] + cells), document


@pytest.fixture
def office(as_role, figures):
    return as_role("quality_office", name="王敏")


@pytest.fixture
def drafted(office):
    return actions.draft(by=office.user, now=NOW, month=LAST)


@pytest.mark.proves("REP-02")
def test_the_quality_office_drafts_edits_and_publishes(office, as_role, figures):
    head = as_role("department_head", figures.hospital.departments["CARD"])
    page = reverse("reports:brief", args=[LAST])
    assert "起草简报" in office.get(page).content.decode()
    office.post(reverse("reports:draft", args=[LAST]))
    shown = office.get(page).content.decode()
    assert "入院三日确诊率" in shown
    assert "〔" in shown
    assert head.get(page).status_code == 404
    sections = Brief.objects.get(month=LAST).sections | {"next": "抓好三日确诊 〔1〕。"}
    assert office.post(reverse("reports:edit", args=[LAST]), sections).status_code == 302
    office.post(reverse("reports:publish", args=[LAST]))
    assert "抓好三日确诊" in head.get(page).content.decode()


@pytest.mark.proves("REP-07", "REP-08")
def test_publishing_notifies_departments_with_receipts(office, make_user, figures, drafted):
    head = make_user("department_head", figures.hospital.departments["GSUR"])
    actions.publish(by=office.user, now=NOW, month=LAST)
    receipt = Receipt.objects.get(user=head)
    assert "简报已发布" in receipt.notice.title
    assert receipt.notice.url == reverse("reports:brief", args=[LAST])
    assert receipt.read_at is None


def test_the_draft_says_what_the_figures_say(drafted):
    row = next(r for r in drafted.figures["rows"] if r["id"] == "diagnosis_within_three_days")
    assert (row["state"], row["target"], row["bare"]) == ("missed", "≥ 90 %", "60.00")
    text = drafted.sections["problems"]
    assert f"入院三日确诊率为 60.00 %〔{row['number']}〕" in text.replace("住院患者", "")
    assert "个百分点" in drafted.sections["overall"]


def test_missing_figures_are_said_not_drawn_as_zero(drafted):
    row = next(r for r in drafted.figures["rows"] if r["id"] == "grade_a_records")
    assert row["value"] == "—"
    assert row["state"] == "unknown"
    assert "无法计算" in drafted.sections["overall"]


def test_pdf_carries_words_figures_and_their_sources(office, drafted):
    answer = office.get(reverse("reports:document", args=[LAST, "pdf"]))
    text, pages = pdf_text(answer.content)
    assert answer["Content-Type"] == "application/pdf"
    flat = "".join(text.split())
    assert "医疗质量简报" in flat
    assert "60.00%" in flat
    assert "口径diagnosis_within_three_days第1版" in flat
    assert f"第1页/共{pages}页" in flat


def test_pdf_is_accessible_and_says_what_each_chart_shows(office, drafted):
    data = office.get(reverse("reports:document", args=[LAST, "pdf"])).content
    document = pypdfium2.PdfDocument(BytesIO(data))
    assert document.get_metadata_value("Title").endswith("医疗质量简报")
    assert pypdfium2.raw.FPDFCatalog_IsTagged(document)
    assert b"pdfuaid" in data


def test_charts_show_the_finding_and_the_departments_behind_it(drafted):
    control, *rest = drafted.figures["charts"]
    number = next(r["number"] for r in drafted.figures["rows"] if r["id"] == "diagnosis_within_three_days")
    assert (control["kind"], control["number"]) == ("control", number)
    assert "低于下控制限" in control["data"]["title"]
    for chart in rest:
        assert chart["kind"] == "control" or "未达标" in chart["data"]["states"]


def test_counts_say_where_they_come_from(office, drafted):
    source = next(s for s in drafted.figures["sources"] if s["key"] == "findings")
    assert f"〔{source['number']}〕" in drafted.sections["findings"]
    page = office.get(reverse("reports:brief", args=[LAST])).content.decode()
    assert f'id="figure-{source["number"]}"' in page
    pdf, _pages = pdf_text(office.get(reverse("reports:document", args=[LAST, "pdf"])).content)
    assert "".join(source["text"].split()) in "".join(pdf.split())


def test_the_charts_are_drawn_in_the_background_after_drafting(drafted, figures, tmp_path, monkeypatch):
    job = ProcrastinateJob.objects.get(task_name="reports.draw_charts")
    assert job.args == {"institution_id": drafted.institution_id, "brief_id": drafted.pk}
    monkeypatch.setenv("ZHIKONG_HOME", str(tmp_path))
    monkeypatch.setattr("zhikong.foundation.access.jobs.close_old_connections", lambda: None)
    jobs.draw_charts(**job.args)
    drawn = sorted(path.suffix for path in (tmp_path / "cache" / "charts").iterdir())
    assert drawn == sorted([".png", ".svg"] * len(drafted.figures["charts"]))


def test_word_carries_words_figures_charts_and_their_sources(office, drafted):
    answer = office.get(reverse("reports:document", args=[LAST, "docx"]))
    text, document = word_text(answer.content)
    assert "医疗质量简报" in text
    assert "60.00 %" in text
    assert "口径 diagnosis_within_three_days 第 1 版" in text
    assert len(document.inline_shapes) == len(drafted.figures["charts"]) > 0
    assert "{{" not in text
    assert "{%" not in text


def test_nothing_typed_becomes_markup_or_code(office, drafted):
    actions.edit(by=office.user, now=NOW, month=LAST, sections={"next": HOSTILE})
    page = office.get(reverse("reports:brief", args=[LAST])).content.decode()
    assert "&lt;b&gt;" in page
    pdf, _pages = pdf_text(office.get(reverse("reports:document", args=[LAST, "pdf"])).content)
    for text in ("#strong[x]", "*a*", "$x$", "{{ 7*7 }}"):
        assert "".join(text.split()) in "".join(pdf.split())
    word, _document = word_text(office.get(reverse("reports:document", args=[LAST, "docx"])).content)
    assert "{{ 7*7 }}" in word
    assert "49" not in word.split("特殊字符")[1].split("数据来源")[0]


def test_a_quotation_of_no_figure_is_refused_and_nothing_lost(office, drafted):
    answer = office.post(reverse("reports:edit", args=[LAST]), drafted.sections | {"next": "见〔999〕"})
    assert answer.status_code == 422
    assert "〔999〕 没有对应的数据" in answer.content.decode()
    assert "见〔999〕" in answer.content.decode()
    assert Brief.objects.get(month=LAST).sections["next"] == drafted.sections["next"]


def test_a_published_brief_stays_as_it_is(office, drafted):
    actions.publish(by=office.user, now=NOW, month=LAST)
    before = Brief.objects.get(month=LAST)
    for name in ("draft", "publish"):
        office.post(reverse(f"reports:{name}", args=[LAST]))
    office.post(reverse("reports:edit", args=[LAST]), {"next": "改"})
    after = Brief.objects.get(month=LAST)
    assert (after.sections, after.figures, after.published_at) == (
        before.sections,
        before.figures,
        before.published_at,
    )


@pytest.mark.parametrize("role", ["physician", "department_head", "hospital_leader"])
def test_others_may_not_draft(role, as_role, figures):
    client = as_role(role, figures.hospital.departments["CARD"] if role != "hospital_leader" else None)
    assert client.post(reverse("reports:draft", args=[LAST])).status_code == 403
    assert not Brief.objects.exists()


def test_a_month_without_figures_is_explained(office):
    answer = office.post(reverse("reports:draft", args=["2031-01"]), follow=True)
    assert "还没有计算结果" in answer.content.decode()


def test_long_briefs_break_over_pages(office, drafted):
    long = "\n".join(f"{n}. " + "持续改进措施落实情况说明，" * 12 for n in range(1, 60))
    actions.edit(by=office.user, now=NOW, month=LAST, sections={"next": long[:6000]})
    _text, pages = pdf_text(office.get(reverse("reports:document", args=[LAST, "pdf"])).content)
    assert pages >= 4


def test_the_list_shows_months_and_few_queries(office, drafted, django_assert_max_num_queries):
    with django_assert_max_num_queries(25):
        page = office.get(reverse("reports:list")).content.decode()
    assert "2026 年 10 月" in page


def test_a_published_brief_is_evidence_of_its_duty_by_itself(office, drafted):
    from zhikong.foundation.duties.actions import open_occurrences
    from zhikong.foundation.duties.models import Proof
    from zhikong.foundation.outbox.actions import deliver_pending

    open_occurrences(now=NOW.replace(month=10))  # October's brief is owed since October
    actions.publish(by=office.user, now=NOW, month=LAST)
    deliver_pending(now=NOW)
    proof = Proof.objects.get(occurrence__duty_id="quality_brief")
    assert (proof.kind, proof.key, proof.url) == ("fact", LAST, reverse("reports:brief", args=[LAST]))
