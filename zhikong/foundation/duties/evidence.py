"""What counts as evidence, and how it is begun. Apps meet here, so that duties know no app that has evidence.

A kind of evidence (form, flow, fact) says how its work is begun from an occurrence and where its register stands.
What arrives is told by ``actions.arrive`` with an Arrival, usually by a subscriber of an outbox fact.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from zhikong.foundation.duties import likeness
from zhikong.foundation.duties.definition.model import Body, Duty

HAND = "hand"


@dataclass(frozen=True)
class Arrival:
    """Something that may show that a duty was done.

    kind and ref: as duties' files name them, such as form and crash_cart_round. key: what arrived; it counts once.
    dated_on: the day of the work. period: the period it says it is for, if it says so. occurrence_id: the occurrence
    from which the work was begun, if it was. by: who did it. body_id: the standing body that met or decided.
    A paper of the kinds by hand (kind hand, ref meeting, training, report …) proves a duty that asks for nothing else;
    a duty of the hospital when the title has its words. duty_ids: it is evidence of these duties and no other.
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
    body_id: int | None = None
    duty_ids: tuple[str, ...] = ()

    @property
    def proof_kind(self) -> str:
        return self.ref if self.kind == HAND else self.kind


def asks(duty: Duty, arrival: Arrival) -> bool:
    """Whether what arrived is of the sort that a duty asks for."""
    rule = duty.evidence
    if arrival.duty_ids and duty.id not in arrival.duty_ids:
        return False
    if arrival.kind != HAND:
        return (rule.kind, rule.ref) == (arrival.kind, arrival.ref)
    if arrival.ref not in rule.hands:
        return False
    return bool(arrival.duty_ids) or (rule.kind == HAND and _is_meant(duty, arrival))


def _is_meant(duty: Duty, arrival: Arrival) -> bool:
    """A meeting of a committee is its meeting; what several papers could show, nobody can tell from one of them."""
    if duty.body is Body.HOSPITAL:
        return arrival.department_id is None and likeness.share(duty, arrival.title) >= likeness.ENOUGH
    where = arrival.body_id if duty.body is Body.COMMITTEE else arrival.department_id
    return where is not None and duty.evidence.hands == (arrival.ref,)


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
