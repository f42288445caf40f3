"""A phone's batch: each op for itself, in the order of the phone's own counter, once and never twice.

The whole batch is one transaction of its request: a server that dies in the middle has taken nothing, and the phone
sends the same ops again. An op that cannot be applied is kept all the same, with the reason, and is never lost.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from zhikong.hospital.functions.inspections import rules_sync, rules_sync_clock, rules_visiting
from zhikong.hospital.functions.inspections.actions.planning.steps import lock
from zhikong.hospital.functions.inspections.actions.visiting import devices, kinds, starting
from zhikong.hospital.functions.inspections.actions.visiting.context import Context, Outcome, sheet_of
from zhikong.hospital.functions.inspections.models.planning import Visit
from zhikong.hospital.functions.inspections.models.visiting import Device, Op
from zhikong.hospital.functions.inspections.queries.planning.visits import inspects
from zhikong.hospital.functions.inspections.queries.visiting import ops
from zhikong.hospital.functions.inspections.rules_sync import Batch, Envelope, Kind, Malformed, Status

ANY_TIME = frozenset({Kind.BLUR, Kind.START})
WORDS = frozenset({Kind.COMMENT, Kind.SIGNATURE, Kind.FINISH, Kind.CONCLUDE})
NOT_INSPECTING = "您已经不是这次检查的检查人，内容已保留，由检查组长决定是否采用。"
ID_REUSED = "这个编号已经用于另一条内容，没有记入。请更新手机页面后再同步。"


@dataclass
class Taken:
    """What came of a batch: one result for each op in the order sent, and how far the phone's clock was off."""

    results: list[dict[str, Any]] = field(default_factory=list)
    drift: int | None = None
    missing_media: list[str] = field(default_factory=list)


@transaction.atomic
def take(visit: Visit, sent: Batch, *, by, now: datetime, aside: str = "") -> Taken:
    """Apply a batch. aside: a reason for which everything is only put aside for the lead inspector."""
    lock(visit)
    found = Taken(drift=rules_sync_clock.drift_of(sent, received=now))
    device = devices.seen(by=by, now=now, device_id=sent.device, drift=found.drift)
    read = [_read(raw) for raw in sent.raw]
    in_order = sorted(range(len(read)), key=lambda n: read[n].seq if isinstance(read[n], Envelope) else 0)
    results: dict[int, dict[str, Any]] = {}
    for n in in_order:
        results[n] = _one(visit, device, read[n], sent, by=by, now=now, aside=aside)
    found.results = [results[n] for n in range(len(read))]
    found.missing_media = ops.missing_media(visit, author=by)
    return found


def _read(raw: Any) -> Envelope | dict[str, Any]:
    try:
        return rules_sync.envelope(raw)
    except Malformed as problem:
        name = raw.get("id") if isinstance(raw, dict) else None
        return {
            "id": name if isinstance(name, str) else None,
            "status": Status.MALFORMED,
            "why": str(problem),
        }


def _one(
    visit: Visit, device: Device, one: Envelope | dict, sent: Batch, *, by, now, aside
) -> dict[str, Any]:
    if not isinstance(one, Envelope):
        return one
    known = Op.objects.filter(op_id=one.id).first()
    if known is not None:
        return _again(known, visit, one, by)
    context = Context(visit, device, by, one, rules_sync_clock.timed(one, sent, received=now), now)
    try:
        with transaction.atomic():
            outcome = judged(context, aside)
            keep(context, outcome)
    except IntegrityError:  # the id belongs to an op that this person must not see
        return {"id": one.id, "status": Status.MALFORMED, "why": ID_REUSED}
    return _result(one.id, outcome)


def _again(known: Op, visit: Visit, one: Envelope, by) -> dict[str, Any]:
    """The same phone syncs twice: nothing is done, and the first answer is given once more."""
    if known.digest != one.digest or known.visit_id != visit.pk or known.author_id != by.pk:
        return {"id": one.id, "status": Status.MALFORMED, "why": ID_REUSED}
    first = ops.standing(known)
    found = {"id": one.id, "status": Status.AGAIN, "first": first.status, "why": first.why}
    if first.status == Status.CONFLICT:
        found["current"] = ops.current(known.sheet, known.item)
    return found


def _result(op_id: str, outcome: Outcome) -> dict[str, Any]:
    found = {"id": op_id, "status": outcome.status, "why": outcome.why}
    if outcome.revision is not None:
        found["revision"] = outcome.revision
    if outcome.current is not None:
        found["current"] = outcome.current
    return found


def judged(context: Context, aside: str = "") -> Outcome:
    """Apply an op, or say why it is put aside or refused; what it began is then taken back."""
    reason = aside or _why_aside(context)
    if reason:
        return Outcome(Status.SET_ASIDE, reason)
    try:
        with transaction.atomic():
            if context.visit.state == rules_visiting.State.PLANNED:
                starting.start(context.visit, by=context.author, now=context.now, at=context.when.at)
            return kinds.APPLY[context.one.kind](context)
    except ValidationError as refused:
        return Outcome(Status.REFUSED, " ".join(refused.messages)[:400])
    except PermissionDenied as refused:
        return Outcome(Status.REFUSED, str(refused)[:400])


def _why_aside(context: Context) -> str:
    visit, kind = context.visit, context.one.kind
    if not inspects(context.author, visit):
        return _(NOT_INSPECTING)
    if kind in ANY_TIME:
        return ""
    words_now = visit.state in rules_visiting.TAKES_WORDS or visit.state == rules_visiting.State.PLANNED
    if kind in WORDS and (words_now or kind in (Kind.FINISH, Kind.CONCLUDE)):
        return ""
    return rules_visiting.why_set_aside(visit.state)


def keep(context: Context, outcome: Outcome) -> Op:
    """The op's own line in the log, whatever became of it, and what hangs on it."""
    one, visit = context.one, context.visit
    op = Op.objects.create(
        institution_id=visit.institution_id,
        visit=visit,
        number=ops.last_number(visit) + 1,
        op_id=one.id,
        kind=one.kind,
        sheet=sheet_of(visit, one.sheet),
        item=one.item,
        value=one.value,
        base=one.base,
        of=one.of or None,
        digest=one.digest,
        device=context.device,
        device_seq=one.seq,
        author=context.author,
        at=context.when.at,
        received_at=context.now,
        phone_at=one.clock,
        drift=context.when.drift,
        status=outcome.status,
        why=outcome.why[:400],
        revision=outcome.revision,
    )
    for then in outcome.then:
        then(op)
    return op
