"""What became of what a caller sent, and the tokens of a feed."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from zhikong.foundation.facts.models import Load, QuarantinedRow
from zhikong.hospital.functions.datasources.models import ApiToken, Feed, Receipt
from zhikong.hospital.functions.datasources.push import rules

MOST_PROBLEMS = 500


def tokens(feed: Feed) -> QuerySet[ApiToken]:
    """A feed's tokens, the newest first."""
    return (
        ApiToken.objects.filter(feed=feed).select_related("created_by", "revoked_by").order_by("-created_at")
    )


def outcome(receipt: Receipt) -> dict[str, Any]:
    """A receipt for its caller: state, counts, and the faulty rows with reasons; values are masked as in quarantine.

    Rows are counted from 1 within what the caller sent, although several contents may have been read together.
    """
    count = rules.rows_noted(receipt.note)
    found: dict[str, Any] = {
        "receipt": receipt.seq,
        "table": receipt.part,
        "state": receipt.state,
        "state_text": receipt.get_state_display(),
        "received_at": receipt.received_at.isoformat(),
        "sha256": receipt.sha256,
        "rows": count,
    }
    if receipt.load is None or receipt.load.state in (Load.State.WAITING, Load.State.RUNNING):
        return found
    problems, faulty = _problems(receipt, count)
    found |= {"faulty_rows": faulty, "accepted_rows": max(count - faulty, 0), "problems": problems}
    if receipt.load.state in (Load.State.REFUSED, Load.State.FAILED):
        found |= {"message": receipt.load.message, "remedy": receipt.load.remedy}
    return found


def _problems(receipt: Receipt, count: int) -> tuple[list[dict[str, Any]], int]:
    before = _rows_before(receipt)
    rows = QuarantinedRow.objects.filter(
        load_id=receipt.load_id, source=receipt.part, row__gt=before, row__lte=before + count
    ).order_by("row", "pk")
    shown = [
        {
            "row": one.row - before,
            "column": one.column,
            "label": one.label,
            "value": one.value,
            "reason": one.reason,
            "message": one.message,
            "remedy": one.remedy,
        }
        for one in rows[:MOST_PROBLEMS]
    ]
    return shown, rows.order_by().values("row").distinct().count()


def _rows_before(receipt: Receipt) -> int:
    """Rows of the same table that were read before these in the same load."""
    earlier = Receipt.objects.filter(load_id=receipt.load_id, part=receipt.part, seq__lt=receipt.seq)
    kept = earlier.exclude(state__in=[Receipt.State.SUPERSEDED, Receipt.State.DUPLICATE])
    return sum(rules.rows_noted(note) for note in kept.values_list("note", flat=True))
