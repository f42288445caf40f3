"""From single deductions, each with its evidence, to the answers of a sheet. Pure.

A reviewer marks faults; the sheet wants answers: a yes/no item with a fault is "no", a number that costs points is the
sum of them. One and the same fault that shows in several places costs once: the mark that weighs most counts, the
others are told but free.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from zhikong.foundation.forms.definition.model import YES_NO, FormDefinition, Item, ItemType

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Deduction:
    """One fault on one item. defect: equal for one and the same fault; '' is a fault of its own."""

    key: int
    item: str
    points: Decimal
    defect: str = ""


def markable(item: Item) -> bool:
    """Whether a fault can be put on the item: yes/no, and numbers that cost points."""
    return item.type in YES_NO or (
        item.type is ItemType.NUMBER and item.points is not None and item.points.each is not None
    )


def weight(item: Item | None, points: Decimal) -> Decimal:
    """What a deduction costs on its item: a "no" costs what the item loses, whatever was typed."""
    if item is None:
        return ZERO
    if item.type in YES_NO:
        return ZERO if item.points is None else item.points.full - item.points.when_no
    return min(points, item.full)


def repeated(form: FormDefinition, deductions: Iterable[Deduction]) -> dict[int, int]:
    """Key of a deduction that does not count -> key of the one that does, because both are the same fault."""
    counting: dict[str, Deduction] = {}
    found = sorted(
        deductions,
        key=lambda one: (not _vetoes(form, one), -weight(form.item(one.item), one.points), one.key),
    )
    free: dict[int, int] = {}
    for one in found:
        if one.defect and one.defect in counting:
            free[one.key] = counting[one.defect].key
        elif one.defect:
            counting[one.defect] = one
    return free


def _vetoes(form: FormDefinition, one: Deduction) -> bool:
    item = form.item(one.item)
    return bool(item and item.veto)


def answers(
    form: FormDefinition,
    deductions: Sequence[Deduction],
    *,
    checked: Collection[str] = (),
    not_applicable: Collection[str] = (),
) -> dict[str, Any]:
    """Answers by item as a sheet stores them. checked: items somebody looked at; one without a fault is in order.

    An item that is neither checked nor marked has no answer: it stays unknown.
    """
    free = repeated(form, deductions)
    costs: dict[str, Decimal] = {}
    for one in deductions:
        if one.key not in free:
            costs[one.item] = costs.get(one.item, ZERO) + one.points
    found: dict[str, Any] = {}
    for item in form.items():
        if not markable(item):
            continue
        if item.id in costs:
            found[item.id] = _faulty(item, costs[item.id])
        elif item.id in not_applicable and item.type is ItemType.YES_NO_NA:
            found[item.id] = "na"
        elif item.id in checked or item.id in not_applicable:
            found[item.id] = "yes" if item.type in YES_NO else "0"
    return found


def _faulty(item: Item, cost: Decimal) -> str:
    if item.type in YES_NO:
        return "no"
    assert item.points is not None  # markable
    assert item.points.each is not None
    number = min(cost, item.full) / item.points.each
    most = number if item.max is None else min(number, item.max)
    return f"{most.normalize():f}"
