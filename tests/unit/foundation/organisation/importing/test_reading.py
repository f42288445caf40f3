"""Files as hospitals send them: titles above the heading, merged cells, GBK, and what is no list at all."""

import zipfile
from datetime import date

import pytest
from openpyxl import Workbook

from zhikong.foundation.organisation.importing import parsing, tables, templates
from zhikong.intake.reasons import FileRefused

HEADS = ["工号", "姓名", "科室", "职称", "职务"]


def saved(tmp_path, *sheets, merge=()):
    """sheets: (title, rows); merge: ranges of the first sheet."""
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    for cells in merge:
        book.worksheets[0].merge_cells(cells)
    path = tmp_path / "list.xlsx"
    book.save(path)
    return path


def parsed(path, kind="staff"):
    return parsing.parse(tables.read(path), kind)


def test_a_plain_list_whatever_the_file_is_called(tmp_path):
    path = saved(tmp_path, ("花名册", [HEADS, ["D1", "王敏", "心内科", "主任医师", "科主任"]]))
    [row] = parsed(path.rename(tmp_path / "list")).rows
    assert (row["number"], row["name"], row["department"]) == ("D1", "王敏", "心内科")
    assert (row["profession"], row["title"], row["posts"]) == ("doctor", "主任医师", ["department_head"])
    assert row["row"] == "第 2 行"


def test_a_title_above_a_heading_of_two_rows_and_merged_departments(tmp_path):
    rows = [
        ["某某医院职工花名册", None, None, None, None, None],
        ["员工编号", "姓 名", "所在科室", "聘任情况", None, "身份证号码"],
        [None, None, None, "专业技术职务", "行政职务", None],
        ["０１０２", "王　敏", "心内科", "主管护师", "护士长", "110101199003070011"],
        ["0103", "李强", None, "护师", None, "110101199003070012"],
        ["合计", "2 人"],
    ]
    path = saved(
        tmp_path, ("在职", rows), merge=("A1:F1", "D2:E2", "A2:A3", "B2:B3", "C2:C3", "F2:F3", "C4:C5")
    )
    made = parsed(path)
    assert [(r["number"], r["name"], r["department"], r["posts"]) for r in made.rows] == [
        ("0102", "王敏", "心内科", ["head_nurse"]),
        ("0103", "李强", "心内科", ["nurse"]),
    ]
    assert made.private == ["身份证号码"]
    assert "110101199003070011" not in str(made)
    assert not made.problems


def test_csv_in_gbk_and_dates_in_many_forms(tmp_path):
    path = tmp_path / "list.csv"
    lines = "职工号,姓名,部门,职称,入职日期\n1,王敏,内科,医师,2020年3月1日\n2,李强,内科,医师,2020/3/1\n3,赵倩,内科,医师,20200301\n4,钱一,内科,医师,43891\n5,孙二,内科,医师,去年\n"
    path.write_bytes(lines.encode("gb18030"))
    made = parsed(path)
    assert [row["hired_on"] for row in made.rows] == ["2020-03-01"] * 4
    [problem] = made.problems
    assert problem["row"] == "第 6 行"
    assert "不是日期" in problem["reason"]


def test_excel_dates_and_numbers_that_lost_their_text(tmp_path):
    rows = [[*HEADS, "入职日期"], [1001.0, "王敏", "内科", "医师", "", date(2019, 5, 6)]]
    path = saved(tmp_path, ("表", rows))
    [row] = parsed(path).rows
    assert (row["number"], row["hired_on"]) == ("1001", "2019-05-06")


def test_sheets_named_after_departments_and_a_sheet_without_a_heading(tmp_path):
    rows = [["工号", "姓名", "职称"], ["N1", "王敏", "护师"]]
    made = parsed(saved(tmp_path, ("儿科", rows), ("说明", [["请按科室填写"]])))
    assert made.rows[0]["department"] == "儿科"
    assert made.rows[0]["row"].startswith("儿科 ")
    assert made.sheets_left_out == ["说明"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["", "王敏", "内科"], "工号为空"),
        (["110101199003070011", "王敏", "内科"], "身份证"),
        (["D1", "=SUM(A1)", "内科"], "姓名"),
        (["D1", "#REF!", "内科"], "姓名"),
        (["工 号?", "王敏", "内科"], "字母和数字"),
    ],
)
def test_a_bad_row_is_listed_with_its_place_and_reason(tmp_path, row, reason):
    path = tmp_path / "list.csv"
    path.write_text("工号,姓名,科室\n" + ",".join(row) + "\nD9,李强,内科\n", encoding="utf-8")
    made = parsed(path)
    assert [r["number"] for r in made.rows] == ["D9"]
    assert made.problems[0]["row"] == "第 2 行"
    assert reason in made.problems[0]["reason"]


def test_titles_written_as_posts_are_no_posts(tmp_path):
    said = [
        "副主任医师",
        "科主任、质控员",
        "护理部主任",
        "副院长（分管医疗）",
        "院长办公室主任",
        "质控医师",
        "内科副主任",
    ]
    rows = [[f"D{n}", "王敏", "内科", "主治医师", post] for n, post in enumerate(said)]
    assert [row["posts"] for row in parsed(saved(tmp_path, ("表", [HEADS, *rows]))).rows] == [
        ["physician"],
        ["department_head", "qc_officer"],
        ["department_head"],
        ["deputy_director"],
        ["department_head"],
        ["qc_officer"],
        ["deputy_head"],
    ]


def bomb(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)


def test_merged_cells_may_not_claim_more_than_a_list_has(tmp_path):
    path = saved(tmp_path, ("花名册", [["工号", "姓名"], ["D1", "王敏"]]), merge=("A3:B4",))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content.replace(b"A3:B4", b"A3:DP19999"))
    with pytest.raises(FileRefused, match="合并的单元格太多"):
        tables.read(path)


@pytest.mark.parametrize(
    ("write", "reason"),
    [
        (lambda p: p.write_bytes(b""), "空的"),
        (lambda p: p.write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600), "旧版"),
        (lambda p: p.write_bytes(b"<html><p>x</p><table></table></html>"), "网页"),
        (lambda p: p.write_bytes(b"PK\x03\x04broken"), "完整"),
        (lambda p: p.write_bytes(b"%PDF-1.7 \x00\x01"), "Excel 或 CSV"),
        (lambda p: p.write_bytes("随便一段文字".encode()), "没有表格"),
        (lambda p: p.write_bytes(b"\x81,\xff\xff,\x81\n"), "编码"),
        (lambda p: p.write_text("甲,乙\n1,2\n", encoding="utf-8"), "没有找到列名：工号、姓名"),
        (lambda p: p.write_text("工号,姓名\n" + "1,王敏\n" * 20_200, encoding="utf-8"), "上限"),
        (bomb, "展开后过大"),
    ],
)
def test_what_is_no_list_is_refused_in_a_sentence(tmp_path, write, reason):
    path = tmp_path / "list"
    write(path)
    with pytest.raises(FileRefused) as refused:
        parsed(path)
    assert reason in str(refused.value)


def test_the_file_that_is_refused_does_not_print_private_columns(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("甲,身份证号\n1,110101199003070011\n", encoding="utf-8")
    with pytest.raises(FileRefused) as refused:
        parsed(path)
    assert "身份证" not in str(refused.value)


@pytest.mark.parametrize("kind", ["departments", "staff", "committees"])
def test_the_templates_can_be_read_back(tmp_path, kind):
    path = tmp_path / "template.xlsx"
    path.write_bytes(templates.template(kind))
    made = parsed(path, kind)
    assert len(made.rows) == len(templates.EXAMPLES[kind][1])
    assert len(made.columns) == len(templates.EXAMPLES[kind][0])
    assert not made.problems


def test_a_stray_cell_at_the_end_of_the_sheet_costs_nothing(tmp_path):
    book = Workbook()
    for row in [HEADS, ["D1", "王敏", "内科", "医师", ""]]:
        book.active.append(row)
    book.active.cell(5000, 16_000, "x")
    path = tmp_path / "list.xlsx"
    book.save(path)
    assert len(parsed(path).rows) == 1
