"""Reading targets: bounds, baseline and goal, relative to the hospital's own past, or monitor only."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from zhikong.engine.definitions.goals import Change, Relative, Target, To

USAGE = (
    "写成 {at_least: 92}、{at_most: 14}、{equals: 0}、{range: [80, 90]}、{baseline: 62.5, goal: 80}、"
    '{relative: {to: own_three_year_mean, change: "-15%"}}、{relative: {base: 2025, change: "+2 points"}} '
    "或 {monitor: true}。"
)
_KEYS = {"at_least", "at_most", "equals", "range"}
_RELATIVE = {"to", "base", "change", "floor", "ceiling"}
_CHANGE = re.compile(r"([+-]?\d{1,6}(?:\.\d{1,4})?) ?(%|points)")


def target_of(raw: Any) -> Target | None:
    """The target, or None when the value is not one."""
    if not isinstance(raw, dict):
        return None
    if set(raw) == {"monitor"}:
        return Target(monitor=True) if raw["monitor"] is True else None
    if set(raw) == {"baseline", "goal"}:
        return _pair(raw["baseline"], raw["goal"])
    if set(raw) == {"relative"}:
        relative = _relative(raw["relative"])
        return None if relative is None else Target(relative=relative)
    return _bounds(raw)


def _bounds(raw: dict[str, Any]) -> Target | None:
    if not raw.keys() & _KEYS or not raw.keys() <= _KEYS:
        return None
    if "equals" in raw:
        bounds = [raw["equals"]] * 2 if len(raw) == 1 else []
    elif "range" in raw:
        bounds = raw["range"] if len(raw) == 1 and isinstance(raw["range"], list) else []
    else:
        bounds = [raw.get("at_least"), raw.get("at_most")]
    if len(bounds) != 2 or not all(_is_number(b) for b in bounds):
        return None
    low, high = (None if b is None else Decimal(str(b)) for b in bounds)
    return None if low is not None and high is not None and low > high else Target(low, high)


def _pair(baseline: Any, goal: Any) -> Target | None:
    """From the baseline towards the goal: a goal above it is a least value, one below it a largest."""
    if baseline is None or goal is None or not (_is_number(baseline) and _is_number(goal)):
        return None
    start, end = Decimal(str(baseline)), Decimal(str(goal))
    if start == end:
        return None
    return Target(end, None, start) if end > start else Target(None, end, start)


def _relative(raw: Any) -> Relative | None:
    if not isinstance(raw, dict) or not raw.keys() <= _RELATIVE or ("to" in raw) == ("base" in raw):
        return None
    past, base, change = _past(raw), raw.get("base"), _change(raw.get("change"))
    limits = [raw.get("floor"), raw.get("ceiling")]
    if past is None or change is None or not all(_is_number(limit) for limit in limits):
        return None
    floor, ceiling = (None if limit is None else Decimal(str(limit)) for limit in limits)
    return Relative(past, *change, base, floor, ceiling)


def _past(raw: dict[str, Any]) -> To | None:
    if "base" in raw:
        base = raw["base"]
        right = isinstance(base, int) and not isinstance(base, bool) and 1990 <= base <= 2200
        return To.BASE if right else None
    known = (To.THREE_YEAR_MEAN, To.PREVIOUS_YEAR)
    return To(raw["to"]) if raw["to"] in known else None


def _change(written: Any) -> tuple[Decimal, Change] | None:
    """'-15%' or '-2 points'; as a plain 0 the past itself is the target."""
    if written == 0 and not isinstance(written, bool):
        return Decimal(0), Change.POINTS
    match = _CHANGE.fullmatch(written.strip()) if isinstance(written, str) else None
    if match is None:
        return None
    return Decimal(match.group(1)), Change.RELATIVE if match.group(2) == "%" else Change.POINTS


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, (int, float)) and not isinstance(value, bool))
