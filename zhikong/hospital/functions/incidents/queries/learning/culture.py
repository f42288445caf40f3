"""How people report: shares, feedback, reports per 100 beds, and wards that are silent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from zhikong.foundation.facts.bed_days import bed_days, known_from
from zhikong.hospital.functions.incidents.queries.learning import cases
from zhikong.hospital.functions.incidents.queries.learning.choosing import Chosen
from zhikong.hospital.functions.incidents.queries.learning.readers import codes, place_names, wards
from zhikong.hospital.functions.incidents.rules_learning import (
    SMALLEST,
    TARGET,
    Culture,
    Ward,
    culture,
    per_beds,
    silence,
)


@dataclass(frozen=True)
class Silence:
    """A ward's line. reports None: hidden; then its rate and its chance are hidden as well."""

    department: int
    name: str
    reports: int | None
    expected: float | None
    p: float | None
    per_100_beds: float | None
    silent: bool
    linked: bool


@dataclass(frozen=True)
class Told:
    """shown: whether the reader may see shares of so few reports. until: last day whose beds are known."""

    whole: Culture
    shown: bool
    wards: tuple[Silence, ...]
    first: date
    last: date
    expected: float | None
    data_version: str


def told(asked: Chosen) -> Told:
    """By day of reporting, on days whose beds are known: other days would count reports without beds."""
    last = min(asked.last_day, asked.beds_until) if asked.beds_until else asked.last_day
    first = min(max(asked.first_day, known_from() or asked.first_day), last)
    found = cases.of(cases.light(first=first, last=last, by="reported_at"), asked)
    beds = bed_days(first, last)
    where = None if asked.department is None else [codes().get(asked.department, "")]
    open_days = beds.total("open", where, first, last)
    return Told(
        culture(found, open_days), asked.open or len(found) >= SMALLEST,
        tuple(_wards(asked, found, beds, first, last)) if asked.department is None else (),
        first, last, TARGET * open_days / 36_500 if open_days else None, beds.data_version,
    )  # fmt: skip


def _wards(asked: Chosen, found, beds, first: date, last: date) -> list[Silence]:
    """Wards with beds; what a reader may not open is shown from five reports on, and never called silent."""
    reports: dict[int, int] = {}
    for one in found:
        if one.department is not None:
            reports[one.department] = reports.get(one.department, 0) + 1
    known = {
        one.id: beds.total("open", [codes().get(one.id, "")], first, last) for one in wards()
        if codes().get(one.id, "") in beds.open
    }  # fmt: skip
    names = place_names()
    return [_line(asked, one, names, known) for one in silence(reports, known)]


def _line(asked: Chosen, one: Ward, names: dict[int, str], days: dict[int, int | None]) -> Silence:
    may = asked.reader.may_open(one.department)
    if not may and one.reports < SMALLEST:
        return Silence(one.department, names[one.department], None, one.expected, None, None, False, False)
    rate = per_beds(one.reports, days[one.department])
    return Silence(
        one.department, names[one.department], one.reports, one.expected, one.p, rate, may and one.silent, may
    )
