"""The full score of a form is what its sections add up to: nobody should have to add it up by hand."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from zhikong.foundation.forms.building.documents import Data, listed


def total(data: Data) -> Decimal:
    """The points that all sections can give, each at most its cap."""
    return sum((_section(section) for section in listed(data.get("sections"))), Decimal(0))


def with_full_score(data: Data) -> Data:
    """The data with its full score as its items give it; without any points, without one."""
    points = total(data)
    rest = {k: v for k, v in data.items() if k != "full_score"}
    if not points:
        return {k: v for k, v in rest.items() if k not in ("pass_score", "grades")}
    return rest | {"full_score": plain(points)}


def is_scored(item: Data) -> bool:
    """Options with points score by themselves; everything else needs `score`."""
    return isinstance(item.get("score"), dict) or any(
        isinstance(o, dict) and o.get("score") is not None for o in listed(item.get("options"))
    )


def worth(item: Data) -> Decimal:
    """The most points that an item can give."""
    score = item.get("score")
    if isinstance(score, dict):
        return _decimal(score.get("full"))
    points = [_decimal(o.get("score")) for o in listed(item.get("options")) if isinstance(o, dict)]
    if item.get("type") == "choices":
        return sum(points, Decimal(0))
    return max(points, default=Decimal(0))


def plain(points: Decimal) -> int | float:
    return int(points) if points == points.to_integral_value() else float(points)


def _section(section: Data) -> Decimal:
    points = sum((worth(item) for item in listed(section.get("items"))), Decimal(0))
    cap = section.get("cap")
    return points if cap is None else min(points, _decimal(cap))


def _decimal(value: Any) -> Decimal:
    """Zero for what is no number: a half-written draft has no points there yet."""
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return Decimal(0)
    return found if found.is_finite() and not isinstance(value, bool) else Decimal(0)
