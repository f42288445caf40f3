"""Which department a name may mean that nothing here is called by."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from zhikong.foundation.organisation.importing.known import World

SHOWN = 3
LEAST = 50
SURE = 85
SUFFIX = re.compile(r"(病区|病房|门诊|科室|医生组|护理组|护理单元|办公室)$")


def likely(name: str, world: World) -> tuple[tuple[int, str, int], ...]:
    """(department, its name, likeness in percent), the likeliest first; at most three."""
    found: dict[int, int] = {}
    for word, pk in world.words.items():
        score = _score(name, word, ward=world.places[pk].kind == "ward")
        if score >= LEAST and score > found.get(pk, 0):
            found[pk] = score
    best = sorted(found.items(), key=lambda one: (-one[1], one[0]))[:SHOWN]
    return tuple((pk, world.named(pk), score) for pk, score in best)


def sure(candidates: tuple[tuple[int, str, int], ...]) -> int | None:
    """The department that a name means with hardly a doubt: very like, and clearly before the next."""
    if not candidates or candidates[0][2] < SURE:
        return None
    clear = len(candidates) == 1 or candidates[0][2] - candidates[1][2] >= 10
    return candidates[0][0] if clear else None


def _score(name: str, word: str, *, ward: bool) -> int:
    """Likeness of the whole names, or of what is left without words such as 病区: 消化内科病房 is the department."""
    if ward:
        return round(fuzz.ratio(name, word))
    core, other = SUFFIX.sub("", name), SUFFIX.sub("", word)
    if core and core == other:
        return 95
    return round(max(fuzz.ratio(name, word), fuzz.ratio(core, other)))
