"""A plan and its accepted items as the adopters read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.organisation.queries import departments, institution
from zhikong.hospital.functions.plans.models import PlanDocument, PlanItem
from zhikong.hospital.functions.plans.queries.reviewing import items_to_adopt
from zhikong.hospital.overviews.adopting.rules.wishes import Paper, Wish


def paper(document: int, *, now: datetime, choices: Mapping[int, str]) -> Paper:
    """The plan's head. Raises ValidationError when there is no such plan in the reader's scope."""
    return _paper(_found(PlanDocument.objects.filter(pk=document)), now, choices)


def locked_paper(document: int, *, now: datetime, choices: Mapping[int, str]) -> Paper:
    """The same, held until the transaction ends: nobody adopts it twice at once."""
    rows = PlanDocument.objects.select_for_update(of=("self",)).filter(pk=document)
    return _paper(_found(rows), now, choices)


def _found(rows) -> PlanDocument:
    found = rows.first()
    if found is None:
        raise ValidationError(_("没有找到这份计划。"))
    return found


def _paper(found: PlanDocument, now: datetime, choices: Mapping[int, str]) -> Paper:
    return Paper(
        document=found.pk, title=found.title, year=found.year, url=review_url(found.pk), today=timezone.localdate(now),
        level=institution().level, department=found.department_id, choices=dict(choices),
    )  # fmt: skip


def review_url(document: int) -> str:
    """The plan's page of review."""
    return reverse("plans:review", args=[document])


def wishes(document: int) -> list[Wish]:
    """The accepted and corrected items, in the order of the text."""
    found = PlanDocument.objects.get(pk=document)
    places = [(one.start, one.end) for one in found.sentences.order_by("start")]
    codes = {one.id: one.code for one in departments(on=timezone.localdate())}
    return [_wish(item, found.text, places, codes) for item in items_to_adopt(found)]


def _wish(item: PlanItem, text: str, places: Sequence[tuple[int, int]], codes: Mapping[int, str]) -> Wish:
    start, end = sentence_around(item.start, item.end, places)
    return Wish(
        item=item.pk, kind=item.kind, text=text[item.start : item.end], sentence=text[start:end].strip(), start=item.start, end=item.end,
        fields=item.fields, link=(item.link_kind, item.link_id), department=item.department_id,
        department_code=codes.get(item.department_id, ""), post=item.post,
    )  # fmt: skip


def sentence_around(start: int, end: int, places: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The sentence in which an item begins; the item itself where none is known."""
    return next(((a, b) for a, b in places if a <= start < b), (start, end))
