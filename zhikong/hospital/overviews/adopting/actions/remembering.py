"""The plan's items remember what became of them; the plan whether it is at work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from zhikong.hospital.functions.plans.actions.reviewing import marking
from zhikong.hospital.overviews.adopting.models import AdoptedThing
from zhikong.hospital.overviews.adopting.rules.steps import Outcome


def remember(thing: AdoptedThing, *, by) -> None:
    """Only what stands in the house now, made by the adoption or there before."""
    if thing.item_id and thing.outcome in (Outcome.NEW, Outcome.CHANGED, Outcome.SAME):
        marking.became(by=by, item=thing.item_id, kind=thing.kind, key=thing.key, url=thing.url)


def forgotten(things: Sequence[AdoptedThing], *, by) -> None:
    """What the items became was taken back."""
    if items := [thing.item_id for thing in things if thing.item_id]:
        marking.forgotten(by=by, items=items)


def adopted(document: int, *, by, now: datetime) -> None:
    marking.adopted(by=by, now=now, document=document)


def reopened(document: int, *, by, now: datetime) -> None:
    """The adoption was taken back: the plan can be corrected and adopted again."""
    marking.reopened(by=by, now=now, document=document)
