"""Which items of a filled sheet failed, in words: what a finding would say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zhikong.foundation.forms import presenting, queries, references, scoring
from zhikong.foundation.forms.definition.model import YES_NO, FormDefinition, Item, ItemType
from zhikong.foundation.forms.models import Sheet


@dataclass(frozen=True)
class Failure:
    """An item that did not comply. key: ``form:item``, the clause by which recurrence is known."""

    item: str
    key: str
    text: str
    fact: str
    severity: str


def failures(sheet: Sheet, *, by, now: datetime) -> Iterator[Failure]:
    """The failed items of a sheet in the order of the paper."""
    form = queries.definition(sheet)
    labels = references.labels(form, [sheet.answers], by=by, now=now)
    for item in form.items():
        if failed(item, sheet.answers):
            fact = f"{item.text}：{presenting.words(item, sheet.answers[item.id], labels)}"
            yield Failure(item.id, f"{form.id}:{item.id}", item.text, fact, severity(form, item))


def failed(item: Item, values: dict[str, Any]) -> bool:
    """A no; an observation that was not done every time; a choice or number that lost half its points or more."""
    value = values.get(item.id)
    if value is None:
        return False
    if item.type in YES_NO:
        return value == "no"
    if item.type is ItemType.OBSERVATION:
        return value["n"] < value["m"]
    gained = scoring.won(item, values)
    return gained is not None and item.full > 0 and gained * 2 <= item.full


def severity(form: FormDefinition, item: Item) -> str:
    """What the form says; a veto is major; else minor, and the inspector may decide otherwise."""
    return str(item.severity or ("major" if item.veto else "minor"))
