"""Units of measured values (UCUM codes, and how they are also written) that can be turned into each other."""

from __future__ import annotations

from zhikong.engine.definitions.problems import ExpressionError, suggestion

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_KINDS: tuple[dict[str, tuple[int, int]], ...] = (
    {
        "s": (1, 1), "min": (_MINUTE, 1), "h": (_HOUR, 1), "d": (_DAY, 1), "wk": (7 * _DAY, 1),
    },
    {"mo": (1, 1), "a": (12, 1)},
    {"ng": (1, 1), "ug": (10**3, 1), "mg": (10**6, 1), "g": (10**9, 1), "kg": (10**12, 1)},
    {"mm": (1, 1), "cm": (10, 1), "m": (1000, 1), "[in_i]": (254, 10)},
    {"uL": (1, 1), "mL": (10**3, 1), "dL": (10**5, 1), "L": (10**6, 1)},
    {"umol/L": (1, 1), "mmol/L": (10**3, 1), "mol/L": (10**6, 1)},
    {
        "ng/L": (1, 1), "ug/L": (10**3, 1), "ng/mL": (10**3, 1), "mg/L": (10**6, 1), "ug/mL": (10**6, 1),
        "ug/dL": (10**4, 1), "mg/dL": (10**7, 1), "g/L": (10**9, 1), "mg/mL": (10**9, 1), "g/dL": (10**10, 1),
    },
    {"mm[Hg]": (1, 1), "kPa": (7500617, 10**6)},
    {"kg/m2": (1, 1)},
    {"1": (1, 1), "%": (1, 100), "{INR}": (1, 1)},
)  # fmt: skip
_ALSO = {
    "second": "s", "seconds": "s", "minute": "min", "minutes": "min", "hour": "h", "hours": "h", "day": "d",
    "days": "d", "week": "wk", "weeks": "wk", "month": "mo", "months": "mo", "year": "a", "years": "a",
    "mmHg": "mm[Hg]", "ml": "mL", "l": "L", "µg": "ug", "INR": "{INR}",
}  # fmt: skip


def conversions(target: str) -> tuple[tuple[str, int, int], ...]:
    """(unit, times, over) for every unit, as written, that can be turned into `target`. Raises ExpressionError."""
    wanted = _ALSO.get(target, target)
    kind = next((k for k in _KINDS if wanted in k), None)
    if kind is None:
        known = [unit for k in _KINDS for unit in k]
        raise ExpressionError(f"不认识单位 {target}。", suggestion(target, known))
    times, over = kind[wanted]
    found = {unit: (a * over, b * times) for unit, (a, b) in kind.items()}
    found |= {also: found[unit] for also, unit in _ALSO.items() if unit in found}
    return tuple((unit, *_shortened(*pair)) for unit, pair in sorted(found.items()))


def _shortened(times: int, over: int) -> tuple[int, int]:
    a, b = times, over
    while b:
        a, b = b, a % b
    return times // a, over // a


def units() -> list[list[str]]:
    """The units that can be turned into each other, group by group."""
    return [list(kind) for kind in _KINDS]
