"""What goes out comes in equal: Excel, YAML, and XLSForm as far as it has words for it."""

from copy import deepcopy
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings

from tests.unit.foundation.forms.exchange.papers import papers
from zhikong.foundation.forms.building import documents
from zhikong.foundation.forms.definition import FormDefinition, read
from zhikong.foundation.forms.exchange import arriving, excel_in, excel_out, samples, workbooks, xlsform_out
from zhikong.foundation.forms.exchange.arriving import Refused

START = {k: v for k, v in samples.FORM.items() if k not in ("sections", "full_score", "pass_score", "fill")}


def defined(data):
    found = read(documents.write(data), file=Path(f"{data['id']}.yaml"))
    assert isinstance(found, FormDefinition), found
    return found


def by_excel(data):
    return arriving.definition("form.xlsx", excel_out.definition(data), start={"id": "x", "version": 1})


@given(papers())
@settings(max_examples=30, deadline=None)
def test_a_definition_survives_excel(data):
    assert defined(by_excel(data)) == defined(data)


@given(papers())
@settings(max_examples=30, deadline=None)
def test_a_definition_survives_yaml(data):
    text = documents.write(data)
    found = arriving.definition("form.yaml", text.encode(), start={"id": "x"})
    assert defined(found) == defined(data)


def test_the_sample_survives_excel_twice():
    assert defined(by_excel(by_excel(samples.FORM))) == defined(samples.FORM)


# ---- bad rows -------------------------------------------------------------------------------------------------------


def changed(**cells):
    """The sample as a workbook with some cells of the items' sheet changed."""
    book = openpyxl.load_workbook(BytesIO(excel_out.definition(samples.FORM)))
    for place, value in cells.items():
        book["题目"][place] = value
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("cells", "row", "said"),
    [
        ({"C2": "是非题"}, 2, "没有“是非题”，可选：是 / 否"),
        ({"G4": "很多"}, 4, "“很多”不是数字"),
        ({"J2": "总分最多得…分"}, 2, "这种否决要填分数"),
        ({"K2": 60}, 2, "没有分数"),
        ({"F3": "也许"}, 3, "应填“是”或“否”"),
        ({"N3": "item_9 = 'no'"}, 3, "item_9"),
        ({"D6": ""}, 6, "题目"),
        ({"U7": "没有的表格"}, 7, "上面没有编号为 没有的表格 的表格题"),
    ],
)
def test_a_bad_row_is_named(cells, row, said):
    with pytest.raises(Refused) as caught:
        arriving.definition("form.xlsx", changed(**cells), start=START)
    assert any(p.row == row and said in p.message for p in caught.value.problems), caught.value.problems


def test_all_bad_rows_are_told_at_once():
    with pytest.raises(Refused) as caught:
        arriving.definition("form.xlsx", changed(C2="a", C3="b", G4="c"), start=START)
    assert [p.row for p in caught.value.problems] == [2, 3, 4]


def test_an_unknown_column_is_not_passed_over():
    with pytest.raises(Refused) as caught:
        arriving.definition("form.xlsx", changed(X1="扣分原因"), start=START)
    assert "没有“扣分原因”这一列" in caught.value.problems[0].message


def test_a_list_of_questions_is_enough():
    book = openpyxl.Workbook()
    book.active.title = "题目"
    for line in (
        ("分节", "题目", "题型", "选项"),
        ("外观", "车身清洁", "是/否"),
        (None, "轮子", "单选", "好；坏"),
    ):
        book.active.append(line)
    stream = BytesIO()
    book.save(stream)
    found = arriving.definition("form.xlsx", stream.getvalue(), start=START)
    (section,) = found["sections"]
    assert section["title"] == "外观"
    assert [i["id"] for i in section["items"]] == ["item_1", "item_2"]
    assert [o["text"] for o in section["items"][1]["options"]] == ["好", "坏"]


def test_new_rows_do_not_take_ids_that_were_used():
    data = deepcopy(samples.FORM)
    content = changed(B3=None, N3=None)
    found = excel_in.definition(content, taken={"item_40"})
    assert found.data["sections"][0]["items"][1]["id"] == "item_41"
    assert data == samples.FORM


# ---- broken and hostile files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nothing", b"<html>", b"\xd0\xcf\x11\xe0 old xls"])
def test_what_is_no_workbook_is_refused_with_a_sentence(content):
    with pytest.raises(Refused, match="xlsx"):
        arriving.definition("form.xlsx", content, start=START)


def test_a_file_that_unpacks_to_too_much_is_not_unpacked():
    import zipfile

    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"0" * (workbooks.MAX_UNPACKED + 1))
    with pytest.raises(Refused, match="过大"):
        arriving.definition("form.xlsx", stream.getvalue(), start=START)


def test_too_many_rows_are_refused():
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet("题目")
    for number in range(workbooks.MAX_ROWS + 1):
        page.append([number])
    stream = BytesIO()
    book.save(stream)
    with pytest.raises(Refused, match="超过"):
        arriving.definition("form.xlsx", stream.getvalue(), start=START)


def test_text_that_looks_like_a_formula_stays_text():
    data = deepcopy(samples.FORM)
    data["sections"][0]["items"][0]["text"] = "=1+1"
    content = excel_out.definition(data)
    assert by_excel(data)["sections"][0]["items"][0]["text"] == "=1+1"
    assert b"<f>" not in content


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"- 1", b"a: [", b"id: x\nkind: nothing\n"])
def test_bad_yaml_is_refused(content):
    with pytest.raises(Refused):
        arriving.definition("form.yaml", content, start=START)


# ---- XLSForm ------------------------------------------------------------------------------------------------------------

SURVEY = (("type", "name", "label", "required", "relevant", "constraint"),)
CHOICES = (
    ("list_name", "name", "label"),
    ("yn", "yes", "是"),
    ("yn", "no", "否"),
    ("state", "good", "完好"),
    ("state", "bad", "损坏"),
)


def xlsform(*rows, choices=CHOICES):
    book = openpyxl.Workbook()
    book.active.title = "survey"
    for row in (*SURVEY, *rows):
        book.active.append(row)
    page = book.create_sheet("choices")
    for row in choices:
        page.append(row)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def taken_in(*rows):
    return arriving.definition("form.xlsx", xlsform(*rows), start=START)


def test_an_xlsform_becomes_a_form():
    found = taken_in(
        ("start", "start"),
        ("begin group", "g1", "外观"),
        ("select_one yn", "Locked", "是否上锁", "yes"),
        ("text", "why", "原因", None, "${Locked} = 'no'"),
        ("select_multiple state", "found", "发现"),
        ("end group",),
        ("integer", "pressure", "压力", None, "selected(${found}, 'bad')", ". >= 0 and . < 25"),
        ("decimal", "temperature", "温度"),
        ("dateTime", "at", "时间", None, "${pressure} > 3 or ${pressure} <= 1"),
        ("image", "photo", "照片"),
        ("note", "thanks", "谢谢"),
    )
    first, second = found["sections"]
    assert first["title"] == "外观"
    assert [(i["id"], i["type"]) for i in first["items"]] == [
        ("locked", "yes_no"),
        ("why", "text"),
        ("found", "choices"),
    ]
    assert first["items"][0]["required"] is True
    assert first["items"][1]["show_if"] == "locked = 'no'"
    pressure, temperature, at, photo, note = second["items"]
    assert (pressure["min"], pressure["max"], pressure["show_if"]) == (0, 24, "found__bad")
    assert temperature["decimals"] == 2
    assert at["show_if"] == "pressure > 3 or pressure <= 1"
    assert (photo["type"], note["type"]) == ("photo", "note")
    defined(found)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("calculate", "sum", "和"), "计算题"),
        (("begin repeat", "r", "重复"), "表格题"),
        (("geopoint", "place", "位置"), "定位"),
        (("select_one none", "x", "没有清单"), "没有清单 none"),
        (("select_one yn or_other", "x", "其他"), "其他"),
        (("text", "x", "题", None, "${y} = '1'"), "不在这一题前面"),
        (("text", "x", "题", None, "regex(${locked}, 'a')"), "不能转换"),
        (("text", "x", "题", None, "${locked} = 'no' and ${locked} = 'no' or ${locked} = 'yes'"), "不能转换"),
        (("text", "x", "题", None, "${locked} = 'maybe'"), "没有这个选项"),
        (("integer", "x", "题", None, None, ". mod 2 = 0"), "不能转换"),
        (("text", "x", "题", None, None, "regex(., '[a-z]')"), "不能转换"),
        (("text", "x", ""), "没有题目文字"),
    ],
)
def test_what_has_no_counterpart_is_refused_with_its_row(row, said):
    with pytest.raises(Refused) as caught:
        taken_in(("select_one yn", "locked", "是否上锁"), row)
    (problem,) = caught.value.problems
    assert (problem.sheet, problem.row) == ("survey", 3)
    assert said in problem.message


def test_what_pyxform_refuses_is_refused():
    with pytest.raises(Refused, match="标准检查"):
        taken_in(("text", "same", "一"), ("text", "same", "二"))


def test_names_that_are_no_ids_get_numbers():
    found = taken_in(("text", "today", "今天"), ("text", "问题", "题"))
    assert [i["id"] for i in found["sections"][0]["items"]] == ["item_1", "item_2"]


def plainly(data):
    """What XLSForm can say of a form: no points, vetoes, evidence; or None for items that it has no word for."""
    kept = ("id", "type", "text", "help", "required", "show_if", "options", "min", "max", "decimals")
    data = deepcopy(data)
    for section in data["sections"]:
        for item in section["items"]:
            if item["type"] in (*xlsform_out.WHY, "person", "department", "long_text"):
                return None
            if item.get("score"):
                item["required"] = True
            if item["type"] in ("yes_no", "yes_no_na"):
                item.pop("options", None)
            if item.get("decimals"):
                item["decimals"] = 2
            item["options"] = [{k: v for k, v in o.items() if k != "score"} for o in item.get("options", ())]
            for key in set(item) - set(kept):
                del item[key]
            if not item["options"]:
                del item["options"]
    return data["sections"]


@given(papers())
@settings(max_examples=30, deadline=None)
def test_what_xlsform_can_say_survives_it(data):
    wanted = plainly(data)
    if wanted is None:
        return
    found = arriving.definition("form.xlsx", xlsform_out.definition(data), start=START)
    assert [s["title"] for s in found["sections"]] == [s["title"] for s in wanted]
    for ours, theirs in zip(found["sections"], wanted, strict=True):
        assert ours["items"] == [
            {k: v for k, v in item.items() if not (item["type"] == "note" and k == "required")}
            for item in theirs["items"]
        ]


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ({"id": "q", "type": "table", "text": "表", "columns": []}, "表格题"),
        ({"id": "q", "type": "signature", "text": "签名"}, "签名题"),
        ({"id": "q", "type": "text", "text": "题", "show_if": "first in ('yes', 'no')"}, "较复杂"),
    ],
)
def test_what_xlsform_cannot_say_is_said(item, said):
    data = deepcopy(samples.FORM)
    data["sections"] = [
        {"id": "a", "title": "一", "items": [{"id": "first", "type": "yes_no", "text": "首"}, item]}
    ]
    with pytest.raises(xlsform_out.CannotSay, match=said):
        xlsform_out.definition(data)
