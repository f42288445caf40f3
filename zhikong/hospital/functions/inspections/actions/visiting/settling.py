"""What becomes of an op later is a further line; the op's own line never changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from zhikong.foundation.forms.models import Sheet
from zhikong.hospital.functions.inspections.models.visiting import Op, OpOutcome
from zhikong.hospital.functions.inspections.queries.visiting import ops


def note(op: Op, status: str, *, by, now: datetime, why: str = "", revision: int | None = None) -> OpOutcome:
    """Add the line that says what an op has become."""
    return OpOutcome.objects.create(
        institution_id=op.institution_id,
        visit_id=op.visit_id,
        op=op,
        status=status,
        why=why[:400],
        revision=revision,
        at=now,
        by=by,
    )


def settle(sheet: Sheet, item: str, value: Any, *, by, now: datetime) -> int:
    """A person chose: every open conflict of the item is settled, for or against it; gives how many."""
    found = ops.open_conflicts(sheet.visit_sheet.visit, sheet_id=sheet.pk, item=item)
    for op in found:
        taken = op.value == value
        status = Op.Status.CHOSEN if taken else Op.Status.PASSED_OVER
        note(op, status, by=by, now=now, revision=sheet.revision if taken else None)
    return len(found)
