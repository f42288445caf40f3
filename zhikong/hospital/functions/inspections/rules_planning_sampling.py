"""Samples of patients, records, places and people: equal frame and seed, equal sample. Pure functions, no ORM.

Places in the queue and chances come from engine.stats.sampling; the weights are the hospital's key departments, posts
and links (CLN-04, CLN-27).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zhikong.engine.stats import sampling
from zhikong.hospital.functions.inspections.rules_planning_visits import SampleRule


@dataclass(frozen=True)
class Unit:
    """One thing that may be drawn. label: bed or name of a place, never a patient's name. why: reasons for its weight."""

    key: str
    label: str
    stratum: str = ""
    weight: float = 1.0
    patient_key: str = ""
    why: str = ""


@dataclass(frozen=True)
class Chosen:
    """A unit that was drawn, or stands by in its place of the queue (``reserve``)."""

    unit: Unit
    chance: float
    stratum: str
    reason: str
    reserve: bool = False


MOST_RESERVES = 5


def draw(units: Sequence[Unit], rule: SampleRule, seed: str) -> list[Chosen]:
    """What a rule draws from a frame: drawn ones first, then those that stand by, each in the order of the queue."""
    place = sampling.queue(seed)
    by_key = {unit.key: unit for unit in units}
    if rule.method == "all":
        return [Chosen(unit, 1.0, unit.stratum, "全部检查") for unit in units]
    found = _drawn(units, rule, place)
    drawn = [
        Chosen(by_key[one.unit.key], one.chance, one.stratum, _why(by_key[one.unit.key], rule, one.chance))
        for one in found.drawn
    ]
    reserves = [
        Chosen(by_key[one.key], 0.0, one.group, "备用", reserve=True) for one in found.reserve[:MOST_RESERVES]
    ]
    return drawn + reserves


def _drawn(units: Sequence[Unit], rule: SampleRule, place: sampling.Place) -> sampling.Sample:
    plain = [
        sampling.Unit(unit.key, unit.stratum if rule.by else "", risk=max(unit.weight, 0.1)) for unit in units
    ]
    wanted = min(rule.n, len(plain))
    if rule.method == "risk":
        return sampling.by_risk(plain, wanted, place)
    sizes = {name: len(members) for name, members in sampling.grouped(plain).items()}
    return sampling.stratified(
        plain, sampling.allocate(sizes, wanted, least=1 if len(sizes) <= wanted else 0), place
    )


def _why(unit: Unit, rule: SampleRule, chance: float) -> str:
    said = f"抽中概率 {chance:.0%}"
    if rule.method == "risk" and unit.why:
        return f"{said}；{unit.why}"
    return f"{said}；{unit.stratum}" if rule.by and unit.stratum else said


def frame_hash(units: Iterable[Unit]) -> str:
    """A fingerprint of the frame, whatever its order: the same sample comes from the same frame only."""
    lines = sorted("\x1f".join((u.key, u.stratum, repr(float(u.weight)))) for u in units)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def joined_hash(prints: Sequence[str]) -> str:
    """One fingerprint for the frames of several rules."""
    return prints[0] if len(prints) == 1 else hashlib.sha256("\n".join(prints).encode()).hexdigest()
