"""Items that belong to another item: a pass mark in brackets behind its target. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from zhikong.hospital.overviews.adopting.rules.wishes import Wish

NEAR = 4
"""Characters between a target and the bracket that belongs to it."""
FULL = 100


def folded(wishes: Sequence[Wish]) -> list[tuple[Wish, tuple[Wish, ...]]]:
    """Each wish with the items that were taken into it: 三基考核合格率=100%(75/100分) is a target with its pass mark."""
    targets = [wish for wish in wishes if wish.kind == "target"]
    owned = {mark.item: of for mark in wishes if (of := _owner(mark, targets)) is not None}
    found: list[tuple[Wish, tuple[Wish, ...]]] = []
    for wish in wishes:
        if wish.item in owned:
            continue
        marks = tuple(one for one in wishes if owned.get(one.item) == wish.item)
        found.append((_marked(wish, marks), marks))
    return found


def _owner(mark: Wish, targets: Sequence[Wish]) -> int | None:
    if mark.kind != "threshold" or mark.word("unit") != "points" or mark.link[0]:
        return None
    near = [one for one in targets if 0 <= mark.start - one.end <= NEAR or one.start <= mark.start < one.end]
    return near[-1].item if near else None


def _marked(wish: Wish, marks: Sequence[Wish]) -> Wish:
    if not marks or marks[0].value is None:
        return wish
    of = FULL if f"/{FULL}" in marks[0].text.replace(" ", "") else None
    mark = {"value": f"{marks[0].value.normalize():f}", "of": of}
    return replace(wish, fields={**wish.fields, "pass_mark": mark})
