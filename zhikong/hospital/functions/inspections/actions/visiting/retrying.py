"""What waited is tried again when its photo has come, and what was put aside when the lead inspector takes it."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from zhikong.hospital.functions.inspections.actions.visiting import settling
from zhikong.hospital.functions.inspections.actions.visiting.context import Context, Outcome
from zhikong.hospital.functions.inspections.models.planning import Visit
from zhikong.hospital.functions.inspections.models.visiting import Op
from zhikong.hospital.functions.inspections.queries.visiting import media, ops
from zhikong.hospital.functions.inspections.rules_sync import Envelope, Kind, Status
from zhikong.hospital.functions.inspections.rules_sync_clock import Timed


def retry_waiting(visit: Visit, *, now: datetime) -> int:
    """Apply, in their order, the ops whose media have all arrived; gives how many."""
    ready = [op for op in ops.waiting(visit) if not media.unfinished(visit, ops.media_of_op(op))]
    for op in ready:
        apply_again(op, visit, by=op.author, now=now)
    return len(ready)


def apply_again(op: Op, visit: Visit, *, by, now: datetime, whose=None) -> Outcome:
    """Try an op once more under the name of ``whose`` (its author), and note what came of it.

    by: who caused it; on the sheet the answer stands under the name of ``whose``.
    """
    from zhikong.hospital.functions.inspections.actions.visiting import kinds

    context = Context(visit, op.device, whose or op.author, envelope_of(op), Timed(op.at, op.drift), now)
    try:
        with transaction.atomic():
            outcome = kinds.APPLY[Kind(op.kind)](context)
    except (ValidationError, PermissionDenied) as refused:
        words = refused.messages if isinstance(refused, ValidationError) else [str(refused)]
        outcome = Outcome(Status.REFUSED, " ".join(words))
    settling.note(op, outcome.status, by=by, now=now, why=outcome.why, revision=outcome.revision)
    for then in outcome.then:
        then(op)
    return outcome


def envelope_of(op: Op) -> Envelope:
    """The op as it came."""
    return Envelope(
        id=str(op.op_id),
        seq=op.device_seq,
        kind=Kind(op.kind),
        sheet=op.sheet_id,
        item=op.item,
        value=op.value,
        base=op.base,
        of=str(op.of or ""),
        clock=op.phone_at,
        boot="",
        mono=None,
    )
