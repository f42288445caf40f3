"""Which step an undo takes back: worked out from the steps that one person made, without the database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """A step as the history needs it. of: the step that an undo or redo speaks of."""

    pk: int
    kind: str
    of: int | None = None


@dataclass(frozen=True)
class Offer:
    """The step that can be undone next and the one that can be redone next; None where there is none."""

    undo: int | None = None
    redo: int | None = None


def offer(own: Iterable[Step]) -> Offer:
    """own: one person's steps, oldest first. A new edit ends what could be redone."""
    done: list[int] = []
    undone: list[int] = []
    for step in own:
        if step.kind == "undo" and step.of in done:
            done.remove(step.of)
            undone.append(step.of)
        elif step.kind == "redo" and step.of in undone:
            undone.remove(step.of)
            done.append(step.of)
        else:
            done.append(step.pk)
            undone.clear()
    return Offer(done[-1] if done else None, undone[-1] if undone else None)
