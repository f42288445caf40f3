"""What adopting a plan would do, item by item. Nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import ModuleType

from django.utils.translation import gettext as _

from zhikong.hospital.overviews.adopting.actions.adopters import (
    bodies,
    campaigns,
    duties,
    limits,
    notes,
    targets,
    themes,
)
from zhikong.hospital.overviews.adopting.models import AdoptedThing, Adoption
from zhikong.hospital.overviews.adopting.queries.standing import previous_of, things_standing
from zhikong.hospital.overviews.adopting.rules.folding import folded
from zhikong.hospital.overviews.adopting.rules.steps import (
    Kind,
    Outcome,
    Step,
    by_kind,
    counts,
    stamp,
)
from zhikong.hospital.overviews.adopting.rules.wishes import Paper, Wish

TAKING = (themes, limits, campaigns, targets, bodies, duties, notes)
"""Who takes an item: the first that does."""
WRITING = (bodies, targets, limits, themes, campaigns, duties, notes)
"""In which order things are written: committees stand before the duties that need them."""
ADOPTERS: dict[Kind, ModuleType] = {module.KIND: module for module in TAKING}


@dataclass(frozen=True)
class Preview:
    """Everything that would happen. gone: things of the plan's earlier version that this one no longer asks for."""

    paper: Paper
    steps: tuple[Step, ...]
    previous: Adoption | None
    gone: tuple[AdoptedThing, ...]

    @property
    def counts(self) -> dict[str, int]:
        return counts(self.steps)

    @property
    def by_kind(self):
        return by_kind(self.steps)

    @property
    def stamp(self) -> str:
        return stamp(self.steps)

    @property
    def writes(self) -> bool:
        return any(step.written for step in self.steps)


def preview(wishes: Sequence[Wish], paper: Paper) -> Preview:
    """The steps for a plan's items, and what its earlier version made that is no longer asked for."""
    steps = steps_of(wishes, paper)
    previous = previous_of(paper)
    asked = {(step.kind, step.key) for step in steps}
    gone = [one for one in things_standing(previous) if (one.kind, one.key) not in asked] if previous else []
    return Preview(paper, tuple(steps), previous, tuple(gone))


def steps_of(wishes: Sequence[Wish], paper: Paper) -> list[Step]:
    """Every item is in exactly one step (a committee that a duty needs is one more)."""
    taken: dict[str, list[Wish]] = {module.__name__: [] for module in TAKING}
    marks: dict[int, tuple[Wish, ...]] = {}
    for wish, own in folded(wishes):
        marks[wish.item] = own
        taken[next(module for module in TAKING if module.takes(wish, paper)).__name__].append(wish)
    found = {module: module.plan(taken[module.__name__], paper) for module in TAKING}
    found[bodies] += bodies.needed(duties.committees(found[duties]), found[bodies], paper)
    steps = [step for module in WRITING for step in found[module]]
    return [_with_marks(_as_chosen(step, paper), marks) for step in steps]


def _as_chosen(step: Step, paper: Paper) -> Step:
    """What the reader said is only to be known."""
    if step.outcome is not Outcome.IMPOSSIBLE:
        return step
    if all(paper.choices.get(wish.item) == notes.KNOWN for wish in step.wishes):
        return replace(step, outcome=Outcome.NOTE, why=_("仅知悉。%(why)s") % {"why": step.why}, data=None)
    return step


def _with_marks(step: Step, marks: dict[int, tuple[Wish, ...]]) -> Step:
    own = [mark for wish in step.wishes for mark in marks.get(wish.item, ())]
    return replace(step, wishes=(*step.wishes, *own)) if own else step
