"""What a phone sends is judged before anything is stored: hostile JSON, sizes, clocks."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from zhikong.hospital.functions.inspections import rules_sync, rules_sync_clock, rules_visiting
from zhikong.hospital.functions.inspections.rules_sync import Kind, Malformed
from zhikong.hospital.functions.inspections.rules_visiting import Readiness, Said, Voice, obstacles

ID = "6f1a2b3c-4d5e-4f60-8a7b-9c0d1e2f3a4b"
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def op(**changes):
    return {"id": ID, "seq": 1, "kind": "answer", "sheet": 5, "item": "towel", "value": "yes", **changes}


def body(**changes):
    return json.dumps({"device": ID, "ops": [], **changes}).encode()


def test_an_op_is_read():
    one = rules_sync.envelope(op(base=3, at="2026-11-23T09:00:00+08:00"))
    assert (one.kind, one.sheet, one.item, one.value, one.base) == (Kind.ANSWER, 5, "towel", "yes", 3)
    assert one.clock == NOW


HOSTILE = {
    "no object": ["x"],
    "no id": op(id=None),
    "id is no uuid": op(id="1 OR 1=1"),
    "upper case id": op(id=ID.upper()),
    "unknown kind": op(kind="drop_table"),
    "kind is a list": op(kind=["answer"]),
    "sheet is text": op(sheet="5"),
    "sheet below zero": op(sheet=-1),
    "sheet is true": op(sheet=True),
    "sheet beyond the database": op(sheet=2**80),
    "no sheet": op(sheet=None),
    "item is a path": op(item="../../etc/passwd"),
    "item is an object": op(item={"$ne": 1}),
    "value too long": op(value="长" * 30_000),
    "value too deep": op(value=[[[[[[[[[[1]]]]]]]]]]),
    "number too large": op(value=10**400),
    "lone surrogate": op(value="\ud800"),
    "fixed without value": op(kind="fixed", value=None),
    "seq is a float": op(seq=1.5),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_op_is_a_sentence(name):
    with pytest.raises(Malformed) as refused:
        rules_sync.envelope(HOSTILE[name])
    assert any("\u4e00" <= letter <= "\u9fff" for letter in str(refused.value))


BODIES = {
    "not json": b"{",
    "not utf-8": b"\xff\xfe",
    "a list": b"[]",
    "no ops": body(ops=None),
    "no device": body(device="phone"),
    "too many": body(ops=[{}] * 101),
    "too deep": b'{"device":"' + ID.encode() + b'","ops":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "nan": body(ops=[]).replace(b"[]", b"[NaN]"),
    "too large": b" " * (rules_sync.MOST_BYTES + 1),
}


@pytest.mark.parametrize("name", BODIES)
def test_what_is_no_batch_is_a_sentence(name):
    with pytest.raises(Malformed):
        rules_sync.batch(BODIES[name])


def test_brackets_in_text_are_no_depth():
    said = rules_sync.document(json.dumps({"text": "[" * 100 + '"' + "{" * 100}).encode())
    assert said["text"].startswith("[[[")


def test_nul_in_text_is_left_out():
    assert rules_sync.envelope(op(value="a\u0000b")).value == "ab"


def test_the_same_id_with_another_content_has_another_digest():
    assert rules_sync.envelope(op()).digest != rules_sync.envelope(op(value="no")).digest
    assert (
        rules_sync.envelope(op(at=None)).digest == rules_sync.envelope(op(at="2026-11-23T09:00:00Z")).digest
    )


def sent(**changes):
    return rules_sync.batch(body(**changes))


def test_the_servers_time_wins_over_a_clock_a_day_ahead():
    one = rules_sync.envelope(op(at="2026-11-24T08:50:00+08:00"))
    when = rules_sync_clock.timed(one, sent(sent_at="2026-11-24T09:00:00+08:00"), received=NOW)
    assert (when.at, when.drift) == (NOW - timedelta(minutes=10), 86400)
    assert "快 1 天" in rules_sync_clock.drift_sentence(when.drift)


def test_the_steady_counter_wins_over_a_clock_that_was_set_meanwhile():
    one = rules_sync.envelope(op(at="2026-11-20T08:00:00Z", boot="b", mono=1000.0))
    batch = sent(sent_at="2026-11-23T01:00:00Z", boot="b", mono=61_000.0)
    assert rules_sync_clock.timed(one, batch, received=NOW).at == NOW - timedelta(minutes=1)


def test_nothing_happens_later_than_it_arrives():
    one = rules_sync.envelope(op(at="2026-11-23T05:00:00Z"))
    assert rules_sync_clock.timed(one, sent(sent_at="2026-11-23T01:00:00Z"), received=NOW).at == NOW


@pytest.mark.parametrize("clock", [None, "yesterday", "2026-11-23T09:00:00", 5, "0001-01-01T00:00:00Z"])
def test_a_phone_without_a_clock_is_no_obstacle(clock):
    one = rules_sync.envelope(op(at=clock))
    assert rules_sync_clock.timed(one, sent(sent_at=clock), received=NOW) == rules_sync_clock.Timed(NOW, None)


def ready(**changes):
    said = [Said(1, Voice.AGREE)]
    case = {"state": "comment", "said": said, "comment_until": NOW.date(), "today": NOW.date()}
    return Readiness(**{**case, **changes})


@pytest.mark.proves("INS-23")
def test_the_inspected_side_is_heard_first():
    assert obstacles(ready()) == []
    assert "还没有发表意见" in obstacles(ready(said=[]))[0]
    assert obstacles(ready(said=[], today=NOW.date() + timedelta(days=1))) == []
    assert obstacles(ready(said=[]), waive="科室主任出国，电话确认无异议") == []


@pytest.mark.proves("INS-23")
def test_an_objection_is_answered_before_the_conclusion():
    objected = [Said(1, Voice.OBJECT)]
    assert "异议" in obstacles(ready(said=objected))[0]
    assert obstacles(ready(said=[*objected, Said(2, Voice.REPLY, answers=1)])) == []


@pytest.mark.parametrize("what", ["conflicts", "missing", "waiting", "undecided"])
def test_open_work_is_said(what):
    assert obstacles(ready(**{what: 2}))[0].count("2") == 1


def test_what_comes_late_is_kept_with_the_state_it_met():
    assert rules_visiting.why_set_aside("open") == ""
    assert "已取消" in rules_visiting.why_set_aside("cancelled")
