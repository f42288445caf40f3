"""The contest of projects: judges by lot without conflict of interest, trimmed means, places with ties. No ORM."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

LEAST = 3  # scores that must remain after trimming


@dataclass(frozen=True)
class Candidate:
    """Somebody of the pool. departments: the own ones; projects: those of whose team the judge is."""

    id: int
    departments: frozenset[int] = frozenset()
    projects: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Contender:
    """An entry. departments: the project's own and its partners'."""

    id: int
    project: int
    departments: frozenset[int] = frozenset()


def conflicts(judge: Candidate, entry: Contender) -> bool:
    """Of the team, or of one of the departments that the project is of."""
    return entry.project in judge.projects or bool(judge.departments & entry.departments)


@dataclass(frozen=True)
class Lot:
    """Who judges what. judges: entry → judges; short: entries that lack judges → how many could be found."""

    judges: Mapping[int, tuple[int, ...]]
    short: Mapping[int, int]


def draw(pool: Sequence[Candidate], entries: Sequence[Contender], *, per_entry: int, seed: str) -> Lot:
    """So many judges for each entry by lot, the load shared evenly; the same seed gives the same lot.

    Entries with the fewest eligible judges are served first.
    """
    lot = random.Random(f"improvement contest {seed}")
    order = {one.id: lot.random() for one in sorted(pool, key=lambda each: each.id)}
    load = dict.fromkeys(order, 0)
    able = {entry.id: [one.id for one in pool if not conflicts(one, entry)] for entry in entries}
    judges, short = {}, {}
    for entry in sorted(entries, key=lambda one: (len(able[one.id]), one.id)):
        ranked = sorted(able[entry.id], key=lambda judge: (load[judge], order[judge]))
        judges[entry.id] = tuple(ranked[:per_entry])
        for judge in judges[entry.id]:
            load[judge] += 1
        if len(ranked) < per_entry:
            short[entry.id] = len(ranked)
    return Lot(judges, short)


@dataclass(frozen=True)
class Place:
    """One line of the ranking. place: 1 for the best, equal for equal means; trimmed: scores left out on each side."""

    entry: int
    place: int
    mean: Decimal
    scores: int
    trimmed: int
    lowest: Decimal
    highest: Decimal


def trimmed_mean(scores: Sequence[Decimal], trim: int) -> tuple[Decimal, int]:
    """(mean to 2 decimals, how many were left out on each side); nothing is left out when fewer than 3 would remain."""
    ordered, out = sorted(scores), trim if len(scores) - 2 * trim >= LEAST else 0
    kept = ordered[out : len(ordered) - out]
    mean = sum(kept, Decimal(0)) / len(kept)
    return mean.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP), out


def ranking(scores: Mapping[int, Sequence[Decimal]], *, trim: int) -> list[Place]:
    """Entries by trimmed mean; equal means share a place and the next one is left out (1, 1, 3)."""
    means = {entry: trimmed_mean(given, trim) for entry, given in scores.items() if given}
    lines = sorted(means, key=lambda entry: (-means[entry][0], entry))
    found: list[Place] = []
    for index, entry in enumerate(lines, 1):
        mean, out = means[entry]
        place = found[-1].place if found and found[-1].mean == mean else index
        given = scores[entry]
        found.append(Place(entry, place, mean, len(given), out, min(given), max(given)))
    return found


def prizes(places: Iterable[Place], given: Sequence[tuple[str, int]]) -> dict[int, str]:
    """entry → prize. given: (prize, how many), the highest first; a tie at the edge takes all who share the place."""
    found: dict[int, str] = {}
    ordered, reached = list(places), 0
    for prize, count in given:
        last = reached + count
        for one in ordered:
            if one.entry not in found and one.place <= last:
                found[one.entry] = prize
        reached = max(last, len(found))
    return found
