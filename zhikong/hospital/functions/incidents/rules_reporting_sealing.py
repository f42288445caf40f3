"""How the words of an incident and the person who reported it are sealed. No ORM; the key comes from outside the database.

An envelope is bound to the row that it belongs to: moved to another row it does not open. A dump, a backup or the
write-ahead log without the key tells neither what was written nor by whom.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without those that are taken for one another: 0 O, 1 I L


class Unreadable(RuntimeError):
    """The envelope was sealed with another key, or belongs to another row."""


def key_of(secret: str, purpose: str) -> bytes:
    """A 256-bit key from the installation's secret; purposes have keys of their own."""
    return hashlib.sha256(f"zhikong incidents {purpose}\x00{secret}".encode()).digest()


def seal(values: dict[str, Any], *, key: bytes, bound_to: str) -> bytes:
    """Encrypt (AES-256-GCM) what JSON can say."""
    nonce = os.urandom(_NONCE)
    plain = json.dumps(values, ensure_ascii=False, sort_keys=True).encode()
    return nonce + AESGCM(key).encrypt(nonce, _padded(plain), bound_to.encode())


def unseal(sealed: bytes, *, key: bytes, bound_to: str) -> dict[str, Any]:
    """The values again. Raises Unreadable."""
    data = bytes(sealed)
    try:
        return json.loads(AESGCM(key).decrypt(data[:_NONCE], data[_NONCE:], bound_to.encode()))
    except InvalidTag as error:
        raise Unreadable("内容无法解开：密钥与保存时不同。") from error


def _padded(plain: bytes) -> bytes:
    """Filled with spaces to a multiple of 256 bytes: the length of an envelope is no sign of its content."""
    return plain + b" " * (-len(plain) % 256)


def owner_digest(account_id: int, *, key: bytes, institution_id: int) -> str:
    """A keyed fingerprint of an account: finds a person's own reports, and tells nobody without the key whose they are."""
    return hmac.digest(key, f"{institution_id}|{account_id}".encode(), "sha256").hex()


def random_id() -> int:
    """A key of a row that tells nothing of the order in which rows were made (62 random bits)."""
    return secrets.randbits(62)


def random_code() -> str:
    """The number of an incident, such as K7M2-9QXD: random, so that it tells neither order nor count."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"
