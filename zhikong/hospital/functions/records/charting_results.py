"""Charts of the results: the most frequent defects, and compliance over the months."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from django.utils.translation import gettext as _

from zhikong.hospital.functions.records.facets import Tally
from zhikong.hospital.functions.records.queries.results.trends import Frequent
from zhikong.web.charts import NORMAL, ControlData, control_chart
from zhikong.web.charts.pareto import ParetoData, pareto_chart


def pareto(found: Sequence[Frequent], *, total: int, subtitle: str, theme: str = "light") -> dict:
    """The chart of the most frequent defects; its title says how few make up how much."""
    few = next((n for n, one in enumerate(found, 1) if one.reached >= 80), len(found))
    share = found[few - 1].reached if found else 0
    title = _("前 %(n)d 项缺陷占全部 %(total)d 处的 %(share)s%%") % {"n": few, "total": total, "share": f"{share:g}" if isinstance(share, int) else f"{share.normalize():f}"}  # fmt: skip
    data = ParetoData(
        title, subtitle, _("缺陷数（处）"), [one.title for one in found], [one.count for one in found],
        [float(one.reached) for one in found],
    )  # fmt: skip
    return pareto_chart(data, theme=theme)


def trend(
    months: Sequence[str], series: Sequence[Tally], *, title: str, subtitle: str, theme: str = "light"
) -> dict:
    """Per cent of judged items that were kept, by month; months without a judgement stay empty."""
    values = [None if one.rate is None else float(one.rate) for one in series]
    none: list[float | None] = [None] * len(values)
    data = ControlData(
        title=title, subtitle=subtitle, axis=_("符合率（%）"), months=list(months), values=values, centre=none,
        lower=none, upper=none, marks=[NORMAL] * len(values),
    )  # fmt: skip
    return control_chart(data, theme=theme, height=200)


def stamp(spec: dict) -> str:
    """Changes when the picture does, so that a browser may keep a picture for ever."""
    return hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()[:12]
