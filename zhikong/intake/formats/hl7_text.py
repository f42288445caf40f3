"""The texts inside an HL7 v2 message: character sets, escape sequences and times (HL7 2.5.1, chapters 2.7 and 2.A)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

NULL = '""'
"""The HL7 null: the sender says that there is no value. An empty field says nothing."""

_UNDECLARED = ("utf-8", "gb18030")
_CHARSETS = {
    "": _UNDECLARED,
    "ASCII": _UNDECLARED,  # what systems say whose makers never changed the setting
    "UNICODE": ("utf-8",),
    "UNICODE UTF-8": ("utf-8",),
    "UTF-8": ("utf-8",),
    "UTF8": ("utf-8",),
    "GB 18030-2000": ("gb18030",),
    "GB18030": ("gb18030",),
    "GB18030-2000": ("gb18030",),
    "GBK": ("gb18030",),
    "GB2312": ("gb18030",),
    "GB 2312-80": ("gb18030",),
    "BIG-5": ("big5hkscs",),
    "BIG5": ("big5hkscs",),
} | {f"8859/{part}": (f"iso8859-{part}",) for part in (1, 2, 3, 4, 5, 6, 7, 8, 9, 15)}
_HEADER = ("utf-8", "gb18030", "latin-1")
_ESCAPED = {"H": "", "N": "", ".br": "\n", ".sp": "\n", ".fi": "", ".nf": "", ".ce": "\n"}
_REPEATED = {".sp": "\n", ".sk": " ", ".in": " ", ".ti": " "}
_TIME = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:\.(\d{1,6}))?)?)?)?([+-]\d{4}|Z)?")


class BadEncoding(ValueError):
    """The bytes are not what MSH-18 says, or MSH-18 names a character set that is not known here."""


def decoded(content: bytes, declared: str) -> tuple[str, str]:
    """The text of a message and the encoding it was in, after MSH-18 (`declared`, its first repetition).

    Without a declaration UTF-8 is tried, then GB18030. Raises BadEncoding rather than guess.
    """
    encodings = _CHARSETS.get(declared.strip().upper())
    if encodings is None:
        raise BadEncoding(declared)
    for encoding in encodings:
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise BadEncoding(declared)


def header_text(line: bytes) -> str:
    """An MSH line before its character set is known; only its ASCII fields may be trusted."""
    for encoding in _HEADER:
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return ""  # latin-1 decodes everything


def unescaped(text: str, separators: str, encoding: str = "utf-8") -> str:
    r"""Text without its escape sequences: \F\ \S\ \T\ \R\ \E\, \X..\ in the message's character set, \.br\.

    separators: field, component, repetition, escape, subcomponent, as MSH-1 and MSH-2 give them. A sequence
    that is not known stays as it is: nothing is lost, and a lone escape character is text.
    """
    escape = separators[3]
    if escape not in text:
        return text
    found, parts, place = [], text.split(escape), 1
    found.append(parts[0])
    while place < len(parts):
        meaning = _meaning(parts[place], separators, encoding) if place + 1 < len(parts) else None
        if meaning is None:
            found.append(escape + parts[place])
            place += 1
            continue
        found.append(meaning)
        found.append(parts[place + 1])
        place += 2
    return "".join(found)


def _meaning(sequence: str, separators: str, encoding: str) -> str | None:
    """What stands for an escape sequence without its two escape characters; None: it is none."""
    own = {"F": separators[0], "S": separators[1], "R": separators[2], "E": separators[3], "T": separators[4]}
    if sequence in own:
        return own[sequence]
    if sequence in _ESCAPED:
        return _ESCAPED[sequence]
    if sequence[:3] in _REPEATED and re.fullmatch(r"[+-]?\d{1,3}", sequence[3:]):
        return _REPEATED[sequence[:3]] * abs(int(sequence[3:]))
    if re.fullmatch(r"X([0-9A-Fa-f]{2})+", sequence):
        try:
            return bytes.fromhex(sequence[1:]).decode(encoding)
        except UnicodeDecodeError:
            return None
    return None


def wall_time(text: str, zone: ZoneInfo | None) -> str:
    """An HL7 time (`20260131083000.25+0800`) as `2026-01-31 08:30:00.25`, the wall time of the hospital.

    A time with an offset is moved into `zone`; without a zone the offset is dropped, because it is the sender's own
    wall time. Hours without minutes are the full hour; a month or year alone is no time and stays as it is, and so
    does whatever is not an HL7 time.
    """
    match = _TIME.fullmatch(text)
    if match is None:
        return text
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    if hour is None:
        return f"{year}-{month}-{day}"
    shown = f"{year}-{month}-{day} {hour}:{minute or '00'}:{second or '00'}"
    if offset and zone:
        shown = _moved(shown, offset, zone) or text
    return f"{shown}.{fraction}" if fraction and fraction.strip("0") else shown


def _moved(shown: str, offset: str, zone: ZoneInfo) -> str | None:
    minutes = 0 if offset == "Z" else int(offset[1:3]) * 60 + int(offset[3:5])
    sender = timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes))
    try:
        there = datetime.strptime(shown, "%Y-%m-%d %H:%M:%S").replace(tzinfo=sender)
        return there.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError):
        return None
