"""Reading the score of a composite's part: how a value becomes 0 to 100 points."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from zhikong.engine.definitions.goals import Score
from zhikong.engine.definitions.targets import target_of

USAGE = (
    "写成 {linear: {zero: 80, full: 95}}、{steps: [[95, 100], [90, 80]]}、{target: {at_least: 95}} "
    "或 {value: true}。"
)


def decimal_of(value: Any) -> Decimal | None:
    """A number as written, None for anything else."""
    whole = isinstance(value, (int, float)) and not isinstance(value, bool)
    found = Decimal(str(value)) if whole else None
    return found if found is not None and found.is_finite() else None


def score_of(raw: Any) -> Score | None:
    """The score, or None when the value is not one."""
    if not isinstance(raw, dict) or len(raw) != 1:
        return None
    ((how, said),) = raw.items()
    if how == "linear":
        return _linear(said)
    if how == "steps":
        return _steps(said)
    if how == "target":
        target = target_of(said)
        fixed = target is not None and target.relative is None and not target.monitor
        return Score(target=target) if fixed else None
    return Score(plain=True) if how == "value" and said is True else None


def _linear(said: Any) -> Score | None:
    if not isinstance(said, dict) or set(said) != {"zero", "full"}:
        return None
    zero, full = decimal_of(said["zero"]), decimal_of(said["full"])
    return None if zero is None or full is None or zero == full else Score(linear=(zero, full))


def _steps(said: Any) -> Score | None:
    """Bounds must all rise or all fall, and points must fall: the best step stands first."""
    pairs = [_pair(step) for step in said] if isinstance(said, list) else []
    steps = tuple(p for p in pairs if p is not None)
    if not steps or len(steps) != len(pairs):
        return None
    bounds, points = [b for b, _ in steps], [p for _, p in steps]
    ordered = bounds in (sorted(bounds), sorted(bounds, reverse=True)) and len(set(bounds)) == len(bounds)
    falling = points == sorted(points, reverse=True) and all(0 <= p <= 100 for p in points)
    return Score(steps=steps) if ordered and falling else None


def _pair(step: Any) -> tuple[Decimal, Decimal] | None:
    if not isinstance(step, list) or len(step) != 2:
        return None
    bound, points = decimal_of(step[0]), decimal_of(step[1])
    return None if bound is None or points is None else (bound, points)
