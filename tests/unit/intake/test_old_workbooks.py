"""What older hospital systems call Excel: workbooks of 1997, pages and XML under the name of one, and broken ones."""

import csv
from pathlib import Path

import pytest

from zhikong.foundation.organisation.importing import parsing, tables
from zhikong.intake import marked_tables, old_workbooks
from zhikong.intake.reasons import FileRefused
from zhikong.intake.workbooks import is_workbook, sheets, write_text

OLD = Path(__file__).parent / "old" / "staff.xls"
PAGE = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="gb2312"><style>td{color:red}</style>
<!--[if gte mso 9]><xml><x:ExcelWorksheet><x:Name>一</x:Name></x:ExcelWorksheet></xml><![endif]--></head><body>
<table border=1><tr><td colspan=3>职工花名册</td></tr><tr><th>工号<th>姓名</th><th>科 室</th></tr>
<tr><td>0102</td><td>王&nbsp;敏</td><td rowspan="2">心内<br>科</td></tr><tr><td>0103</td><td>李强</td></tr></table></body>"""
XML = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Styles><Style ss:ID="s1"><Font ss:Bold="1"/></Style></Styles><ss:Worksheet ss:Name="在职"><Table>
<Row><Cell ss:MergeAcross="2"><Data ss:Type="String">花名册</Data></Cell></Row>
<Row ss:Index="3"><Cell><Data>工号</Data></Cell><Cell><Data>姓名</Data></Cell><Cell><Data>科室</Data></Cell></Row>
<Row><Cell><Data>0102</Data></Cell><Cell/><Cell ss:Index="3" ss:MergeDown="1"><Data>心内科</Data></Cell></Row>
<Row><Cell><Data>0103</Data></Cell><Cell><Data>李强</Data></Cell></Row></Table></ss:Worksheet></Workbook>"""


def saved(tmp_path, content, name="list.xls"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def lines(path, target):
    write_text(path, sheets(path)[0], target)
    with target.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_an_old_workbook_is_written_as_a_person_sees_it(tmp_path):
    assert is_workbook(OLD)
    (sheet,) = sheets(OLD)  # the hidden one holds wages
    assert (sheet.name, sheet.header_row, sheet.header[0]) == ("人员名单", 2, "职工号")
    first, second = lines(OLD, tmp_path / "a.csv")[1:]
    assert first == [
        "0012",
        "王敏",
        "心血管内科",
        "主治医师",
        "2019-07-01",
        "2026-01-31 08:05:00",
        "1",
        "1234.5",
    ]
    assert (second[0], second[6:]) == ("13", ["0", "3"])


def test_a_list_from_an_old_workbook_knows_its_merged_departments():
    rows = parsing.parse(tables.read(OLD), "staff").rows
    assert [(r["number"], r["department"], r["hired_on"]) for r in rows] == [
        ("0012", "心血管内科", "2019-07-01"),
        ("13", "心血管内科", "2020-08-15"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_page_under_the_name_of_a_workbook(tmp_path, encoding):
    path = saved(tmp_path, PAGE.encode(encoding))
    assert is_workbook(path)
    assert lines(path, tmp_path / "a.csv") == [
        ["工号", "姓名", "科 室"],
        ["0102", "王 敏", "心内 科"],
        ["0103", "李强", ""],
    ]
    rows = parsing.parse(tables.read(path), "staff").rows
    assert [(r["number"], r["department"], r["row"]) for r in rows] == [
        ("0102", "心内科", "第 3 行"),
        ("0103", "心内科", "第 4 行"),
    ]


def test_xml_under_the_name_of_a_workbook_keeps_its_gaps(tmp_path):
    path = saved(tmp_path, XML)
    (sheet,) = sheets(path)
    assert (sheet.name, sheet.header_row) == ("在职", 3)
    made = parsing.parse(tables.read(path), "staff")
    assert [(r["number"], r["department"]) for r in made.rows] == [("0103", "心内科")]
    assert [one["row"] for one in made.problems] == ["第 4 行"]  # no name


def test_several_tables_of_a_page_are_several_sheets_and_a_nested_one_loses_nothing(tmp_path):
    page = "<table><tr><td>甲</td><td>乙</td></tr><tr><td>1<table><tr><td>内</td><td>里</td></tr></table></td></tr></table>"
    path = saved(tmp_path, page + "<table><tr><td>丙</td><td>丁</td></tr></table>")
    assert [grid.rows for grid in marked_tables.opened(path).worksheets] == [
        [["甲", "乙"], ["1"]],
        [["内", "里"]],
        [["丙", "丁"]],
    ]


def many_columns():
    return "<table>" + "<tr><td colspan=2000>1</td></tr>" * 200


def many_rows():
    return '<?xml version="1.0"?><Worksheet><Table>' + "".join(
        f'<Row ss:Index="{number}"/>' for number in range(2000, 60_000, 1999)
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (many_columns(), "展开后过大"),
        (many_rows(), "展开后过大"),
        ("<html><body><p>没有登录，请重新登录</p><table></table></body></html>", "没有表格"),
        (b"<table><tr><td>\xff\xfe\x81", "编码无法识别"),
        (OLD.read_bytes()[:3000], "旧版 Excel"),
        (OLD.read_bytes()[:512] + b"\xff" * 5000, "旧版 Excel"),
    ],
    ids=["columns", "rows", "page", "bytes", "cut", "broken"],
)
def test_refused_with_what_to_do(tmp_path, content, said, monkeypatch):
    monkeypatch.setattr(marked_tables, "MOST_CELLS", 300_000)
    with pytest.raises(FileRefused, match=said) as refused:
        sheets(saved(tmp_path, content))
    assert refused.value.remedy


def test_a_file_of_these_formats_has_a_limit_because_it_cannot_be_streamed(tmp_path, monkeypatch):
    monkeypatch.setattr(old_workbooks, "MOST_BYTES", 1000)
    with pytest.raises(FileRefused, match="超过 80 MB"):
        sheets(OLD)


@pytest.mark.parametrize("text", ["甲,乙\n1,2\n", "<5天,乙\n1,2\n", "<html>,乙\n1,2\n"])
def test_a_text_that_only_begins_with_a_bracket_is_no_workbook(tmp_path, text):
    assert not is_workbook(saved(tmp_path, text, "a.csv"))
