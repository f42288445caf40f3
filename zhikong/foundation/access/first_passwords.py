"""First passwords: handed over on paper, changed at the first login, good for some days."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher

EASY = "abcdefghjkmnpqrstuvwxyz23456789"  # without letters and digits that look alike
GROUPS, LENGTH = 3, 5
ROUNDS = 5_000
"""A random password of 74 bits cannot be guessed, however quick its hash; signing in hashes anew at full strength."""


def readable() -> str:
    """Fifteen random letters and digits in three groups, easy to read from paper."""
    return "-".join("".join(secrets.choice(EASY) for _ in range(LENGTH)) for _ in range(GROUPS))


def hashed(password: str) -> str:
    """How a readable random password is kept: thousands of them take seconds, not an hour."""
    hasher = PBKDF2PasswordHasher()
    return hasher.encode(password, hasher.salt(), iterations=ROUNDS)


def expiry(now: datetime) -> datetime:
    """Until when a first password that is issued now may be used."""
    return now + timedelta(days=settings.FIRST_PASSWORD_DAYS)


def has_expired(user, now: datetime) -> bool:
    """True for an account whose first password was never changed and is too old."""
    due = user.password_expires_at
    return user.must_change_password and due is not None and due <= now
