"""How sentences end, and how a review ends: no sentence is left without an answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.hospital.functions.plans.models import ItemDecision, PlanDocument, PlanItem, PlanSentence

ADOPTABLE = (PlanItem.State.ACCEPTED, PlanItem.State.CORRECTED)
EDITABLE = (PlanDocument.State.READ, PlanDocument.State.IN_REVIEW, PlanDocument.State.REVIEWED)


def settle(document: PlanDocument, sentences: Sequence[int], *, by, now: datetime) -> None:
    """A sentence is adopted when one of its items is, open while one is open, and informs otherwise.

    A sentence without items keeps its ending: nobody decided anything about it here.
    """
    counted = document.sentences.filter(pk__in=sentences).annotate(
        all_items=Count("items"),
        open_items=Count("items", filter=Q(items__state=PlanItem.State.OPEN)),
        adopted_items=Count("items", filter=Q(items__state__in=ADOPTABLE)),
    )
    becomes = defaultdict(list)
    for one in counted:
        ending = _ending(one.open_items, one.adopted_items)
        if one.all_items and one.ending != ending:
            becomes[ending].append(one.pk)
    for ending, pks in becomes.items():
        document.sentences.filter(pk__in=pks).update(ending=ending, decided_at=now, decided_by=by)


def _ending(open_items: int, adopted: int) -> str:
    if open_items:
        return PlanSentence.Ending.OPEN
    return PlanSentence.Ending.ADOPTED if adopted else PlanSentence.Ending.INFORMATIONAL


def endings(document: PlanDocument, sentences: Sequence[int]) -> list[dict[str, Any]]:
    """How these sentences end now, for an undo."""
    found = document.sentences.filter(pk__in=sentences).values_list("pk", "ending")
    return [{"sentence": pk, "ending": ending} for pk, ending in found]


def put_back(document: PlanDocument, before: Sequence[Mapping[str, Any]]) -> None:
    """Endings as they were, of sentences that no item answers for."""
    for one in before:
        document.sentences.filter(pk=one["sentence"], items=None).update(
            ending=one["ending"], decided_at=None, decided_by=None
        )


def write_down(
    document: PlanDocument, act: str, items: list[int], before: list[dict[str, Any]], by, now: datetime
) -> None:
    """Keep what was decided and what an undo brings back."""
    ItemDecision.objects.create(
        institution_id=document.institution_id, document=document, act=act, items=items, before=before, at=now, by=by
    )  # fmt: skip


@transaction.atomic
def inform_sentences(document: PlanDocument, sentences: Sequence[int], *, by, now: datetime) -> int:
    """These sentences tell something and ask for nothing; only those without an open item. Gives how many."""
    require(by, Permission.ADOPT_PLANS)
    if document.state not in EDITABLE:
        raise ValidationError(_("这份计划已采纳或已被替换，不能再改。需要修改请先撤回采纳。"))
    free = document.sentences.filter(pk__in=sentences, ending=PlanSentence.Ending.OPEN).exclude(
        items__state=PlanItem.State.OPEN
    )
    pks = list(free.values_list("pk", flat=True))
    if not pks:
        raise ValidationError(_("请先选句子。"))
    write_down(document, "sentences", [], endings(document, pks), by, now)
    return document.sentences.filter(pk__in=pks).update(
        ending=PlanSentence.Ending.INFORMATIONAL, decided_at=now, decided_by=by
    )


@transaction.atomic
def finish(document: PlanDocument, *, by, now: datetime) -> None:
    """The review is done. Raises ValidationError while an item or a sentence is open."""
    require(by, Permission.ADOPT_PLANS)
    items = document.items.filter(state=PlanItem.State.OPEN).count()
    sentences = document.sentences.filter(ending=PlanSentence.Ending.OPEN).count()
    if items or sentences:
        raise ValidationError(
            _("还有 %(items)d 条、%(sentences)d 句没有结论。逐条处理，或把没读懂的句子标为知悉，再完成核对。")
            % {"items": items, "sentences": sentences}
        )
    if document.state not in (PlanDocument.State.READ, PlanDocument.State.IN_REVIEW):
        raise ValidationError(_("这份计划不在核对中。"))
    document.state, document.reviewed_at, document.reviewed_by = PlanDocument.State.REVIEWED, now, by
    document.save(update_fields=["state", "reviewed_at", "reviewed_by"])
