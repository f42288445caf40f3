"""What the review page shows: one part of the text beside its items, and how far the whole has come."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from zhikong.hospital.functions.plans import rules_reviewing as rules
from zhikong.hospital.functions.plans.models import PlanDocument, PlanItem, PlanSentence

SHOWN = {
    "open": lambda one: one.state == PlanItem.State.OPEN,
    "doubt": lambda one: one.state == PlanItem.State.OPEN and one.doubtful,
    "done": lambda one: one.state != PlanItem.State.OPEN,
}


@dataclass(frozen=True)
class Board:
    """One page of a review. unread: its sentences that were not understood; onward: the next part with open things."""

    part: int
    parts: list[dict[str, Any]]
    lines: list[rules.Line]
    items: list[PlanItem]
    unread: list[PlanSentence]
    progress: dict[str, int]
    onward: int | None


def board(document: PlanDocument, *, part: int = 0, show: str = "", kind: str = "") -> Board:
    """A part of the document with its items. show: open, doubt, done or '' for all; kind: one of the kinds."""
    pages = pages_of(document)
    part = min(max(part, 0), len(pages) - 1)
    start, end = pages[part]
    standing = list(
        document.items.filter(start__lt=end, end__gt=start).exclude(state=PlanItem.State.MERGED)
        .select_related("department", "sentence", "decided_by")
    )  # fmt: skip
    for one in standing:
        one.document = document
    listed = _filtered(standing, show, kind, (start, end))
    lost, numbered = _unread(document, start, end), _parts(document, pages)
    rows = rules.lines(document.text, (start, end), standing, [one for one in lost if one.unread])
    return Board(part, numbered, list(rows), listed, lost, progress(document), next_open(numbered, part))


def pages_of(document: PlanDocument) -> list[tuple[int, int]]:
    """Its pages as places in the text; decisions do not move them."""
    return rules.parts(document.text, list(document.items.order_by("start").values_list("start", flat=True)))


def _filtered(standing: Sequence[PlanItem], show: str, kind: str, page: tuple[int, int]) -> list[PlanItem]:
    """Doubtful and open ones first, so that what needs a person comes before what needs a click."""
    shown = SHOWN.get(show, lambda one: True)
    found = [
        one for one in standing if page[0] <= one.start < page[1] and shown(one) and kind in ("", one.kind)
    ]
    return sorted(found, key=lambda one: (one.state != PlanItem.State.OPEN, not one.doubtful, one.start))


def _parts(document: PlanDocument, pages: Sequence[tuple[int, int]]) -> list[dict[str, Any]]:
    """For each part how many items are open on it."""
    starts = sorted([*_open_items(document), *_open_sentences(document)])
    return [
        {"number": number, "open": bisect_left(starts, end) - bisect_left(starts, start)}
        for number, (start, end) in enumerate(pages)
    ]


def _open_items(document: PlanDocument) -> Iterable[int]:
    return document.items.filter(state=PlanItem.State.OPEN).values_list("start", flat=True)


def _open_sentences(document: PlanDocument) -> Iterable[int]:
    """Sentences without an ending that no open item waits on."""
    left = document.sentences.filter(ending=PlanSentence.Ending.OPEN)
    return left.exclude(items__state=PlanItem.State.OPEN).values_list("start", flat=True)


def _unread(document: PlanDocument, start: int, end: int) -> list[PlanSentence]:
    """What was not understood, with its ending, and what is open though it has no open item; waits: it has one."""
    lost = ~Q(unread="") | Q(ending=PlanSentence.Ending.OPEN, open_items=0)
    found = document.sentences.filter(start__gte=start, start__lt=end).annotate(
        open_items=Count("items", filter=Q(items__state=PlanItem.State.OPEN))
    )
    told = list(found.filter(lost))
    for one in told:
        one.document = document
        one.free = one.ending == PlanSentence.Ending.OPEN and not one.open_items
    return sorted(told, key=lambda one: (not one.free, one.start))


def next_open(parts: Sequence[dict[str, Any]], part: int) -> int | None:
    """The next part on which something is open, after this one and then from the beginning."""
    after = [one["number"] for one in [*parts[part + 1 :], *parts[:part]] if one["open"]]
    return after[0] if after else None


def progress(document: PlanDocument) -> dict[str, int]:
    """Counts of items by what became of them, and of sentences without an ending."""
    counts = document.items.aggregate(
        all=Count("pk"),
        open=Count("pk", filter=Q(state=PlanItem.State.OPEN)),
        asked=Count("pk", filter=Q(state=PlanItem.State.OPEN, doubtful=True)),
        taken=Count("pk", filter=Q(state__in=[PlanItem.State.ACCEPTED, PlanItem.State.CORRECTED])),
        sure=Count("pk", filter=Q(state=PlanItem.State.OPEN, doubtful=False, confidence__gte=rules.SURE)),
    )
    sentences = document.sentences.aggregate(
        sentences=Count("pk"), open_sentences=Count("pk", filter=Q(ending=PlanSentence.Ending.OPEN))
    )
    done = counts["all"] - counts["open"]
    return {**counts, **sentences, "percent": 100 * done // counts["all"] if counts["all"] else 100}
