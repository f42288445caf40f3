"""The lock of a conversation: what is stored of a writer's key, and how a key is tried."""

import hashlib
import hmac
import os

SCRYPT = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}


def made_for(key: str) -> dict[str, str]:
    """Salt and scrypt hash by which a key is known again; the key itself goes to its writer and nowhere else."""
    salt = os.urandom(16)
    return {"salt": salt.hex(), "key_hash": hashed(key, salt).hex()}


def fits(key: str, salt: bytes, key_hash: bytes) -> bool:
    """Whether this key opens it."""
    return hmac.compare_digest(hashed(key, bytes(salt)), bytes(key_hash))


def hashed(key: str, salt: bytes) -> bytes:
    """Scrypt of a key; about 50 ms, on purpose."""
    return hashlib.scrypt(key.encode(), salt=salt, **SCRYPT)
