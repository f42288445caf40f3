"""A person decides: which of two answers it is, and whether what came late is used."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.hospital.functions.inspections.actions.planning.steps import lock, record
from zhikong.hospital.functions.inspections.actions.visiting import answering, retrying, settling
from zhikong.hospital.functions.inspections.actions.visiting.context import Outcome
from zhikong.hospital.functions.inspections.models.planning import Visit
from zhikong.hospital.functions.inspections.models.visiting import Op
from zhikong.hospital.functions.inspections.queries.planning.visits import inspects
from zhikong.hospital.functions.inspections.queries.visiting import ops
from zhikong.hospital.functions.inspections.rules_planning import State
from zhikong.hospital.functions.inspections.rules_sync import Status
from zhikong.hospital.functions.inspections.rules_visiting import LEAST_REASON

TAKEABLE = (Op.Status.SET_ASIDE, Op.Status.REFUSED)
OPEN = (State.PLANNED, State.OPEN, State.COMMENT)


@transaction.atomic
def choose(op: Op, *, by, now: datetime, this_one: bool) -> Outcome:
    """Settle a conflict: the op's answer goes onto the sheet, or what stands there stays. Both stay in the history."""
    visit = lock(op.visit)
    if not inspects(by, visit):
        raise PermissionDenied(_("由这次检查的检查人选定答案。"))
    _check(visit, op, (Op.Status.CONFLICT,))
    answering.lock(op.sheet)
    if not this_one:
        settling.note(op, Op.Status.PASSED_OVER, by=by, now=now)
        return Outcome(Status.STORED)
    value = answering.meant(visit, op.sheet, op.item, op.value)
    outcome = answering.stored(op.sheet, op.item, value, by=by, now=now)
    if outcome.status != Status.STORED:
        raise ValidationError(outcome.why)
    settling.settle(op.sheet, op.item, op.value, by=by, now=now)
    return outcome


@transaction.atomic
def take(op: Op, *, by, now: datetime) -> Outcome:
    """The lead inspector uses what was put aside; on the sheet it stands under the lead's name, in the log under both."""
    visit = lock(op.visit)
    _require_lead(visit, by)
    _check(visit, op, TAKEABLE)
    if visit.state not in OPEN:
        raise ValidationError(
            _("这次检查的状态是“%(state)s”，不能再改答案；内容保留在记录里。")
            % {"state": visit.get_state_display()}
        )
    outcome = retrying.apply_again(op, visit, by=by, now=now, whose=by)
    if outcome.status in (Status.REFUSED, Status.SET_ASIDE):
        raise ValidationError(outcome.why)
    text = _("采用了%(who)s搁置的内容：%(what)s") % {"who": op.author, "what": op.item or op.kind}
    record(visit, "changed", by=by, now=now, text=text)
    return outcome


@transaction.atomic
def drop(op: Op, *, by, now: datetime, reason: str) -> None:
    """The lead inspector does not use what was put aside, and says why; it stays in the log."""
    visit = lock(op.visit)
    _require_lead(visit, by)
    _check(visit, op, TAKEABLE)
    if len(reason.strip()) < LEAST_REASON:
        raise ValidationError(_("请写明不采用的理由，至少 %(n)d 个字。") % {"n": LEAST_REASON})
    settling.note(op, Op.Status.DROPPED, by=by, now=now, why=reason.strip())


def _require_lead(visit: Visit, by) -> None:
    if visit.lead_id != by.pk:
        raise PermissionDenied(_("由这次检查的组长决定。"))


def _check(visit: Visit, op: Op, wanted: tuple[str, ...]) -> None:
    if op.visit_id != visit.pk or ops.standing(op).status not in wanted:
        raise ValidationError(_("这一条已经处理过了，请刷新页面。"))
