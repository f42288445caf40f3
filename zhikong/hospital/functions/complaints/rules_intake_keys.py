"""Number and key of a complaint: random, easy to read aloud, and only a fingerprint of the key is kept. Pure."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

LETTERS = (
    "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is taken for something else on paper or on the phone
)
KEY_LENGTH = 8
TRIES = 8  # wrong keys before a complaint's page stays closed for a while
LOCKED_MINUTES = 15


def new_nonce() -> str:
    """What number and key are made of; a page without login carries it, so that sending twice is one complaint."""
    return secrets.token_urlsafe(18)


def number_and_key(secret: str, nonce: str, attempt: int = 0) -> tuple[str, str]:
    """(eight digits, eight letters) of a nonce; the same nonce always gives the same. attempt: after a collision."""
    drawn = hmac.digest(_key(secret), f"{nonce}|{attempt}".encode(), "sha512")
    number = 10_000_000 + int.from_bytes(drawn[:16], "big") % 90_000_000
    rest = int.from_bytes(drawn[16:48], "big")
    letters = []
    for _ in range(KEY_LENGTH):
        rest, index = divmod(rest, len(LETTERS))
        letters.append(LETTERS[index])
    return str(number), "".join(letters)


def key_hash(secret: str, number: str, key: str) -> str:
    """What is kept of a key."""
    return hmac.digest(_key(secret), f"{number}|{typed_key(key)}".encode(), "sha256").hex()


def same_key(secret: str, number: str, key: str, kept: str) -> bool:
    return bool(kept) and hmac.compare_digest(key_hash(secret, number, key), kept)


def person_print(secret: str, institution_id: int, phone: str) -> str:
    """Fingerprint of a telephone number, to see that somebody complains again; '' without a usable number."""
    digits = re.sub(r"\D", "", phone)[-11:]
    if len(digits) < 7:
        return ""
    return hmac.digest(_key(secret), f"person|{institution_id}|{digits}".encode(), "sha256").hex()


def typed_number(text: str) -> str:
    """A number as it was typed, with spaces or a dash: its digits."""
    return re.sub(r"\D", "", text)[:8]


def typed_key(text: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", text.upper())[:KEY_LENGTH]


def grouped(text: str) -> str:
    """12345678 becomes 1234 5678."""
    return f"{text[:4]} {text[4:]}" if len(text) == 8 else text


def _key(secret: str) -> bytes:
    return hashlib.sha256(b"zhikong complaints\x00" + secret.encode()).digest()
