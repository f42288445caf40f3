import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhikong.foundation.forms.building import showing
from zhikong.foundation.forms.building.showing import NotSimple, Part, Parts

FORM = {
    "sections": [
        {
            "id": "a",
            "items": [
                {"id": "locked", "type": "yes_no_na", "text": "上锁"},
                {"id": "sealed", "type": "yes_no", "text": "封条"},
                {
                    "id": "found",
                    "type": "choices",
                    "text": "发现",
                    "options": [{"code": "old", "text": "过期"}, {"code": "few", "text": "缺少"}],
                },
                {"id": "days", "type": "number", "text": "天数"},
                {"id": "pressure", "type": "number", "decimals": 1, "text": "压力"},
                {"id": "checked", "type": "observation", "text": "抽查"},
                {"id": "remark", "type": "text", "text": "备注"},
                {"id": "last", "type": "text", "text": "最后"},
                {"id": "below", "type": "yes_no", "text": "后面的题"},
            ],
        }
    ]
}
ASKED = showing.askables(FORM, "last")


def test_only_what_stands_above_can_be_asked():
    assert [a.name for a in ASKED] == [
        "locked",
        "sealed",
        "found__old",
        "found__few",
        "days",
        "pressure",
        "checked__n",
        "checked__m",
        "remark",
    ]
    assert showing.askables(FORM, "locked") == []
    assert dict(ASKED[0].choices) == {"yes": "是", "no": "否", "na": "不适用"}
    assert "na" not in dict(ASKED[1].choices)


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("", Parts()),
        ("locked = 'no'", Parts((Part("locked", "=", "no"),))),
        ("'no' = locked", Parts((Part("locked", "=", "no"),))),
        ("days > 3", Parts((Part("days", ">", "3"),))),
        ("3 >= days", Parts((Part("days", "<=", "3"),))),
        ("pressure < 0.5", Parts((Part("pressure", "<", "0.5"),))),
        ("found__old", Parts((Part("found__old", "=", "ticked"),))),
        ("not found__old", Parts((Part("found__old", "=", "not_ticked"),))),
        (
            "locked = 'no' or sealed <> 'yes'",
            Parts((Part("locked", "=", "no"), Part("sealed", "<>", "yes")), "or"),
        ),
    ],
)
def test_simple_expressions_become_choices(source, parts):
    assert showing.split(source, ASKED) == parts


@pytest.mark.parametrize(
    "source",
    [
        "locked = 'no' and (sealed = 'no' or days > 3)",
        "locked in ('no', 'na')",
        "days + 1 > 3",
        "locked is null",
        "below = 'no'",
        "no such thing",
    ],
)
def test_what_is_richer_stays_an_expression(source):
    assert showing.split(source, ASKED) is None


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (Part("below", "=", "yes"), "前面"),
        (Part("locked", ">", "yes"), "不能用这种比较"),
        (Part("locked", "=", "maybe"), "没有这个选项"),
        (Part("days", ">", "很多"), "请填写数字"),
        (Part("days", ">", "NaN"), "请填写数字"),
        (Part("days", ">", " "), "请选择或填写"),
    ],
)
def test_impossible_choices_are_explained(part, said):
    with pytest.raises(NotSimple, match=said):
        showing.join([part], "and", ASKED)


def test_in_words():
    assert showing.in_words("locked = 'no' and days > 3", ASKED) == (
        "第 1 题 上锁 等于“否” 并且 第 4 题 天数 大于“3”"
    )
    assert showing.in_words("locked in ('no', 'na')", ASKED) == "locked in ('no', 'na')"


def values(asked):
    if asked.choices:
        return st.sampled_from([code for code, _label in asked.choices])
    if asked.name == "pressure":
        return (
            st.decimals(-1000, 1000, places=2).map(lambda d: f"{d.normalize():f}").filter(lambda t: t != "-0")
        )
    if asked.kind == "number":
        return st.integers(-1000, 1000).map(str)
    return st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1)


@st.composite
def any_part(draw):
    asked = draw(st.sampled_from(ASKED))
    return Part(asked.name, draw(st.sampled_from(showing.OPERATORS[asked.kind])), draw(values(asked)))


@given(st.lists(any_part(), min_size=1, max_size=4), st.sampled_from(["and", "or"]))
def test_choices_survive_the_way_through_the_expression(parts, joiner):
    again = showing.split(showing.join(parts, joiner, ASKED), ASKED)
    assert again is not None
    assert set(again.parts) == set(parts)
    assert [p.name for p in again.parts] == sorted(
        (p.name for p in again.parts), key=[p.name for p in parts].index
    )
    assert len(again.parts) == 1 or again.joiner == joiner
