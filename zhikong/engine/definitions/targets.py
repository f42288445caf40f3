"""Reading targets: {at_least: 92}, {at_most: 14}, {equals: 0} or {range: [80, 90]}."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from zhikong.engine.definitions.model import Target

USAGE = "写成 {at_least: 92}、{at_most: 14}、{equals: 0} 或 {range: [80, 90]}。"
_KEYS = {"at_least", "at_most", "equals", "range"}


def target_of(raw: Any) -> Target | None:
    """The target, or None when the value is not one."""
    if not isinstance(raw, dict) or not raw.keys() & _KEYS or not raw.keys() <= _KEYS:
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


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, (int, float)) and not isinstance(value, bool))
