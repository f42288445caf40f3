"""What MSH says, what can never be accepted, and how the answer is written."""

from __future__ import annotations

from datetime import datetime

import hl7
import pytest

from zhikong.hospital.functions.datasources.mllp import answers
from zhikong.hospital.functions.datasources.mllp.answers import ACCEPTED, Verdict

NOW = datetime(2026, 1, 1, 8, 0)  # noqa: DTZ001 - the hospital's wall time, as HL7 writes it


def message(
    *, control="M1", version="2.5.1", event="ADT^A01", processing="P", charset="", modes="|", **_
) -> bytes:
    text = f"MSH|^~\\&|HIS|DEMO600|ZK|DEMO600|20260101080000||{event}|{control}|{processing}|{version}|||{modes}||{charset}"
    return f"{text}\rPID|1||1".encode("gb18030" if "GB" in charset else "utf-8")


def answered(content: bytes, verdict: Verdict = ACCEPTED):
    header = answers.header_of(content)
    given = answers.answer(header, verdict, now=NOW, number="ZK1")
    return None if given is None else hl7.parse(given.decode("utf-8"))


def test_an_acceptance_names_the_message_and_goes_back_to_its_sender():
    found = answered(message())
    assert str(found.segment("MSA")) == "MSA|AA|M1|"
    assert (
        str(found.segment("MSH")) == "MSH|^~\\&|ZHIKONG||HIS|DEMO600|20260101080000||ACK^A01^ACK|ZK1|P|2.5.1"
    )


@pytest.mark.parametrize(("kind", "code"), [("error", "AE"), ("reject", "AR")])
def test_a_refusal_says_why(kind, code):
    found = answered(message(), Verdict(kind, "磁盘已满 | 请重发"))
    assert str(found.segment("MSA")) == f"MSA|{code}|M1|磁盘已满 \\F\\ 请重发"
    assert found.segment("ERR")[8] == ["磁盘已满 \\F\\ 请重发"]


@pytest.mark.parametrize(
    ("modes", "accepted", "refused"),
    [
        ("|", "AA", "AE"),
        ("AL|NE", "CA", "CE"),
        ("AL|AL", "CA", "CE"),
        ("ER|NE", None, "CE"),
        ("SU|NE", "CA", None),
        ("NE|AL", "AA", "AE"),
        ("NE|ER", None, "AE"),
        ("NE|NE", None, None),
    ],
)
def test_the_enhanced_mode_answers_as_the_sender_wants(modes, accepted, refused):
    for verdict, code in ((ACCEPTED, accepted), (Verdict("error", "x"), refused)):
        found = answered(message(modes=modes), verdict)
        assert (None if found is None else str(found.segment("MSA")[1])) == code


def test_the_answer_uses_the_separators_and_the_characters_of_the_message():
    content = (
        message(charset="GB 18030-2000").replace(b"|", b"$").replace(b"^~\\&", b"*%?@").replace(b"^", b"*")
    )
    given = answers.answer(answers.header_of(content), Verdict("error", "满$了"), now=NOW, number="1")
    assert given.decode("gb18030").splitlines()[1] == "MSA$AE$M1$满?F?了"


def test_the_identity_is_source_control_id_and_time():
    assert answers.header_of(message()).identity == "HIS|DEMO600|M1|20260101080000"
    assert answers.header_of(message(control="")).identity == ""
    assert answers.header_of(message(control="a\x00b")).identity == "HIS|DEMO600|a?b|20260101080000"
    assert len(answers.header_of(message(control="x" * 900)).identity) == 200


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MSH",
        b"MSH|",
        b"GET / HTTP/1.1",
        b"\x16\x03\x01\x02\x00",
        b"MSHAAAAAAAAA",
        b"MSH||||||||",
        b"PID|1||1|2|3",
    ],
)
def test_what_is_no_message_is_rejected(content):
    header = answers.header_of(content)
    assert not header.valid
    assert answers.judged(content, header, tests=False).kind == "reject"
    assert b"MSA|AR||" in answers.answer(header, Verdict("reject", "x"), now=NOW, number="1")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"version": "3.0"}, "版本"),
        ({"event": ""}, "MSH-9"),
        ({"processing": "T"}, "测试消息"),
        ({"processing": "D"}, "测试消息"),
        ({"charset": "EBCDIC"}, "字符集"),
    ],
)
def test_what_can_never_be_accepted(options, words):
    content = message(**options)
    found = answers.judged(content, answers.header_of(content), tests=False)
    assert found.kind == "reject"
    assert words in found.text


def test_tests_are_welcome_where_the_feed_says_so():
    content = message(processing="T")
    assert answers.judged(content, answers.header_of(content), tests=True) == ACCEPTED


def test_wrong_bytes_are_rejected_rather_than_stored_unreadable():
    content = message(charset="UNICODE UTF-8") + "\rPV1||张三丰".encode("gb18030")
    assert answers.judged(content, answers.header_of(content), tests=False).kind == "reject"
    content = message() + b"\rOBX|\xff\xff\xff"
    assert answers.judged(content, answers.header_of(content), tests=False).kind == "reject"


def test_batches_are_taken_apart_and_answered_together():
    content = (
        b"FHS|^~\\&\rBHS|^~\\&|HIS||||20260101||||B7\r"
        + message()
        + b"\r"
        + message(control="M2")
        + b"\rBTS|2\rFTS|1\r"
    )
    envelope, found = answers.messages_of(content)
    assert [answers.header_of(one).control_id for one in found] == ["M1", "M2"]
    acks = [answers.answer(answers.header_of(one), ACCEPTED, now=NOW, number="1") for one in found]
    lines = answers.batch_answer(envelope, acks, now=NOW, number="Z1").decode().splitlines()
    assert [line[:3] for line in lines] == ["BHS", "MSH", "MSA", "MSH", "MSA", "BTS"]
    assert lines[0].split("|")[10:12] == ["Z1", "B7"]
    assert lines[-1] == "BTS|2"


def test_several_messages_in_one_frame_without_a_batch_are_several_messages():
    envelope, found = answers.messages_of(message() + b"\r\n" + message(control="M2"))
    assert envelope is None
    assert [answers.header_of(one).control_id for one in found] == ["M1", "M2"]
