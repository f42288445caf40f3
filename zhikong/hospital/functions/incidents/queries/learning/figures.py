"""Figures of the overview: months with their rates, what is frequent, departments. Counts that the reader may not see
are None and shown as “<5”."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.utils.translation import gettext as _

from zhikong.foundation.facts.bed_days import BedDays, bed_days
from zhikong.hospital.functions.incidents.control_learning import Control, control
from zhikong.hospital.functions.incidents.queries.learning import cases, causes
from zhikong.hospital.functions.incidents.queries.learning.choosing import Chosen, last_day
from zhikong.hospital.functions.incidents.queries.learning.readers import codes, place_names
from zhikong.hospital.functions.incidents.queries.reporting import categories
from zhikong.hospital.functions.incidents.rules_learning import (
    Light,
    counted,
    per_bed_days,
    per_beds,
    suppressed,
)
from zhikong.hospital.functions.incidents.rules_reporting import SHOWN_LEVELS, Outcome, Place, Shift


@dataclass(frozen=True)
class Month:
    month: str
    count: int | None
    bed_days: int | None
    rate: float | None


@dataclass(frozen=True)
class Line:
    """One key of a dimension. count None: hidden. share: per cent of everything; None where the count is hidden."""

    key: str
    name: str
    count: int | None
    share: float | None
    rate: float | None = None
    linked: bool = False


@dataclass(frozen=True)
class Overview:
    """total None: hidden. rate: per 1,000 bed-days; per_beds: reports per 100 open beds a year; None: cannot be computed."""

    total: int | None
    rate: float | None
    per_beds: float | None
    bed_days: int | None
    months: tuple[Month, ...]
    lines: tuple[Line, ...]
    drawn: Control | None
    data_version: str


def overview(asked: Chosen, *, by: str = "category") -> Overview:
    """The figures of a choice, split by one dimension."""
    beds = bed_days(asked.first_day, asked.last_day)
    found = cases.of(cases.light(first=asked.first_day, last=asked.last_day), asked)
    found = causes.added(found) if by == "cause" else found
    where = None if asked.department is None else [codes().get(asked.department, "")]
    known = beds.total("occupied", where, asked.first_day, asked.last_day)
    months = _months(found, asked, beds, where)
    shown = suppressed({"all": len(found)}, hidden=lambda key: not asked.open)["all"]
    return Overview(
        total=shown,
        rate=None if shown is None else per_bed_days(len(found), known),
        per_beds=None if shown is None else per_beds(
            len(found), beds.total("open", where, asked.first_day, asked.last_day)
        ),
        bed_days=known,
        months=_seen(months, asked),
        lines=tuple(lines(found, asked, by, beds)) if shown is not None else (),
        drawn=drawn(found, months, beds, where) if shown is not None and asked.open else None,
        data_version=beds.data_version,
    )  # fmt: skip


def _months(found: Sequence[Light], asked: Chosen, beds: BedDays, where) -> list[Month]:
    counts = counted(found, lambda one: (f"{one.occurred_on:%Y-%m}",))
    made = []
    for month in asked.months:
        days = beds.total("occupied", where, date.fromisoformat(f"{month}-01"), last_day(month))
        made.append(Month(month, counts[month], days, per_bed_days(counts[month], days)))
    return made


def _seen(months: Sequence[Month], asked: Chosen) -> tuple[Month, ...]:
    shown = suppressed({one.month: one.count or 0 for one in months}, hidden=lambda key: not asked.open)
    return tuple(
        one if shown[one.month] is not None else Month(one.month, None, one.bed_days, None) for one in months
    )


def drawn(found: Sequence[Light], months: Sequence[Month], beds: BedDays, where) -> Control | None:
    """The control chart of a choice. Its limits come from counts, so it is drawn only for readers of the cases."""
    days = [one.occurred_on for one in found]
    between = [beds.total("occupied", where, a, b) for a, b in pairwise(days)] if len(days) > 1 else []
    gaps = None if not between or None in between else [float(one) for one in between]
    return control(
        [one.month for one in months], [one.count or 0 for one in months], [one.bed_days for one in months], days, gaps
    )  # fmt: skip


def lines(found: Sequence[Light], asked: Chosen, by: str, beds: BedDays) -> list[Line]:
    """Keys of a dimension, the most frequent first; departments have their own rate."""
    counts = counted(found, lambda one: _keys(one, by))
    if by == "department":
        shown = suppressed(counts, hidden=lambda key: not asked.reader.may_open(int(key) if key else None))
    else:
        shown = suppressed(counts, hidden=lambda key: not asked.open)
    names, total = _names(by), len(found)
    made = [
        Line(
            key, names.get(key) or _unknown(by), shown[key],
            None if shown[key] is None else 100 * count / total, _rate(key, shown[key], asked, by, beds),
            _linked(key, asked, by),
        )
        for key, count in counts.most_common()
    ]  # fmt: skip
    return sorted(made, key=lambda one: (one.count is None, -(one.count or 0), one.name))


def _linked(key: str, asked: Chosen, by: str) -> bool:
    if by == "department":
        return asked.reader.may_open(int(key) if key else None)
    return asked.open


def _rate(key: str, count: int | None, asked: Chosen, by: str, beds: BedDays) -> float | None:
    if by != "department" or count is None or not key:
        return None
    days = beds.total("occupied", [codes().get(int(key), "")], asked.first_day, asked.last_day)
    return per_bed_days(count, days)


def _keys(one: Light, by: str) -> tuple[str, ...]:
    """Under what a case stands; one may have several causes, and one that was not analysed has none."""
    if by == "cause":
        return one.causes or ("",)
    value = getattr(one, by)
    return ("" if value is None else str(value),)


def name_of(by: str, value: str) -> str:
    """How a key of a dimension is called."""
    return _names(by).get(value) or _unknown(by)


def _names(by: str) -> dict[str, str]:
    if by == "category":
        return {one.id: one.title for one in categories.all_in_force()}
    if by == "department":
        return {str(pk): name for pk, name in place_names().items()}
    if by == "level":
        return dict(SHOWN_LEVELS)
    if by == "harm":
        return {code: f"{code} {label}" for code, label in Outcome.choices}
    if by == "cause":
        return causes.titles()
    kind = Shift if by == "shift" else Place
    return {code: str(label) for code, label in kind.choices}


def _unknown(by: str) -> str:
    return {"category": _("还没有归类"), "level": _("还没有定级"), "department": _("没有写科室"), "harm": _("后果不清"), "cause": _("还没有分析原因")}.get(
        by, _("没有填写")
    )  # fmt: skip
