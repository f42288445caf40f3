"""Frames of MLLP, however the bytes are cut into pieces and whatever stands between them."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from zhikong.hospital.functions.datasources.mllp.framing import Framer, Kind, frame

CONTENT = st.binary(max_size=40).map(lambda b: b.replace(b"\x0b", b"?").replace(b"\x1c", b"?"))
NOISE = CONTENT.map(lambda b: b.replace(b"\r", b"?").replace(b"\n", b"?"))


def chunks(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[a:b] for a, b in pairwise(places)]


def fed(framer: Framer, pieces: list[bytes]) -> list[tuple[Kind, bytes]]:
    return [(one.kind, one.content) for piece in pieces for one in framer.feed(piece)]


@given(st.lists(CONTENT), st.lists(st.integers(0, 5000), max_size=30))
def test_frames_come_out_whole_and_in_order(contents, cuts):
    framer = Framer(1000)
    pieces = chunks(b"".join(frame(one) for one in contents), cuts)
    assert fed(framer, pieces) == [(Kind.FRAME, one) for one in contents]
    assert not framer.unfinished


@given(st.binary(max_size=300), st.lists(st.integers(0, 400), max_size=20))
def test_pieces_make_no_difference(data, cuts):
    whole, pieced = Framer(50), Framer(50)
    assert fed(whole, [data]) == fed(pieced, chunks(data, cuts))
    assert (whole.unfinished, whole.broken) == (pieced.unfinished, pieced.broken)


@given(st.lists(st.tuples(NOISE, CONTENT)), st.lists(st.integers(0, 5000), max_size=30))
def test_noise_between_frames_changes_no_frame(parts, cuts):
    data = b"".join(noise + frame(content) for noise, content in parts)
    found = fed(Framer(1000), chunks(data, cuts))
    assert [c for kind, c in found if kind is Kind.FRAME] == [content for _, content in parts]
    assert [c for kind, c in found if kind is Kind.OUTSIDE] == [noise for noise, _ in parts if noise]


@given(CONTENT, CONTENT, st.lists(st.integers(0, 200), max_size=10))
def test_a_frame_that_begins_inside_another_is_told_and_read(first, second, cuts):
    found = fed(Framer(1000), chunks(b"\x0b" + first + frame(second), cuts))
    assert found == [(Kind.CUT, first), (Kind.FRAME, second)]


@given(st.integers(11, 300), st.lists(st.integers(0, 400), max_size=20))
def test_a_frame_beyond_the_limit_is_not_held(length, cuts):
    framer = Framer(10)
    found = fed(framer, chunks(b"\x0b" + b"x" * length + b"\x1c\r" + frame(b"next"), cuts))
    assert [kind for kind, _ in found] == [Kind.TOO_LONG]
    assert framer.broken
    assert not framer._held


def test_an_unfinished_frame_is_known():
    framer = Framer(10)
    assert not framer.unfinished
    framer.feed(b"\x0bab")
    assert framer.unfinished
    framer.feed(b"\x1c\r")
    assert not framer.unfinished
    framer.feed(b"\r\n")
    assert not framer.unfinished


def test_bytes_outside_of_frames_are_bounded():
    framer = Framer(100)
    for _ in range(100):
        framer.feed(b"x" * 1000)
    assert len(framer._held) <= 4096
    assert [one.kind for one in framer.feed(b"\x0b")] == [Kind.OUTSIDE]
