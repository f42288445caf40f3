"""Runs the reader over a plan and writes down its sentences and items; a second reading keeps what people decided."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong import __version__
from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.hospital.functions.plans.actions.reviewing.ending import settle
from zhikong.hospital.functions.plans.models import PlanDocument, PlanItem, PlanSentence
from zhikong.hospital.functions.plans.queries.reviewing import lexicons
from zhikong.reading.items import Item, Reading
from zhikong.reading.reader import read

FIXED = ("kind", "start", "end", "text", "confidence", "needs_review", "why", "link")
BATCH = 500


@transaction.atomic
def read_into(document: PlanDocument, *, now: datetime) -> PlanDocument:
    """Read the document's text anew. What people decided stays; sentences and items that nobody touched are replaced."""
    told = read(document.text, lexicons.of_hospital(on=timezone.localdate(now)))
    document.items.filter(
        state=PlanItem.State.OPEN, source=PlanItem.Source.READER, decided_at=None, merged=None
    ).delete()
    document.sentences.filter(items=None, decided_by=None).delete()
    sentences = _sentences(document, told)
    _items(document, told, sentences)
    settle(
        document, list(document.sentences.exclude(items=None).values_list("pk", flat=True)), by=None, now=now
    )
    begun = document.decisions.filter(undone_at=None).exists()
    document.state = PlanDocument.State.IN_REVIEW if begun else PlanDocument.State.READ
    document.reviewed_at, document.reviewed_by = None, None
    document.read_at, document.reader_version, document.problem = now, __version__, ""
    document.save(
        update_fields=["state", "read_at", "reader_version", "problem", "reviewed_at", "reviewed_by"]
    )
    return document


def read_again(document: PlanDocument, *, by, now: datetime) -> PlanDocument:
    """The same, asked for by a person. Raises ValidationError for a plan that is at work."""
    require(by, Permission.ADOPT_PLANS)
    if document.state in (PlanDocument.State.ADOPTED, PlanDocument.State.REPLACED):
        raise ValidationError(_("这份计划已采纳或已被替换，不能再改。需要修改请先撤回采纳。"))
    return read_into(document, now=now)


def _sentences(document: PlanDocument, told: Reading) -> list[PlanSentence]:
    """What holds no item and was understood asks for nothing: it informs. What was not understood stays open."""
    known = {one.start: one for one in document.sentences.all()}
    starts = {item.start for item in told.items}
    made = [
        _sentence(document, spoken, told, starts)
        for spoken in told.sentences
        if spoken.start not in known and spoken.end > spoken.start
    ]
    PlanSentence.objects.bulk_create(made, batch_size=BATCH)
    return list(document.sentences.order_by("start"))


def _sentence(document: PlanDocument, spoken, told: Reading, starts: set[int]) -> PlanSentence:
    unread = next(
        (left.why for left in told.unparsed if left.start < spoken.end and left.end > spoken.start), ""
    )
    asks = unread or any(spoken.start <= start < spoken.end for start in starts)
    return PlanSentence(
        institution_id=current_scope().institution_id,
        document=document,
        start=spoken.start,
        end=spoken.end,
        heading=spoken.heading[:200],
        unread=unread[:200],
        ending=PlanSentence.Ending.OPEN if asks else PlanSentence.Ending.INFORMATIONAL,
    )


def _items(document: PlanDocument, told: Reading, sentences: Sequence[PlanSentence]) -> None:
    """New ones only: one that stands on the same words with the same amount was decided about, maybe as another kind."""
    kept = {
        (start, end, found.get("operator"), found.get("value"))
        for start, end, found in document.items.values_list("start", "end", "found")
    }
    printed = told.as_json()["items"]
    made = [
        _item(document, item, shown, _at(sentences, item.start))
        for item, shown in zip(told.items, printed, strict=True)
        if (item.start, item.end, shown.get("operator"), shown.get("value")) not in kept
    ]
    PlanItem.objects.bulk_create(made, batch_size=BATCH)


def _at(sentences: Sequence[PlanSentence], place: int) -> PlanSentence | None:
    number = bisect_right(sentences, place, key=lambda one: one.start) - 1
    found = sentences[number] if number >= 0 else None
    return found if found and found.end > place else None


def _item(
    document: PlanDocument, item: Item, shown: dict[str, Any], sentence: PlanSentence | None
) -> PlanItem:
    fields = {name: value for name, value in shown.items() if name not in FIXED}
    link = item.link
    return PlanItem(
        institution_id=current_scope().institution_id,
        document=document,
        sentence=sentence,
        kind=item.kind,
        start=item.start,
        end=item.end,
        found=fields,
        fields=fields,
        confidence=Decimal(str(round(item.confidence, 2))),
        doubtful=item.needs_review,
        why=item.why[:200],
        department_id=int(link.id) if link and link.kind == "department" and link.id.isdecimal() else None,
        link_kind=link.kind if link else "",
        link_id=link.id if link else "",
    )
