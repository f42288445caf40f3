"""Draw what is looked at: by a seed that nobody chose, from a frame that is kept as a fingerprint."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from zhikong.hospital.functions.inspections import rules_planning_sampling as rules
from zhikong.hospital.functions.inspections.actions.planning import steps
from zhikong.hospital.functions.inspections.models.planning import SampleItem, Visit
from zhikong.hospital.functions.inspections.queries.planning import frames
from zhikong.hospital.functions.inspections.rules_planning_visits import SampleRule

REASON = "请写明理由，至少两个字：换一个对象要留下依据。"


def new_seed() -> str:
    """From the operating system's chance; no page has a field for it."""
    return secrets.token_hex(8)


def draw(visit: Visit, *, now: datetime) -> list[SampleItem]:
    """Draw by the visit's rules what has not been drawn yet; gives what was drawn, without the reserves.

    The frames are who lies there and which places exist at this moment; inspectors need not see the department.
    """
    if visit.drawn_at is not None or not visit.sample_rule:
        return list(visit.sample.filter(state=SampleItem.State.DRAWN))
    made, prints, position = [], [], 0
    with steps.widened():
        for number, data in enumerate(visit.sample_rule):
            rule = SampleRule.from_data(data)
            units = frames.frame(rule, visit=visit, today=timezone.localdate(now))
            prints.append(rules.frame_hash(units))
            visit.frame_size += len(units)
            for one in rules.draw(units, rule, f"{visit.seed}:{number}"):
                position += 1
                made.append(_item(visit, rule, one, position))
        SampleItem.objects.bulk_create(made)
    visit.frame_hash, visit.drawn_at = rules.joined_hash(prints), now
    visit.save(update_fields=["frame_hash", "frame_size", "drawn_at"])
    return [one for one in made if one.state == SampleItem.State.DRAWN]


def _item(visit: Visit, rule: SampleRule, one: rules.Chosen, position: int) -> SampleItem:
    return SampleItem(
        institution_id=visit.institution_id,
        visit=visit,
        position=position,
        of=rule.of,
        ref=one.unit.key,
        patient_key=one.unit.patient_key,
        label=one.unit.label[:80],
        form_id=rule.form,
        stratum=one.stratum[:60],
        weight=one.unit.weight,
        chance=one.chance,
        reason=one.reason[:200],
        state=SampleItem.State.RESERVE if one.reserve else SampleItem.State.DRAWN,
    )


@transaction.atomic
def replace(item: SampleItem, *, by, now: datetime, reason: str) -> SampleItem:
    """The next in reserve stands in for who cannot be looked at (discharged, in theatre, the room is locked).

    Its checklist moves over as long as nothing is written on it. Raises ValidationError.
    """
    if len(reason.strip()) < 2:
        raise ValidationError(REASON)
    visit = steps.lock(item.visit)
    if item.state != SampleItem.State.DRAWN:
        raise ValidationError("它已经被替换过了，请刷新页面。")
    waiting = visit.sample.filter(state=SampleItem.State.RESERVE, of=item.of, form_id=item.form_id)
    other = (
        waiting.filter(stratum=item.stratum).order_by("position").first()
        or waiting.order_by("position").first()
    )
    if other is None:
        raise ValidationError("没有备用的对象了。请在检查表里写明未查的原因。")
    if any(one.sheet and one.sheet.filled for one in item.sheets.select_related("sheet")):
        raise ValidationError("它的检查表已经开始填写，不能替换；请写明情况后提交。")
    item.state, item.changed_at, item.changed_by, item.reason = (
        SampleItem.State.REPLACED,
        now,
        by,
        reason.strip()[:200],
    )
    item.save(update_fields=["state", "changed_at", "changed_by", "reason"])
    other.state, other.stands_for, other.changed_at, other.changed_by = SampleItem.State.DRAWN, item, now, by
    other.save(update_fields=["state", "stands_for", "changed_at", "changed_by"])
    for sheet in item.sheets.all():
        sheet.item, sheet.title = other, sheet.title.replace(item.label, other.label)
        sheet.save(update_fields=["item", "title"])
    steps.record(visit, "replaced", by=by, now=now, text=f"{item.label} 换为 {other.label}：{reason.strip()}")
    return other
