"""Numbers as Chinese documents write them: 92, 1,000, 0.5, 三十, 一百二十, 半, 十. Exact; never a guess."""

from __future__ import annotations

import re

DIGITS = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
TENS = {"十": 10, "百": 100, "千": 1000}
ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
CHINESE = r"[零一二两三四五六七八九十百千]+(?:点[零一二三四五六七八九]+)?"
WHOLE = rf"(?:{ARABIC}|{CHINESE})"
NUMBER = rf"(?:{ARABIC}|{CHINESE}|半)"
_LONGEST = 18
_arabic = re.compile(ARABIC)


def value_of(written: str) -> float | None:
    """The number that is written; None for what is no number (七八, 百千)."""
    if written == "半":
        return 0.5
    if len(written) > _LONGEST:
        return None  # a card's number or a line of noise, nothing that is measured
    if _arabic.fullmatch(written):
        return float(written.replace(",", ""))
    whole, _, part = written.partition("点")
    found = _chinese(whole)
    if found is None or not part:
        return found if not part else None
    return float(f"{int(found)}.{''.join(str(DIGITS[one]) for one in part)}")


def _chinese(written: str) -> float | None:
    if not written or any(one not in DIGITS and one not in TENS for one in written):
        return None
    if all(one in ("百", "千") for one in written):
        return None  # 百元, 千人: part of a name or a base, not a number by itself
    if not any(one in TENS for one in written):
        return float(DIGITS[written]) if len(written) == 1 else None
    total, digit = 0, None
    for one in written:
        if one in DIGITS:
            if digit:
                return None
            digit = DIGITS[one]
        else:
            total += (1 if digit is None else digit) * TENS[one]
            digit = None
    return float(total + (digit or 0))
