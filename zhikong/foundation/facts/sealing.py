"""Sealed records (封存): who keeps them registers here, and every function asks before it lets a record be changed (REC-38)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.scope import current_scope_or_none

Provider = Callable[[str], datetime | None]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Let ``provider(stay_id)`` tell since when a record is sealed, None when it is not; twice is once."""
    if provider not in _providers:
        _providers.append(provider)


def unregister(provider: Provider) -> None:
    _providers.remove(provider)


def sealed_since(stay_id: str) -> datetime | None:
    """Since when the record is sealed; None when it is open."""
    return min((at for ask in _providers if (at := ask(stay_id)) is not None), default=None)


def lock_record(stay_id: str) -> None:
    """For whoever seals or unseals: waits until all who asked ``require_unsealed`` before have written or given up.

    Held until the transaction ends, so that nobody writes between the question and the seal.
    """
    _advisory("pg_advisory_xact_lock", stay_id)


def _advisory(function: str, stay_id: str) -> None:
    scope = current_scope_or_none()
    if not connection.in_atomic_block or scope is None:  # nothing is written outside a transaction
        return
    with connection.cursor() as cursor:
        key = f"zhikong.sealing:{scope.institution_id}:{stay_id}"
        cursor.execute(f"SELECT {function}(hashtextextended(%s, 0))", [key])


def require_unsealed(stay_id: str) -> None:
    """Raises ValidationError with a sentence while the record is sealed: nobody edits, adds or judges then.

    Inside a transaction a sealing waits until it ends: asked and written is one step.
    """
    _advisory("pg_advisory_xact_lock_shared", stay_id)
    if said := refusal(stay_id):
        raise ValidationError(said)


def refusal(stay_id: str) -> str:
    """Why nothing of the record may be changed, as a sentence; '' when it is not sealed."""
    at = sealed_since(stay_id)
    if at is None:
        return ""
    told = f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
    return _("这份病历已于 %(at)s 封存，启封前不能修改、补记或提出整改。") % {"at": told}
