"""Recording acts that change no row. Changes of rows record themselves by trigger."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection
from psycopg.types.json import Jsonb


def log_read(*, by: AbstractBaseUser | None, subject: str, purpose: str, count: int) -> None:
    """Record that somebody looked at sensitive data: what, what for, and how many rows were shown."""
    _record("read", subject, {"purpose": purpose, "count": count}, by)


def log_sign_in(*, action: str, by: AbstractBaseUser | None, details: dict) -> None:
    """Record signing in, failing to, or signing out (action: login, login_failed, logout)."""
    _record(action, "account", details, by)


def _record(action: str, subject: str, details: dict, by: AbstractBaseUser | None) -> None:
    who = by.get_username() if by is not None else ""
    institution = getattr(by, "institution_id", None)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT zhikong_record(%s, %s, %s, %s, %s, %s)",
            [action, subject[:120], Jsonb(details), who, by.pk if by is not None else None, institution],
        )
