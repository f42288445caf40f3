"""Findings born of incidents: stubs that the incidents' function moves and closes; nobody answers them here.

The function that bore them registers where they are dealt with and what stands in the way of closing them: rules
that need severity are decided there. Which function that is, findings do not know.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.findings.models.sealing import FIXED, SEALED, STATES
from zhikong.foundation.findings.rules import State
from zhikong.foundation.opaque import OWNER_POSTS


@dataclass(frozen=True)
class Kind:
    """address: ``address(key) -> url`` of where it is dealt with; obstacles: ``obstacles(key, now=) -> sentences``."""

    address: Callable[..., str]
    obstacles: Callable[..., list[str]]


_kinds: list[Kind] = []


def register(kind: Kind) -> None:
    """Called once in the ``ready`` of the function that bears such findings."""
    _kinds[:] = [kind]


def raise_sealed(*, department_id: int, owner_post: str, due_on: date) -> str:
    """A stub in a department, owned by a post (a role's code); gives its opaque key."""
    if owner_post not in OWNER_POSTS:
        raise ValueError(f"A finding born of an incident belongs to a post, not to {owner_post!r}.")
    key = secrets.token_hex(12)
    Finding.every.create(
        institution_id=current_scope().institution_id, department_id=department_id, office=owner_post, due_on=due_on,
        number=f"BL-{secrets.token_hex(6).upper()}", source_key=key, state=State.RAISED, **FIXED,
    )  # fmt: skip
    return key


def state_of(key: str) -> str:
    """The state of the stub, or empty."""
    return Finding.every.filter(SEALED, source_key=key).values_list("state", flat=True).first() or ""


def move(key: str, *, state: str = "", due_on: date | None = None) -> None:
    """Another state (accepted, reopened) or due date; closing has its own door."""
    if state and (state not in STATES or state == State.CLOSED):
        raise ValueError(f"A finding born of an incident is not moved to {state!r}.")
    found = _locked(key)
    found.state, found.due_on = state or found.state, due_on or found.due_on
    found.save(update_fields=["state", "due_on"])


def closing_obstacles(key: str, *, now: datetime) -> list[str]:
    """Why it may not be closed, as its own function judges; nobody to judge is an obstacle."""
    if not _kinds:
        return [_("没有可以判断能否关闭的功能。")]
    return [sentence for kind in _kinds for sentence in kind.obstacles(key, now=now)]


def close(key: str, *, now: datetime) -> None:
    """Closed when nothing stands in the way; else ValidationError with the sentences."""
    if problems := closing_obstacles(key, now=now):
        raise ValidationError(problems)
    found = _locked(key)
    found.state = State.CLOSED
    found.save(update_fields=["state"])


def address_of(finding: Finding) -> str:
    """Where a stub is dealt with, or empty."""
    return _kinds[0].address(finding.source_key) if _kinds else ""


def open_ones() -> list[Finding]:
    """Stubs in scope that are not closed, the earliest due date first."""
    return list(Finding.every.filter(SEALED).exclude(state=State.CLOSED).order_by("due_on", "pk"))


def _locked(key: str) -> Finding:
    return Finding.every.select_for_update().get(SEALED, source_key=key)
