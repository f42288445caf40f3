"""The work of an analysis: its words, timeline, causes, causal statements, barriers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from zhikong.hospital.functions.incidents.actions.analysis.common import said, tell, writable
from zhikong.hospital.functions.incidents.models.analysis import Analysis, CasePerson
from zhikong.hospital.functions.incidents.models.analysis_work import (
    Barrier,
    CausalStatement,
    CauseNode,
    TimelineEvent,
)
from zhikong.hospital.functions.incidents.queries.analysis.packs import factors
from zhikong.hospital.functions.incidents.rules_analysis_causation import Statement, broken

WORDS = ("title", "summary", "nobody_reason", "weak_reason", "team_reason", "lesson_text")
EVENT = ("at", "about", "what", "expected", "gap", "source", "source_text")
CAUSE = ("text", "factor", "status", "root", "evidence")
BARRIER = ("hazard", "barrier", "kind", "worked", "why")
STATEMENT = ("cause", "effect", "event", "precedent", "duty")
DEEPEST = 12  # whys one below another: a tree that goes deeper has gone round in a circle


@transaction.atomic
def write(one: Analysis, *, by, now: datetime, values: Mapping[str, str]) -> Analysis:
    """The words of the head: any of WORDS."""
    held = writable(one, by=by)
    changed = [name for name in WORDS if name in values and getattr(held, name) != values[name].strip()]
    for name in changed:
        setattr(held, name, values[name].strip())
    if changed:
        said(held.title, "请用一句话写出要分析的问题。", 4)
        held.save(update_fields=changed)
        tell(held, "write", by=by, now=now)
    return held


@transaction.atomic
def put_event(
    one: Analysis, *, by, now: datetime, values: Mapping[str, Any], person: CasePerson | None = None, row=None
) -> TimelineEvent:
    """One event of the timeline, new or changed. A gap says what is not known; everything else what happened."""
    held = writable(one, by=by)
    event = row or TimelineEvent(institution_id=held.institution_id, analysis=held, added_at=now, added_by=by)
    _take(event, values, EVENT)
    if event.gap and not event.what.strip():
        event.what = "这一段不知道发生了什么"
    event.what = said(event.what, "请写明发生了什么。", 2)
    if event.at is not None and event.at > now:
        raise ValidationError("时间在将来，请核对。")
    if event.source not in TimelineEvent.Source.values:
        raise ValidationError("请选择这条信息的来源。")
    event.person = person
    event.save()
    tell(held, "event", by=by, now=now)
    return event


@transaction.atomic
def put_cause(
    one: Analysis, *, by, now: datetime, values: Mapping[str, Any], parent: CauseNode | None = None, row=None
) -> CauseNode:
    """One answer to "why", new or changed. A cause is confirmed only with what shows it."""
    held = writable(one, by=by)
    if row is None:
        row = CauseNode(
            institution_id=held.institution_id, analysis=held, parent=parent,
            position=CauseNode.objects.filter(analysis=held).count(),
        )  # fmt: skip
        if parent is not None and _depth(parent) >= DEEPEST:
            raise ValidationError(f"“为什么”已经问了 {DEEPEST} 层，请检查是不是在绕圈。")
    _take(row, values, CAUSE)
    row.text = said(row.text, "请写出原因。", 2)
    if row.factor and factors().get(row.factor) is None:
        raise ValidationError("没有这个促成因素。")
    if row.status == CauseNode.Status.CONFIRMED:
        said(row.evidence, "请写明凭什么说这个原因已经证实，例如记录、现场测量、访谈。", 4)
    if row.status == CauseNode.Status.RULED_OUT:
        said(row.evidence, "请写明凭什么排除这个原因。", 4)
        row.root = False
    row.save()
    tell(held, "cause", by=by, now=now)
    return row


def _depth(node: CauseNode) -> int:
    count = 1
    while node.parent_id is not None and count <= DEEPEST:
        node, count = node.parent, count + 1
    return count


@transaction.atomic
def put_statement(
    one: Analysis, *, by, now: datetime, values: Mapping[str, Any], node: CauseNode | None = None, row=None
) -> tuple[CausalStatement, list]:
    """A causal statement, kept as it is written; gives also the rules that it does not keep. Such a one does not count."""
    held = writable(one, by=by)
    row = row or CausalStatement(
        institution_id=held.institution_id, analysis=held, written_at=now, written_by=by
    )
    _take(row, values, STATEMENT)
    said(row.cause + row.effect + row.event, "请写出原因、影响和事件。", 6)
    row.node = node
    row.save()
    tell(held, "statement", by=by, now=now)
    return row, broken(Statement(**{name: getattr(row, name) for name in STATEMENT}))


@transaction.atomic
def put_barrier(one: Analysis, *, by, now: datetime, values: Mapping[str, Any], row=None) -> Barrier:
    """What should have stopped it, and whether it did; one that did not says why."""
    held = writable(one, by=by)
    row = row or Barrier(
        institution_id=held.institution_id, analysis=held,
        position=Barrier.objects.filter(analysis=held).count(),
    )  # fmt: skip
    _take(row, values, BARRIER)
    said(row.hazard, "请写明要挡住的危险。")
    said(row.barrier, "请写明屏障是什么。")
    if row.worked in (Barrier.Worked.FAILED, Barrier.Worked.BYPASSED):
        said(row.why, "请写明屏障为什么没有起作用。", 4)
    row.save()
    tell(held, "barrier", by=by, now=now)
    return row


@transaction.atomic
def remove(row, *, by, now: datetime) -> None:
    """Take out a line of the timeline, a cause, a statement or a barrier that nothing else stands on."""
    held = writable(row.analysis, by=by)
    if isinstance(row, CauseNode):
        _refuse_used(row)
    word = row._meta.verbose_name
    row.delete()
    tell(held, "remove", by=by, now=now, text=str(word))


def _refuse_used(node: CauseNode) -> None:
    if node.below.exists():
        raise ValidationError("这个原因下面还有“为什么”，请先删除下面的。")
    if node.statements.exists() or node.measures.exists():
        raise ValidationError("已有因果陈述或措施针对这个原因，不能删除；可以改为“已排除”。")


def _take(row, values: Mapping[str, Any], names: tuple[str, ...]) -> None:
    for name in names:
        if name in values:
            value = values[name]
            setattr(row, name, value.strip() if isinstance(value, str) else value)
