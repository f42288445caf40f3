"""The lists to fill in: a heading, example lines, and what each column means."""

from __future__ import annotations

from io import BytesIO

import xlsxwriter

from zhikong.foundation.organisation.importing import words

EXAMPLES = {
    "departments": (
        ("科室代码", "科室名称", "类别", "上级科室", "开放床位", "别名"),
        (
            ("XNK", "心血管内科", "临床", "", 44, "心内科、心内"),
            ("XNK-1", "心血管内科一病区", "病区", "心血管内科", 22, ""),
            ("JYK", "检验科", "医技", "", 0, "化验室"),
            ("YWK", "医务科", "职能", "", 0, "医务处、医教科"),
        ),
        (
            "科室名称必填；代码不填时自动编号。类别写临床、医技、职能或病区，不填时按名称推断。",
            "别名是病案首页、排班表等文件里的其他叫法，用顿号隔开；一个别名只属于一个科室。",
        ),
    ),
    "staff": (
        ("工号", "姓名", "科室", "职称", "职务", "人员类别", "执业资格取得日期", "联系电话", "入职日期", "离职日期"),
        (
            ("D1001", "示例甲", "心血管内科", "主任医师", "科主任", "医师", "1998-07-01", "", "1996-08-01", ""),
            ("N2001", "示例乙", "心血管内科", "主管护师", "护士长", "护理", "2005-06-01", "", "2004-08-01", ""),
            ("D1002", "示例丙", "心血管内科", "主治医师", "质控员", "医师", "2015-06-01", "", "2013-08-01", ""),
        ),
        (
            "工号、姓名、科室必填；工号列请设为文本，以免丢掉前面的 0。一个人兼两个科室时写两行。",
            "身份证号、住址、工资等列请不要放进来；放进来也不会读取。",
            "职务写科主任、科副主任、护士长、质控员等；不写时按人员类别或职称登记为医师、护士、技师、药师或职能科员。",
        ),
    ),
    "committees": (
        ("组织名称", "类别", "科室", "工号", "姓名", "组织职务", "会议周期", "起始日期"),
        (
            ("心血管内科质控小组", "科室质控小组", "心血管内科", "D1001", "示例甲", "组长", "每月", "2026-01-01"),
            ("心血管内科质控小组", "科室质控小组", "心血管内科", "N2001", "示例乙", "副组长", "每月", "2026-01-01"),
            ("心血管内科质控小组", "科室质控小组", "心血管内科", "D1002", "示例丙", "成员", "每月", "2026-01-01"),
            ("病案管理委员会", "病案管理委员会", "", "D1001", "示例甲", "主任委员", "每季度", "2026-01-01"),
        ),
        (
            "每位成员一行。质控小组 3–5 人，含科主任或副主任、护士长和质控人员；组长或主任委员只能有一位。",
            "先导入人员，再导入委员会与质控小组。",
        ),
    ),
}  # fmt: skip
NAMES = {"departments": "科室与别名", "staff": "人员与岗位", "committees": "委员会与质控小组"}
WIDTH = 18
SYNONYMS = 6


def template(kind: str) -> bytes:
    """An Excel file with the columns of a kind of list, example lines to write over, and a page of explanations."""
    heads, rows, notes = EXAMPLES[kind]
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    bold = book.add_format({"bold": True, "bg_color": "#EEF2F7", "border": 1})
    text = book.add_format({"num_format": "@"})
    page = book.add_worksheet(NAMES[kind])
    page.set_column(0, len(heads) - 1, WIDTH, text)
    page.write_row(0, 0, heads, bold)
    for number, row in enumerate(rows, start=1):
        page.write_row(number, 0, row)
    page.freeze_panes(1, 0)
    _explain(book.add_worksheet("填写说明"), kind, notes, bold)
    book.close()
    return buffer.getvalue()


def _explain(page, kind: str, notes: tuple[str, ...], bold) -> None:
    """The notes, and what else each column may be called."""
    wrapped = 100
    page.set_column(0, 0, wrapped)
    page.write_string(0, 0, "填写说明（示例行请删去或改写）", bold)
    for number, note in enumerate(notes, start=1):
        page.write_string(number, 0, note)
    said = words.words()["columns"][kind].values()
    page.write_string(len(notes) + 2, 0, "医院自己的表格可以直接上传，以下列名都认得：", bold)
    for number, names in enumerate(said, start=len(notes) + 3):
        page.write_string(number, 0, " = ".join(names[:SYNONYMS]))
