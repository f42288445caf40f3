"""How a content lies on disk: whatever its size, it comes back, and whatever was done to it is noticed."""

import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhikong.foundation.files.storage import framing
from zhikong.foundation.files.storage.framing import CHUNK, Unreadable, WrongKey

KEY, OTHER = b"k" * 32, b"o" * 32
SIZES = (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 17)


def written(content, key=KEY, address="a", pieces=1000):
    out = io.BytesIO()
    framing.write(
        (content[i : i + pieces] for i in range(0, len(content), pieces)), out, key=key, address=address
    )
    return out.getvalue()


def back(data, key=KEY, address="a"):
    return b"".join(framing.read(io.BytesIO(data), key=key, address=address))


@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "sealed"])
@pytest.mark.parametrize("size", SIZES)
def test_every_size_comes_back(size, key):
    content = os.urandom(size)
    assert back(written(content, key)) == content


@given(content=st.binary(max_size=500), pieces=st.integers(1, 200))
def test_it_does_not_matter_how_the_pieces_come(content, pieces):
    assert back(written(content, pieces=pieces)) == content


def test_plain_and_sealed_tell_by_themselves_what_they_are():
    assert back(written(b"text", None), key=KEY) == b"text"
    assert back(written(b"text", None), key=None) == b"text"
    assert b"text" not in written(b"text", KEY)


@pytest.mark.parametrize(("key", "sentence"), [(OTHER, "另一把密钥"), (None, "不见了")])
def test_a_wrong_or_missing_key_is_a_sentence(key, sentence):
    with pytest.raises(WrongKey, match=sentence):
        back(written(b"text"), key=key)


HEADER = 4 + 8 + 7
SEALED_CHUNK = CHUNK + 16


def swapped(data):
    first, second = (
        data[HEADER : HEADER + SEALED_CHUNK],
        data[HEADER + SEALED_CHUNK : HEADER + 2 * SEALED_CHUNK],
    )
    return data[:HEADER] + second + first + data[HEADER + 2 * SEALED_CHUNK :]


ATTACKS = {
    "a bit": lambda d: d[:-20] + bytes([d[-20] ^ 1]) + d[-19:],
    "cut at a chunk": lambda d: d[: HEADER + SEALED_CHUNK],
    "cut anywhere": lambda d: d[:-100],
    "only the header": lambda d: d[:HEADER],
    "half a header": lambda d: d[: HEADER - 3],
    "chunks swapped": swapped,
    "a chunk twice": lambda d: d[: HEADER + SEALED_CHUNK] + d[HEADER:],
    "something behind": lambda d: d + b"x" * 40,
    "another prefix": lambda d: d[:12] + os.urandom(7) + d[19:],
    "another beginning": lambda d: b"ZKF9" + d[4:],
    "nothing": lambda d: b"",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_every_change_is_noticed(attack):
    data = ATTACKS[attack](written(os.urandom(3 * CHUNK + 17)))
    with pytest.raises(Unreadable, match=r"损坏|不完整|另一把"):
        back(data)


def test_a_blob_does_not_open_at_another_address():
    with pytest.raises(Unreadable):
        back(written(b"text", address="a"), address="b")
