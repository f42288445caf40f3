"""The chart of one indicator's page: picture, table below it, and the sentences on whether it is noise."""

import hashlib
import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.engine.stats.points import Rule
from zhikong.engine.stats.wording import expected_false
from zhikong.hospital.functions.indicators import noise
from zhikong.hospital.functions.indicators.control import BEYOND as BEYOND_LIMITS
from zhikong.hospital.functions.indicators.control import Control, control
from zhikong.hospital.functions.indicators.months import spoken
from zhikong.hospital.functions.indicators.queries.detail import Detail
from zhikong.hospital.functions.indicators.queries.figures import Figure
from zhikong.hospital.functions.indicators.rules import Target
from zhikong.web.charts import BEYOND, NORMAL, SHIFT, ControlData, control_chart

KINDS = {
    "xmr": gettext_lazy("单值控制图"),
    "p": gettext_lazy("p 控制图"),
    "p_prime": gettext_lazy("p′ 控制图"),
    "u": gettext_lazy("u 控制图"),
    "u_prime": gettext_lazy("u′ 控制图"),
    "c": gettext_lazy("c 控制图"),
    "g": gettext_lazy("g 控制图（两例之间隔多少例）"),
    "median": gettext_lazy("中位数控制图"),
}


@dataclass(frozen=True)
class Row:
    """One month of the chart in figures."""

    month: str
    figure: Figure | None
    lower: float | None
    centre: float | None
    upper: float | None
    words: str


@dataclass(frozen=True)
class Chart:
    """What the template needs; data is None when there is nothing to draw, why_none says why."""

    title: str
    control: Control | None
    rows: tuple[Row, ...]
    data: ControlData | None = None
    why_none: str = ""

    def spec(self, theme: str) -> dict:
        """The Vega-Lite specification for the page, Word and PDF alike. theme: light or dark."""
        return control_chart(self.data, theme=theme)

    @cached_property
    def stamp(self) -> str:
        """Changes when the picture does, so that a browser may keep a picture for ever."""
        text = json.dumps(self.spec("light"), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def chart(seen: Detail, *, place_name: str) -> Chart:
    drawn = control(seen.line.definition, seen.series, seen.months, seen.decisions)
    if drawn is None:
        rows = tuple(Row(m, f, None, None, None, "") for m, f in zip(seen.months, seen.series, strict=True))
        return Chart(_("走势"), None, rows, why_none=_("已知的月份不足两个，还画不出控制图。"))
    rows = tuple(
        Row(month, figure, *drawn.at(index), _words(drawn, index))
        for index, (month, figure) in enumerate(zip(seen.months, seen.series, strict=True))
    )
    return Chart(_title(seen, drawn), drawn, rows, _data(seen, drawn, place_name))


def _words(drawn: Control, index: int) -> str:
    """What is to be said about one month in the table: the rule it fulfils, and what people decided."""
    rule, limits = drawn.rules[index], drawn.limits
    said = [] if rule is Rule.NONE else [drawn.reason_of(rule)]
    if drawn.kind == "g" and not math.isnan(limits.y[index]):
        said.insert(0, _("距上一例 %(n)s 例") % {"n": f"{limits.y[index]:.0f}"})
    if index and limits.part[index] != limits.part[index - 1]:
        said.append(_("新的一段"))
    if not limits.include[index]:
        said.append(_("剔除"))
    return "；".join(said)


def _title(seen: Detail, drawn: Control) -> str:
    """The title says the finding: what is special in the month, else when something last was."""
    kind = KINDS.get(drawn.kind, drawn.kind)
    special = [(m, r) for m, r in zip(seen.months, drawn.rules, strict=True) if r is not Rule.NONE]
    here = next((rule for month, rule in special if month == seen.line.month), None)
    if here is not None:
        said = _("%(month)s%(what)s") % {"month": spoken(seen.line.month), "what": drawn.reason_of(here)}
    elif special:
        said = _("本月正常，最近一次特殊原因在 %(month)s") % {"month": spoken(special[-1][0])}
    else:
        said = _("未见特殊原因")
    return f"{kind}：{said}"


def _data(seen: Detail, drawn: Control, place_name: str) -> ControlData:
    definition, limits = seen.line.definition, drawn.limits
    target = seen.line.in_force.target
    said = {
        "place": place_name,
        "first": seen.months[0],
        "last": seen.months[-1],
        "kind": str(KINDS.get(drawn.kind, drawn.kind)),
        "n": drawn.points,
    }
    return ControlData(
        title=f"{seen.line.labelled}（{_measured(seen, drawn)}）",
        subtitle=_("%(place)s · %(first)s 至 %(last)s · %(kind)s · %(n)s 个月") % said,
        axis=_("例") if drawn.kind == "g" else definition.unit,
        months=seen.months,
        values=_list(limits.y),
        centre=_list(limits.centre),
        lower=_list(limits.lower),
        upper=_list(limits.upper),
        marks=[_mark(rule) for rule in drawn.rules],
        target=None if drawn.kind == "g" else _bound(target),  # a target of the rate is none of the gaps
        target_label=_("目标"),
        **_decided(seen, drawn),
    )


def _decided(seen: Detail, drawn: Control) -> dict:
    """What people decided, as the picture needs it; nothing for a chart nobody decided about."""
    if not drawn.decisions:
        return {}
    notes = {d.first: d.reason for d in drawn.decisions if d.kind == "note"}
    return {
        "phases": [int(number) for number in drawn.limits.part],
        "excluded": [not included for included in drawn.limits.include],
        "remarks": [notes.get(month, "") for month in seen.months],
    }


def _measured(seen: Detail, drawn: Control) -> str:
    """What the vertical axis counts."""
    return _("两例之间的例数") if drawn.kind == "g" else seen.line.definition.unit


def _bound(target: Target) -> float | None:
    """A range has two bounds, the chart shows one line: the floor, else the ceiling."""
    bound = target.low if target.low is not None else target.high
    return None if bound is None else float(bound)


def _list(values: Iterable[float]) -> list[float | None]:
    return [None if math.isnan(value) else round(float(value), 6) for value in values]


def _mark(rule: Rule) -> str:
    if rule is Rule.NONE:
        return NORMAL
    return BEYOND if rule in BEYOND_LIMITS else SHIFT


def noise_sentences(seen: Detail, drawn: Chart) -> list[str]:
    """Is the month noise? See noise.sentences."""
    month, control_ = seen.line.month, drawn.control
    row = next((row for row in drawn.rows if row.month == month), None)
    points = control_.limits.carried if control_ else 0  # of the newest phase, or of its frozen baseline
    gaps = control_ is not None and control_.kind == "g"  # its limits are cases, not the unit of the value
    said = noise.sentences(
        points=points,
        value=seen.line.value,
        lower=row.lower if row and not gaps else None,
        upper=row.upper if row and not gaps else None,
        unit=seen.line.unit,
        found=[found.sentence for found in seen.line.found],
        chance=noise.chance_of_false_alarm(points),
        departments=len(seen.departments),
        judged=seen.judged_departments,
        expected=expected_false(seen.judged_departments),
    )
    if gaps and points < noise.FEWEST and seen.line.value is not None:
        said[0] = _("只有 %(n)s 个有事件的月份，控制限为试用，暂不据此判断。") % {"n": points}
    return [*said, *([control_.reason, *control_.limits.notes] if control_ else [])]
