"""What counts as evidence, and how it is begun. Apps meet here, so that duties know no app that has evidence.

A kind of evidence (form, flow, fact) says how its work is begun from an occurrence and where its register stands.
What arrives is told by ``actions.arrive`` with an Arrival, usually by a subscriber of an outbox fact.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Arrival:
    """Something that may show that a duty was done.

    kind and ref: as duties' files name them, such as form and crash_cart_round. key: what arrived; it counts once.
    dated_on: the day of the work. period: the period it says it is for, if it says so. occurrence_id: the occurrence
    from which the work was begun, if it was. by: who did it.
    """

    kind: str
    ref: str
    key: str
    dated_on: date
    title: str
    department_id: int | None = None
    period: str = ""
    url: str = ""
    occurrence_id: int | None = None
    by: Any = None


@dataclass(frozen=True)
class EvidenceKind:
    """How one kind of evidence is begun and named.

    start: ``start(occurrence, ref, *, by, now) -> url`` makes or finds the thing to fill in; None when it comes by itself.
    title_of: ``title_of(ref) -> str``, the form's or flow's title in words.
    """

    code: str
    start: Callable[..., str] | None = None
    title_of: Callable[[str], str] = str


_kinds: dict[str, EvidenceKind] = {}


def register(kind: EvidenceKind) -> None:
    """Make a kind of evidence known; called in an app's ready(). A fact's code is ``fact:<name>``."""
    _kinds[kind.code] = kind


def unregister(code: str) -> None:
    _kinds.pop(code, None)


def find(kind: str, ref: str) -> EvidenceKind | None:
    """The kind for a duty's evidence rule; a fact is found by its own name, ``inspection:night_round`` by its first word."""
    if kind != "fact":
        return _kinds.get(kind)
    return _kinds.get(f"fact:{ref}") or _kinds.get(f"fact:{ref.partition(':')[0]}")
