"""The shape of a definition's data: what fits, and what is said at which line of what does not."""

from pathlib import Path

import pytest

from zhikong.engine.definitions import located, shapes

SHAPE = shapes.Record(
    {
        "id": shapes.text,
        "kind": shapes.one_of("near", "far"),
        "steps": shapes.list_of(
            shapes.Record({"days": shapes.whole(1, 30)}, {"note": shapes.words}), least=1
        ),
    },
    {
        "share": shapes.number(0, 1),
        "on": shapes.day,
        "names": shapes.map_of(shapes.text, keys=shapes.matching("[a-z]+", "小写字母"), least=1),
        "limit": shapes.either(shapes.whole(1, 9), shapes.one_of("none")),
        "open": shapes.flag,
    },
)
GOOD = "id: a\nkind: near\nsteps:\n- days: 3\n  note: ''\nshare: 0.5\n'on': 2026-11-01\nnames: {b: 乙}\nlimit: none\nopen: true\n"


def told(text):
    found = located.read_text(text, file=Path("one.yaml"))
    return [(one.line, one.message) for one in shapes.problems(found, SHAPE, "请对照样例。")]


def test_what_has_the_shape_has_no_problem():
    assert told(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("id: a", "id: ' '", 1, "id 应是一段文字"),
        ("id: a", "ids: a", 1, "没有 ids 这一项"),
        ("id: a\n", "", 1, "缺少 id"),
        ("kind: near", "kind: []", 2, "kind 不能写"),
        ("days: 3", "days: 31", 4, "1 到 30"),
        ("days: 3", "days: true", 4, "1 到 30"),
        ("note: ''", "note: 3", 5, "note"),
        ("share: 0.5", "share: .nan", 6, "0 到 1"),
        ("2026-11-01", "2026-11-01 08:00:00", 7, "日期"),
        ("{b: 乙}", "{B: 乙}", 8, "小写字母"),
        ("{b: 乙}", "{}", 8, "键: 值"),
        ("limit: none", "limit: some", 9, "limit 应是 1 到 9"),
        ("open: true", "open: 1", 10, "true 或 false"),
    ],
)
def test_what_has_not_is_told_at_its_line(old, new, line, said):
    assert old in GOOD
    assert any(at == line and said in message for at, message in told(GOOD.replace(old, new)))


def test_a_list_and_a_mapping_are_told_when_they_are_none():
    assert told("id: a\nkind: near\nsteps: {}\n") == [(3, "steps 应是列表，至少 1 项。")]
    assert told("- a\n") == [(1, "文件 应是“键: 值”。")]
