"""The chart of one indicator's page: picture, table below it, and the sentences on whether it is noise."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.engine.stats.points import Rule
from zhikong.engine.stats.wording import REASONS, expected_false
from zhikong.hospital.functions.indicators import noise
from zhikong.hospital.functions.indicators.control import Control, control
from zhikong.hospital.functions.indicators.queries.detail import Detail
from zhikong.hospital.functions.indicators.queries.figures import Figure

KINDS = {
    "xmr": gettext_lazy("单值控制图"),
    "p": gettext_lazy("p 控制图"),
    "p_prime": gettext_lazy("p′ 控制图"),
    "u": gettext_lazy("u 控制图"),
    "u_prime": gettext_lazy("u′ 控制图"),
    "c": gettext_lazy("c 控制图"),
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
    """What the template needs; svg is empty when there is nothing to draw, why_none says why."""

    title: str
    control: Control | None
    rows: tuple[Row, ...]
    svg: str
    why_none: str = ""


def chart(seen: Detail, *, place_name: str) -> Chart:
    drawn = control(seen.line.definition, seen.series)
    if drawn is None:
        rows = tuple(Row(m, f, None, None, None, "") for m, f in zip(seen.months, seen.series, strict=True))
        return Chart(_("走势"), None, rows, "", _("已知的月份不足两个，还画不出控制图。"))
    rows = tuple(
        Row(month, figure, *drawn.at(index), REASONS.get(drawn.rules[index], ""))
        for index, (month, figure) in enumerate(zip(seen.months, seen.series, strict=True))
    )
    return Chart(_title(seen, drawn), drawn, rows, "")


def _title(seen: Detail, drawn: Control) -> str:
    """The title says the finding."""
    special = [m for m, rule in zip(seen.months, drawn.rules, strict=True) if rule is not Rule.NONE]
    kind = KINDS.get(drawn.kind, drawn.kind)
    if not special:
        return _("%(kind)s：未见特殊原因") % {"kind": kind}
    return _("%(kind)s：%(n)s 个月出现特殊原因，最近一次在 %(month)s") % {
        "kind": kind,
        "n": len(special),
        "month": special[-1],
    }


def noise_sentences(seen: Detail, drawn: Chart) -> list[str]:
    """Is the month noise? See noise.sentences."""
    month, control_ = seen.line.month, drawn.control
    row = next((row for row in drawn.rows if row.month == month), None)
    points = control_.points if control_ else 0
    said = noise.sentences(
        points=points,
        value=seen.line.value,
        lower=row.lower if row else None,
        upper=row.upper if row else None,
        unit=seen.line.unit,
        found=[found.sentence for found in seen.line.found],
        chance=noise.chance_of_false_alarm(points),
        departments=len(seen.departments),
        judged=seen.judged_departments,
        expected=expected_false(seen.judged_departments),
    )
    return [*said, *([control_.reason, *control_.limits.notes] if control_ else [])]
