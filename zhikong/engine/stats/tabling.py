"""From lines of a file to the arrays of a chart: lines of one i are put together, phases and exclusions found."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from zhikong.engine.stats.drafting import exact_mean, median_of
from zhikong.engine.stats.reading import ChartInputError, Row, Series
from zhikong.engine.stats.series import Floats

NEEDS_N = frozenset({"p", "pp", "u", "up"})
COUNTS = frozenset({"p", "pp", "u", "up", "c", "g", "t"})
NAN = float("nan")


@dataclass(frozen=True)
class Table:
    """The points of one series. y is the sum (with n, for c and I′), else the mean of the lines of a point.

    parts: last point (1-based) of each phase but the last. exclude: 1-based. values: all values of each point.
    """

    name: str
    labels: tuple[float | int | str, ...]
    y: Floats
    n: Floats | None
    parts: tuple[int, ...]
    exclude: tuple[int, ...]
    values: tuple[Floats, ...]


def table_of(series: Series, kind: str, path: object) -> Table:
    """Put the lines of each i together.

    Raises:
        ChartInputError: when a value is impossible for this type of chart, with file and line.
    """
    _check(series, kind, path)
    points = [list(rows) for _, rows in groupby(series.rows, key=lambda row: row.order)]
    values = tuple(_known(rows, "y") for rows in points)
    with_n = kind in NEEDS_N or (series.has("n") and kind not in ("xbar", "s"))
    y, n = _rates(points) if with_n else (_joined(values, kind), _sizes(values, kind))
    return Table(
        series.name,
        tuple(rows[0].i for rows in points),
        y,
        n,
        _parts([rows[0].phase for rows in points]),
        tuple(k for k, rows in enumerate(points, start=1) if any(row.exclude for row in rows)),
        values,
    )


def _known(rows: Sequence[Row], column: str) -> Floats:
    found = [row.cells.get(column) for row in rows]
    return np.array([value for value in found if value is not None], np.float64)


def _rates(points: Sequence[Sequence[Row]]) -> tuple[Floats, Floats]:
    """Sums of numerators and denominators of the lines that have both."""
    whole = [
        [(row.cells["y"], row.cells["n"]) for row in rows if None not in (row.cells["y"], row.cells["n"])]
        for rows in points
    ]
    top = [math.fsum(y for y, _ in pairs) if pairs else NAN for pairs in whole]
    return np.array(top, np.float64), np.array(
        [sum(n for _, n in p) if p else NAN for p in whole], np.float64
    )


def _joined(values: Sequence[Floats], kind: str) -> Floats:
    if kind in ("c", "ip"):
        return np.array([math.fsum(one) if one.size else NAN for one in values], np.float64)
    middle = median_of if kind == "median" else exact_mean
    return np.array([middle(one) for one in values], np.float64)


def _sizes(values: Sequence[Floats], kind: str) -> Floats | None:
    """An I′ chart without n weighs each point by its number of values."""
    return np.array([one.size for one in values], np.float64) if kind == "ip" else None


def _parts(phases: Sequence[str]) -> tuple[int, ...]:
    """Where the phase changes; an empty cell belongs to the phase before it."""
    ends, current = [], ""
    for index, phase in enumerate(phases):
        if phase and current and phase != current:
            ends.append(index)
        current = phase or current
    return tuple(ends)


def _check(series: Series, kind: str, path: object) -> None:
    if kind in NEEDS_N and "n" not in series.rows[0].cells:
        raise ChartInputError(f"{path}:1: {kind} 图需要分母，文件里没有 n 列。请补上 n 列，或改用 i 图。")
    for row in series.rows:
        said = _impossible(row, kind)
        if said:
            raise ChartInputError(f"{path}:{row.line}: {said}")


def _impossible(row: Row, kind: str) -> str:
    y, n = row.cells.get("y"), row.cells.get("n")
    if kind in COUNTS and y is not None and y < 0:
        return f"{kind} 图的 y 不能是负数（{y:g}）。请检查这一行。"
    if n is not None and n < 0:
        return f"分母 n 不能是负数（{n:g}）。请检查这一行。"
    if kind in ("p", "pp") and None not in (y, n) and y > n > 0:
        return f"分子 {y:g} 大于分母 {n:g}，不是比例。请检查这一行，或改用 u 图。"
    return ""


def patients(series: Series, path: object) -> tuple[Floats, Floats]:
    """(risk, died) of the patients in order.

    Raises:
        ChartInputError: a risk that is no probability, or an outcome other than 0 and 1.
    """
    for row in series.rows:
        risk, died = row.cells.get("risk"), row.cells.get("died")
        if risk is not None and not 0 <= risk <= 1:
            raise ChartInputError(f"{path}:{row.line}: risk“{risk:g}”不在 0 和 1 之间。请写预期死亡概率。")
        if died is not None and died not in (0, 1):
            raise ChartInputError(
                f"{path}:{row.line}: died“{died:g}”只能是 0（存活）或 1（死亡）。请检查这一行。"
            )
    return tuple(
        np.array([NAN if row.cells[c] is None else row.cells[c] for row in series.rows], np.float64)
        for c in ("risk", "died")
    )
