"""Drawing: once per plan and turn; again only with a reason; a record that cannot be reviewed is replaced in order."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.organisation.models import Department
from zhikong.hospital.functions.record_reviews import rules_sampling as rules
from zhikong.hospital.functions.record_reviews.models import Sample, SamplePlan, SampleRow
from zhikong.hospital.functions.record_reviews.queries.sampling.frames import Frame, frame_of

REASON = "请写明理由，至少两个字：重抽和替换都要留下依据。"


def rule_of(plan: SamplePlan) -> rules.Rule:
    """The part of a plan that a draw depends on."""
    names = rules.Rule.__dataclass_fields__
    return rules.Rule(**{name: getattr(plan, name) for name in names})


@transaction.atomic
def draw(
    plan: SamplePlan,
    *,
    by,
    now: datetime,
    replaces: Sample | None = None,
    reason: str = "",
    surprise_on: date | None = None,
) -> Sample:
    """A sample of the plan. The seed is the plan's own with the number of the draw: it cannot be chosen.

    While the plan's last sample has not been assigned, only a redraw (`replaces` with a reason) is possible.
    Raises ValidationError when the frame is empty or a reason is missing.
    """
    require(by, Permission.ASSIGN_REVIEWS, whole_hospital=True)
    plan = SamplePlan.objects.select_for_update().get(pk=plan.pk)
    _check_turn(plan, replaces, reason)
    if replaces is not None:
        _cancel(replaces, by=by, now=now)
    frame = frame_of(plan, by=by, today=timezone.localdate(now))
    if not frame.records:
        raise ValidationError(
            "抽样框是空的：这个范围内没有病历。请检查月份、科室和诊断编码，或等数据发布后再抽。"
        )
    seed = f"{plan.seed}:{plan.samples.count() + 1}"
    sample = _sample(plan, frame, seed, by=by, now=now)
    sample.replaces, sample.reason, sample.surprise_on = replaces, reason.strip(), surprise_on
    _keep(sample, frame)
    return sample


def _check_turn(plan: SamplePlan, replaces: Sample | None, reason: str) -> None:
    if plan.ended_at is not None:
        raise ValidationError("这个方案已停用，不能再抽样。请新建方案。")
    if replaces is not None:
        if len(reason.strip()) < 2:
            raise ValidationError(REASON)
        if replaces.plan_id != plan.pk or replaces.state != Sample.State.DRAWN:
            raise ValidationError("只有本方案里已抽取、还没有分派的样本可以重抽。")
        return
    waiting = plan.samples.filter(state=Sample.State.DRAWN).first()
    if waiting is not None:
        raise ValidationError(
            f"样本 {waiting.number} 已抽取、还没有分派。请先分派；确需重抽，请在该样本页面写明理由。"
        )


def _cancel(sample: Sample, *, by, now: datetime) -> None:
    sample.state, sample.cancelled_at, sample.cancelled_by = Sample.State.CANCELLED, now, by
    sample.save(update_fields=["state", "cancelled_at", "cancelled_by"])


def _sample(plan: SamplePlan, frame: Frame, seed: str, *, by, now: datetime) -> Sample:
    return Sample(
        institution_id=current_scope().institution_id,
        plan=plan,
        number=_number(timezone.localdate(now).year),
        title=plan.title,
        months=list(frame.months),
        rule=rule_of(plan).as_data(),
        seed=seed,
        data_version=frame.data_version,
        frame_hash=rules.frame_hash(frame.records),
        frame_size=len(frame.records),
        drawn_at=now,
        drawn_by=by,
    )


def _number(year: int) -> str:
    start = f"CY-{year}-"
    last = Sample.objects.filter(number__startswith=start).order_by("-number").first()
    return f"{start}{(int(last.number[len(start) :]) if last else 0) + 1:03d}"


def _keep(sample: Sample, frame: Frame) -> None:
    """Draw, and store what was drawn and who stands by."""
    rule = rules.Rule(**sample.rule)
    found = rules.draw(frame.records, rule, sample.seed)
    sample.reach, sample.short = found.reach, dict(found.short)
    sample.save()
    twice = rules.read_twice([one.unit.key for one in found.drawn], rule.second_percent, sample.seed)
    records = {one.stay_id: one for one in frame.records}
    places = dict(Department.objects.values_list("code", "pk"))
    rows = [
        _row(sample, records[one.unit.key], places, state=SampleRow.State.DRAWN, position=number,
             chance=one.chance, step=one.step, stratum=one.stratum, second=one.unit.key in twice)
        for number, one in enumerate(found.drawn, start=1)
    ]  # fmt: skip
    rows += _reserves(sample, found, records, places, first=len(rows) + 1)
    SampleRow.objects.bulk_create(rows)


def _reserves(sample: Sample, found, records, places, *, first: int) -> list[SampleRow]:
    counts: dict[str, int] = {}
    rows = []
    for unit in found.reserve:
        counts[unit.group] = counts.get(unit.group, 0) + 1
        if counts[unit.group] <= rules.RESERVES:
            rows.append(
                _row(sample, records[unit.key], places, state=SampleRow.State.RESERVE,
                     position=first + len(rows), stratum=unit.group)
            )  # fmt: skip
    return rows


def _row(sample: Sample, record: rules.Record, places: dict[str, int], **said) -> SampleRow:
    return SampleRow(
        institution_id=sample.institution_id,
        sample=sample,
        stay_id=record.stay_id,
        month=record.month,
        discharged_on=record.discharged_on,
        department_id=places[record.department],
        doctor=record.doctor,
        disease=record.diagnosis,
        preferred=record.pathway,
        risk=record.weight,
        **said,
    )


@transaction.atomic
def replace_row(row: SampleRow, *, by, now: datetime, reason: str) -> SampleRow:
    """The next that stands by in the same stratum takes the place of a record that cannot be reviewed.

    It takes over chance and stratum, since it stands for the same records. Where each doctor is to be there, another
    record of the same doctor comes first. Raises ValidationError when nobody stands by, or the reviews have begun.
    """
    require(by, Permission.ASSIGN_REVIEWS, whole_hospital=True)
    if len(reason.strip()) < 2:
        raise ValidationError(REASON)
    sample = row.sample
    if row.state != SampleRow.State.DRAWN or sample.state != Sample.State.DRAWN:
        raise ValidationError("只有已抽取、还没有分派的样本可以替换病历。")
    waiting = sample.rows.filter(state=SampleRow.State.RESERVE, department_id=row.department_id)
    found = None
    if sample.rule.get("doctors"):
        found = waiting.filter(doctor=row.doctor).order_by("position").first()
    found = found or waiting.order_by("position").first()
    if found is None:
        raise ValidationError("该科没有备用病历了。请保留这一份，或作废样本后放宽范围重抽。")
    row.state, row.reason, row.changed_at, row.changed_by = SampleRow.State.REPLACED, reason.strip(), now, by
    row.save(update_fields=["state", "reason", "changed_at", "changed_by"])
    found.state, found.stands_for, found.step = SampleRow.State.DRAWN, row, "replaced"
    found.chance, found.stratum, found.second, found.position = (
        row.chance,
        row.stratum,
        row.second,
        row.position,
    )
    found.save(update_fields=["state", "stands_for", "step", "chance", "stratum", "second", "position"])
    return found
