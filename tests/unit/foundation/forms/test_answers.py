"""Each type of answer: what is taken, as people, spreadsheets and programs write it, and what is refused with which words."""

from datetime import date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhikong.foundation.forms import answers
from zhikong.foundation.forms.answering import Refused, cleaned

from .conftest import form_of, one_item

ITEMS = {
    "yes_no": "id: x, type: yes_no, text: 问",
    "yes_no_na": "id: x, type: yes_no_na, text: 问",
    "choice": "id: x, type: choice, text: 问, options: [{code: a, text: 甲}, {code: b, text: 乙}]",
    "choices": "id: x, type: choices, text: 问, options: [{code: a, text: 甲}, {code: b, text: 乙}]",
    "whole": "id: x, type: number, text: 问, min: 0, max: 100, unit: 支",
    "decimal": "id: x, type: number, text: 问, decimals: 2, max: 25, unit: MPa",
    "text": "id: x, type: text, text: 问",
    "long_text": "id: x, type: long_text, text: 问",
    "date": "id: x, type: date, text: 问",
    "time": "id: x, type: time, text: 问",
    "datetime": "id: x, type: datetime, text: 问",
    "person": "id: x, type: person, text: 问",
    "patient": "id: x, type: patient, text: 问",
    "photo": "id: x, type: photo, text: 问",
    "observation": "id: x, type: observation, text: 问, of: 10",
    "table": "id: x, type: table, text: 问, rows: {min: 1, max: 2}, columns: [{id: name, type: text, text: 名称, required: true}, {id: n, type: number, text: 数, max: 9}]",
    "fixed": "id: x, type: table, text: 问, fixed: [甲, 乙], columns: [{id: n, type: number, text: 数, required: true}]",
}  # fmt: skip
TAKEN = [
    ("yes_no", "是", "yes"), ("yes_no", True, "yes"), ("yes_no", "no", "no"), ("yes_no_na", "不适用", "na"),
    ("choice", "甲", "a"), ("choice", "b", "b"), ("choices", ["b", "a", "b"], ["a", "b"]), ("choices", "甲、乙", ["a", "b"]),
    ("whole", "5", 5), ("whole", " 5 支", 5), ("whole", 5.0, 5), ("whole", "1e1", 10),
    ("decimal", "12.50", 12.5), ("decimal", "12。5", 12.5), ("decimal", "12.5MPa", 12.5), ("decimal", 0.1, 0.1),
    ("text", "  两\n行 ", "两 行"), ("long_text", "一\r\n二\x00", "一\n二"),
    ("date", "2026/1/2", "2026-01-02"), ("date", "2026年1月2日", "2026-01-02"), ("date", datetime.fromisoformat("2026-01-02T00:00"), "2026-01-02"),
    ("date", date(2026, 1, 2), "2026-01-02"), ("time", "8:05", "08:05"), ("time", time(8, 5), "08:05"),
    ("datetime", "2026-01-02 8:05", "2026-01-02T08:05"), ("datetime", "2026-01-02T08:05", "2026-01-02T08:05"),
    ("person", "12", 12), ("patient", "a1b2-c3", "a1b2-c3"), ("photo", "3, 4,3", [3, 4]), ("photo", [3], [3]),
    ("observation", "8/10", {"n": 8, "m": 10}), ("observation", {"n": "8", "m": ""}, {"n": 8, "m": 10}), ("observation", {"n": "", "m": ""}, None),
    ("table", [{"name": "纱布", "n": "3"}, {}], [{"name": "纱布", "n": 3}]), ("fixed", [{}, {"n": 1}], [{}, {"n": 1}]),
    ("text", "   ", None), ("whole", "", None), ("choices", [], None), ("table", [{}, {"name": " "}], None),
]  # fmt: skip
REFUSED = [
    ("yes_no", "na", "“是”或“否”"), ("yes_no", "也许", "“是”或“否”"), ("yes_no", ["yes"], "一个值"), ("choice", "丙", "可选：甲、乙"),
    ("choices", ["a", "丙"], "可选"), ("choices", 5, "勾选"), ("whole", "5.5", "整数"), ("whole", "五", "数字"), ("whole", "NaN", "数字"),
    ("whole", "inf", "数字"), ("whole", True, "数字"), ("whole", "1e99", "太大"), ("whole", "-1", "不能小于 0 支"), ("whole", 101, "不能大于 100 支"),
    ("decimal", "1.234", "2 位小数"), ("text", "长" * 501, "最多 500 个字，现在有 501 个"), ("text", {"a": 1}, "一个值"),
    ("date", "2026-02-30", "日期不对"), ("date", "明天", "日期不对"), ("time", "25:00", "时间不对"), ("datetime", "2026-01-02", "日期和时间"),
    ("person", "张三", "列表"), ("person", "-1", "列表"), ("person", True, "列表"), ("patient", "a b;c", "列表"), ("photo", [1] * 1 + list(range(1, 30)), "最多附"),
    ("photo", {"a": 1}, "附件"), ("observation", "11/10", "大于观察总数"), ("observation", "0/0", "至少是 1"), ("observation", "8", None),
    ("table", "x", "逐行"), ("table", [{"nix": 1}], "没有列 nix"), ("table", [{"name": "a", "n": 10}], "第 1 行“数”：不能大于 9"),
    ("table", [{"name": str(n)} for n in range(3)], "最多填 2 行"), ("fixed", [{}, {}, {"n": 1}], "只有 2 行"),
]  # fmt: skip


def item_of(kind):
    return one_item(ITEMS[kind]).item("x")


@pytest.mark.parametrize(("kind", "raw", "stored"), TAKEN)
def test_an_answer_is_stored_in_one_form(kind, raw, stored):
    assert cleaned(item_of(kind), raw, final=False) == stored


@pytest.mark.parametrize(("kind", "raw", "words"), [case for case in REFUSED if case[2]])
def test_an_answer_that_cannot_be_stored_is_refused_in_words(kind, raw, words):
    with pytest.raises(Refused, match=words):
        cleaned(item_of(kind), raw, final=False)


def test_a_bare_count_is_of_the_forms_own_total():
    assert cleaned(item_of("observation"), "8", final=False) == {"n": 8, "m": 10}


@pytest.mark.parametrize(("kind", "raw", "stored"), [case for case in TAKEN if case[2] is not None])
def test_cleaning_what_is_clean_changes_nothing(kind, raw, stored):
    item = item_of(kind)
    assert cleaned(item, cleaned(item, raw, final=False), final=False) == stored


ANY = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20),
    st.lists(st.text(max_size=3), max_size=3), st.dictionaries(st.sampled_from(["n", "m", "name"]), st.text(max_size=3)),
    st.lists(st.dictionaries(st.sampled_from(["n", "name"]), st.text(max_size=4)), max_size=3),
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(ITEMS)), ANY)
def test_whatever_comes_is_stored_or_refused_and_stays_what_it_is(kind, raw):
    form = one_item(ITEMS[kind])
    first = answers.clean(form, {"x": raw}, final=False)
    assert set(first.errors) <= {"x"}
    again = answers.clean(form, first.values, final=False)
    assert again.values == first.values
    assert not again.errors


SHOWN = form_of("""
  - id: s
    title: 部分
    items:
      - {id: ok, type: yes_no, text: 完好, required: true, evidence: when_no}
      - {id: why, type: choice, text: 原因, required: true, show_if: "ok = 'no'", options: [{code: lost, text: 丢失}, {code: old, text: 过期}]}
      - {id: since, type: date, text: 过期日期, required: true, show_if: "why = 'old'"}
      - {id: late, type: text, text: 说明, required: true, show_if: "since < today"}
""")


class TestShown:
    def test_what_is_hidden_is_not_asked_not_judged_not_stored(self):
        found = answers.clean(SHOWN, {"ok": "yes", "why": "丢了", "since": "不是日期"}, final=True)
        assert found.values == {"ok": "yes"}
        assert not found.errors
        assert found.visible == {"ok"}

    def test_an_answer_that_becomes_hidden_hides_what_hung_on_it(self):
        raw = {"ok": "no", "ok__files": [7], "why": "lost", "since": "2026-01-01"}
        assert "since" not in answers.clean(SHOWN, raw, final=False).values

    def test_today_is_known_to_conditions_and_unknown_shows_nothing(self):
        raw = {"ok": "no", "ok__files": [7], "why": "old", "since": "2026-01-01"}
        assert "late" in answers.clean(SHOWN, raw, final=False, today=date(2026, 1, 2)).visible
        assert "late" not in answers.clean(SHOWN, raw, final=False, today=date(2026, 1, 1)).visible
        assert "late" not in answers.clean(SHOWN, raw, final=False).visible


class TestHandingIn:
    def test_what_is_required_is_asked_only_at_the_end(self):
        assert not answers.clean(SHOWN, {}, final=False).errors
        assert answers.clean(SHOWN, {}, final=True).errors == {"ok": "这一项还没有填。"}

    def test_a_no_wants_its_evidence(self):
        found = answers.clean(SHOWN, {"ok": "no", "why": "lost"}, final=True)
        assert found.errors == {"ok": "请附上照片或文件作为证据。"}
        assert not answers.clean(SHOWN, {"ok": "no", "ok__files": [7], "why": "lost"}, final=True).errors

    def test_a_table_wants_its_rows_and_columns(self):
        form = one_item(ITEMS["table"])
        assert answers.clean(form, {"x": [{"n": 1}]}, final=True).errors == {"x": "第 1 行还没有填：名称。"}
        fixed = one_item(ITEMS["fixed"])
        assert answers.clean(fixed, {"x": [{"n": 1}, {}]}, final=True).errors == {
            "x": "第 2 行还没有填：数。"
        }

    def test_what_does_not_exist_is_refused(self):
        form = one_item(ITEMS["person"])
        found = answers.clean(form, {"x": 5}, final=False, known=lambda kind, value: False)
        assert found.errors == {"x": "没有这个人，请从列表里选。"}
        assert answers.clean(form, {"x": 5}, final=False, known=lambda kind, value: True).values == {"x": 5}
