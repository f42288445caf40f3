"""Targets by unit and month of a year, what a relative target comes to, and what a new target would change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from zhikong.engine.definitions import Definition
from zhikong.engine.results import Reason
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators import rules
from zhikong.hospital.functions.indicators.models import IndicatorTarget
from zhikong.hospital.functions.indicators.queries.board import line
from zhikong.hospital.functions.indicators.queries.figures import Frame, Place, figures
from zhikong.hospital.functions.indicators.queries.own_past import OwnPast
from zhikong.hospital.functions.indicators.queries.targets import InForce, TargetBook
from zhikong.hospital.functions.indicators.rules import WORDS, Status
from zhikong.hospital.functions.indicators.selection import newest_month

PREVIEWED = 12


@dataclass(frozen=True)
class YearRow:
    """A unit's targets month by month; runs of equal ones are one cell. cells: (words, origin, months it spans)."""

    place: Place
    cells: tuple[tuple[str, str, int], ...]


def year_rows(book: TargetBook, definition: Definition, places: Sequence[Place], year: int) -> list[YearRow]:
    """The hospital, and the departments that have targets of their own in the year."""
    found = _year_rows(book, definition, places, year)
    return [row for row in found if row.place is None or any(c[1] == "department" for c in row.cells)]


def _year_rows(book: TargetBook, definition: Definition, places: Sequence[Place], year: int) -> list[YearRow]:
    months = [f"{year}-{number:02d}" for number in range(1, 13)]
    return [
        YearRow(place, tuple(_runs([book.of(definition, place, month) for month in months], definition.unit)))
        for place in places
    ]


def _runs(row: Sequence[InForce], unit: str) -> list[tuple[str, str, int]]:
    found: list[tuple[str, str, int]] = []
    for in_force in row:
        words = (in_force.target.text(unit), in_force.origin)
        if found and found[-1][:2] == words:
            found[-1] = (*words, found[-1][2] + 1)
        else:
            found.append((*words, 1))
    return found


def pair_text(definition: Definition, level: str, shown: Frame, today: date) -> str:
    """What the definition's own target says beyond a bound: baseline and goal, or what it is relative to, in numbers."""
    said = definition.target(level)
    if said is None:
        return ""
    if said.monitor:
        return _("只监测，不判断。")
    if said.relative is None:
        if said.baseline is None:
            return ""
        goal = rules.Target(said.at_least, said.at_most).text(definition.unit)
        return _("基线 %(base)s，目标 %(goal)s。") % {"base": rules.plain(said.baseline), "goal": goal}
    found = OwnPast(shown).bounded(definition, said, today.year)
    if isinstance(found, Reason):
        return found.sentence
    goal = rules.Target(rules.rounded(found.at_least, 4), rules.rounded(found.at_most, 4)).text(
        definition.unit
    )
    return _("相对本院以往：以往为 %(base)s，%(year)d 年的目标折合 %(goal)s。") % {
        "base": rules.shown(found.baseline),
        "year": today.year,
        "goal": goal,
    }


@dataclass(frozen=True)
class Recoloured:
    """A unit's month that would be judged otherwise."""

    place: Place
    month: str
    value: str
    old: Status
    new: Status

    @property
    def words(self) -> str:
        return f"{WORDS[self.old]} → {WORDS[self.new]}"


@dataclass(frozen=True)
class Effect:
    """The last finished months under the targets in force and under the new one."""

    months: Sequence[str]
    changed: Sequence[Recoloured]
    counts: Mapping[Status, tuple[int, int]]
    sentence: str


def effect_of(
    shown: Frame, book: TargetBook, definition: Definition, new: IndicatorTarget, places: Sequence[Place]
) -> Effect:
    """As if the new target had held in each of the last finished months. One query.

    new: not saved; hospital or department, with its bounds.
    """
    months = calendar.last(PREVIEWED, newest_month(shown))
    found = figures(shown, months=months, indicators=[definition.id], places=places)
    return _effect(book, definition, new, places, months, found)


def effects_of(
    shown: Frame,
    book: TargetBook,
    wanted: Sequence[tuple[Definition, IndicatorTarget]],
    places: Sequence[Place],
) -> list[tuple[Definition, IndicatorTarget, Effect]]:
    """The effects of several new targets, those that change most first. One query."""
    months = calendar.last(PREVIEWED, newest_month(shown))
    found = figures(shown, months=months, indicators=[d.id for d, _new in wanted], places=places)
    made = [(d, new, _effect(book, d, new, places, months, found)) for d, new in wanted]
    return sorted(made, key=lambda row: -len(row[2].changed))


def _effect(
    book: TargetBook,
    definition: Definition,
    new: IndicatorTarget,
    places: Sequence[Place],
    months: Sequence[str],
    found: Mapping,
) -> Effect:
    after = _with(book, definition, new, months[0])
    changed, counts = [], dict.fromkeys((Status.MET, Status.MISSED), (0, 0))
    for place in places:
        for month in months:
            if (definition.id, place, month) not in found:
                continue
            one, other = (
                line(definition, place, [month], found, {}, targets.of(definition, place, month))
                for targets in (book, after)
            )
            for index, judged in enumerate((one, other)):
                if judged.status in counts:
                    pair = list(counts[judged.status])
                    pair[index] += 1
                    counts[judged.status] = tuple(pair)
            if one.status is not other.status:
                changed.append(Recoloured(place, month, one.shown, one.status, other.status))
    return Effect(months, changed, counts, _sentence(changed, counts, months))


def _with(book: TargetBook, definition: Definition, new: IndicatorTarget, first: str) -> TargetBook:
    """A book in which the new target has held since the first month, before whatever held then."""
    made = TargetBook([], book.level, book.counted)
    made.rows = dict(book.rows)
    key = (book.counted.target_key(definition.id), new.department_id)
    held = IndicatorTarget(
        indicator_id=key[0],
        department_id=new.department_id,
        valid_from=calendar.first_day(first),
        hospital_only=new.hospital_only,
        at_least=new.at_least,
        at_most=new.at_most,
    )
    made.rows[key] = [held, *book.rows.get(key, ())]
    return made


def _sentence(changed: Sequence[Recoloured], counts: Mapping, months: Sequence[str]) -> str:
    if not changed:
        return _("近 %(n)d 个月里，没有一个单位的判断会改变。") % {"n": len(months)}
    places = len({one.place for one in changed})
    met, missed = counts[Status.MET], counts[Status.MISSED]
    said = {"n": len(months), "places": places, "cells": len(changed), "met": met[0], "met2": met[1], "missed": missed[0], "missed2": missed[1]}  # fmt: skip
    return (
        _(
            "近 %(n)d 个月里，%(places)d 个单位的 %(cells)d 个月会改变判断：达标由 %(met)d 变为 %(met2)d，未达标由 %(missed)d 变为 %(missed2)d。"
        )
        % said
    )
