"""What people decide about the items of a plan. Every decision is written down and can be taken back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.hospital.functions.plans import rules_reviewing as rules
from zhikong.hospital.functions.plans.actions.reviewing.ending import (
    EDITABLE,
    endings,
    put_back,
    settle,
    write_down,
)
from zhikong.hospital.functions.plans.models import ItemDecision, PlanDocument, PlanItem

State = PlanItem.State
REMEMBERED = (
    "state",
    "kind",
    "fields",
    "reason",
    "merged_into_id",
    "department_id",
    "post",
    "link_kind",
    "link_id",
)


def accept(items: Sequence[PlanItem], *, by, now: datetime) -> None:
    """These are right as they were read."""
    _decide(items, by=by, now=now, act="accept", changes={"state": State.ACCEPTED, "reason": ""})


def accept_sure(document: PlanDocument, *, by, now: datetime) -> int:
    """All open items that the reader is sure of; gives how many."""
    items = [
        one
        for one in document.items.filter(state=State.OPEN)
        if rules.is_sure(float(one.confidence), one.doubtful)
    ]
    if items:
        accept(items, by=by, now=now)
    return len(items)


def correct(
    item: PlanItem, *, by, now: datetime, kind: str, fields: Mapping[str, Any], **placed: Any
) -> None:
    """Put right what was read. placed: department_id, post, link_kind, link_id. Raises ValidationError by field."""
    told = {**item.fields, **fields}
    if wrong := rules.problems(kind, told):
        raise ValidationError(wrong)
    changes = {"state": State.CORRECTED, "kind": kind, "fields": told, "reason": "", **placed}
    _decide([item], by=by, now=now, act="correct", changes=changes)


def take_proposal(item: PlanItem, *, by, now: datetime) -> None:
    """Put the amount that the reader proposes instead of the impossible one."""
    instead = rules.proposal(item.kind, item.fields)
    if instead is None:
        raise ValidationError(_("这一条没有建议。"))
    correct(item, by=by, now=now, kind=item.kind, fields=instead)


def reject(items: Sequence[PlanItem], *, by, now: datetime, reason: str) -> None:
    """These are not to become anything, for a reason."""
    if not reason.strip():
        raise ValidationError(_("请写明不采纳的理由。"))
    changes = {"state": State.REJECTED, "reason": reason.strip()[:200]}
    _decide(items, by=by, now=now, act="reject", changes=changes)


def inform(items: Sequence[PlanItem], *, by, now: datetime) -> None:
    """These tell something and ask for nothing."""
    _decide(items, by=by, now=now, act="inform", changes={"state": State.INFORMATIONAL, "reason": ""})


def assign(items: Sequence[PlanItem], *, by, now: datetime, department_id: int | None, post: str) -> None:
    """Whose work these are; says nothing yet about whether they are right."""
    if not department_id and not post.strip():
        raise ValidationError(_("请选责任科室或填责任岗位。"))
    _decide(
        items,
        by=by,
        now=now,
        act="assign",
        changes={"department_id": department_id, "post": post.strip()[:40]},
    )


def merge(items: Sequence[PlanItem], *, by, now: datetime) -> None:
    """Several say the same: the first one stands for all."""
    first, *others = items
    if not others:
        raise ValidationError(_("请至少选两条来合并。"))
    _decide(others, by=by, now=now, act="merge", changes={"state": State.MERGED, "merged_into_id": first.pk})


def add(
    document: PlanDocument, *, by, now: datetime, kind: str, start: int, end: int, fields: Mapping[str, Any]
) -> PlanItem:
    """An item that the reader did not see, on a stretch of the text."""
    _check(document, by)
    if not 0 <= start < end <= len(document.text):
        raise ValidationError(_("请先在左侧正文里选中一段文字。"))
    if wrong := rules.problems(kind, fields):
        raise ValidationError(wrong)
    sentence = document.sentences.filter(start__lte=start, end__gt=start).first()
    with transaction.atomic():
        made = PlanItem.objects.create(
            institution_id=document.institution_id, document=document, sentence=sentence, kind=kind,
            start=start, end=end, found={}, fields=dict(fields),
            source=PlanItem.Source.PERSON, state=State.ACCEPTED, decided_at=now, decided_by=by,
        )  # fmt: skip
        write_down(document, "add", [made.pk], endings(document, _sentences([made])), by, now)
        _begun(document)
        settle(document, [sentence.pk] if sentence else [], by=by, now=now)
    return made


def undo(document: PlanDocument, *, by, now: datetime) -> ItemDecision:
    """Take back the last decision of this person. Raises ValidationError when somebody changed the item since."""
    _check(document, by)
    last = document.decisions.filter(by=by, undone_at=None).first()
    if last is None:
        raise ValidationError(_("没有可以撤回的操作。"))
    with transaction.atomic():
        items = {one.pk: one for one in document.items.select_for_update().filter(pk__in=last.items)}
        later = document.decisions.filter(undone_at=None, pk__gt=last.pk).exclude(by=by)
        if any(set(one.items) & set(last.items) for one in later):
            raise ValidationError(_("别人后来改过同一条，不能撤回。请直接更正。"))
        if last.act == "add":
            document.items.filter(pk__in=last.items).delete()
        _restore(document, items, [one for one in last.before if "id" in one], by, now)
        last.undone_at = now
        last.save(update_fields=["undone_at"])
        settle(document, _sentences(items.values()), by=by, now=now)
        put_back(document, [one for one in last.before if "sentence" in one])
        _begun(document)
    return last


def _decide(items: Sequence[PlanItem], *, by, now: datetime, act: str, changes: Mapping[str, Any]) -> None:
    if not items:
        raise ValidationError(_("请先选条目。"))
    document = items[0].document
    _check(document, by)
    with transaction.atomic():
        locked = list(document.items.select_for_update().filter(pk__in=[one.pk for one in items]))
        _refuse_changed(items, locked)
        ids, sentences = [one.pk for one in locked], _sentences(locked)
        before = [{"id": one.pk, **{name: getattr(one, name) for name in REMEMBERED}} for one in locked]
        _change(document, ids, changes, by, now)
        write_down(document, act, ids, [*before, *endings(document, sentences)], by, now)
        _begun(document)
        settle(document, sentences, by=by, now=now)


def _refuse_changed(asked: Sequence[PlanItem], locked: Sequence[PlanItem]) -> None:
    seen = {one.pk: one.revision for one in asked}
    if len(seen) != len(locked) or any(seen[one.pk] != one.revision for one in locked):
        raise ValidationError(_("别人刚刚改过这一条。页面已更新，请看过再决定。"))


def _change(
    document: PlanDocument, ids: Sequence[int], changes: Mapping[str, Any], by, now: datetime
) -> None:
    """The same change to many, in one statement: a click may accept three thousand."""
    document.items.filter(pk__in=ids).update(
        **changes, revision=F("revision") + 1, decided_at=now, decided_by=by
    )


def _restore(
    document: PlanDocument,
    items: Mapping[int, PlanItem],
    before: Sequence[Mapping[str, Any]],
    by,
    now: datetime,
) -> None:
    """What differs goes back; items that go back alike go back together."""
    alike: dict[str, tuple[dict[str, Any], list[int]]] = {}
    for one in before:
        there = items[one["id"]]
        back = {name: one[name] for name in REMEMBERED if one[name] != getattr(there, name)}
        alike.setdefault(json.dumps(back, sort_keys=True), (back, []))[1].append(there.pk)
    for back, ids in alike.values():
        _change(document, ids, back, by, now)


def _sentences(items: Iterable[PlanItem]) -> list[int]:
    return [one.sentence_id for one in items if one.sentence_id]


def _check(document: PlanDocument, by) -> None:
    require(by, Permission.ADOPT_PLANS)
    if document.state not in EDITABLE:
        raise ValidationError(_("这份计划已采纳或已被替换，不能再改。需要修改请先撤回采纳。"))


def _begun(document: PlanDocument) -> None:
    """A decision opens the review, or opens it again."""
    if document.state != PlanDocument.State.IN_REVIEW:
        document.state, document.reviewed_at, document.reviewed_by = PlanDocument.State.IN_REVIEW, None, None
        document.save(update_fields=["state", "reviewed_at", "reviewed_by"])
