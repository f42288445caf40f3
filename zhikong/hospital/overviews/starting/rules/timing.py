"""How long work takes on this machine: from its own work so far, else a first estimate that says what it is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

ENOUGH = 1000
"""Rows below which a single measurement says more about starting up than about the work."""


@dataclass(frozen=True)
class Pace:
    """Rows a second. measured: of this machine's own work; else estimated on a small server with two cores."""

    rows_a_second: float
    measured: bool

    def seconds(self, rows: int) -> float:
        return rows / self.rows_a_second


FIRST_LOAD = Pace(400.0, False)
FIRST_COMPUTING = Pace(3000.0, False)
BRIEF_SECONDS = 20.0
STAYS_OF_A_BED = 3.5
"""Discharges of a bed in a month, for a hospital that has loaded nothing yet."""
ROWS_OF_A_STAY = 8
"""Rows in all tables of the front page for one stay."""


def pace(samples: Sequence[tuple[int, float]], first: Pace) -> Pace:
    """From (rows, seconds) of work that was done, the newest first; small ones count only when there are no others."""
    sound = [(rows, seconds) for rows, seconds in samples if rows > 0 and seconds > 0]
    large = [one for one in sound if one[0] >= ENOUGH] or sound
    taken = large[:5]
    if not taken:
        return first
    return Pace(sum(rows for rows, _ in taken) / sum(seconds for _, seconds in taken), True)


@dataclass(frozen=True)
class Estimate:
    """Seconds of each part; measured: all of them by this machine's own work."""

    loading: float
    computing: float
    writing: float
    measured: bool

    @property
    def total(self) -> float:
        return self.loading + self.computing + self.writing


def estimate(*, to_load: int, to_compute: int, loading: Pace, computing: Pace, brief: float | None) -> Estimate:  # fmt: skip
    """to_load: rows of front pages that are still to come; to_compute: rows of all tables then."""
    known = (not to_load or loading.measured) and (not to_compute or computing.measured) and brief is not None
    return Estimate(
        loading.seconds(to_load) if to_load else 0.0,
        computing.seconds(to_compute) if to_compute else 0.0,
        BRIEF_SECONDS if brief is None else brief,
        known,
    )


def stays_expected(beds: int, months: int) -> int:
    """About how many discharges a hospital of so many beds has in so many months."""
    return round(beds * STAYS_OF_A_BED * months)


def spoken(seconds: float) -> str:
    """“不到 10 秒”, “约 40 秒”, “约 12 分钟”, “约 2 小时 10 分钟”."""
    if seconds < 10:
        return "不到 10 秒"
    if seconds <= 50:
        return f"约 {math.ceil(seconds / 10) * 10} 秒"
    minutes = max(1, round(seconds / 60))
    if minutes < 60:
        return f"约 {minutes} 分钟"
    hours, rest = divmod(round(minutes / 10) * 10, 60)
    return f"约 {hours} 小时 {rest} 分钟" if rest else f"约 {hours} 小时"
