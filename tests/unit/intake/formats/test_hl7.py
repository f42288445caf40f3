"""HL7 v2 messages as columns: paths, repetitions, groups, escapes, character sets, frames, batches, and what is none."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import hl7 as python_hl7
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhikong.intake.formats import hl7, hl7_paths
from zhikong.intake.formats.hl7_messages import Message, Raw, Unreadable, event_of, raw_messages
from zhikong.intake.formats.hl7_text import BadEncoding, decoded, unescaped, wall_time
from zhikong.intake.mappings import MappingFault, parse_mapping
from zhikong.intake.reasons import FileRefused
from zhikong.intake.staging import Staged

SEPARATORS = "|^~\\&"
RESULT = [
    "MSH|^~\\&|LIS|DEMO600|ZHIKONG|DEMO600|20260101080000||ORU^R01^ORU_R01|MSG1|P|2.5.1",
    "PID|1||P7^^^H^PI~10000001^^^H^MR||示范^甲",
    "PV1|1|I|CARD^W1^01||||||||||||||||2",
    "NTE|1|L|整单备注",
    "OBR|1|O1|F1|K^血钾|||20260101073000",
    "OBX|1|NM|K^钾||6.8|mmol/L|3.5-5.5|HH|||F|||20260101075500",
    "NTE|1|L|已电话通知|CVN||20260101080500",
    "NTE|2|L|已处置|CVH||20260101082000",
    "OBX|2|NM|NA^钠||141|mmol/L|135-145|N|||F",
    "OBR|2|O2|F2|CRP|||20260101074000",
    'OBX|1|TX|CRP^蛋白||第一行~第二行\\.br\\第三行||""||||F',
]


def one(*lines: str) -> Message:
    raw = Raw(1)
    for number, line in enumerate(lines, start=1):
        raw.add(number, line.encode())
    return Message(raw)


def values(message: Message, segment: str | None, *columns: str) -> list[tuple[str, ...]]:
    parsed = [hl7_paths.column(text) for text in columns]
    return [tuple(hl7_paths.value(column, row.get) for column in parsed) for row in message.rows(segment)]


def staged(tmp_path: Path, content: bytes, *columns: str, **options) -> tuple[list[dict], Staged]:
    file = tmp_path / "in.hl7"
    file.write_bytes(content)
    source = {"format": "hl7", **options}
    mapping = parse_mapping(
        {
            "id": "x",
            "name": "x",
            "zone": "Asia/Shanghai",
            "blank": [""],
            "sources": {"hl7": source},
            "tables": {"results": {"from": "hl7", "columns": {"at": "OBX-14|OBR-7"}}},
        }
    )
    result = Staged(mapping.sources["hl7"], tmp_path / "out.parquet", None)
    rows = []
    for numbers, found in hl7.batches(file, mapping.sources["hl7"], list(columns), mapping, result):
        cells = [found[c].to_pylist() for c in columns]
        rows += [
            dict(zip(["row", *columns], line, strict=True))
            for line in zip(numbers.to_pylist(), *cells, strict=True)
        ]
    return rows, result


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("MSH-1", "|"),
        ("MSH-2", "^~\\&"),
        ("MSH-10", "MSG1"),
        ("MSH-9.2", "R01"),
        ("PID-3", "P7"),
        ("PID-3(2)", "10000001"),
        ("PID-3(3)", ""),
        ("PID-3(5=MR).1", "10000001"),
        ("PID-3(5=XX).1", ""),
        ("PID-5.1+PID-5.2", "示范甲"),
        ("PV1-3.3", "01"),
        ("PV1-3.9", ""),
        ("PV1-99", ""),
        ("ZZZ-1", ""),
        ("PV1-45|PV1-19", "2"),
        ("PV1-19?MSH-9.2=A01,R01", "2"),
        ("PV1-19?MSH-9.2=A01", ""),
        ("PV1-19?PV1-19=*&PV1-45=*", ""),
        ("'lab'?MSH-9.1=ORU|'other'", "lab"),
        ("'lab'?MSH-9.1=ADT|'other'", "other"),
        ("OBX[3.1=NA]-5", "141"),
        ("OBX-5", "6.8"),
    ],
)
def test_paths(path, found):
    assert values(one(*RESULT), None, path) == [(found,)]


def test_a_row_sees_its_group_and_what_stands_above_it():
    columns = ("OBR-4", "OBR-7", "OBX-3", "OBX-8", "NTE[4=CVN]-6", "NTE[4=CVH]-6", "PV1-19")
    assert values(one(*RESULT), "OBX", *columns) == [
        ("K", "20260101073000", "K", "HH", "20260101080500", "20260101082000", "2"),
        ("K", "20260101073000", "NA", "N", "", "", "2"),
        ("CRP", "20260101074000", "CRP", "", "", "", "2"),
    ]


def test_all_repetitions_are_lines_of_one_text():
    assert values(one(*RESULT), "OBX", "OBX-5(*)")[2] == ("第一行\n第二行\n第三行",)


def test_the_hl7_null_is_told_from_an_empty_field():
    assert values(one(*RESULT), "OBX", "OBX-7") == [("3.5-5.5",), ("135-145",), ('""',)]
    message = one(RESULT[0], 'PV1|1|I|""|CARD')
    assert values(message, None, "PV1-3|PV1-4") == [('""',)]


def test_separators_are_what_the_message_says():
    message = one("MSH$*%?@$LIS$$$$20260101$$ORU*R01$M?F?1$P$2.3", "PID$1$$10*x@y%20$$a?S?b?T?c?R?d?E?e")
    assert values(message, None, "PID-3.2.2", "PID-3(2)", "PID-5", "MSH-10") == [
        ("y", "20", "a*b@c%d?e", "M$1")
    ]


@pytest.mark.parametrize(
    "path", ["PV1", "PV1-", "pv1-3", "PV1-3.x", "PID-3(x).1", "PV1-3?MSH-9", "NTE[CVN]-6", "", "PV1-3||"]
)
def test_what_is_no_path_is_said_with_the_source(tmp_path, path):
    with pytest.raises(MappingFault, match="来源 hl7"):
        staged(tmp_path, "\r".join(RESULT).encode(), "x", fields={"x": path})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (r"a\F\b", "a|b"),
        (r"\S\\T\\R\\E\ ", "^&~\\ "),
        (r"a\.br\b", "a\nb"),
        (r"\.sp2\x", "\n\nx"),
        (r"\H\重点\N\ ", "重点 "),
        (r"\X4142\ ", "AB "),
        (r"\XE5BC A0\ ", r"\XE5BC A0\ "),
        (r"\XFF\ ", r"\XFF\ "),
        (r"\Zx\ ", r"\Zx\ "),
        ("C:\\data", "C:\\data"),
        ("a\\", "a\\"),
    ],
)
def test_escapes(text, found):
    assert unescaped(text, SEPARATORS) == found


def test_hexadecimal_escapes_are_in_the_character_set_of_the_message():
    assert unescaped("\\X" + "质控".encode("gb18030").hex() + "\\", SEPARATORS, "gb18030") == "质控"
    assert unescaped("\\X" + "质控".encode().hex() + "\\", SEPARATORS) == "质控"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("20260101", "2026-01-01"),
        ("2026010108", "2026-01-01 08:00:00"),
        ("202601010805", "2026-01-01 08:05:00"),
        ("20260101080509.25", "2026-01-01 08:05:09.25"),
        ("20260101080509.0000", "2026-01-01 08:05:09"),
        ("20260101080509+0800", "2026-01-01 08:05:09"),
        ("20260101000509.5+0000", "2026-01-01 08:05:09.5"),
        ("20251231160509-0000", "2026-01-01 00:05:09"),
        ("202601", "202601"),
        ("2026-01-01 08:05", "2026-01-01 08:05"),
        ("20261301080509+0000", "20261301080509+0000"),
    ],
)
def test_times_become_the_wall_time_of_the_hospital(text, found):
    assert wall_time(text, ZoneInfo("Asia/Shanghai")) == found


def test_character_sets():
    text = "PID|1||张三"
    assert decoded(text.encode("gb18030"), "GB 18030-2000") == (text, "gb18030")
    assert decoded(text.encode("gb18030"), "") == (text, "gb18030")
    assert decoded(text.encode(), "UNICODE UTF-8") == (text, "utf-8")
    with pytest.raises(BadEncoding):
        decoded(text.encode("gb18030"), "UNICODE UTF-8")
    with pytest.raises(BadEncoding):
        decoded(text.encode(), "EBCDIC")


def test_a_separator_inside_a_gb18030_character_is_no_separator():
    text = "MSH|^~\\&|LIS|某县院|ZK|H|20260101||ADT^A08|M1|P|2.5|||||CHN|GB 18030-2000\rPID|1||1||鄚鄜鄎"
    assert b"|" in "鄚鄜鄎".encode("gb18030").replace(b"||", b"") or b"~" in text.encode("gb18030")
    message = Message(Raw(1, [(n, x.encode("gb18030")) for n, x in enumerate(text.split("\r"), 1)]))
    assert values(message, None, "PID-5", "MSH-4") == [("鄚鄜鄎", "某县院")]


WRAPPED = {
    "carriage_returns": lambda m: b"\r".join(m) + b"\r",
    "lines": lambda m: b"\n".join(m),
    "windows": lambda m: b"\r\n".join(m) + b"\r\n",
    "marked": lambda m: b"\xef\xbb\xbf" + b"\r".join(m),
    "framed": lambda m: b"\x0b" + b"\r".join(m) + b"\r\x1c\r",
    "in_a_batch": lambda m: b"FHS|^~\\&\rBHS|^~\\&\r" + b"\r".join(m) + b"\rBTS|1\rFTS|1\r",
}


@pytest.mark.parametrize("wrap", WRAPPED)
def test_however_messages_are_wrapped_they_are_found(tmp_path, wrap):
    lines = [line.encode() for line in RESULT]
    content = WRAPPED[wrap](lines) + WRAPPED[wrap](lines) if wrap != "lines" else b"\n".join(lines * 2)
    rows, result = staged(tmp_path, content, "OBX-3", "MSH-10", segment="OBX")
    assert [(row["OBX-3"], row["MSH-10"]) for row in rows] == [
        ("K", "MSG1"),
        ("NA", "MSG1"),
        ("CRP", "MSG1"),
    ] * 2
    assert len({row["row"] for row in rows}) == 6
    assert result.problems == []


def test_messages_can_be_put_one_after_the_other_whatever_they_end_with(tmp_path):
    lines = "\r".join(RESULT).encode()
    rows, _ = staged(tmp_path, hl7.framed([lines, lines + b"\r", b"\x0b" + lines + b"\x1c\r"]), "MSH-10")
    assert len(rows) == 3


def test_only_the_asked_events_are_taken(tmp_path):
    content = "\r".join(["MSH|^~\\&|||||20260101||ADT^A01|1|P|2.5", "PID|1||1", *RESULT]).encode()
    assert [r["MSH-10"] for r in staged(tmp_path, content, "MSH-10", events=["ADT^A01"])[0]] == ["1"]
    assert [r["MSH-10"] for r in staged(tmp_path, content, "MSH-10", events=["ORU"])[0]] == ["MSG1"]
    assert [r["MSH-10"] for r in staged(tmp_path, content, "MSH-10")[0]] == ["1", "MSG1"]


def test_what_is_no_message_is_told_with_its_line_and_the_others_are_read(tmp_path):
    good = "\r".join(RESULT)
    content = "\x00\xff垃圾\rMSH\rPID|1\r".encode() + good.encode()
    content += b"\r" + good.replace("2.5.1", "2.5.1|||||CHN|UNICODE UTF-8").encode("gb18030")
    rows, result = staged(tmp_path, content, "MSH-10", segment="PV1")
    assert len(rows) == 1
    assert [(p.row, p.reason) for p in result.problems] == [
        (1, "not_hl7"),
        (2, "not_hl7"),
        (15, "bad_encoding"),
    ]


def test_noise_in_a_frame_of_its_own_does_not_spoil_the_message_before_it(tmp_path):
    message = "\r".join(RESULT).encode()
    for noise in (b"\x0b\xff\xfe\x1c\r", b"\xff\xfe\r", b"\x0b\r\xff\x1c\r"):
        content = b"\x0b" + message + b"\r\x1c\r" + noise + b"\x0b" + message + b"\x1c\r"
        rows, result = staged(tmp_path, content, "OBX-5(*)", segment="OBX")
        assert len(rows) == 6
        assert rows[2]["OBX-5(*)"] == "第一行\n第二行\n第三行"
        assert [p.reason for p in result.problems] == ["not_hl7"]


def test_a_line_break_inside_a_field_does_not_cut_the_message(tmp_path):
    content = "\n".join([*RESULT[:-1], "OBX|1|TX|CRP^蛋白||第一行", "第二行||N"]).encode()
    rows, result = staged(tmp_path, content, "OBX-5", "OBX-7", segment="OBX")
    assert rows[-1] | {"row": 0} == {"row": 0, "OBX-5": "第一行\n第二行", "OBX-7": "N"}
    assert result.problems == []


def test_a_file_without_any_message_is_refused(tmp_path):
    with pytest.raises(FileRefused, match="没有 HL7 消息"):
        staged(tmp_path, b"\x89PNG\r\n\x1a\n" * 100, "MSH-10")


def test_a_message_that_is_too_long_is_not_kept_in_memory(tmp_path, monkeypatch):
    monkeypatch.setattr("zhikong.intake.formats.hl7_messages.LARGEST", 500)
    long = "\r".join([RESULT[0], *(f"OBX|{n}|NM|K||1" for n in range(100))])
    file = tmp_path / "long.hl7"
    file.write_text(long + "\r" + "\r".join(RESULT[:3]), "utf-8")
    first, second = raw_messages(file)
    assert sum(len(line) for _, line in first.lines) <= 500 < first.size
    with pytest.raises(Unreadable, match="message_too_long"):
        Message(first)
    assert event_of(second) == ("ORU", "R01")


@given(st.binary(max_size=400))
def test_no_bytes_bring_the_reader_down(tmp_path_factory, noise):
    file = tmp_path_factory.mktemp("noise") / "x.hl7"
    file.write_bytes(b"MSH|^~\\&|" + noise + b"\rPID|" + noise + "\r".join(RESULT).encode())
    for raw in raw_messages(file):
        try:
            values(Message(raw), None, "PID-3(2).1", "MSH-10", "OBX-5(*)")
        except Unreadable:
            continue


FIELD = st.lists(st.text("abc^~&", max_size=8), min_size=1, max_size=6)


@given(st.lists(FIELD, min_size=1, max_size=4), st.integers(1, 7), st.integers(1, 4), st.integers(1, 4))
def test_places_are_those_of_python_hl7(segments, field, component, sub):
    lines = [f"Z{n:02}|" + "|".join(fields) for n, fields in enumerate(segments)]
    text = "\r".join([RESULT[0], *lines])
    theirs = python_hl7.parse(text)
    for n in range(len(segments)):
        try:
            wanted = theirs.extract_field(f"Z{n:02}", 1, field, 1, component, sub)
        except (LookupError, IndexError):
            wanted = ""
        assert values(one(*text.split("\r")), None, f"Z{n:02}-{field}.{component}.{sub}") == [(wanted or "",)]
