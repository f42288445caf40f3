"""Which records to look at: drawn by chance, drawn again the same anywhere, and with each record's own chance known.

Every unit has a place in a queue that depends on the seed and its own name only (SHA-256): the same frame and seed
give the same sample on any machine, a frame in another order gives the same sample, and a record that cannot be
looked at is replaced by the next in the queue. Sampling from the head of the queue is simple random sampling without
replacement; unequal chances are drawn by systematic sampling along the queue (Madow WG. Ann Math Stat 1949;20:333).
Chances of inclusion are exact: tests enumerate every order of small frames.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

Place = Callable[[str], float]
"""A unit's (or doctor's) name to its place in the queue, in [0, 1)."""


@dataclass(frozen=True)
class Unit:
    """One record of the frame. doctor: who answers for it. preferred: comes first where a rule says so (pathway).

    risk: a positive size for drawing with unequal chances. group: the cell of a quota (its department).
    """

    key: str
    group: str = ""
    doctor: str = ""
    disease: str = ""
    preferred: bool = False
    risk: float = 1.0


@dataclass(frozen=True)
class Drawn:
    """A unit in the sample: its chance of inclusion, why it is there (`step`), and the stratum of its variance."""

    unit: Unit
    chance: float
    step: str
    stratum: str


@dataclass(frozen=True)
class Sample:
    """What was drawn, who stands by in order, and of which groups there were too few.

    reach: number of units of the frame that could have been drawn at all; an estimate speaks of these only.
    """

    drawn: tuple[Drawn, ...]
    reserve: tuple[Unit, ...] = ()
    short: Mapping[str, int] = field(default_factory=dict)
    reach: int = 0
    frame: int = 0


def queue(seed: str) -> Place:
    """Places by SHA-256 of seed and name: 53 bits, so that they are exact floats on every machine."""

    def place(name: str) -> float:
        digest = hashlib.sha256(f"{seed}\x1f{name}".encode()).digest()
        return (int.from_bytes(digest[:7], "big") >> 3) / 2**53

    return place


def in_order(units: Iterable[Unit], place: Place) -> list[Unit]:
    """Units by their place; two at one place by name."""
    return sorted(units, key=lambda unit: (place(unit.key), unit.key))


def grouped(
    units: Iterable[Unit], of: Callable[[Unit], str] = lambda unit: unit.group
) -> dict[str, list[Unit]]:
    """Units by group, groups by name."""
    found: dict[str, list[Unit]] = {}
    for unit in units:
        found.setdefault(of(unit), []).append(unit)
    return dict(sorted(found.items()))


def allocate(sizes: Mapping[str, int], total: int, *, least: int = 0) -> dict[str, int]:
    """`total` over strata in proportion to their sizes, at least `least` each, never more than a stratum has.

    One by one to the stratum that is furthest below its share; ties go by name.
    """
    found = {name: min(least, size) for name, size in sizes.items()}
    whole = sum(sizes.values())
    for _one in range(total - sum(found.values())):
        room = [name for name in sorted(sizes) if found[name] < sizes[name]]
        if not room:
            break
        found[max(room, key=lambda name: total * sizes[name] / whole - found[name])] += 1
    return found


def stratified(units: Sequence[Unit], quota: Mapping[str, int], place: Place) -> Sample:
    """Simple random samples of `quota` units in each group; a group with fewer gives all it has and is named short."""
    drawn, reserve, short = [], [], {}
    for group, members in grouped(units).items():
        wanted = quota.get(group, 0)
        line, taken = in_order(members, place), min(wanted, len(members))
        drawn += [Drawn(unit, taken / len(members), "random", group) for unit in line[:taken]]
        reserve += line[taken:] if wanted else []
        if taken < wanted:
            short[group] = wanted - taken
    reach = sum(len(members) for group, members in grouped(units).items() if quota.get(group, 0))
    return Sample(tuple(drawn), tuple(reserve), short, reach, len(units))


def chances(sizes: Sequence[float], wanted: int) -> list[float]:
    """Chances in proportion to sizes that add up to `wanted`; what would exceed 1 is certain, the rest shares on.

    Raises ValueError for a size that is not positive, or more wanted than there are.
    """
    if any(not size > 0 for size in sizes) or wanted > len(sizes):
        raise ValueError("每份病历的风险权重必须大于零，且抽取数不能多于抽样框里的病历数。")
    found: dict[int, float] = {}
    while True:
        open_ = [i for i in range(len(sizes)) if i not in found]
        left, whole = wanted - len(found), sum(sizes[i] for i in open_)
        certain = [i for i in open_ if whole and left * sizes[i] >= whole]
        if not certain:
            return [1.0 if i in found else left * sizes[i] / whole for i in range(len(sizes))]
        found |= dict.fromkeys(certain, 1.0)


def by_risk(units: Sequence[Unit], wanted: int, place: Place, *, stratum: str = "") -> Sample:
    """`wanted` units with chances in proportion to `risk`: systematic along the queue from a start that the seed gives."""
    line = in_order(units, place)
    possible = min(wanted, len(line))
    start, reached, taken = place(f"start:{stratum}"), 0.0, []
    for unit, chance in zip(line, chances([unit.risk for unit in line], possible), strict=True):
        before, reached = reached, reached + (chance if chance < 1 else 0.0)
        if chance >= 1 or _passed(reached, start) > _passed(before, start):
            taken.append(Drawn(unit, chance, "risk", stratum))
    keys = {found.unit.key for found in taken}
    short = {stratum: wanted - possible} if possible < wanted else {}
    return Sample(tuple(taken), tuple(u for u in line if u.key not in keys), short, len(line), len(line))


def _passed(reached: float, start: float) -> int:
    """How many of start, start + 1, … lie below `reached`; a sum that misses a whole number by rounding is whole."""
    return max(0, math.ceil(reached - start - 1e-9))


def top_diseases(units: Sequence[Unit], number: int = 5) -> dict[str, tuple[str, ...]]:
    """Group -> its most frequent diseases, most frequent first, ties by code; units without a disease do not count."""
    return {
        group: tuple(
            name
            for name, _ in sorted(
                Counter(u.disease for u in members if u.disease).items(), key=lambda item: (-item[1], item[0])
            )[:number]
        )
        for group, members in grouped(units).items()
    }
