"""Sealing and opening with this installation's keys; what an envelope is bound to is said once, here."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from zhikong.foundation.access.scope import current_scope
from zhikong.hospital.functions.incidents import rules_reporting_sealing as sealing

CONTENT, IDENTITY, DRAFT = "content", "identity", "draft"


def seal(values: dict[str, Any], row: models.Model, purpose: str) -> bytes:
    """An envelope for a row that has its random key already."""
    return sealing.seal(values, key=_key(purpose), bound_to=_bound(row))


def opened(row: models.Model, purpose: str = CONTENT) -> dict[str, Any]:
    """What the envelope of a row holds. Raises rules_reporting_sealing.Unreadable."""
    return sealing.unseal(row.sealed, key=_key(purpose), bound_to=_bound(row))


def owner_of(account_id: int) -> str:
    """The fingerprint by which an account finds its own reports and drafts in this institution."""
    return sealing.owner_digest(account_id, key=_key("owner"), institution_id=current_scope().institution_id)


def _key(purpose: str) -> bytes:
    return sealing.key_of(settings.IDENTITY_SECRET, purpose)


def _bound(row: models.Model) -> str:
    return f"{current_scope().institution_id}|{row._meta.db_table}|{row.pk}"
