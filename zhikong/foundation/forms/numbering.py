"""The number of a sheet: a pattern of the form's own with the year and a serial number of that year."""

from __future__ import annotations

import re
import string

DEFAULT = "{year}-{serial:04d}"
FIELDS = {"year": 2026, "serial": 1}
LONGEST = 32
SPEC = re.compile(r"0?[1-9]?d?")  # a width of one digit: a larger one could fill the memory


def number(pattern: str, *, year: int, serial: int) -> str:
    """JJC-{year}-{serial:04d} of 2026 and 7 is JJC-2026-0007."""
    return (pattern or DEFAULT).format(year=year, serial=serial)


def numbering_problem(pattern: str) -> str | None:
    """What is wrong with a pattern, or None. Only the two names are let through, no attributes of them."""
    if not pattern:
        return None
    try:
        parts = [part[1:] for part in string.Formatter().parse(pattern) if part[1] is not None]
        names = [name for name, _spec, _conversion in parts]
        if not set(names) <= set(FIELDS) or names.count("serial") != 1:
            return "编号格式里只能用 {year} 和 {serial}，且必须有一个 {serial}。"
        if not all(SPEC.fullmatch(spec) and conversion is None for _name, spec, conversion in parts):
            return "编号格式里冒号后面只能写位数，如 04d。"
        too_long = len(number(pattern, year=2026, serial=99999)) > LONGEST
    except (ValueError, KeyError, IndexError):
        return "编号格式的写法不对。"
    return f"编号超过 {LONGEST} 个字符。" if too_long else None
