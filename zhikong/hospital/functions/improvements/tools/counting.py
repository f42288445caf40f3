"""Rows in, figures out: what each tool draws from, as plain JSON that is kept with a saved picture. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from zhikong.foundation.facts.countable import Dimension, Measure, Row, Shape
from zhikong.hospital.functions.improvements.tools.asking import COUNT, Asked, Unanswerable, moved

MOST_COLUMNS, MOST_PANELS, MOST_POINTS = 12, 12, 2_000
OTHER = "其他"
Figures = dict[str, Any]


def figures(
    kind: str, rows: Sequence[Row], shape: Shape, asked: Asked, other: tuple[Shape, Sequence[Row]] | None = None
) -> Figures:  # fmt: skip
    """The figures of a tool. other: shape and rows of the second thing of a scatter. Raises Unanswerable with the reason."""
    kept = narrowed(rows, asked.only)
    if not kept:
        raise Unanswerable("这段时间、这个范围里没有数据。请放宽月份或科室，或换一个来源。")
    made = MAKERS[kind](kept, shape, asked, other)
    return made | {"axis": _axis(shape, asked)}


def narrowed(rows: Iterable[Row], only: str) -> list[Row]:
    """Rows of one value of a dimension; all where nothing is asked for."""
    name, _, value = only.partition(":")
    return [row for row in rows if not name or row.values.get(name) == value]


def measure_of(shape: Shape, name: str) -> Measure | None:
    """The measure asked for; None is the number of rows. Raises Unanswerable for one that is not there."""
    if name in ("", COUNT):
        return None
    found = next((one for one in shape.measures if one.id == name), None)
    if found is None:
        raise Unanswerable("选的量在这个来源里没有，请重新选择。")
    return found


def dimension_of(shape: Shape, name: str, *, at: int = 0) -> Dimension:
    """The dimension asked for, else the one that stands there first."""
    found = next((one for one in shape.dimensions if one.id == name), None)
    if found is None and name:
        raise Unanswerable("选的分组在这个来源里没有，请重新选择。")
    return found or shape.dimensions[min(at, len(shape.dimensions) - 1)]


def value(rows: Sequence[Row], measure: Measure | None) -> float | None:
    """One number of several rows: their count, the pooled ratio, else the mean; None where nothing is known."""
    if measure is None:
        return float(sum(row.count for row in rows))
    known = [row.numbers.get(measure.id) for row in rows if row.numbers.get(measure.id) is not None]
    if not known:
        return None
    if measure.ratio and any(isinstance(one, tuple) for one in known):
        pairs = [one for one in known if isinstance(one, tuple)]
        bottom = sum(pair[1] for pair in pairs)
        return _round(sum(pair[0] for pair in pairs) / bottom * measure.multiply) if bottom else None
    return _round(sum(known) / len(known))  # type: ignore[arg-type]


def _round(number: float) -> float:
    return round(number, 6)


def _axis(shape: Shape, asked: Asked) -> str:
    measure = measure_of(shape, asked.measure)
    return f"{shape.counted_title}（{shape.counted}）" if measure is None else measure.titled


def grouped(rows: Iterable[Row], name: str) -> dict[str, list[Row]]:
    """Rows by a dimension's value, in the order in which they come."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.values.get(name) or "未填", []).append(row)
    return found


def ordered(groups: Mapping[str, list[Row]], by: Dimension) -> list[str]:
    """Values of a dimension: in their own order, or the most frequent first."""
    if by.ordered:
        place = {name: index for index, name in enumerate(by.values)}
        return sorted(groups, key=lambda name: (place.get(name, len(place)), name))
    return sorted(groups, key=lambda name: (-sum(row.count for row in groups[name]), name))


def _check_sheet(rows, shape: Shape, asked: Asked, _other) -> Figures:
    by, across = dimension_of(shape, asked.by), dimension_of(shape, asked.across, at=1)
    if by.id == across.id:
        raise Unanswerable("检查表的行和列要选不同的分组。")
    categories, columns = grouped(rows, by.id), grouped(rows, across.id)
    heads, left = _columns(columns, across)
    names = [name for name in ordered(categories, by) if any(r.count for r in categories[name])][: asked.most]
    if not names:
        raise Unanswerable("范围里没有计到一次，检查表没有可填的格子。")
    counts = [_tallied(categories[name], across.id, heads, left) for name in names]
    cut = len(categories) - len(names)
    return {
        "by": by.title, "across": across.title, "categories": names,
        "columns": [*heads, *([OTHER] if left else [])], "counts": counts,
        "left": f"另有 {cut} 类没有列出。" if cut else "", "by_id": by.id,
    }  # fmt: skip


def _columns(groups: Mapping[str, list[Row]], across: Dimension) -> tuple[list[str], list[str]]:
    """The columns that have room, and those that stand together as 其他: the oldest, or the least frequent."""
    names = ordered(groups, across)
    if len(names) <= MOST_COLUMNS:
        return names, []
    most = MOST_COLUMNS - 1
    return (names[-most:], names[:-most]) if across.ordered else (names[:most], names[most:])


def _tallied(rows: Sequence[Row], across: str, heads: Sequence[str], left: Sequence[str]) -> list[int]:
    of = grouped(rows, across)
    found = [sum(row.count for row in of.get(head, ())) for head in heads]
    return [*found, *([sum(row.count for name in left for row in of.get(name, ()))] if left else [])]


def _pareto(rows, shape: Shape, asked: Asked, _other) -> Figures:
    by, measure = dimension_of(shape, asked.by), measure_of(shape, asked.measure)
    if measure is not None and measure.ratio:
        raise Unanswerable("比率不能相加，柏拉图要用次数或可以相加的量。")
    names = ordered(grouped(rows, by.id), by)
    parts = (
        [("", rows)] if not asked.cut else [("改善前", _before(rows, asked)), ("改善后", _after(rows, asked))]
    )
    charts = []
    for name, part in parts:
        of = grouped(part, by.id)
        items = [[one, _summed(of.get(one, ()), measure)] for one in names]
        charts.append([name, [item for item in items if item[1]]])
    if not any(items for _, items in charts):
        raise Unanswerable("范围里没有计到一次，没有可以排序的项目。")
    return {"by": by.title, "by_id": by.id, "charts": charts, "most": asked.most}


def _summed(rows: Iterable[Row], measure: Measure | None) -> float:
    if measure is None:
        return sum(row.count for row in rows)
    return _round(sum(row.numbers.get(measure.id) or 0 for row in rows))


def _before(rows: Iterable[Row], asked: Asked) -> list[Row]:
    return [row for row in rows if row.at is not None and f"{row.at:%Y-%m}" < asked.cut]


def _after(rows: Iterable[Row], asked: Asked) -> list[Row]:
    return [row for row in rows if row.at is not None and f"{row.at:%Y-%m}" >= asked.cut]


def _stratification(rows, shape: Shape, asked: Asked, _other) -> Figures:
    by, measure = dimension_of(shape, asked.by), measure_of(shape, asked.measure)
    across = dimension_of(shape, asked.across, at=1)
    if by.id == across.id:
        raise Unanswerable("层别法要选两个不同的分组：按什么分图，每张图里按什么分。")
    panels = grouped(rows, by.id)
    names = ordered(panels, by)[:MOST_PANELS]
    inner = ordered(grouped(rows, across.id), across)[: MOST_COLUMNS if not across.ordered else None]
    inner = inner[-24:] if across.ordered else inner
    made = []
    for name in names:
        of = grouped(panels[name], across.id)
        made.append([name, inner, [value(of[one], measure) if one in of else (0.0 if measure is None else None) for one in inner]])  # fmt: skip
    return {"by": by.title, "by_id": by.id, "across": across.title, "panels": made, "lines": across.id == "month",
            "left": max(0, len(panels) - len(names))}  # fmt: skip


def _scatter(rows, shape: Shape, asked: Asked, other) -> Figures:
    shape_y, rows_y = other or (shape, rows)
    x, y = measure_of(shape, asked.measure), measure_of(shape_y, asked.measure_y or asked.measure)
    across = shape.counted_title if x is None else x.titled
    up = shape_y.counted_title if y is None else y.titled
    if other or x is None or y is None or asked.by:
        names = (
            [asked.by] if asked.by else [d.id for d in shape.dimensions if d.id in ("department", "month")]
        )
        return _scattered(_joined(_keyed(rows, names), _keyed(rows_y, names), x, y), across, up)
    points = [
        [_single(row, x), _single(row, y), row.name]
        for row in rows
        if _single(row, x) is not None and _single(row, y) is not None
    ]
    return _scattered(points, across, up)


def _joined(left: Mapping, right: Mapping, x: Measure | None, y: Measure | None) -> list:
    """A point for each department and month, or each value of the chosen grouping, that both sides know."""
    points = []
    for key in left:
        pair = value(left[key], x), value(right[key], y) if key in right else None
        if None not in pair:
            points.append([*pair, " ".join(key)])
    return points


def _keyed(rows: Iterable[Row], names: Sequence[str]) -> dict[tuple[str, ...], list[Row]]:
    found: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(row.values.get(name, "") for name in names), []).append(row)
    return found


def _scattered(points: list, across: str, up: str) -> Figures:
    if not points:
        raise Unanswerable("没有两个量都有数的数据，画不出散布图。")
    if len(points) > MOST_POINTS:
        raise Unanswerable(f"有 {len(points)} 个点，超过 {MOST_POINTS} 个，请缩小范围。")
    return {"across": across, "up": up, "points": points}


def _single(row: Row, measure: Measure) -> float | None:
    return value([row], measure)


def _histogram(rows, shape: Shape, asked: Asked, _other) -> Figures:
    measure = measure_of(shape, asked.measure)
    if measure is None:
        raise Unanswerable("直方图要一个量（如用时、得分），请在“量”里选择。")
    in_time = sorted(rows, key=lambda row: (row.at is None, row.at or 0, row.name))
    values = [one for row in in_time if (one := _single(row, measure)) is not None]
    if not values:
        raise Unanswerable("这个量在范围里没有数。")
    return {"values": values, **limits(asked), "rule": asked.rule}


def limits(asked: Asked) -> Figures:
    """Specification and target as numbers. Raises Unanswerable when they are none or in the wrong order."""
    low, high, target = (asked.number(name) for name in ("low", "high", "target"))
    if low is not None and high is not None and low >= high:
        raise Unanswerable("规格下限要小于规格上限。")
    return {"low": low, "high": high, "target": target}


def _control(rows, shape: Shape, asked: Asked, _other) -> Figures:
    """The months in order; a month without rows counts as none for a count, as unknown for everything else."""
    measure, of = measure_of(shape, asked.measure), grouped(rows, "month")
    months = _months(asked.first, asked.last)
    known = [month for month in months if month in of]
    if known and measure is not None:  # of a count a month before the first is a month with none
        months = months[months.index(known[0]) :]
    made: Figures = {"labels": months, "target": asked.number("target"), "by_id": "month"}
    if measure is not None and measure.ratio:
        pairs = [_pair(of.get(month, ()), measure) for month in months]
        return made | {"how": "ratio", "top": [p[0] for p in pairs], "bottom": [p[1] for p in pairs], "multiply": measure.multiply}  # fmt: skip
    if measure is None:
        return made | {"how": "count", "top": [value(of.get(month, ()), None) for month in months]}
    return made | {"how": "measure", "top": [value(of[m], measure) if m in of else None for m in months]}


def _pair(rows: Iterable[Row], measure: Measure) -> tuple[float | None, float | None]:
    pairs = [one for row in rows if isinstance(one := row.numbers.get(measure.id), tuple)]
    return (sum(p[0] for p in pairs), sum(p[1] for p in pairs)) if pairs else (None, None)


def _months(first: str, last: str) -> list[str]:
    found = []
    while first <= last:
        found.append(first)
        first = moved(first, 1)
    return found


def _before_after(rows, shape: Shape, asked: Asked, _other) -> Figures:
    measure = measure_of(shape, asked.measure)
    if not asked.cut or not asked.first < asked.cut <= asked.last:
        raise Unanswerable("请选“改善后从哪个月起”，它要在起止月份之间。")
    names = [f"改善前 {asked.first} 至 {moved(asked.cut, -1)}", f"改善后 {asked.cut} 至 {asked.last}"]
    parts = _before(rows, asked), _after(rows, asked)
    made: Figures = {"names": names, "target": asked.number("target"), "multiply": measure.multiply if measure else 1}  # fmt: skip
    if measure is None:
        spans = [len(_months(asked.first, moved(asked.cut, -1))), len(_months(asked.cut, asked.last))]
        pairs = [[value(part, None), span] for part, span in zip(parts, spans, strict=True)]
        return made | {"how": "rate", "pairs": pairs, "per": "每月"}
    if measure.ratio:
        pairs = [list(_pair(part, measure)) for part in parts]
        if None in (pairs[0][0], pairs[1][0]):
            raise Unanswerable("改善前或改善后没有数据。")
        return made | {"how": "ratio", "pairs": pairs}
    values = [[v for row in part if (v := _single(row, measure)) is not None] for part in parts]
    return made | {"how": "mean", "values": values}


MAKERS = {
    "check_sheet": _check_sheet,
    "pareto": _pareto,
    "stratification": _stratification,
    "scatter": _scatter,
    "histogram": _histogram,
    "control": _control,
    "before_after": _before_after,
}
"""Tools that can be drawn from counted rows; the others are drawn from what a team writes down."""
