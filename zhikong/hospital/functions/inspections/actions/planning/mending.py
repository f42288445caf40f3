"""What changed since the visit was planned: a department was merged, a person left. Explained, and nothing lost."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.utils import timezone

from zhikong.foundation.organisation import queries as organisation
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.inspections.actions.planning import steps
from zhikong.hospital.functions.inspections.models.planning import Visit, VisitInspector
from zhikong.hospital.functions.inspections.rules_planning import SOURCE, State


def look_again(visit: Visit, *, by, now: datetime) -> list[str]:
    """Follow a merged department to its successor and take those off the list who left; gives what was said.

    A visit that has begun keeps its department: what was found was found there.
    """
    said = []
    if visit.state == State.PLANNED:
        said += _follow_department(visit, timezone.localdate(now))
    said += _take_leavers_off(visit, by=by, now=now)
    if said:
        visit.notes = [*visit.notes, *said]
        visit.save()
        steps.record(visit, "changed", by=by, now=now, text="\n".join(said))
    return said


def successor(department_id: int, on: date) -> tuple[int | None, list[str]]:
    """The department that stands for this one on a day, and the sentences that say why."""
    said, seen = [], set()
    here: int | None = department_id
    while (
        here is not None
        and here not in seen
        and organisation.department_on(department_id=here, on=on) is None
    ):
        seen.add(here)
        last = next(
            (v for v in organisation.history(department_id=here) if v.valid_to and v.valid_to <= on), None
        )
        if last is None:
            return None, said
        if last.successor_id is None:
            return None, [*said, f"{last.name}已于 {last.valid_to} 撤销，没有并入其他科室。"]
        name = organisation.names(on=on).get(last.successor_id, "")
        said.append(f"{last.name}已于 {last.valid_to} 并入{name}，这次检查改为检查{name}。")
        here = last.successor_id
    return here, said


def _follow_department(visit: Visit, today: date) -> list[str]:
    if visit.department_id is None:
        return []
    found, said = successor(visit.department_id, today)
    if found is None:
        raise ValidationError(" ".join([*said, "请取消这次检查，或改为检查别的科室。"]))
    current = organisation.department_on(department_id=found, on=today)
    if found == visit.department_id and current.name == visit.department_name:
        return []
    if found == visit.department_id:
        said = [f"科室已更名：{visit.department_name} → {current.name}。"]
    visit.department_id, visit.department_name = found, current.name
    return said


def _take_leavers_off(visit: Visit, *, by, now: datetime) -> list[str]:
    """Accounts that are switched off inspect no more; the lead passes to who remains."""
    gone = [
        one for one in visit.inspectors.filter(left_at=None).select_related("user") if not one.user.is_active
    ]
    said = []
    for one in gone:
        leave(one, by=by, now=now, reason="账号已停用（离职或调出）")
        said.append(f"{one.user} 的账号已停用，不再参加这次检查；已经填写的内容保留。")
    return said + (_pass_lead(visit) if gone else [])


def leave(one: VisitInspector, *, by, now: datetime, reason: str) -> None:
    """Take a person off a visit; the row, the answers and the reason stay."""
    one.left_at, one.left_by, one.left_reason = now, by, reason[:300]
    one.save(update_fields=["left_at", "left_by", "left_reason"])
    with steps.widened():
        tasks.cancel_for(
            source_kind=SOURCE, source_key=str(one.visit_id), owner=one.user, by=by, now=now, reason=reason
        )


def _pass_lead(visit: Visit) -> list[str]:
    left = list(visit.inspectors.filter(left_at=None).select_related("user").order_by("pk"))
    if any(one.part == VisitInspector.Part.LEAD for one in left):
        return []
    if not left:
        visit.lead = None
        return ["现在没有检查人了，请在检查页面另派。"]
    left[0].part = VisitInspector.Part.LEAD
    left[0].save(update_fields=["part"])
    visit.lead = left[0].user
    return [f"组长改由 {left[0].user} 担任。"]
