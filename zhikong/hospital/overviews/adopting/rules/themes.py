"""A plan's themes of the months against the calendar in force: which are the same, and what the new calendar says. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

NOISE = re.compile(r"[^一-鿿A-Za-z0-9]+")
LEAD = re.compile(r"^[①-⑳\d、.．:：（）()\s]+")
ENOUGH, LIKE = 0.45, 0.2
"""Share of a theme's pairs of characters that the plan's sentence must have: to be the same, to borrow its check sheet."""
MOST_POINTS, LONGEST = 8, 30


def _pairs(text: str) -> frozenset[str]:
    clean = NOISE.sub("", text)
    return frozenset(clean[i : i + 2] for i in range(len(clean) - 1))


def likeness(theme: Mapping[str, Any], said: str) -> float:
    """How much of a theme's name, or of its name and points, stands in the plan's words: 0 to 1."""
    have = _pairs(said)
    title = _pairs(theme["title"])
    whole = title | frozenset().union(*(_pairs(point) for point in theme["points"]))
    return max((len(wanted & have) / len(wanted) for wanted in (title, whole) if wanted), default=0.0)


def same(theme: Mapping[str, Any], said: str) -> bool:
    return likeness(theme, said) >= ENOUGH


def theme_of(month: int, said: str, known: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The plan's theme as a calendar writes it; sheet and sampling frame are those of the most alike known theme."""
    like = max(known, key=lambda one: likeness(one, said), default=None)
    made: dict[str, Any] = {"month": month, "title": title_of(said)}
    if like is not None and likeness(like, said) >= LIKE:
        made |= {name: like[name] for name in ("form", "frame") if name in like}
    return {**made, "points": points_of(said)}


def title_of(said: str) -> str:
    """The first clause without its number."""
    words = LEAD.sub("", " ".join(said.split()))
    return (re.split(r"[，。；：,;:]", words)[0] or words or said)[:LONGEST]


def points_of(said: str) -> list[str]:
    found = [LEAD.sub("", part).strip() for part in re.split(r"[。；;①-⑳]", " ".join(said.split()))]
    return [part[:120] for part in found if len(part) > 1][:MOST_POINTS] or [said[:120]]


def changed(
    data: Mapping[str, Any], months: Mapping[int, Mapping[str, Any]], document: str, clause: str
) -> str:
    """The calendar's text with other themes in some months, and the plan as its source."""
    themes = [dict(months.get(one["month"], one)) for one in data["themes"]]
    source = {"document": document[:120], "clause": clause[:200], "mark": "verified"}
    made = {**data, "source": source, "themes": themes}
    return yaml.safe_dump(made, allow_unicode=True, sort_keys=False, width=10_000)
