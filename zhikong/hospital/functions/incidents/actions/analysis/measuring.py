"""Measures of an analysis: actions of the common loop without words, and what each of them brought."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from zhikong.hospital.functions.incidents import neutral
from zhikong.hospital.functions.incidents.actions.analysis.common import REFUSED, offices_of, said, tell
from zhikong.hospital.functions.incidents.actions.handling import measures as handling
from zhikong.hospital.functions.incidents.models.analysis import Analysis
from zhikong.hospital.functions.incidents.models.analysis_work import CauseNode, Measure
from zhikong.hospital.functions.incidents.queries.analysis.packs import hierarchy
from zhikong.hospital.functions.incidents.queries.analysis.reading import of_office, rights


@transaction.atomic
def add_measure(
    one: Analysis, *, by, now: datetime, values: Mapping[str, Any], node: CauseNode | None = None
) -> Measure:
    """A measure with department, post and day, and with how its effect will be measured, before anybody begins.

    values: text, kind, department_id, owner_post, due_on, indicator_id or sample, aim, measure_on.
    """
    held = _open(one, by)
    kind = hierarchy().get(values.get("kind", ""))
    if kind is None:
        raise ValidationError("请选择措施的种类，强度由它决定。")
    made = Measure(
        institution_id=held.institution_id, analysis=held, node=node, kind=kind.id, strength=kind.strength,
        added_at=now, added_by=by, readers=sorted({*held.readers, by.pk}),
        reader_roles=sorted({values["owner_post"], *offices_of(held)}),
    )  # fmt: skip
    for name in (
        "text",
        "department_id",
        "owner_post",
        "due_on",
        "indicator_id",
        "sample",
        "aim",
        "measure_on",
    ):
        setattr(made, name, values.get(name) or "")
    _check(made, today=timezone.localdate(now))
    made.finding_key = neutral.finding(
        by=by, now=now, department_id=made.department_id, owner_post=made.owner_post, due_on=made.due_on
    )
    with neutral.nobody():  # the department that carries it out need not be one of the writer's
        made.save(force_insert=True)
    tell(held, "measure", by=by, now=now, text=made.text)
    return made


def _open(one: Analysis, by) -> Analysis:
    """Measures may be added after the analysis has ended too: when one of them did not work."""
    if not rights(by, one).write:
        raise PermissionDenied(REFUSED)
    held = Analysis.objects.select_for_update().get(pk=one.pk)
    if held.state == Analysis.State.STOPPED:
        raise ValidationError("这项分析已经终止。")
    return held


def _check(made: Measure, *, today) -> None:
    made.text = said(made.text, "请写出措施。", 4)
    said(made.indicator_id + made.sample, "请写明用哪个指标或怎样抽查来衡量效果。")
    made.aim = said(made.aim, "请写明要达到什么。")
    if made.due_on < today:
        raise ValidationError("完成日期已经过去。")
    if made.measure_on < made.due_on:
        raise ValidationError("测量效果的日期不能早于完成日期。")


def may_carry(by, made: Measure) -> bool:
    """The post that owns it in its department, the team, the offices."""
    if by.pk in made.readers or of_office(by, made):
        return True
    return any(
        grant.role.code == made.owner_post
        and (grant.departments is None or made.department_id in grant.departments)
        for grant in by.grants()
    )


@transaction.atomic
def carry_out(made: Measure, *, by, now: datetime, text: str) -> Measure:
    """It is in effect, and what shows that."""
    made = _held(made)
    if not may_carry(by, made):
        raise PermissionDenied("您没有权限：登记这条措施的落实。")
    if made.done_at:
        raise ValidationError("这条措施已经登记落实。")
    made.done_text = said(text, "请写明怎样落实的、凭什么看得出来。", 4)
    made.done_at, made.done_by = now, by
    made.save(update_fields=["done_text", "done_at", "done_by"])
    neutral.move_finding(by=by, now=now, key=made.finding_key, state="accepted")
    _story(made, "done", by, now)
    return made


@transaction.atomic
def judge(
    made: Measure,
    *,
    by,
    now: datetime,
    judged: str,
    result: str,
    cases: int | None = None,
    hits: int | None = None,
) -> Measure:
    """What the measurement gave, by numbers where it was a sample; the loop of the foundation closes without words.

    A measure that did not reach its aim comes back to its post.
    """
    made = _held(made)
    if not may_judge(by, made):
        raise PermissionDenied("您没有权限：判断这条措施的效果。落实的人不能判断自己的效果。")
    if made.done_at is None:
        raise ValidationError("措施还没有落实，不能判断效果。")
    if judged not in Measure.Judged.values:
        raise ValidationError("请选择是否达到。")
    if made.sample and (not cases or hits is None or hits > cases):
        raise ValidationError("请填写查了几例、合格几例；合格数不能超过检查数。")
    made.result = said(result, "请写出测量结果。", 2)
    made.cases, made.hits, made.judged, made.judged_at, made.judged_by = cases, hits, judged, now, by
    made.save()
    if judged == Measure.Judged.REACHED:
        neutral.close_finding(by=by, now=now, key=made.finding_key)
    else:
        neutral.move_finding(by=by, now=now, key=made.finding_key, state="reopened")
    _story(made, "judge", by, now, made.get_judged_display())
    return made


def may_judge(by, made: Measure) -> bool:
    """The team and the offices, never who carried it out."""
    if made.done_by_id == by.pk:
        return False
    return by.pk in made.readers or of_office(by, made)


@transaction.atomic
def drop(made: Measure, *, by, now: datetime, reason: str) -> Measure:
    """It is not wanted any more, and why; its stub in the common loop is closed."""
    made = _held(made)
    with neutral.nobody():
        one = Analysis.objects.get(pk=made.analysis_id)
    if not rights(by, one).lead:
        raise PermissionDenied(REFUSED)
    made.dropped_reason = said(reason, "请写明为什么撤销这条措施。", 4)[:200]
    made.dropped_at, made.dropped_by = now, by
    made.save(update_fields=["dropped_reason", "dropped_at", "dropped_by"])
    neutral.close_finding(by=by, now=now, key=made.finding_key)
    _story(made, "drop", by, now, made.dropped_reason)
    return made


def _held(made: Measure) -> Measure:
    held = Measure.objects.select_for_update().get(pk=made.pk)
    if held.dropped_at:
        raise ValidationError("这条措施已经撤销。")
    return held


def _story(made: Measure, act: str, by, now: datetime, text: str = "") -> None:
    with neutral.nobody():  # whoever carries it out need not see the case
        one = Analysis.objects.get(pk=made.analysis_id)
        tell(one, act, by=by, now=now, text=f"{made.text}　{text}".strip())


def obstacles(key: str, *, now: datetime) -> list[str]:
    """Why the stub behind a key may not be closed; measures that handling gave are judged there."""
    made = Measure.objects.filter(finding_key=key).first()
    if made is None:
        return handling.obstacles(key, now=now)
    if made.dropped_at or made.judged == Measure.Judged.REACHED:
        return []
    return ["这条措施还没有达到要求的效果。请在措施的页面上登记测量结果。"]


def address(key: str) -> str:
    """Where the measure behind a stub is dealt with; '' when there is none in reach."""
    made = Measure.objects.filter(finding_key=key).first()
    return handling.address(key) if made is None else reverse("incidents:measure", args=[made.pk])
