"""The quality tools: choose a tool and a source, see the picture with its figures, save it, draw it again, take it away."""

import io
import re
from datetime import UTC, date, datetime

import openpyxl
import pytest
from docx import Document
from pptx import Presentation

from zhikong.foundation.findings.actions import raise_finding
from zhikong.hospital.functions.improvements.actions import tools as actions
from zhikong.hospital.functions.improvements.models.tools import SavedTool
from zhikong.hospital.functions.improvements.queries.tools import draw
from zhikong.hospital.functions.improvements.tools.asking import Asked
from zhikong.hospital.functions.improvements.tools.library import BY_CODE

pytestmark = pytest.mark.proves("QCC-02")
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
DUE = date(2026, 12, 20)
ROOT = "/improvements/tools/"
QUESTION = "source=findings&first=2026-10&last=2026-11"


def text(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


@pytest.fixture
def findings(hospital, make_user):
    """Three of one matter and one of another, in two departments."""
    by, places = make_user("quality_office"), hospital.departments
    for title, place, number in (
        ("手卫生时机遗漏", "CARD", 2), ("手卫生时机遗漏", "GSUR", 1), ("手消液过期", "GSUR", 1),
    ):  # fmt: skip
        for n in range(number):
            raise_finding(
                by=by, now=NOW, department=places[place].id, title=title, detail="现场查见", severity="minor",
                source_kind="manual", source_key=f"{title}{place}{n}", due_on=DUE, due_reason="约定",
            )  # fmt: skip
    return by


def saved(by, **said):
    asked = Asked.of({"source": "findings", "first": "2026-10", "last": "2026-11"} | said, today=NOW.date())
    return actions.save(by=by, now=NOW, fresh=draw("pareto", asked, user=by))


def test_the_gallery_shows_what_each_tool_is_for(as_role, at_noon):
    page = text(as_role("quality_office").get(ROOT))
    for tool in BY_CODE.values():
        assert f'href="{ROOT}new/{tool.code}/"' in page
        assert str(tool.why) in page
    assert "还没有保存的图" in page


def test_a_pareto_from_live_findings_is_seen_then_saved(as_role, findings, at_noon):
    client = as_role("quality_office")
    page = text(client.get(f"{ROOT}new/pareto/?{QUESTION}"))
    assert "“手卫生时机遗漏” 1 项占全部 4 的 75%" not in page  # 75 % is below the line: two are vital
    assert "“手卫生时机遗漏”、“手消液过期” 2 项占全部 4 的 100%" in page
    assert "数据来源：质控问题（整改单）" in page
    assert "全院" in page
    picture = re.search(r'src="(/improvements/tools/new/pareto/picture\.svg[^"]+)"', page).group(1)
    svg = client.get(picture.replace("&amp;", "&"))
    assert svg["Content-Type"] == "image/svg+xml"
    assert "max-age" in svg["Cache-Control"]
    question = re.search(r'name="question" value="([^"]+)"', page).group(1).replace("&amp;", "&")
    done = client.post(
        f"{ROOT}new/pareto/save/", {"question": question, "title": "手卫生是重点", "note": "十一月"}
    )
    tool = SavedTool.objects.get()
    assert done["Location"] == f"{ROOT}{tool.pk}/"
    assert (tool.title, tool.note, tool.rows, tool.department_id) == ("手卫生是重点", "十一月", 4, None)
    shown = text(client.get(done["Location"]))
    assert "手卫生是重点" in shown
    assert tool.data_hash[:12] in shown


@pytest.mark.parametrize(
    "kind", ["check_sheet", "stratification", "control", "histogram", "scatter", "before_after"]
)
def test_every_live_tool_answers_or_says_what_is_missing(kind, as_role, findings, at_noon):
    page = text(as_role("quality_office").get(f"{ROOT}new/{kind}/?{QUESTION}"))
    if kind in ("check_sheet", "stratification", "control"):
        assert "图中数据" in page
    else:
        assert 'role="status"' in page


def test_indicators_are_drawn_as_control_chart_and_stratified(office, figures):
    query = "source=indicators&key=diagnosis_within_three_days&first=2025-11&last=2026-10"
    page = text(office.get(f"{ROOT}new/control/?{query}"))
    assert "2026-10" in page
    assert "控制图" in page
    page = text(office.get(f"{ROOT}new/stratification/?{query}&by=department&across=month"))
    assert "心血管内科" in page


def test_who_sees_one_department_counts_one_department(as_role, hospital, findings, at_noon):
    head = as_role("department_head", hospital.departments["CARD"])
    page = text(head.get(f"{ROOT}new/pareto/?{QUESTION}"))
    assert "占全部 2 的 100%" in page
    assert "手消液过期" not in page
    tool = saved(findings)
    assert head.get(f"{ROOT}{tool.pk}/").status_code == 404
    own = saved(findings, departments=[hospital.departments["CARD"].id])
    assert "占全部 2 的 100%" in text(head.get(f"{ROOT}{own.pk}/"))
    assert head.post(f"{ROOT}{own.pk}/redraw/").status_code == 403


def test_rows_behind_a_number_are_in_the_readers_scope(as_role, hospital, findings, at_noon):
    query = f"{QUESTION}&by=clause&value=手卫生时机遗漏"
    office = text(as_role("quality_office").get(f"{ROOT}rows/?{query}"))
    assert len(re.findall(r'href="/findings/\d+/"', office)) == 3
    head = text(as_role("department_head", hospital.departments["CARD"]).get(f"{ROOT}rows/?{query}"))
    assert len(re.findall(r'href="/findings/\d+/"', head)) == 2


def test_a_picture_is_narrowed_to_one_value_and_a_month_leads_to_its_rows(as_role, findings, at_noon):
    client = as_role("quality_office")
    page = text(client.get(f"{ROOT}new/pareto/?{QUESTION}&by=department"))
    narrower = re.search(r'href="(\?[^"]+only=department:[^"]+)"', page).group(1).replace("&amp;", "&")
    narrowed = text(client.get(f"{ROOT}new/pareto/{narrower}&by=clause"))
    assert "占全部 2 的" in narrowed
    chart = text(client.get(f"{ROOT}new/control/?{QUESTION}"))
    rows = re.findall(r'href="(/improvements/tools/rows/\?[^"]+value=2026-11)"', chart)[0].replace(
        "&amp;", "&"
    )
    assert len(re.findall(r'href="/findings/\d+/"', text(client.get(rows)))) == 4


def test_drawn_again_the_earlier_picture_stays_byte_for_byte(as_role, hospital, findings, at_noon):
    tool, client = saved(findings), as_role("quality_office")
    first = client.get(f"{ROOT}{tool.pk}/picture.svg").content
    raise_finding(
        by=findings, now=NOW, department=hospital.departments["CARD"].id, title="标识缺失", detail="现场查见",
        severity="minor", source_kind="manual", source_key="new", due_on=DUE, due_reason="约定",
    )  # fmt: skip
    _again, other = actions.redraw(by=findings, now=NOW, found=tool)
    assert other
    assert client.get(f"{ROOT}{tool.pk}/picture.svg").content != first
    assert client.get(f"{ROOT}{tool.pk}/picture.svg?drawing=1").content == first
    page = text(client.get(f"{ROOT}{tool.pk}/?drawing=1"))
    assert "您看到的是过去的一次绘制" in page
    assert "标识缺失" not in page
    _again, other = actions.redraw(by=findings, now=NOW, found=tool)
    assert not other
    assert tool.drawings.count() == 3


def test_pasted_lines_are_kept_or_refused_with_row_and_reason(as_role, at_noon, hospital):
    client = as_role("quality_office")
    refused = text(client.post(f"{ROOT}new/pareto/entered/", {"text": "甲\t3\n乙\t三"}), 422)
    assert "第 2 行：次数：“三”不是数。" in refused
    assert "乙\t三" in refused
    assert not SavedTool.objects.exists()
    done = client.post(f"{ROOT}new/fishbone/entered/", {"text": "人：\n  培训不足 **", "effect": "跌倒多"})
    page = text(client.get(done["Location"]))
    assert "跌倒多：1 大类、1 条原因，圈选要因 0 条，验证真因 1 条。" in page
    tool = SavedTool.objects.get()
    assert "人：" in text(client.get(f"{ROOT}{tool.pk}/data/"))
    client.post(f"{ROOT}{tool.pk}/data/", {"text": "人：\n  培训不足 **\n  人手少", "effect": "跌倒多"})
    tool.refresh_from_db()
    assert tool.drawings.count() == 2
    assert len(tool.snapshot["figures"]["bones"][0][1]) == 2


def test_an_excel_file_takes_the_place_of_lines(as_role, at_noon, hospital):
    client, book = as_role("quality_office"), openpyxl.Workbook()
    for row in (("项目", "次数"), ("甲", 30), ("乙", "很多")):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    file.name = "数据.xlsx"
    assert "第 3 行：次数：“很多”不是数。" in text(
        client.post(f"{ROOT}new/pareto/entered/", {"file": file}), 422
    )
    broken = io.BytesIO(b"no workbook")
    broken.name = "x.xlsx"
    assert "另存为 .xlsx" in text(client.post(f"{ROOT}new/pareto/entered/", {"file": broken}), 422)


def test_taken_away_as_word_powerpoint_excel_and_picture(as_role, findings, at_noon):
    tool, client = saved(findings), as_role("quality_office")
    answers = {
        form: client.get(f"{ROOT}{tool.pk}/export/{form}/") for form in ("docx", "pptx", "xlsx", "png", "svg")
    }
    assert all(answer.status_code == 200 for answer in answers.values())
    word = Document(io.BytesIO(answers["docx"].content))
    assert len(word.inline_shapes) == 1
    assert [cell.text for cell in word.tables[0].rows[1].cells][:2] == ["手卫生时机遗漏", "3"]
    slides = Presentation(io.BytesIO(answers["pptx"].content)).slides
    tables = [shape.table for slide in slides for shape in slide.shapes if shape.has_table]
    assert tables[0].cell(1, 0).text_frame.text == "手卫生时机遗漏"
    pictures = [shape for slide in slides for shape in slide.shapes if shape.shape_type == 13]
    assert "手卫生时机遗漏" in pictures[0]._element.nvPicPr.cNvPr.get("descr")
    sheet = openpyxl.load_workbook(io.BytesIO(answers["xlsx"].content)).active
    assert sheet["B2"].value == 3
    assert answers["png"].content.startswith(b"\x89PNG")
    assert client.get(f"{ROOT}{tool.pk}/export/exe/").status_code == 404


def test_a_check_sheet_can_be_printed_blank(as_role, at_noon, hospital):
    client = as_role("quality_office")
    client.post(
        f"{ROOT}new/check_sheet/entered/",
        {"text": "项目\t白班\t夜班\n未洗手\n未戴手套", "title": "手卫生检查表"},
    )
    tool = SavedTool.objects.get()
    blank = Document(io.BytesIO(client.get(f"{ROOT}{tool.pk}/export/blank/").content))
    assert [cell.text for cell in blank.tables[0].rows[0].cells] == ["项目", "白班", "夜班", "合计"]
    assert [row.cells[0].text for row in blank.tables[0].rows[1:]] == ["未洗手", "未戴手套", "", "合计"]


def test_who_may_look_may_not_save(as_role, hospital, findings, at_noon):
    leader = as_role("hospital_leader")
    page = text(leader.get(f"{ROOT}new/pareto/?{QUESTION}"))
    assert "保存这张图" not in page
    assert leader.post(f"{ROOT}new/pareto/save/", {"question": QUESTION}).status_code == 403
    assert as_role("auditor").get(ROOT).status_code == 403
    tool = saved(findings)
    nurse = as_role("nurse", hospital.departments["GSUR"])
    assert nurse.post(f"{ROOT}{tool.pk}/remove/").status_code == 404
    assert SavedTool.objects.get(pk=tool.pk).removed_at is None


def test_words_are_changed_and_a_picture_is_taken_away(as_role, at_noon, hospital):
    client = as_role("quality_office")
    client.post(f"{ROOT}new/radar/entered/", {"text": "甲 1 2\n乙 2 3\n丙 3 4"})
    tool = SavedTool.objects.get()
    client.post(f"{ROOT}{tool.pk}/edit/", {"title": "圈员成长", "note": "八人"})
    tool.refresh_from_db()
    assert (tool.title, tool.note) == ("圈员成长", "八人")
    client.post(f"{ROOT}{tool.pk}/remove/")
    assert client.get(f"{ROOT}{tool.pk}/").status_code == 404
    assert tool.drawings.count() == 1


def test_unknown_tools_sources_and_addresses(as_role, at_noon, hospital):
    client = as_role("quality_office")
    assert client.get(f"{ROOT}new/pie/").status_code == 404
    assert client.get(f"{ROOT}new/pareto/picture.svg?source=nothing").status_code == 404
    assert client.get(f"{ROOT}rows/?source=nothing").status_code == 404
    assert client.get(f"{ROOT}999999/").status_code == 404
    assert "数据从哪里来" in text(client.get(f"{ROOT}new/pareto/?source=nothing"))
    assert "请选择" in text(client.get(f"{ROOT}new/control/?source=indicators&key=nothing"))
