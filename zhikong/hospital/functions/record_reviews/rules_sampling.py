"""How a plan becomes a draw: units, strata, risk, who reads a second time, unannounced days. No ORM."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil
from typing import Any

from zhikong.engine.stats import sampling
from zhikong.engine.stats.sampling import Place, Unit
from zhikong.engine.stats.sampling_quota import QuotaRule, by_quota

CATEGORY = 3  # characters of a diagnosis code that name the disease (ICD-10 category)
RESERVES = 6  # how many stand by in each stratum

RISKS: tuple[tuple[str, float, str], ...] = (
    ("died", 3.0, "死亡"),
    ("rescued", 2.0, "抢救"),
    ("long", 1.0, "住院超过 30 天"),
    ("transfused", 1.0, "输血"),
    ("intensive", 1.0, "特级护理"),
)
"""What makes a record more worth looking at, by how much its weight grows from 1, and in words."""


@dataclass(frozen=True)
class Record:
    """One record of a frame as its place in a sample needs it; department is a code, doctor a staff number."""

    stay_id: str
    department: str
    doctor: str = ""
    diagnosis: str = ""
    pathway: bool = False
    month: str = ""
    discharged_on: date | None = None
    risks: frozenset[str] = frozenset()

    @property
    def disease(self) -> str:
        """The category of the main diagnosis."""
        return self.diagnosis[:CATEGORY]

    @property
    def weight(self) -> float:
        """1, and more for each reason to look closer."""
        return 1.0 + sum(points for code, points, _words in RISKS if code in self.risks)


@dataclass(frozen=True)
class Rule:
    """The part of a plan that a draw depends on; it is kept with the sample word for word."""

    method: str
    per_group: int = 5
    total: int = 30
    diseases: int = 0
    doctors: bool = False
    preferred: bool = False
    refill: bool = True
    second_percent: int = 0

    def as_data(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def risks_of(row: Mapping[str, Any]) -> frozenset[str]:
    """Reasons to look closer that a stay's own columns give."""
    told = {
        "died": row.get("discharge_way") == "5",
        "rescued": (row.get("rescues") or 0) > 0,
        "long": (row.get("days") or 0) > 30,
        "transfused": (row.get("red_cells_units") or 0) > 0,
        "intensive": (row.get("nursing_special_days") or 0) > 0,
    }
    return frozenset(code for code, holds in told.items() if holds)


def units_of(records: Iterable[Record], rule: Rule) -> list[Unit]:
    """The frame as the draw sees it; records that lack what the rule groups by are in no group and left out."""
    of = {"doctors": lambda r: r.doctor, "diseases": lambda r: r.disease, "risk": lambda r: ""}
    group = of.get(rule.method, lambda r: r.department)
    needs_group = rule.method in ("doctors", "diseases")
    return [
        Unit(r.stay_id, group(r), r.doctor, r.disease, r.pathway, r.weight)
        for r in records
        if group(r) or not needs_group
    ]


def draw(records: Sequence[Record], rule: Rule, seed: str) -> sampling.Sample:
    """The sample of a frame by a rule and a seed: equal input, equal sample, on any machine."""
    place, units = sampling.queue(seed), units_of(records, rule)
    if rule.method == "quota":
        quota = QuotaRule(rule.per_group, rule.diseases, rule.doctors, rule.preferred, rule.refill)
        return by_quota(units, quota, place)
    if rule.method == "risk":
        return sampling.by_risk(units, rule.total, place)
    return sampling.stratified(units, _quota(units, rule), place)


def _quota(units: Sequence[Unit], rule: Rule) -> dict[str, int]:
    sizes = {name: len(members) for name, members in sampling.grouped(units).items()}
    if rule.method == "proportional":
        return sampling.allocate(sizes, rule.total, least=1)
    if rule.method == "diseases" and rule.diseases:
        kept = sorted(sizes, key=lambda name: (-sizes[name], name))[: rule.diseases]
        return dict.fromkeys(kept, rule.per_group)
    return dict.fromkeys(sizes, rule.per_group)


def frame_hash(records: Iterable[Record]) -> str:
    """A fingerprint of the whole frame, whatever its order: the same sample can be drawn from the same frame only."""
    lines = sorted(
        "\x1f".join((r.stay_id, r.department, r.doctor, r.diagnosis, str(int(r.pathway)), str(r.weight)))
        for r in records
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def read_twice(keys: Sequence[str], percent: int, seed: str) -> frozenset[str]:
    """Which of the drawn records a second reviewer reads blind: a share of them by the seed, at least one."""
    if percent <= 0 or not keys:
        return frozenset()
    place = sampling.queue(f"{seed}:second")
    count = min(len(keys), ceil(len(keys) * percent / 100))
    return frozenset(sorted(keys, key=lambda key: (place(key), key))[:count])


def surprise_days(seed: str, year: int, month: int, times: int, is_working) -> list[date]:
    """The unannounced days of a month (REC-12): working days that only the seed knows, in order of date."""
    day, days = date(year, month, 1), []
    while day.month == month:
        if is_working(day):
            days.append(day)
        day += timedelta(days=1)
    place = sampling.queue(f"{seed}:days")
    return sorted(sorted(days, key=lambda one: place(one.isoformat()))[:times])


@dataclass(frozen=True)
class Reviewer:
    """Who may read: departments that are his own, and the staff number under which he writes records."""

    id: int
    departments: frozenset[str] = frozenset()
    staff_number: str = ""


def may_read(reviewer: Reviewer, record: Record) -> bool:
    """Never a record of the own department, never one's own."""
    return record.department not in reviewer.departments and (
        not reviewer.staff_number or reviewer.staff_number != record.doctor
    )


def shared_out(
    records: Sequence[Record], reviewers: Sequence[Reviewer], *, readers: Mapping[str, int], place: Place
) -> tuple[dict[str, list[int]], list[str]]:
    """Stay -> ids of its readers, as even as can be; and the stays for which there are too few who may.

    readers: how many read each stay. Records that few may read are given out first; among equally loaded reviewers
    the seed decides, so that nobody can choose.
    """
    load, given, lacking = {r.id: 0 for r in reviewers}, {}, []
    allowed = {one.stay_id: [r.id for r in reviewers if may_read(r, one)] for one in records}
    order = sorted(records, key=lambda one: (len(allowed[one.stay_id]), place(f"order:{one.stay_id}")))
    for one in order:
        wanted = readers.get(one.stay_id, 1)
        line = sorted(allowed[one.stay_id], key=lambda who: (load[who], place(f"{one.stay_id}:{who}")))
        given[one.stay_id] = line[:wanted]
        for who in line[:wanted]:
            load[who] += 1
        if len(line) < wanted:
            lacking.append(one.stay_id)
    _levelled(given, load, allowed)
    return given, lacking


def _levelled(given: dict[str, list[int]], load: dict[int, int], allowed: Mapping[str, list[int]]) -> None:
    """Pass records from who has two more to who may read them, until nobody can be relieved in one step."""
    moved = True
    while moved:
        moved = False
        for stay, readers in given.items():
            for place, who in enumerate(readers):
                free = [
                    other for other in allowed[stay] if other not in readers and load[other] + 1 < load[who]
                ]
                if free:
                    other = min(free, key=lambda one: load[one])
                    readers[place], moved = other, True
                    load[who], load[other] = load[who] - 1, load[other] + 1
                    break


def narrowed(
    records: Iterable[Record], *, departments: Sequence[str], disease_codes: Sequence[str]
) -> list[Record]:
    """Records of these departments whose main diagnosis begins with one of these codes; empty means all."""
    return [
        r
        for r in records
        if (not departments or r.department in departments)
        and (not disease_codes or r.diagnosis.startswith(tuple(disease_codes)))
    ]


def with_pathways(records: Iterable[Record], on_pathway: frozenset[str]) -> list[Record]:
    """The records with what is known of pathways."""
    return [replace(r, pathway=r.stay_id in on_pathway) for r in records]
