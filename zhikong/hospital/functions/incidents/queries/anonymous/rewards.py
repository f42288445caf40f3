"""Reads of rewards: today's amount, what a code is worth, what was paid."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Sum

from zhikong.hospital.functions.incidents.models.anonymous import AnonymousReward, PaidReward
from zhikong.hospital.functions.incidents.spool import claims
from zhikong.hospital.functions.incidents.spool.places import places


@dataclass(frozen=True)
class Paid:
    """A month's payments: how many, how much."""

    month: str
    count: int
    fen: int


def amount_fen() -> int:
    """What is granted today, 0: nothing."""
    row = AnonymousReward.objects.first()
    return row.fen if row else 0


def worth(text: str) -> int:
    """What a code is worth, whether it was paid or not; 0: it is none of ours."""
    where = places()
    amounts = sorted(int(path.stem.removeprefix("reward-")) for path in where.keys.glob("reward-*.pem"))
    return next((fen for fen in amounts if claims.is_genuine(text, claims.signer(where, fen))), 0)


def paid() -> list[Paid]:
    """Counts by month, the latest first."""
    rows = PaidReward.objects.values("month").annotate(count=Count("pk"), total=Sum("fen")).order_by("-month")
    return [Paid(row["month"], row["count"], row["total"]) for row in rows]
