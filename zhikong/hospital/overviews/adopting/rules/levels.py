"""Which level of institution a sentence speaks of. Pure."""

from __future__ import annotations

NAMES = {"tertiary": "三级", "secondary": "二级", "primary": "一级及基层"}
_WORDS = (
    ("tertiary", ("三级", "三甲", "三乙", "省级", "tertiary")),
    ("secondary", ("二级", "二甲", "二乙", "县级", "secondary")),
    ("primary", ("一级", "基层", "乡镇", "社区", "primary")),
)


def level_of(words: str) -> str:
    """tertiary, secondary or primary; '' when the words name no level or several."""
    found = [level for level, names in _WORDS if any(name in words for name in names)]
    return found[0] if len(found) == 1 else ""


def for_others(words: str, own: str) -> str:
    """The name of the level that a sentence is for when it is not the institution's own; '' when it holds here."""
    level = level_of(words)
    return NAMES[level] if level and level != own else ""
