"""How long reporters wait: the median time to the first answer and to the end, over cases that a user sees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median_low

from zhikong.hospital.functions.incidents.queries.handling import scope
from zhikong.hospital.functions.incidents.rules_reporting import State

DAYS = 90


@dataclass(frozen=True)
class Waiting:
    """Medians of the last 90 days; None: no case yet. n_*: how many cases stand behind each."""

    first_answer: timedelta | None
    n_answered: int
    closed: timedelta | None
    n_closed: int
    unanswered: int


def waiting(user, *, now: datetime) -> Waiting:
    """Over reports of the last 90 days; those that nobody answered yet are counted beside, not left out unseen."""
    rows = list(
        scope.visible(user)
        .filter(reported_at__gte=now - timedelta(days=DAYS), handling__isnull=False)
        .values_list("reported_at", "handling__answered_at", "handling__closed_at", "state")
    )
    first = [answered - at for at, answered, _closed, _state in rows if answered]
    ends = [closed - at for at, _answered, closed, _state in rows if closed]
    open_ones = [1 for _at, answered, _closed, state in rows if not answered and state not in (State.MERGED,)]
    return Waiting(
        median_low(first) if first else None, len(first), median_low(ends) if ends else None, len(ends),
        len(open_ones),
    )  # fmt: skip
