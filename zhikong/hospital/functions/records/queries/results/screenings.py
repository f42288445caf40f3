"""Which months were judged, by what, and what holds of a whole month."""

from __future__ import annotations

from zhikong.foundation.access.scope import once
from zhikong.hospital.functions.records.models import Screening


def newest() -> dict[str, Screening]:
    """Month -> its last screening, the newest month first. Asked once a request."""
    return once("records.screenings", _newest)


def _newest() -> dict[str, Screening]:
    rows = Screening.objects.order_by("-month", "-pk").distinct("month")
    return {row.month: row for row in rows}


def screened_months() -> list[str]:
    """Months with verdicts, the newest first."""
    return list(newest())


def screening_of(month: str) -> Screening | None:
    """The last screening of a month."""
    return newest().get(month)
