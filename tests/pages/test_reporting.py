"""Pages of reported figures: the month, the grid, a pasted block, the office's decision; and who may not."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from zhikong.foundation.facts.actions import publish_counts
from zhikong.foundation.facts.reported import Count
from zhikong.hospital.functions.reporting import actions, queries
from zhikong.hospital.functions.reporting.models import FigureEntry, FigureSheet
from zhikong.hospital.functions.reporting.rules import Cell

from .conftest import NOW

MONTH = "2026-10"
BLOCK = (
    "项目\t分子\t分母\t说明\t依据\n三基考核\t19\t20\t一人补考\t10 月成绩单\n三基培训\t32\t32\t\t\n门诊病历\t19\t20\t\t\n"
    "处方点评\t58\t60\t\t\n设备完好率\t100\t102\t\t\n急救物品完好率\t20\t20\t\t\n危重抢救\t本月无\t\t\t\n出院人次\t130\t\t\t\n"
)


@pytest.fixture
def officer(as_role, hospital):
    return as_role("qc_officer", hospital.departments["CARD"], name="周质控")


@pytest.fixture
def sheet(hospital, officer, at_noon):
    return actions.open_sheet(
        by=officer.user, now=NOW, set_id="clinical_monthly",
        department_id=hospital.departments["CARD"].id, month=MONTH,
    )  # fmt: skip


def text(response):
    return response.content.decode()


def grid_post(**cells):
    return {f"{name.replace('__', '.')}": value for name, value in cells.items()}


def test_a_department_sees_its_own_sheet_and_the_grid(sheet, officer):
    page = text(officer.get("/reporting/"))
    assert "心血管内科" in page
    assert "普通外科" not in page
    page = text(officer.get(f"/reporting/sheets/{sheet.pk}/"))
    assert "已填 0 / 8 项" in page
    assert 'name="equipment.numerator"' in page
    assert "来源：科室填报" in page


def test_a_row_is_saved_by_itself_and_answers_with_remarks(sheet, officer):
    address = f"/reporting/sheets/{sheet.pk}/rows/equipment/"
    answer = text(officer.post(address, grid_post(equipment__numerator="103", equipment__denominator="102")))
    assert "大于在用台数 102" in answer
    assert 'id="value-equipment"' in answer
    assert FigureEntry.objects.get(sheet=sheet).numerator == 103
    answer = text(officer.post(address, grid_post(equipment__numerator="95%", equipment__denominator="102")))
    assert "百分率" in answer
    assert "没有保存" in answer
    assert FigureEntry.objects.get(sheet=sheet).numerator == 103  # what cannot be read changes nothing


def test_without_script_unreadable_text_is_not_lost(sheet, officer):
    answer = officer.post(f"/reporting/sheets/{sheet.pk}/rows/", grid_post(
        equipment__numerator="二十", equipment__denominator="20", rescue__numerator="3", rescue__denominator="4",
    ))  # fmt: skip
    assert answer.status_code == 422
    assert 'value="二十"' in text(answer)
    assert FigureEntry.objects.get(sheet=sheet, item="rescue").denominator == 4


@pytest.mark.proves("REP-01")
def test_pasted_text_is_shown_as_understood_before_it_is_taken(sheet, officer):
    address = f"/reporting/sheets/{sheet.pk}/paste/"
    page = text(officer.post(address, {"text": BLOCK}))
    assert "填入这 8 行" in page
    assert not FigureEntry.objects.filter(sheet=sheet).exists()
    officer.post(address, {"text": BLOCK, "take": "yes"})
    assert queries.grid(sheet).completeness.ready
    assert FigureEntry.objects.get(sheet=sheet, item="rescue").nothing
    page = text(officer.get(f"/reporting/sheets/{sheet.pk}/"))
    assert "已填 8 / 8 项" in page


def test_a_pasted_block_that_fits_nothing_says_so(sheet, officer):
    page = text(officer.post(f"/reporting/sheets/{sheet.pk}/paste/", {"text": "床位使用率\t1\t2"}))
    assert "这张填报单里没有“床位使用率”这一项" in page
    assert "填入这" not in page


def test_sent_returned_and_accepted_on_the_page(sheet, officer, office):
    officer.post(f"/reporting/sheets/{sheet.pk}/paste/", {"text": BLOCK, "take": "yes"})
    officer.post(f"/reporting/sheets/{sheet.pk}/submit/")
    page = text(office.get(f"/reporting/sheets/{sheet.pk}/"))
    assert "接收并锁定" in page
    refused = office.post(f"/reporting/sheets/{sheet.pk}/return/", {"return-reason": ""})
    assert refused.status_code == 422
    office.post(f"/reporting/sheets/{sheet.pk}/return/", {"return-reason": "设备台数与台账不符"})
    assert "设备台数与台账不符" in text(officer.get(f"/reporting/sheets/{sheet.pk}/"))
    officer.post(f"/reporting/sheets/{sheet.pk}/submit/")
    office.post(f"/reporting/sheets/{sheet.pk}/accept/")
    page = text(officer.get(f"/reporting/sheets/{sheet.pk}/"))
    assert "第 1 版" in page
    assert "开始更正" in page
    assert 'name="equipment.numerator"' not in page


def test_nobody_decides_for_whom_the_set_does_not_name(sheet, officer, as_role, hospital):
    officer.post(f"/reporting/sheets/{sheet.pk}/paste/", {"text": BLOCK, "take": "yes"})
    officer.post(f"/reporting/sheets/{sheet.pk}/submit/")
    assert officer.post(f"/reporting/sheets/{sheet.pk}/accept/").status_code == 403
    other = as_role("qc_officer", hospital.departments["GSUR"])
    assert other.get(f"/reporting/sheets/{sheet.pk}/").status_code == 404
    nurse = as_role("nurse", hospital.departments["CARD"])
    assert nurse.post(f"/reporting/sheets/{sheet.pk}/rows/equipment/", grid_post(
        equipment__numerator="1", equipment__denominator="1")).status_code == 403  # fmt: skip
    administrator = as_role("administrator")
    assert administrator.get("/reporting/").status_code == 403


def test_the_office_opens_a_month_sees_who_is_late_and_presses_all(hospital, office, officer, at_noon):
    actions.open_month(by=None, now=NOW - timedelta(days=20), month=MONTH)
    office.post("/reporting/open/", {"month": MONTH})  # what exists stays
    assert FigureSheet.objects.filter(month=MONTH).count() == 7
    page = text(office.get("/reporting/"))
    assert "催报全部 7 张逾期的" in page
    office.post("/reporting/remind/", {"month": MONTH, "text": "请今天内报出"})
    assert "已催报 6 个科室" in text(office.get("/reporting/"))
    late = FigureSheet.objects.first()
    office.post(
        f"/reporting/sheets/{late.pk}/extend/", {"extend-due_on": "2026-12-01", "extend-reason": "系统切换"}
    )
    late.refresh_from_db()
    assert f"{late.due_on}" == "2026-12-01"
    assert officer.post("/reporting/open/", {"month": MONTH}).status_code == 403


def test_history_and_the_workbook(sheet, officer, hospital):
    past = [Count("CARD", month, "equipment", 99, 100) for month in queries.before(MONTH)]
    publish_counts(by=None, now=NOW, counts=past)
    actions.save_row(sheet, by=officer.user, now=NOW, item="equipment", cell=Cell(97, 100))
    page = text(officer.get(f"/reporting/sheets/{sheet.pk}/"))
    assert "99%" in page
    answer = officer.get(f"/reporting/sheets/{sheet.pk}/export/")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    rows = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert "来源：科室填报" in rows[1][0]
    assert ["医疗设备", 97, 100] in [row[:3] for row in rows]


def test_the_home_cards(sheet, officer, office):
    assert "待填报" in text(officer.get("/"))
    assert "逾期未报" in text(office.get("/"))


def test_a_file_shows_where_a_figure_comes_from(sheet, officer, office):
    """The row asks for evidence until a file is there; a file that is taken away asks again."""
    actions.save_row(sheet, by=officer.user, now=NOW, item="basics_exam", cell=Cell(20, 20))
    assert queries.grid(sheet).completeness.stopped == ("三基考核",)
    address = f"/reporting/sheets/{sheet.pk}/files/"
    refused = officer.post(address, {"evidence-item": "basics_exam"})
    assert refused.status_code == 422
    scores = SimpleUploadedFile("三基成绩单.txt", "二十人，全部合格".encode(), "text/plain")
    officer.post(address, {"evidence-item": "basics_exam", "evidence-files_upload": scores})
    assert queries.grid(sheet).completeness.stopped == ()
    page = text(officer.get(f"/reporting/sheets/{sheet.pk}/"))
    assert "三基成绩单.txt" in page
    (attached,) = queries.attached(sheet)["basics_exam"]
    assert office.post(f"{address}{attached.pk}/remove/").status_code == 403
    officer.post(f"{address}{attached.pk}/remove/")
    assert queries.grid(sheet).completeness.stopped == ("三基考核",)
    attached.refresh_from_db()
    assert attached.removed_by == officer.user
