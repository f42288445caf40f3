"""A worksheet becomes text as a person sees it; what is no workbook, or a trap, is refused with its sentence."""

import csv
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from zhikong.intake.reasons import FileRefused
from zhikong.intake.workbooks import is_workbook, sheets, write_text


def book(path, *tables):
    """A workbook of several sheets, each a list of rows."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for number, rows in enumerate(tables, start=1):
        sheet = made.create_sheet(f"表{number}")
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


def lines(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_cells_are_written_as_a_person_sees_them(tmp_path):
    rows = [
        ["病案号", "日期", "时间", "天数", "费用", "是否"],
        ["0012", date(2026, 1, 31), datetime.fromisoformat("2026-01-31 08:05"), 3.0, 1234.5, True],
    ]
    path = book(tmp_path / "a.xlsx", rows)
    assert write_text(path, sheets(path)[0], tmp_path / "a.csv") == 1
    assert lines(tmp_path / "a.csv")[1] == ["0012", "2026-01-31", "2026-01-31 08:05:00", "3", "1234.5", "1"]


def test_titles_above_the_header_are_passed_over_and_told(tmp_path):
    path = book(
        tmp_path / "a.xlsx",
        [["示范医院出院病人一览"], [], ["病案号", "出院时间", "科室"], ["1", "2026-01-01", "内科"]],
    )
    found = sheets(path)[0]
    assert (found.header_row, found.header) == (3, ("病案号", "出院时间", "科室"))
    write_text(path, found, tmp_path / "a.csv")
    assert lines(tmp_path / "a.csv") == [["病案号", "出院时间", "科室"], ["1", "2026-01-01", "内科"]]


def test_an_empty_row_keeps_the_numbers_of_the_rows_after_it_and_emptiness_at_the_end_is_nothing(tmp_path):
    path = book(
        tmp_path / "a.xlsx", [["甲", "乙"], ["1", "2"], [None, None], ["3", "4"], [None, None], ["", " "]]
    )
    assert write_text(path, sheets(path)[0], tmp_path / "a.csv") == 3
    assert [row[0] for row in lines(tmp_path / "a.csv")] == ["甲", "1", "", "3"]


def test_every_sheet_with_a_table_is_offered_and_notes_are_not(tmp_path):
    path = book(tmp_path / "a.xlsx", [["说明"], ["请填写"]], [["科室", "日期"], ["内科", "2026-01-01"]])
    assert [sheet.name for sheet in sheets(path)] == ["表2"]


def test_a_workbook_is_known_by_its_content(tmp_path):
    path = book(tmp_path / "upload", [["a", "b"]])
    text = tmp_path / "text.xlsx"
    text.write_text("a,b\n1,2\n")
    assert is_workbook(path)
    assert sheets(path)[0].header == ("a", "b")
    assert not is_workbook(text)


def bomb(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)


def old(path):
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)


def cut_off(path):
    path.write_bytes(book(path, [["a", "b"], ["1", "2"]]).read_bytes()[:900])


def without_table(path):
    book(path, [["只有一句话"]])


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (bomb, "展开后过大"),
        (old, "旧版 Excel"),
        (cut_off, "不是完整的 Excel"),
        (without_table, "没有带表头的表格"),
    ],
)
def test_refused(tmp_path, make, said):
    path = tmp_path / "a.xlsx"
    make(path)
    with pytest.raises(FileRefused, match=said) as refused:
        sheets(path)
    assert refused.value.remedy
