"""Previews and adoptions as the pages lay them out. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zhikong.hospital.overviews.adopting.models import AdoptedThing
from zhikong.hospital.overviews.adopting.rules.steps import (
    KIND_WORDS,
    OUTCOME_WORDS,
    TONES,
    Kind,
    Outcome,
    Step,
    by_kind,
)

CSS = {Outcome.NEW: "is-ok", Outcome.CHANGED: "is-warn", Outcome.IMPOSSIBLE: "is-bad"}


@dataclass(frozen=True)
class Card:
    """One outcome with its number."""

    label: Any
    count: int
    css: str


@dataclass(frozen=True)
class Line:
    """A step with what the reader chose for it."""

    step: Step
    item: int
    chosen: str

    @property
    def choices(self) -> list:
        return [way for way in self.step.ways if way.code]

    @property
    def links(self) -> list:
        return [way for way in self.step.ways if way.url]


@dataclass(frozen=True)
class Section:
    """One kind of things; `quiet`: what is there already or only to be known, told behind a fold."""

    kind: Kind
    title: Any
    lines: list
    quiet: list
    counts: list[tuple[Any, str, int]]


def cards(counts: Mapping[str, int]) -> list[Card]:
    """One for each outcome, in their order."""
    return [
        Card(OUTCOME_WORDS[one], counts.get(one.value, 0), CSS.get(one, "") if counts.get(one.value) else "")
        for one in Outcome
    ]


def sections(steps: Iterable[Step], choices: Mapping[int, str]) -> list[Section]:
    """Steps by kind: first what is written or stands in the way, then the rest."""
    found = []
    for kind, title, of_kind in by_kind(steps):
        lines = [Line(step, step.wishes[0].item, _chosen(step, choices)) for step in of_kind]
        loud = [line for line in lines if line.step.outcome not in (Outcome.SAME, Outcome.NOTE)]
        loud.sort(key=lambda line: line.step.outcome is Outcome.IMPOSSIBLE)
        quiet = [line for line in lines if line not in loud]
        found.append(Section(kind, title, loud, quiet, _counted([step.outcome for step in of_kind])))
    return found


def _chosen(step: Step, choices: Mapping[int, str]) -> str:
    return next((choices[wish.item] for wish in step.wishes if wish.item in choices), "")


def things_by_kind(things: Sequence[AdoptedThing]) -> list[Section]:
    """What was made, by kind; things that several items share stand once, with each sentence."""
    found = []
    for kind in Kind:
        of_kind = _grouped([thing for thing in things if thing.kind == kind])
        loud = [group for group in of_kind if group[0].made]
        quiet = [group for group in of_kind if not group[0].made]
        if of_kind:
            outcomes = [Outcome(group[0].outcome) for group in of_kind]
            found.append(Section(kind, KIND_WORDS[kind], loud, quiet, _counted(outcomes)))
    return found


def _grouped(things: Sequence[AdoptedThing]) -> list[list[AdoptedThing]]:
    grouped: dict[tuple, list[AdoptedThing]] = {}
    for thing in things:
        grouped.setdefault((thing.key, thing.outcome, thing.title), []).append(thing)
    return list(grouped.values())


def _counted(outcomes: Sequence[Outcome]) -> list[tuple[Any, str, int]]:
    return [(OUTCOME_WORDS[one], TONES[one], outcomes.count(one)) for one in Outcome if one in outcomes]
