"""The secrets of channels (passwords, webhook keys) are encrypted with a key that lies outside the database."""

import hashlib
import json
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE = 12


class Unreadable(RuntimeError):
    """The secret was sealed with another key, for instance on another machine; it has to be entered again."""


def seal(values: dict[str, str], *, bound_to: str) -> bytes:
    """Encrypt (AES-256-GCM); an envelope moved to another channel does not open."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(_key()).encrypt(nonce, json.dumps(values).encode(), bound_to.encode())


def unseal(sealed: bytes, *, bound_to: str) -> dict[str, str]:
    """The values again, or Unreadable."""
    data = bytes(sealed)
    if not data:
        return {}
    try:
        return json.loads(AESGCM(_key()).decrypt(data[:_NONCE], data[_NONCE:], bound_to.encode()))
    except InvalidTag as error:
        raise Unreadable("通道的密钥无法解开，请重新填写。") from error


def _key() -> bytes:
    return hashlib.sha256(b"zhikong channels\x00" + settings.CHANNEL_SECRET.encode()).digest()
