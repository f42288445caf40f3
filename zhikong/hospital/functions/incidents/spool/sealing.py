"""Sealing for one reader: X25519 with a fresh key for each record, HKDF-SHA256, ChaCha20-Poly1305.

Whoever seals keeps nothing that opens: a record can be read only with the private key that the worker holds.
"""

import os
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_ID = 8
OVERHEAD = KEY_ID + 32 + 16  # key id, fresh public key, tag
LENGTH = struct.Struct(">I")
NONCE = bytes(12)  # the key is used once


class Unreadable(ValueError):
    """The record is damaged, or was sealed for another key."""


class TooLong(ValueError):
    """The content does not fit into a record."""


def key_id(public: bytes) -> bytes:
    """Short name of a public key."""
    from hashlib import sha256

    return sha256(public).digest()[:KEY_ID]


def seal(content: bytes, public: bytes, size: int) -> bytes:
    """``content`` as a record of exactly ``size`` bytes; raises TooLong."""
    room = size - OVERHEAD - LENGTH.size
    if len(content) > room:
        raise TooLong(f"{len(content)} bytes, room for {room}")
    plain = LENGTH.pack(len(content)) + content + bytes(room - len(content))
    fresh = X25519PrivateKey.generate()
    own = fresh.public_key().public_bytes_raw()
    shared = fresh.exchange(X25519PublicKey.from_public_bytes(public))
    head = key_id(public) + own
    return head + ChaCha20Poly1305(_key(shared, head)).encrypt(NONCE, plain, head)


def opened(record: bytes, private: X25519PrivateKey) -> bytes:
    """What was sealed; raises Unreadable."""
    head, rest = record[: KEY_ID + 32], record[KEY_ID + 32 :]
    try:
        shared = private.exchange(X25519PublicKey.from_public_bytes(head[KEY_ID:]))
        plain = ChaCha20Poly1305(_key(shared, head)).decrypt(NONCE, rest, head)
    except (InvalidTag, ValueError):
        raise Unreadable("not sealed for this key, or damaged") from None
    (length,) = LENGTH.unpack(plain[: LENGTH.size])
    return plain[LENGTH.size : LENGTH.size + length]


def _key(shared: bytes, head: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"zhikong speak 1" + head).derive(shared)


def room(size: int) -> int:
    """How many bytes of content a record of ``size`` bytes can hold."""
    return size - OVERHEAD - LENGTH.size


def random_bytes(count: int) -> bytes:
    """What a free slot holds."""
    return os.urandom(count)
