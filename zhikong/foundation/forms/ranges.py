"""A score with unknowns is a range: what it is at worst and at best, and what is not known. Pure.

Nothing unknown counts as full marks, and nothing unknown is held against anybody: at worst every unknown item loses
all it can and calls its veto, at best it loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from zhikong.foundation.forms.definition.model import YES_NO, FormDefinition, Item, ItemType
from zhikong.foundation.forms.policies.model import GradePolicy
from zhikong.foundation.forms.scoring import ZERO, Score, Values, score

NOT_ANSWERED = "还没有评"


@dataclass(frozen=True, slots=True)
class Unknown:
    """One item that is not known, why, and the points that hang on it (a veto's own effect is not in them)."""

    item: str
    text: str
    why: str
    points: Decimal
    veto: bool = False


@dataclass(frozen=True, slots=True)
class Range:
    """low, high: two decimals, after vetoes. grade_low, grade_high: '' when the sheet has no grades."""

    low: Decimal
    high: Decimal
    grade_low: str
    grade_high: str
    unknown: tuple[Unknown, ...]

    @property
    def is_known(self) -> bool:
        """One number and one grade."""
        return not self.unknown

    @property
    def grade(self) -> str:
        """甲级, or 乙级～甲级 while it is not known."""
        same = self.grade_low == self.grade_high
        return self.grade_high if same else f"{self.grade_low}～{self.grade_high}"

    @property
    def text(self) -> str:
        """92.5, or 78～92.5 while something is unknown."""
        low, high = (f"{value.normalize():f}" for value in (self.low, self.high))
        return high if low == high else f"{low}～{high}"


def score_range(
    form: FormDefinition,
    values: Values,
    *,
    unknown: Mapping[str, str] | None = None,
    policy: GradePolicy | None = None,
) -> Range | None:
    """The range of a sheet so far; None when the form is not scored.

    unknown: item -> why; an item that somebody answered is known, whatever a machine could not tell.
    """
    open_items = [item for item in form.items() if _counts(item) and values.get(item.id) in (None, [])]
    low = score(form, _filled(values, open_items, best=False), policy)
    high = score(form, _filled(values, open_items, best=True), policy)
    if low is None or high is None or low.total is None or high.total is None:
        return None
    told = tuple(_unknown(item, (unknown or {}).get(item.id, NOT_ANSWERED)) for item in open_items)
    return Range(low.total, high.total, low.grade, high.grade, told)


def at_best(form: FormDefinition, values: Values, policy: GradePolicy | None = None) -> Score | None:
    """The score with everything unknown at its best, for losses and sections."""
    open_items = [item for item in form.items() if _counts(item) and values.get(item.id) in (None, [])]
    return score(form, _filled(values, open_items, best=True), policy)


def _counts(item: Item) -> bool:
    return item.is_scored or bool(item.veto)


def _unknown(item: Item, why: str) -> Unknown:
    return Unknown(item.id, item.text, why, item.full if item.is_scored else ZERO, bool(item.veto))


def _filled(values: Values, open_items: list[Item], *, best: bool) -> dict[str, Any]:
    return dict(values) | {item.id: _answer(item, best) for item in open_items}


def _answer(item: Item, best: bool) -> Any:
    """The answer that wins most, or least."""
    if item.type in YES_NO:
        return "yes" if best else "no"
    if item.type is ItemType.CHOICE:
        return (max if best else min)(item.options, key=lambda option: option.score or ZERO).code
    if item.type is ItemType.CHOICES:
        return [option.code for option in item.options if option.score] if best else []
    if item.type is ItemType.OBSERVATION:
        return {"n": 1 if best else 0, "m": 1}
    return _number(item, best)


def _number(item: Item, best: bool) -> Decimal:
    """A number that loses points is best at its least; one that wins them, at its most."""
    points = item.points
    loses = points is not None and points.each is not None
    if best == loses:
        return item.min or ZERO
    return (
        item.max
        if item.max is not None
        else item.full / (points.each if points and points.each else Decimal(1))
    )
