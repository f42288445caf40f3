"""Three-way comparison by field, and the text that the choices make."""

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from zhikong.foundation.packstore import comparing, labels
from zhikong.foundation.packstore.comparing import ABSENT, Side, data_of, differences, merged

BASE = """\
# 急救车
id: cart
version: 1
title: {zh: 急救车检查}   # 名称
sections:
  - id: outside
    title: 外观
    items:
      - {id: locked, type: yes_no, text: 上锁}
      - {id: clean, type: yes_no, text: 清洁}
  # 药品另查
  - id: drugs
    title: 药品
    items: []
pass_score: 90
"""


def found(base, ours, theirs):
    return differences(data_of(base), data_of(ours), data_of(theirs))


def by_name(differences):
    return {d.name: d for d in differences}


def test_equal_texts_differ_in_nothing():
    assert found(BASE, BASE, BASE) == []


def test_one_sides_change_has_a_default_and_both_sides_change_none():
    ours = BASE.replace("pass_score: 90", "pass_score: 95").replace("text: 上锁", "text: 已上锁")
    theirs = BASE.replace("title: 外观", "title: 车外观").replace("text: 上锁", "text: 上锁或封条")
    got = by_name(found(BASE, ours, theirs))
    assert got["pass_score"].default == Side.OURS
    assert got["sections.#outside.title"].default == Side.THEIRS
    assert got["sections.#outside.items.#locked.text"].conflict
    assert len(got) == 3


def test_both_sides_made_the_same_change():
    changed = BASE.replace("pass_score: 90", "pass_score: 95")
    assert found(BASE, changed, changed) == []


def test_the_number_of_the_version_is_no_difference():
    assert (
        found(BASE, BASE.replace("version: 1", "version: 7"), BASE.replace("version: 1", "version: 2")) == []
    )


def test_true_is_not_one():
    assert [d.name for d in found("a: 1\n", "a: 1\n", "a: true\n")] == ["a"]


def test_a_new_item_does_not_make_everything_after_it_differ():
    theirs = BASE.replace(
        "      - {id: clean", "      - {id: sealed, type: yes_no, text: 封条完好}\n      - {id: clean"
    )
    (new,) = found(BASE, BASE, theirs)
    assert (new.name, new.ours, new.default) == ("sections.#outside.items.#sealed", ABSENT, Side.THEIRS)
    text = merged(BASE, theirs, [new], {})
    assert [i["id"] for i in data_of(text)["sections"][0]["items"]] == ["locked", "sealed", "clean"]


def test_an_item_that_we_removed_and_they_changed_is_a_conflict():
    ours = BASE.replace("      - {id: clean, type: yes_no, text: 清洁}\n", "")
    theirs = BASE.replace("text: 清洁", "text: 清洁无尘")
    (gone,) = found(BASE, ours, theirs)
    assert gone.conflict
    assert gone.ours is ABSENT
    kept = data_of(merged(ours, theirs, [gone], {gone.name: Side.THEIRS}))["sections"][0]["items"]
    assert [i["text"] for i in kept] == ["上锁", "清洁无尘"]
    assert merged(ours, theirs, [gone], {gone.name: Side.OURS}) == ours


def test_an_item_that_they_removed_goes_when_chosen():
    theirs = BASE.replace("      - {id: clean, type: yes_no, text: 清洁}\n", "")
    text = merged(BASE, theirs, found(BASE, BASE, theirs), {})
    assert [i["id"] for i in data_of(text)["sections"][0]["items"]] == ["locked"]


def test_another_order_is_one_difference():
    theirs = BASE.replace("      - {id: locked, type: yes_no, text: 上锁}\n", "").replace(
        "text: 清洁}\n", "text: 清洁}\n      - {id: locked, type: yes_no, text: 上锁}\n"
    )
    (order,) = found(BASE, BASE, theirs)
    assert order.name == "sections.#outside.items.@order"
    items = data_of(merged(BASE, theirs, [order], {}))["sections"][0]["items"]
    assert [i["id"] for i in items] == ["clean", "locked"]


def test_comments_stay_where_a_part_comes_whole_from_one_side():
    ours = BASE.replace("pass_score: 90", "pass_score: 95  # 本院从严")
    theirs = BASE.replace("title: {zh: 急救车检查}", "title: {zh: 抢救车检查}")
    text = merged(ours, theirs, found(BASE, ours, theirs), {})
    assert text == ours.replace("急救车检查", "抢救车检查")
    assert "# 药品另查" in text


def test_a_conflict_needs_a_choice():
    ours, theirs = BASE.replace("90", "95"), BASE.replace("90", "80")
    with pytest.raises(KeyError):
        merged(ours, theirs, found(BASE, ours, theirs), {})


def test_labels_are_words():
    data = data_of(BASE)
    path = ("sections", "#outside", "items", "#locked", "text")
    assert labels.label(path, data) == "部分 › “外观” › 条目 › “上锁” › 内容"


scalars = st.one_of(st.integers(0, 3), st.sampled_from(["a", "b", "汤: x", "#"]), st.booleans(), st.none())
items = st.dictionaries(st.sampled_from(["i", "j", "k"]), scalars, max_size=3).map(
    lambda found: [{"id": key, "said": value} for key, value in found.items()]
)
values = st.one_of(scalars, items, st.dictionaries(st.sampled_from(["p", "q"]), scalars, max_size=2))
documents = st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), values, min_size=1, max_size=4)


CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def written(data):
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False)


@CALM
@given(documents, documents, documents)
def test_choosing_one_side_everywhere_gives_that_side(base, ours, theirs):
    texts = [written(d) for d in (base, ours, theirs)]
    diff = found(*texts)
    mine = data_of(merged(texts[1], texts[2], diff, {d.name: Side.OURS for d in diff}))
    assert mine == ours
    new = data_of(merged(texts[1], texts[2], diff, {d.name: Side.THEIRS for d in diff}))
    assert comparing.differences(new, new, theirs) == []


@CALM
@example(
    {"a": 0, "b": [{"id": "k", "said": 0}, {"id": "j", "said": 0}]},
    {"b": [{"id": "j", "said": 0}, {"id": "i", "said": 0}, {"id": "k", "said": 0}]},
)
@given(documents, documents)
def test_what_only_they_changed_comes_in_by_itself(base, theirs):
    diff = found(written(base), written(base), written(theirs))
    assert not any(d.conflict for d in diff)
    new = data_of(merged(written(base), written(theirs), diff, {}))
    assert comparing.differences(new, new, theirs) == []
