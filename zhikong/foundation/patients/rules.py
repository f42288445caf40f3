"""How an identity is sealed, opened and masked. Pure functions; the key comes from outside the database."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


@dataclass(frozen=True)
class Identity:
    """What identifies a person directly. Unknown parts are empty."""

    name: str = ""
    record_number: str = ""
    id_number: str = ""
    phone: str = ""
    address: str = ""
    birth_date: str = ""


def key_of(secret: str) -> bytes:
    """A 256-bit key from the installation's secret."""
    return hashlib.sha256(b"zhikong identities\x00" + secret.encode()).digest()


def seal(identity: Identity, *, key: bytes, bound_to: str) -> bytes:
    """Encrypt (AES-256-GCM) and bind to the row: an envelope moved to another patient does not open."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, _plain(identity), bound_to.encode())


def unseal(sealed: bytes, *, key: bytes, bound_to: str) -> Identity:
    """Decrypt; raises cryptography's InvalidTag for a wrong key or an envelope of another row."""
    data = bytes(sealed)
    return Identity(**json.loads(AESGCM(key).decrypt(data[:_NONCE], data[_NONCE:], bound_to.encode())))


def digest(identity: Identity, *, key: bytes, bound_to: str) -> str:
    """Keyed fingerprint: tells equal from changed without opening, and tells nothing else."""
    return hmac.digest(key, bound_to.encode() + b"\x00" + _plain(identity), "sha256").hex()


def _plain(identity: Identity) -> bytes:
    return json.dumps(vars(identity), ensure_ascii=False, sort_keys=True).encode()


def masked_name(name: str) -> str:
    """王小明 becomes 王**: the family name stays, the length does not tell."""
    return f"{name[0]}**" if name else "***"


def masked_number(number: str) -> str:
    """The last two characters of a number, the rest hidden."""
    return f"****{number[-2:]}" if len(number) > 4 else "****"
