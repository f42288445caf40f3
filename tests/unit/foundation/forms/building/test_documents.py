from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.foundation.forms.building.drafts import after, blank, many
from zhikong.foundation.forms.building import documents
from zhikong.foundation.forms.building.documents import NotADefinition


@given(many)
def test_what_is_written_reads_the_same(steps):
    data = after(blank(), steps)
    assert documents.read(documents.write(data)) == data


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_survives(title, text):
    data = blank()
    data["title"], data["sections"][0]["items"][0]["text"] = title, text
    assert documents.read(documents.write(data)) == data


def test_the_order_of_fields_does_not_depend_on_the_order_of_editing():
    data = blank()
    turned = {key: data[key] for key in reversed(data)}
    turned["next_review"] = data["next_review"] = date(2027, 10, 31)
    assert documents.write(turned) == documents.write(data)
    assert documents.write(data).splitlines()[0] == "id: round"


def test_equal_parts_are_not_written_as_references():
    source = [{"code": "a", "text": "甲"}]
    data = blank()
    for item in data["sections"][0]["items"]:
        item["options"] = source
    assert "&" not in documents.write(data)


@pytest.mark.parametrize("text", ["", "- 1", "a: [", "just words", "a: 2026-13-45"])
def test_no_definition_is_refused_with_a_sentence(text):
    with pytest.raises(NotADefinition, match="文本"):
        documents.read(text)


def test_a_draft_of_the_wrong_shape_is_read_as_far_as_it_goes():
    data = documents.read("title: 甲\nsections: [1, {id: a, items: [2, {id: b}]}, {id: c, items: 5}]\n")
    assert [(s["id"], s["items"]) for s in data["sections"]] == [("a", [{"id": "b"}]), ("c", [])]


def test_the_chinese_of_a_text_in_languages_is_changed_alone():
    assert documents.with_chinese({"zh": "旧", "en": "Old"}, "新") == {"zh": "新", "en": "Old"}
    assert documents.chinese({"zh": "新", "en": "Old"}) == "新"
    assert documents.chinese(None) == ""
