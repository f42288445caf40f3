"""Pictures of learning: the control chart, the Pareto chart, wards beside what their beds let expect. No ORM."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from zhikong.engine.stats.pareto import pareto
from zhikong.engine.stats.points import Rule
from zhikong.hospital.functions.incidents.control_learning import Control
from zhikong.web.charts import BEYOND, NORMAL, SHIFT, ControlData, control_chart
from zhikong.web.charts.pareto import ParetoData, pareto_chart

OUT = frozenset({Rule.ABOVE, Rule.BELOW})
MOST = 12


def control_picture(drawn: Control, *, subtitle: str, theme: str = "light") -> dict:
    """The control chart of a choice; gaps between rare incidents stand by the day on which they ended."""
    limits = drawn.limits
    data = ControlData(
        title=drawn.sentence, subtitle=subtitle, axis=drawn.axis, months=list(drawn.labels), values=_list(limits.y),
        centre=_list(limits.centre), lower=_list(limits.lower), upper=_list(limits.upper),
        marks=[NORMAL if rule is Rule.NONE else BEYOND if rule in OUT else SHIFT for rule in drawn.rules],
    )  # fmt: skip
    return control_chart(data, theme=theme)


def pareto_picture(items: Sequence[tuple[str, int]], *, subtitle: str, theme: str = "light") -> dict | None:
    """What is frequent, most frequent first; None when nothing may be shown."""
    found = pareto(items, most=MOST)
    if not found.bars:
        return None
    few = found.vital
    title = (
        _("%(n)d 项占了 %(share)s%%") % {"n": len(few), "share": f"{found.focus:g}"} if few else _("分布较散，没有少数几项占大头")
    )  # fmt: skip
    data = ParetoData(
        title=title, subtitle=subtitle, axis=_("例数"), names=[one.name for one in found.bars],
        counts=[int(one.count) for one in found.bars], reached=[one.reached for one in found.bars],
    )  # fmt: skip
    return pareto_chart(data, theme=theme)


def _list(values: Iterable[float]) -> list[float | None]:
    return [None if math.isnan(value) else round(float(value), 6) for value in values]


def stamp(spec: dict) -> str:
    """Changes when the picture does, so that a browser may keep a picture for ever."""
    return hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()[:12]
