"""Which flows there are, and under which version a case runs: the pack store's answers as flow definitions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from django.core.exceptions import ValidationError

from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.flows.definition import FlowDefinition, read_text
from zhikong.foundation.packstore import actions as packstore
from zhikong.foundation.packstore import queries as published
from zhikong.foundation.packstore import shelf
from zhikong.foundation.packstore.models import Content
from zhikong.foundation.packstore.queries import Resolved

KIND = "flow"


def role_titles() -> Mapping[str, str]:
    return {code: role.title for code, role in ROLES.items()}


def in_force(*, on: date) -> list[Resolved]:
    """Every flow in force on a day, by title."""
    return sorted(published.resolve_all(KIND, on=on), key=lambda found: found.title)


def flow_in_force(flow_id: str, *, on: date) -> Resolved | None:
    return published.resolve(KIND, flow_id, on=on)


def pin(flow_id: str, *, on: date, now: datetime) -> Resolved:
    """The flow in force, kept for the case that begins under it. Raises ValidationError when there is none."""
    try:
        return packstore.pin(KIND, flow_id, on=on, now=now)
    except packstore.NotInForce as error:
        raise ValidationError(f"现在没有可用的流程“{flow_id}”，请联系质控科。") from error
    except published.Broken as error:
        raise ValidationError(f"流程“{flow_id}”现在不能用，请联系质控科：{error}") from error


def definition(flow_hash: str) -> FlowDefinition:
    """The flow with this hash, as it was when a case began.

    Its text is read without asking for forms: a form that has changed since must not stop a running case.
    """
    return _read(_text(current_scope().institution_id, flow_hash))


@lru_cache(maxsize=500)
def _read(text: str) -> FlowDefinition:
    found = read_text(text, file=Path("flow.yaml"))
    if isinstance(found, list):
        raise published.Broken(KIND, "flow", found)
    return found


@lru_cache(maxsize=500)
def _text(institution_id: int, flow_hash: str) -> str:
    """A kept text never changes, so one look serves the process; what is not found is asked again."""
    packaged = shelf.with_hash(KIND, flow_hash)
    if packaged is not None:
        return packaged.text
    kept = Content.objects.filter(kind=KIND, hash=flow_hash).values_list("text", flat=True).first()
    if kept is None:
        raise published.UnknownHash(f"{KIND} {flow_hash}")
    return kept
