"""What a message says about itself in MSH, whether it can ever be accepted, and its acknowledgement.

HL7 2.5.1, chapter 2.9: original mode (AA, AE, AR) when MSH-15 and MSH-16 are empty, otherwise enhanced mode. MSH is
read here without the parser: it is all that stands between two messages, and it must survive anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from zhikong.intake.formats.hl7_text import BadEncoding, decoded, header_text

_CODES = {"accept": "A", "error": "E", "reject": "R"}
_SENT = {"accept": ("AL", "SU"), "error": ("AL", "ER"), "reject": ("AL", "ER")}
_BATCH = ("FHS", "BHS", "BTS", "FTS")


@dataclass(frozen=True, slots=True)
class Header:
    """MSH of one message. separators: field, component, repetition, escape, subcomponent. `valid`: it is an MSH."""

    valid: bool
    separators: str = "|^~\\&"
    application: str = ""
    facility: str = ""
    sent_at: str = ""
    event: tuple[str, str] = ("", "")
    control_id: str = ""
    processing: str = ""
    version: str = ""
    accept_when: str = ""
    answer_when: str = ""
    charset: str = ""

    @property
    def identity(self) -> str:
        """Source, control id and the message's own time; empty without a control id.

        The time belongs to it: in many systems the counter begins anew every day, and what comes under a used number
        is then another message, not a correction.
        """
        if not self.control_id:
            return ""
        parts = (self.application, self.facility, self.control_id, self.sent_at)
        return "|".join(re.sub(r"[\x00-\x1f]", "?", part) for part in parts)[:200]


@dataclass(frozen=True, slots=True)
class Verdict:
    """accept: stored. error: not now, send again. reject: never as it is. `text` says why, in Chinese."""

    kind: str
    text: str = ""


ACCEPTED = Verdict("accept")


def messages_of(content: bytes) -> tuple[bytes | None, list[bytes]]:
    """The batch header of a frame, if it is a batch, and the messages in it."""
    content = content.strip(b"\r\n \t\x00")
    lines = re.split(rb"[\r\n]+", content)
    if content.count(b"\rMSH") + content.count(b"\nMSH") == 0 and lines[0][:3] == b"MSH":
        return None, [content]
    envelope, found = None, []
    for line in lines:
        name = line[:3].decode("latin-1")
        if name in _BATCH:
            envelope = line if name == "BHS" or (name == "FHS" and envelope is None) else envelope
        elif name == "MSH" or not found:
            found.append(line)
        else:
            found[-1] += b"\r" + line
    return envelope, found


def header_of(message: bytes) -> Header:
    """Read MSH; never raises. What is no message has a header that is not valid."""
    text = header_text(re.split(rb"[\r\n]", message[:65536], maxsplit=1)[0])
    if text[:3] != "MSH" or len(text) < 8:
        return Header(False)
    own = text[3]
    fields = text.split(own)
    given = fields[1]
    if own.isalnum() or not 1 <= len(given) <= 5 or len({own, *given}) != len(given) + 1:
        return Header(False)
    separators = own + given[:4] + "^~\\&"[len(given) :]

    def field(number: int) -> str:
        return fields[number - 1].strip() if number <= len(fields) else ""

    def first(number: int) -> str:
        return field(number).split(separators[1])[0].strip()

    event = (*field(9).split(separators[1]), "")[:2]
    return Header(
        valid=True,
        separators=separators,
        application=field(3),
        facility=field(4),
        sent_at=first(7),
        event=(event[0], event[1]),
        control_id=field(10),
        processing=first(11),
        version=first(12),
        accept_when=first(15),
        answer_when=first(16),
        charset=field(18).split(separators[2])[0],
    )


def judged(message: bytes, header: Header, *, tests: bool) -> Verdict:
    """Whether a message can be stored at all. tests: messages that MSH-11 marks as tests are welcome."""
    if not header.valid:
        return Verdict("reject", "不是 HL7 v2 消息：没有有效的 MSH 段")
    if header.version and not header.version.startswith("2."):
        return Verdict("reject", f"不支持的 HL7 版本 {header.version}，请使用 2.x")
    if not header.event[0]:
        return Verdict("reject", "MSH-9 没有消息类型")
    if header.processing in ("T", "D") and not tests:
        return Verdict("reject", "MSH-11 标明这是测试消息，此接口只接收正式消息")
    try:
        decoded(message, header.charset)
    except BadEncoding:
        named = header.charset or "UTF-8、GB18030"
        return Verdict("reject", f"字符与声明的字符集不符或字符集不支持（{named}）")
    return ACCEPTED


def answer(header: Header, verdict: Verdict, *, now: datetime, number: str) -> bytes | None:
    """The acknowledgement of a message, or None where the sender wants none (enhanced mode)."""
    code = _code(header, verdict.kind)
    if code is None:
        return None
    f, c = header.separators[:2]
    kind = f"ACK{c}{header.event[1]}{c}ACK" if header.event[1] else "ACK"
    msh = ["MSH", header.separators[1:], "ZHIKONG", "", header.application, header.facility]
    msh += [f"{now:%Y%m%d%H%M%S}", "", kind, number, header.processing or "P", header.version or "2.5.1"]
    msh += [""] * 5 + [header.charset] if header.charset else []
    segments = [f.join(msh), f.join(["MSA", code, header.control_id, _escaped(verdict.text, header)])]
    if verdict.kind != "accept":
        severity = ["ERR", "", "", "207" if verdict.kind == "error" else "200", "E"]
        segments.append(f.join([*severity, "", "", "", _escaped(verdict.text, header)]))
    return ("\r".join(segments) + "\r").encode(_encoding(header), "replace")


def batch_answer(envelope: bytes, answers: list[bytes], *, now: datetime, number: str) -> bytes:
    """The answers to the messages of a batch, as one batch."""
    text = header_text(envelope)
    f = text[3] if len(text) > 3 else "|"
    fields = text.split(f)
    control_id = fields[10] if len(fields) > 10 else ""
    head = ["BHS", fields[1] if len(fields) > 1 else "^~\\&", "ZHIKONG", "", "", "", f"{now:%Y%m%d%H%M%S}"]
    head += ["", "", "", number, control_id]
    tail = f"BTS{f}{len(answers)}\r"
    return f.join(head).encode() + b"\r" + b"".join(answers) + tail.encode()


def _code(header: Header, kind: str) -> str | None:
    if not (header.accept_when or header.answer_when):
        return "A" + _CODES[kind]
    if header.accept_when in _SENT[kind]:
        return "C" + _CODES[kind]
    if header.accept_when in ("", "NE") and header.answer_when in _SENT[kind]:
        return "A" + _CODES[kind]
    return None


def _encoding(header: Header) -> str:
    try:
        return decoded(b"", header.charset)[1]
    except BadEncoding:
        return "ascii"


def _escaped(text: str, header: Header) -> str:
    """Text for a field: its separators as escape sequences."""
    f, c, r, e, s = header.separators
    names = {e: "E", f: "F", c: "S", r: "R", s: "T"}
    return "".join(f"{e}{names[char]}{e}" if char in names else char for char in text)
