"""Which chart fits a series of a file, from what its columns hold; the reason in words."""

from __future__ import annotations

import numpy as np

from zhikong.engine.stats.choosing import Choice, choose
from zhikong.engine.stats.drafting import exact_mean
from zhikong.engine.stats.reading import Series
from zhikong.engine.stats.series import Floats
from zhikong.engine.stats.tabling import Table, table_of

NAMES = {"xmr": "i", "p_prime": "pp", "u_prime": "up", "i_prime": "ip"}


def decide(series: Series, path: object) -> Choice:
    """The type for ``zhikong chart`` and why."""
    table = table_of(series, "i", path)
    if any(one.size > 1 for one in table.values) and table.n is None:
        return Choice("xbar", "每个点有多次测量，用均值图（Xbar）；离散程度另看 s 图。")
    choice = choose(_kind(table), table.y, table.n)
    return Choice(NAMES.get(choice.chart, choice.chart), choice.reason)


def _kind(table: Table) -> str:
    if table.n is None:
        return "count" if _whole(table.y) and _poisson(table.y) else "measure"
    if not (_whole(table.y) and _all(table.y >= 0, table.y)):
        return "weighted"
    smaller = _all(table.y <= table.n, table.y) and _whole(table.n)
    return "proportion" if smaller else "rate"


def _all(held: Floats, y: Floats) -> bool:
    return bool(held[~np.isnan(y)].all())


def _whole(y: Floats) -> bool:
    known = y[~np.isnan(y)]
    return bool(known.size) and bool((known == np.round(known)).all())


def _poisson(y: Floats) -> bool:
    """Whole numbers from 0 that vary no more than half again as much as chance alone makes counts vary."""
    known = y[~np.isnan(y)]
    mean = exact_mean(known)
    return known.size > 1 and known.min() >= 0 and 0 < known.var(ddof=1) <= 1.5 * mean
