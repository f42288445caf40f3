"""Problems in the page's words, at the place where they are mended; and what can be shown meanwhile."""

from copy import deepcopy
from pathlib import Path

import pytest

from zhikong.foundation.forms.building import documents, outline, presentable, problems
from zhikong.foundation.forms.definition import read
from zhikong.foundation.forms.exchange import samples


def told(data):
    text = documents.write(data)
    found = read(text, file=Path(f"{data['id']}.yaml"))
    assert isinstance(found, list)
    return problems.shown(text, data, found)


@pytest.mark.parametrize(
    ("change", "at", "label", "said"),
    [
        (lambda d: outline.change_item(d, "item_3", {"text": ""}), "i.item_3", "第 3 题", "题目"),
        (
            lambda d: outline.change_item(d, "item_2", {"show_if": "item_9 = 'no'"}),
            "i.item_2",
            "第 2 题",
            "item_9",
        ),
        (lambda d: outline.change_section(d, "records", {"title": " "}), "s.records", "分节「 」", "名称"),
        (lambda d: outline.change_form(d, {"checker": d["owner"]}), "form", "表单属性", "岗位"),
    ],
)
def test_a_problem_names_its_place(change, at, label, said):
    (shown, *_more) = told(change(deepcopy(samples.FORM)))
    assert (shown.at, shown.label) == (at, label)
    assert said in shown.sentence


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("purpose 是空的。", "用途 是空的。"),
        (
            "类型 text 不能计分。可以计分的有：choice、number。",
            "题型“短文字” 不能计分。可以计分的有：单选、数字。",
        ),
        ("请补写 full_score: 100。", "请补写 满分: 100。"),
        (
            "“text”里没有条目。至少写一个条目，或删去这一部分。",
            "“text”里没有题目。至少写一个题目，或删去这一分节。",
        ),
        ("item_1（上锁）没有取值 'maybe'。", "item_1（上锁）没有取值 'maybe'。"),
    ],
)
def test_field_names_are_said_as_on_the_page(sentence, words):
    assert problems.in_words(sentence) == words


def shown_of(data):
    return presentable.of(data["id"], documents.write(data), data)


def test_what_is_sound_is_shown_whole():
    found = shown_of(deepcopy(samples.FORM))
    assert found.left_out == 0
    assert len(list(found.form.items())) == 6


def test_half_written_items_are_left_out_and_counted():
    data = outline.change_item(deepcopy(samples.FORM), "item_3", {"text": ""})
    data, _made = outline.add_item(data, section_id="records")
    found = shown_of(data)
    assert found.left_out == 2
    assert "item_3" not in {item.id for item in found.form.items()}


def test_items_that_ask_a_missing_one_are_left_out_too():
    data = outline.delete_item(deepcopy(samples.FORM), "item_1")
    found = shown_of(data)
    assert found.left_out == 1
    assert found.form.item("item_2") is None


def test_properties_that_are_missing_do_not_hide_the_questions():
    data = {k: v for k, v in deepcopy(samples.FORM).items() if k not in ("purpose", "owner", "source")}
    found = shown_of(data)
    assert found.form is not None
    assert found.form.item("item_1").text == "急救车处于封闭状态"


def test_nothing_yet_is_nothing_to_show():
    data = deepcopy(samples.FORM)
    for section in data["sections"]:
        section["items"] = []
    assert shown_of(data).form is None
