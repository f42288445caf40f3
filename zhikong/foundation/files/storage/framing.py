"""How a content lies on disk: behind a header, plain or sealed in chunks (AES-256-GCM, the STREAM construction).

Plain:  ``ZKF0`` content.
Sealed: ``ZKF1`` key id (8) nonce prefix (7), then chunks of 64 KiB, each encrypted with a 16-byte tag. The nonce is
        prefix, chunk number (4), last-chunk flag (1), so chunks cannot be reordered, dropped or cut off; header and
        address are bound in, so a blob that is copied to another address does not open.

Every blob tells by itself how it is stored: plain and sealed ones stand beside each other. The header also makes
sure that nothing in the folder is a program, a page or a picture to whoever stumbles on it.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PLAIN, SEALED = b"ZKF0", b"ZKF1"
CHUNK = 64 * 1024
_PREFIX, _KEY_ID, _TAG = 7, 8, 16


class Unreadable(RuntimeError):
    """The blob cannot be read; the message is a Chinese sentence."""


class WrongKey(Unreadable):
    """The blob was sealed with another key than the one at hand."""


def key_id(key: bytes) -> bytes:
    """Tells keys apart without giving one away."""
    return hashlib.sha256(b"zhikong file key\x00" + key).digest()[:_KEY_ID]


def write(chunks: Iterable[bytes], target: BinaryIO, *, key: bytes | None, address: str) -> None:
    """Write a content with its header; sealed when a key is given."""
    if key is None:
        target.write(PLAIN)
        for chunk in chunks:
            target.write(chunk)
        return
    header = SEALED + key_id(key) + os.urandom(_PREFIX)
    target.write(header)
    for piece in _sealed(chunks, header, AESGCM(key), address):
        target.write(piece)


def _sealed(chunks: Iterable[bytes], header: bytes, cipher: AESGCM, address: str) -> Iterator[bytes]:
    bound, prefix = header + address.encode(), header[-_PREFIX:]
    for number, (piece, last) in enumerate(_with_last(_regular(chunks))):
        yield cipher.encrypt(_nonce(prefix, number, last), piece, bound)


def read(source: BinaryIO, *, key: bytes | None, address: str) -> Iterator[bytes]:
    """The content in pieces; raises Unreadable for a missing or wrong key, damage or a cut-off end."""
    mark = source.read(len(PLAIN))
    if mark == PLAIN:
        return iter(lambda: source.read(CHUNK), b"")
    if mark != SEALED:
        raise Unreadable("文件在磁盘上已损坏：开头不是本系统写的。请从备份恢复。")
    rest = source.read(_KEY_ID + _PREFIX)
    if key is None:
        raise WrongKey("文件是加密保存的，但加密密钥 secrets/files.key 不见了。请从备份恢复该文件。")
    if rest[:_KEY_ID] != key_id(key):
        raise WrongKey("文件是用另一把密钥加密的，现在的 secrets/files.key 打不开它。请恢复原来的密钥文件。")
    return _opened(source, mark + rest, AESGCM(key), address)


def _opened(source: BinaryIO, header: bytes, cipher: AESGCM, address: str) -> Iterator[bytes]:
    bound, prefix = header + address.encode(), header[-_PREFIX:]
    pieces = iter(lambda: source.read(CHUNK + _TAG), b"")
    complete = False
    for number, (piece, complete) in enumerate(_with_last(pieces)):
        try:
            yield cipher.decrypt(_nonce(prefix, number, complete), piece, bound)
        except InvalidTag:
            raise Unreadable("文件在磁盘上已损坏或被改动，解密没有通过校验。请从备份恢复。") from None
    if not complete:
        raise Unreadable("文件在磁盘上不完整。请从备份恢复。")


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])


def _regular(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Pieces of exactly CHUNK bytes, except the last; an empty content is one empty piece."""
    waiting = b""
    sent = False
    for chunk in chunks:
        waiting += chunk
        while len(waiting) > CHUNK:
            yield waiting[:CHUNK]
            waiting, sent = waiting[CHUNK:], True
    if waiting or not sent:
        yield waiting


def _with_last(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Each piece, and whether it is the last one."""
    before = None
    for piece in pieces:
        if before is not None:
            yield before, False
        before = piece
    if before is not None:
        yield before, True
