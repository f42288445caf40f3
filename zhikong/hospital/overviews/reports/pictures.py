"""The charts of a brief, as data that stays with it: what is drawn later is what was known at drafting."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

from django.utils.translation import gettext as _

from zhikong.hospital.functions.indicators import charting
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.queries.board import Line
from zhikong.hospital.functions.indicators.queries.detail import Detail, detail
from zhikong.hospital.functions.indicators.queries.figures import Frame
from zhikong.hospital.functions.indicators.queries.targets import TargetBook
from zhikong.hospital.functions.indicators.rules import Status
from zhikong.web.charts import ComparisonData

CONTROL_CHARTS = 2
LOOKED_AT = 5  # of the worst lines, to find charts worth showing
LONGEST = 10  # departments in a comparison
JUDGED = (Status.MISSED, Status.WARNING, Status.MET)


def charts(
    shown: Frame, book: TargetBook, lines: Sequence[Line], *, month: str, names: Mapping[int, str]
) -> list[dict]:
    """Control charts of the worst hospital lines, and the departments behind the one most departments miss.

    Without a miss or warning the first line is drawn.
    """
    poor = [line for line in lines if line.status in (Status.MISSED, Status.WARNING)]
    wanted = poor[:LOOKED_AT] or lines[:1]
    seen = [
        detail(shown, book, definition=line.definition, place=None, month=month, compared=list(names))
        for line in wanted
    ]
    numbered = [(lines.index(line) + 1, found) for line, found in zip(wanted, seen, strict=True)]
    drawn = [made for number, found in numbered if (made := _control(number, found))][:CONTROL_CHARTS]
    telling = max(numbered, key=lambda pair: _missed(pair[1]), default=None)
    compared = _comparison(*telling, names) if telling else None
    return [*drawn, compared] if compared else drawn


def _missed(seen: Detail) -> int:
    """How many departments missed the target: the indicator with most of them is worth a comparison."""
    return sum(row.status is Status.MISSED for row in seen.departments)


def _control(number: int, seen: Detail) -> dict | None:
    drawn = charting.chart(seen, place_name=_("全院"))
    if drawn.data is None:
        return None
    data = replace(
        drawn.data, title=f"{drawn.data.title} · {drawn.title}"
    )  # alone on paper it says the finding
    caption = _("%(name)s控制图（全院）") % {"name": seen.line.name}
    return {"kind": "control", "number": number, "caption": caption, "data": asdict(data)}


def _comparison(number: int, seen: Detail, names: Mapping[int, str]) -> dict | None:
    """The judged departments, worst first; None when fewer than two can be compared."""
    rows = [row for row in seen.departments if row.status in JUDGED and row.value is not None]
    if len(rows) < 2 or not any(row.status is Status.MISSED for row in rows):
        return None
    missed = _missed(seen)
    said = {"month": calendar.spoken(seen.line.month), "unit": seen.line.unit, "n": LONGEST}
    subtitle = _("%(month)s · 单位：%(unit)s · 例数过少的科室不列") % said
    if len(rows) > LONGEST:
        subtitle += _("，只列差距最大的 %(n)s 个科室") % said
    target = seen.line.in_force.target
    bound = target.low if target.low is not None else target.high
    data = ComparisonData(
        title=_("%(name)s：%(n)s 个科室未达标") % {"name": seen.line.name, "n": missed},
        subtitle=subtitle,
        axis=seen.line.unit,
        names=[names.get(row.place, f"#{row.place}") for row in rows[:LONGEST]],
        values=[float(row.value) for row in rows[:LONGEST]],
        states=[row.word for row in rows[:LONGEST]],
        target=None if bound is None else float(bound),
    )
    caption = _("%(name)s科室比较") % {"name": seen.line.name}
    return {"kind": "comparison", "number": number, "caption": caption, "data": asdict(data)}
