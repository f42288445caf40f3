"""Indicators as rows that the quality tools draw from: a row for each month of the hospital, or of each department."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.engine.definitions import Definition, Kind
from zhikong.engine.definitions.kinds import Direction
from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.facts.countable import Answer, Dimension, Measure, Row, Shape, Source, Wanted
from zhikong.hospital.functions.indicators import control
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.queries.figures import Figure, Place, figures, frame
from zhikong.hospital.functions.indicators.queries.small_cells import restriction
from zhikong.hospital.functions.indicators.selection import covered_departments

VALUE, TOP, BOTTOM = "value", "numerator", "denominator"


def things(user) -> list[tuple[str, str]]:
    """Every indicator in force, by its name."""
    return sorted(((key, one.title()) for key, one in definitions().items()), key=lambda pair: pair[1])


def shape(key: str) -> Shape:
    """Value, numerator and denominator; a value of cases among cases stays a ratio, so that it can be pooled."""
    found = _definition(key)
    less = {Direction.DOWN: True, Direction.UP: False}.get(found.direction)
    value = Measure(VALUE, found.title(), found.unit, _is_ratio(found), float(found.multiplier), less)
    parts = [Measure(TOP, _("分子"), ""), Measure(BOTTOM, _("分母"), "")]
    return Shape(
        [Dimension("department", _("科室")), Dimension("month", _("月份"), ordered=True)],
        [value, *parts], _("例"), _("分子"),
    )  # fmt: skip


def rows(wanted: Wanted) -> Answer:
    """Months of the departments asked for, or of all in scope when they are to be told apart; else the hospital's.

    Who has no whole-hospital scope gets departments. What a rule on small cells hides is left out and told.
    """
    found, shown = _definition(wanted.key), frame()
    months = wanted.months
    covered = covered_departments(months[-1])
    apart = wanted.departments or "department" in wanted.split or not current_scope().whole_hospital
    places: list[Place] = [d.id for d in covered if not wanted.departments or d.id in wanted.departments] if apart else [None]  # fmt: skip
    names = {d.id: d.name for d in covered} | {None: _("全院")}
    values = figures(shown, months=months, indicators=[found.id], places=places)
    known = {(place, month): one for (_id, place, month), one in values.items()}
    version = next((one.data_version for one in reversed(known.values())), "")
    hidden = any(one.hidden for one in known.values())
    made = [
        _row(found, names[place], place, month, known[place, month])
        for place in places
        for month in months
        if (place, month) in known and not known[place, month].hidden and known[place, month].value is not None
    ]  # fmt: skip
    rule = restriction()
    sentence = f"{rule.sentence}{rule.beside}" if hidden and rule else ""
    definition = _("指标 %(id)s 第 %(version)s 版") % {"id": found.id, "version": found.version}
    return Answer(made, found.title(), definition, version, sentence)


def _row(found: Definition, name: str, place: Place, month: str, one: Figure) -> Row:
    top, bottom = one.numerator, one.denominator
    ratio = _is_ratio(found) and top is not None and bottom
    value = (float(top), float(bottom)) if ratio else float(one.value)
    address = f"?month={month}" + (f"&department={place}" if place is not None else "")
    numbers = {VALUE: value, TOP: _float(top), BOTTOM: _float(bottom)}
    return Row(
        {"department": name, "month": month}, numbers, int(top or 0), date.fromisoformat(f"{month}-01"),
        f"{found.title()} {name} {month}", reverse("indicators:detail", args=[found.id]) + address,
    )  # fmt: skip


def _float(part: int | None) -> float | None:
    return None if part is None else float(part)


def _is_ratio(found: Definition) -> bool:
    """Cases among cases, or events among exposure: only these may be added up over months and departments."""
    return found.kind in (Kind.RATIO, Kind.RATE) and control.is_rate(found)


def _definition(key: str) -> Definition:
    found = definitions().get(key)
    if found is None:
        raise LookupError(key)
    return found


SOURCE = Source(
    "indicators", gettext_lazy("指标"), gettext_lazy("指标按月的值、分子和分母，全院或分科室"),
    may=lambda user: can(user, Permission.VIEW_INDICATORS), shape=shape, rows=rows, things=things, order=40,
)  # fmt: skip
