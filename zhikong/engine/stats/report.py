"""A drawn chart as plain data: what ``zhikong chart --json`` prints, and the same as a table for reading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from zhikong.engine.stats import deciding
from zhikong.engine.stats.drawing import Drawn, Wish, draw, draw_patients, intervals
from zhikong.engine.stats.points import Rule, Variation, variation
from zhikong.engine.stats.reading import PATIENT, Series, read_series
from zhikong.engine.stats.rules import NO_PATTERNS
from zhikong.engine.stats.series import MINIMUM_POINTS, Floats, Limits
from zhikong.engine.stats.tabling import Table, patients, table_of

WORDS = {
    Variation.COMMON: "普通原因变异",
    Variation.IMPROVEMENT: "特殊原因：向好",
    Variation.CONCERN: "特殊原因：不利",
    Variation.NEUTRAL_HIGH: "特殊原因：偏高",
    Variation.NEUTRAL_LOW: "特殊原因：偏低",
}
ASSURED = {
    "consistent_pass": "稳定达标",
    "consistent_fail": "稳定不达标",
    "inconsistent": "时而达标时而不达标",
}


def charts(path: Path, wish: Wish, *, auto: bool = False) -> dict[str, list[dict[str, Any]]]:
    """All series of a file, drawn and judged.

    Raises:
        ChartInputError: for an unreadable file or impossible values, with file and line.
    """
    found = read_series(path, "i" if auto else wish.kind)
    return {"series": [_series(one, wish, path, auto=auto) for one in found]}


def _series(series: Series, wish: Wish, path: Path, *, auto: bool) -> dict[str, Any]:
    if wish.kind in PATIENT:
        drawn = draw_patients(*patients(series, path), wish)
        return _data(series.name, wish, drawn, [row.i for row in series.rows], "按要求的类型画图。", None)
    reason = "按要求的类型画图。"
    if auto:
        choice = deciding.decide(series, path)
        wish, reason = replace(wish, kind=choice.chart), choice.reason
    table = table_of(series, wish.kind, path)
    return _data(series.name, wish, draw(table, wish), table.labels, reason, (table, intervals(table, wish)))


def _data(
    name: str,
    wish: Wish,
    drawn: Drawn,
    labels: Sequence[float | int | str],
    reason: str,
    more: tuple[Table, tuple[Floats, Floats] | None] | None,
) -> dict[str, Any]:
    limits = drawn.limits
    flags = {rule_set: drawn.signals(rule_set) for rule_set in wish.rules}
    return {
        "series": name,
        "type": wish.kind,
        "why": reason + "".join(_notes(limits, wish)),
        "trial": limits.kind not in ("vlad", "racusum") and limits.trial,
        "icons": {
            "variation": drawn.variation and drawn.variation.value,
            "assurance": drawn.assurance and drawn.assurance.value,
        },
        "signals": {rule_set: int(found.sum()) for rule_set, found in flags.items()},
        "points": [
            _point(index, label, drawn, wish, flags, more) for index, label in enumerate(labels)
        ],
    }  # fmt: skip


def _notes(limits: Limits, wish: Wish) -> Iterator[str]:
    yield from limits.notes
    if limits.kind not in ("vlad", "racusum") and limits.trial:
        yield (
            f"承载控制限的只有 {limits.carried} 个点，不足 {MINIMUM_POINTS} 个：控制限是试用的，信号只作记录，不据此下结论。"
        )
    if limits.kind in NO_PATTERNS and set(wish.rules) - {"shewhart"}:
        yield "这种图的相邻点互相关联，只看是否越过控制限，不作链和模式的判断。"
    if limits.kind in ("g", "t") and limits.options.limits == "probability":
        yield "控制限为精确的概率限（每侧 0.135%）。"


def _point(
    index: int,
    label: float | int | str,
    drawn: Drawn,
    wish: Wish,
    flags: dict[str, Any],
    more: tuple[Table, tuple[Floats, Floats] | None] | None,
) -> dict[str, Any]:
    limits = drawn.limits
    point: dict[str, Any] = {
        "i": label,
        "y": number(limits.y[index]),
        "cl": number(limits.centre[index]),
        "lcl": number(limits.lower[index]),
        "ucl": number(limits.upper[index]),
        "signals": [rule_set for rule_set, found in flags.items() if found[index]],
        "rules": [
            f"{rule_set}:{rule}" for rule_set in flags for rule, at in drawn.found[rule_set].items() if at[index]
        ],
    }  # fmt: skip
    if drawn.classes is not None:
        rule: Rule = drawn.classes[index]
        point["point_type"] = variation(rule, wish.direction).value
    if more is not None:
        point["phase"] = int(limits.part[index])
        point |= _interval(index, more[1])
    return point | {name: number(values[index]) for name, values in limits.also.items()}


def _interval(index: int, pair: tuple[Floats, Floats] | None) -> dict[str, float | None]:
    return {} if pair is None else {"low": number(pair[0][index]), "high": number(pair[1][index])}


def number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def lines(found: dict[str, list[dict[str, Any]]]) -> Iterable[str]:
    """The charts as text: one block a series."""
    for one in found["series"]:
        yield from _block(one)


def _block(one: dict[str, Any]) -> Iterator[str]:
    icons = one["icons"]
    said = [WORDS[Variation(icons["variation"])]] if icons["variation"] else []
    said += [ASSURED[icons["assurance"]]] if icons["assurance"] else []
    counted = "，".join(f"{rule} {count} 点" for rule, count in one["signals"].items())
    yield f"序列 {one['series'] or '（未命名）'}  {one['type']} 图  {'；'.join(said)}"
    yield f"  {one['why']}"
    yield f"  信号：{counted}"
    yield f"  {'i':>12} {'y':>12} {'cl':>12} {'lcl':>12} {'ucl':>12}  信号"
    for point in one["points"]:
        cells = " ".join(f"{_short(point[name]):>12}" for name in ("i", "y", "cl", "lcl", "ucl"))
        yield f"  {cells}  {' '.join(point['rules'])}".rstrip()
    yield ""


def _short(value: float | str | None) -> str:
    if value is None:
        return "—"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
