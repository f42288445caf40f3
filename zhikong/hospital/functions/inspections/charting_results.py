"""Pictures of results: the control chart of a clause, the funnel of departments."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from zhikong.engine.stats.funnel import Funnel
from zhikong.engine.stats.points import Rule
from zhikong.engine.stats.wording import REASONS
from zhikong.hospital.functions.inspections.control_results import Control
from zhikong.web.charts import BEYOND, NORMAL, SHIFT, ControlData, control_chart
from zhikong.web.charts.funnels import INSIDE, NEAR, OUTSIDE, SMALL, FunnelData, funnel_chart

OUT = frozenset({Rule.ABOVE, Rule.BELOW})


def clause_chart(drawn: Control, *, title: str, subtitle: str, theme: str = "light") -> dict:
    """The chart of a clause; with a measure the line stands where its limits were frozen."""
    limits, months = drawn.limits, drawn.months
    remarks = [_("措施") if index == drawn.since else "" for index in range(len(months))]
    data = ControlData(
        title=title, subtitle=subtitle, axis=_("符合率（%）"), months=list(months), values=_list(limits.y),
        centre=_list(limits.centre), lower=_list(limits.lower), upper=_list(limits.upper),
        marks=[NORMAL if rule is Rule.NONE else BEYOND if rule in OUT else SHIFT for rule in drawn.rules],
        **({"remarks": remarks, "phases": [0] * len(months), "excluded": [False] * len(months)} if drawn.since else {}),
    )  # fmt: skip
    return control_chart(data, theme=theme)


def finding(drawn: Control) -> str:
    """What the chart says, in a sentence: the verdict on the measure, else the newest special month."""
    if drawn.verdict is not None:
        return drawn.verdict.sentence
    special = [
        (month, rule) for month, rule in zip(drawn.months, drawn.rules, strict=True) if rule is not Rule.NONE
    ]
    if not special:
        return _("未见特殊原因：各月的高低都在平常波动之内。")
    month, rule = special[-1]
    return _("%(month)s%(what)s，不像是随机波动。") % {"month": month, "what": REASONS[rule]}


def league_chart(
    drawn: Funnel, names: Sequence[str], *, title: str, subtitle: str, theme: str = "light"
) -> dict:
    """Departments over their number of answers, with limits that widen where there are few."""
    units = [
        (name, float(drawn.denominators[n]), 100 * float(drawn.ratio[n]), _state(drawn, n))
        for n, name in enumerate(names) if drawn.denominators[n] > 0
    ]  # fmt: skip
    shape = drawn.curve()
    lines = (shape.bounds.lower_998, shape.bounds.lower_95, shape.bounds.upper_95, shape.bounds.upper_998)
    curve = [
        (float(cases), *(None if math.isnan(line[n]) else 100 * float(line[n]) for line in lines))
        for n, cases in enumerate(shape.denominators)
    ]
    data = FunnelData(
        title, subtitle, _("查看的条款项次"), _("符合率（%）"), units, curve, 100 * drawn.target
    )
    return funnel_chart(data, theme=theme)


def _state(drawn: Funnel, index: int) -> str:
    if drawn.small[index]:
        return SMALL
    return OUTSIDE if drawn.outside[index] else NEAR if drawn.warning[index] else INSIDE


def _list(values: Iterable[float]) -> list[float | None]:
    return [None if math.isnan(value) else round(float(value), 6) for value in values]


def stamp(spec: dict) -> str:
    """Changes when the picture does, so that a browser may keep a picture for ever."""
    return hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()[:12]
