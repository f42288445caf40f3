"""What counts as nothing written: blanks, dots, and words that only fill the place."""

from __future__ import annotations

import re

PLACEHOLDERS = ("无", "-", "—", "——", "/", "／", "同上", "略", "待补", "待填", "未填", "空", "见上", "同前", "……", "…", "。", "暂无", "无殊", "不详")  # fmt: skip
"""The default of a rule's `placeholders`; a requirement allows single ones by `allow`."""
_EMPTY = re.compile(r"[\s　_＿.。·…⋯-]{0,}")


def bare(text: str) -> str:
    """The text without blanks around it and a full stop at its end."""
    return text.strip().strip("。.；;，, 　")


def blank(text: str | None, placeholders: frozenset[str], allowed: frozenset[str] = frozenset()) -> bool:
    """Whether nothing was written: empty, dots and lines only, or a placeholder that is not allowed here."""
    if text is None:
        return True
    said = bare(text)
    if said in allowed:
        return False
    return said in placeholders or _EMPTY.fullmatch(text) is not None
