"""A clock rule that is written wrongly is told in Chinese with its line and a remedy; its hash follows its meaning."""

from pathlib import Path

import pytest

from tests.spec.clocks.paragraphs import vocabulary
from zhikong.engine.definitions.located import read_text
from zhikong.engine.definitions.problems import Problem
from zhikong.engine.record_rules import ClockRule, load_events, rule_of_text
from zhikong.engine.record_rules.clock.limits import limit
from zhikong.engine.record_rules.events.reading import events_of

FILE = Path("some-rule.yaml")
HEAD = """\
id: some-rule
version: 1
status: published
kind: clock
title: 例
why: 例
source: {document: 例, mark: memory}
owner: quality_office
checker: medical_affairs
next_review: 2100-01-01
severity: error
points: 1
message: 例
"""
GOOD = 'when: admission\nthen: note\nwithin: "8 h"\n'


def read(body):
    return rule_of_text(HEAD + body, file=FILE, codes={}, events=vocabulary())


def test_a_good_rule_is_read():
    assert isinstance(read(GOOD), ClockRule)


@pytest.mark.parametrize(
    ("body", "line", "told"),
    [
        (
            'when: admision\nthen: note\nwithin: "8 h"\n',
            14,
            "没有事件 admision。 事件在 events/ 里定义。是否想写 admission",
        ),
        ('when: admission\nthen: note\nwithn: "8 h"\n', 16, "没有字段 withn。 是否想写 within"),
        (GOOD + 'before: "1 h"\n', 17, "要写且只写一个，这里写了 within、before"),
        ("when: admission\nthen: note\n", 1, "一个也没有写"),
        ('when: admission\nthen: note\nwithin: "8 hours"\n', 16, "时限“8 hours”的写法不对"),
        ('when: admission\nthen: note\nwithin: "99999 d"\n', 16, "超过十年"),
        ("when: admission\nthen: note\nwithin: null\n", 16, "within 没有时限"),
        ("when: admission\nthen: note\nrequired: false\n", 16, "只能写 true"),
        ("when: admission\nthen: note\nevery: same_shift\n", 16, "same_shift 只能用于 within"),
        ('when: admission\nthen: note\nbefore: "2 workdays"\n', 16, "before 只能写分钟、小时或天"),
        (GOOD + "until: discharge\n", 17, "within 不能与 until 同用"),
        ('when: {state: admission}\nthen: note\nwithin: "8 h"\n', 14, "是事件，不是状态"),
        ('when: {event: admission, state: critical}\nthen: note\nwithin: "8 h"\n', 14, "要写且只写一个"),
        (
            'when: admission\nthen: {event: note, where: "typ = 1"}\nwithin: "8 h"\n',
            15,
            "表 documents 没有列 typ",
        ),
        ('when: admission\nthen: {event: note, level: [boss]}\nwithin: "8 h"\n', 15, "没有职级 boss"),
        ('when: admission\nthen: {event: transfer, level: [chief]}\nwithin: "8 h"\n', 15, "没有职级列"),
        ('when: admission\nthen: {event: note, same: day}\nwithin: "8 h"\n', 15, "写 same: about"),
        ('when: {event: admission, pick: second}\nthen: note\nwithin: "8 h"\n', 14, "pick 没有取值 second"),
        (GOOD + "times: 0\n", 17, "times 不能是 0"),
        (GOOD + "applies: age_year > 3\n", 17, "没有列 age_year"),
        (GOOD + "while: [discharge]\n", 17, "是事件，不是状态"),
        (
            "when: admission\nthen: note\nwithin: same_day\nsuspend: [leave]\n",
            17,
            "suspend 只用于以分钟、小时、天计",
        ),
        (GOOD + "valid: {from: 2026-02-01, to: 2026-01-01}\n", 17, "早于开始日期"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(body, line, told):
    found = read(body)
    assert isinstance(found, list)
    assert [one for one in found if one.line == line and told in f"{one.message} {one.remedy}"], [
        str(p) for p in found
    ]


def test_the_hash_follows_the_meaning_and_not_the_words():
    first = read(GOOD)
    same = read('when: {event: admission}\nthen: {any_of: [note]}\nwithin: "480 min"\nwarn: "1 h"\n')
    assert same.hash == first.hash
    for body in (
        GOOD.replace("8 h", "9 h"),
        GOOD.replace("note", "round"),
        GOOD + "times: 2\n",
        GOOD + "valid: {from: 2026-01-01}\n",
    ):
        assert read(body).hash != first.hash


def test_another_meaning_of_an_event_is_another_rule():
    events = vocabulary()
    other = events | {"note": events["round"]}
    found = rule_of_text(HEAD + GOOD, file=FILE, codes={}, events=other)
    assert found.hash != read(GOOD).hash


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- {id: a1, title: 例, table: nowhere, at: x}", "没有可用的表 nowhere"),
        ("- {id: a1, title: 例, table: documents, at: signed}", "表 documents 没有列 signed"),
        ("- {id: a1, title: 例, table: documents, at: author}", "不是时间列"),
        ("- {id: a1, table: documents, at: signed_at}", "事件缺少 title"),
        ("- {id: A-1, title: 例, table: documents, at: signed_at}", "写法不对"),
        ('- {id: a1, title: 例, table: documents, at: signed_at, where: "kind = 1"}', "没有列 kind"),
        ("- {id: a1, title: 例, table: documents, at: signed_at, no_time: never}", "no_time 没有取值"),
        ("- {id: a1, title: 例, table: documents, at: signed_at, since: 1}", "事件没有字段 since"),
        ("id: a1", "事件文件应是一个列表"),
    ],
)
def test_a_wrong_event_is_said(text, told):
    (found,) = events_of(read_text(text, file=Path("events/x.yaml")), {})
    assert isinstance(found, Problem)
    assert told in f"{found.message} {found.remedy}"


def test_a_later_pack_has_its_own_meaning_of_an_event_and_one_pack_has_one(tmp_path):
    for pack, column in (("first", "signed_at"), ("second", "written_at")):
        (tmp_path / pack / "events").mkdir(parents=True)
        text = f"- {{id: note, title: 例, table: documents, at: {column}}}\n"
        (tmp_path / pack / "events" / "documents.yaml").write_text(text, "utf-8")
    packs = [tmp_path / "first", tmp_path / "second"]
    events, problems = load_events(packs, {})
    assert problems == []
    assert events["note"].at[0].column == "written_at"
    (tmp_path / "second" / "events" / "more.yaml").write_text(text, "utf-8")
    assert "定义了两次" in load_events(packs, {})[1][0].message


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("8 h", "8 小时"),
        ("72 h", "72 小时"),
        ("3 d", "3 天"),
        ("10 min", "10 分钟"),
        ("2 workdays", "2 个工作日"),
        ("same_day", "当日"),
    ],
)
def test_a_limit_is_told_as_it_was_written(written, words):
    assert limit(written).words == words
