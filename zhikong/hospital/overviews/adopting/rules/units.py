"""A plan's number in the unit of an indicator. Pure; integers and Decimals only."""

from __future__ import annotations

from decimal import Decimal

SHARES = {"%": 100, "‰": 1000, "‱": 10000, "per_10k": 10000}
"""Units of a share of one, and how many of them make one."""
SPANS = {"minutes": 1, "hours": 60, "days": 1440}
OF_INDICATOR = {"分钟": "minutes", "小时": "hours", "天": "days", "分": "points"}
COUNTED = frozenset({"例", "次", "人次", "项", "种", "份", "件"})
SAME = {
    "CNY_10k_per_CNY_100M": {"万元/亿元"},
    "per_100_beds": {"件/百床年"},
    "CNY": {"元"},
    "ml": {"ml", "毫升"},
    "points": {"分", "指数"},
    "score": {"分", "指数"},
    "months": {"月"},
}
WORDS = {
    "%": "%", "‰": "‰", "‱": "‱", "per_10k": "/万", "days": "天", "hours": "小时", "minutes": "分钟", "months": "个月",
    "count": "", "ml": "ml", "CNY": "元", "CNY_10k": "万元", "CNY_10k_per_CNY_100M": "万元/亿元", "points": "分",
    "score": "分", "per_100_beds": "件/百床", "per_1000_device_days": "例/千导管日", "pp": "个百分点",
}  # fmt: skip
"""A reader's unit as pages print it."""


def in_unit(value: Decimal, said: str, wanted: str) -> Decimal | None:
    """The value in an indicator's unit; None when the units have nothing to do with each other. None is none in any."""
    if value == 0 and (said in SHARES or said == "count"):
        return value
    of = {"%": "%", "‰": "‰", "‱": "‱"}.get(wanted)
    if said in SHARES and of:
        return value * SHARES[of] / SHARES[said]
    if said == "per_1000_device_days" and wanted == "‰":
        return value
    if said in SPANS and OF_INDICATOR.get(wanted) in SPANS:
        return value * SPANS[said] / SPANS[OF_INDICATOR[wanted]]
    if said == "count" and wanted in COUNTED:
        return value
    return value if wanted in SAME.get(said, ()) else None


LIMITS = {
    "minute": "min",
    "hour": "h",
    "day": "d",
    "workday": "workdays",
    "minutes": "min",
    "hours": "h",
    "days": "d",
}


def limit_text(value: float, unit: str) -> str:
    """A reader's limit of time as record rules write it: 72 h, 30 min, 2 workdays; '' when a rule cannot say it."""
    if unit not in LIMITS or value != int(value) or value <= 0:
        return ""
    return f"{int(value)} {LIMITS[unit]}"
