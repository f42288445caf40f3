"""Voice notes as browsers record them: WebM (a kind of Matroska, RFC 9559) with tracks of sound and no others."""

from __future__ import annotations

from pathlib import Path

from zhikong.foundation.files.inspection.refusal import Refused
from zhikong.foundation.files.inspection.sound import BROKEN

HEAD = 256 * 1024  # tracks stand before the first sound
EBML, SEGMENT, TRACKS, ENTRY = 0x1A45DFA3, 0x18538067, 0x1654AE6B, 0xAE
DOC_TYPE, TRACK_TYPE, SOUND = 0x4282, 0x83, 2
CLUSTER = 0x1F43B675
FILM = "这是视频，不能上传。录音请只录声音。"


def check(path: Path) -> str:
    """The document says webm, and every track in it is sound."""
    with open(path, "rb") as file:
        data = file.read(HEAD)
    top = dict(_elements(data, 0, len(data)))
    if EBML not in top or SEGMENT not in top or not _is_webm(data, *top[EBML]):
        raise Refused(BROKEN)
    kinds = _track_types(data, *top[SEGMENT])
    if not kinds:
        raise Refused(BROKEN)
    if any(kind != SOUND for kind in kinds):
        raise Refused(FILM)
    return ""


def _is_webm(data: bytes, start: int, end: int) -> bool:
    found = dict(_elements(data, start, end)).get(DOC_TYPE)
    return found is not None and data[slice(*found)].rstrip(b"\0") == b"webm"


def _track_types(data: bytes, start: int, end: int) -> list[int]:
    tracks = dict(_elements(data, start, end)).get(TRACKS)
    if tracks is None:
        return []
    entries = [place for name, place in _elements(data, *tracks) if name == ENTRY]
    return [_number(data, dict(_elements(data, *place)).get(TRACK_TYPE)) for place in entries]


def _number(data: bytes, place: tuple[int, int] | None) -> int:
    return 0 if place is None else int.from_bytes(data[slice(*place)], "big")


def _elements(data: bytes, start: int, end: int) -> list[tuple[int, tuple[int, int]]]:
    """(id, (start, end) of the content) of the elements side by side; what runs out of the data ends there.

    A recording that was not finished has a segment of unknown length; it reaches to the end.
    """
    found: list[tuple[int, tuple[int, int]]] = []
    position = start
    while position < end:
        name, position = _vint(data, position, end, keep_marker=True)
        size, position = _vint(data, position, end, keep_marker=False)
        if name is None or size is None:
            break
        stop = min(end, position + size)
        found.append((name, (position, stop)))
        if name == CLUSTER:
            break
        position = stop
    return found


def _vint(data: bytes, position: int, end: int, *, keep_marker: bool) -> tuple[int | None, int]:
    """A number of variable length; one of all ones says that the length is unknown."""
    if position >= end or data[position] == 0:
        return None, end
    length = 9 - data[position].bit_length()
    if position + length > end:
        return None, end
    value = int.from_bytes(data[position : position + length], "big")
    if not keep_marker:
        value &= (1 << 7 * length) - 1
        if value == (1 << 7 * length) - 1:
            value = end
    return value, position + length
