"""Time in the simulator: minutes and days since 1970-01-01 in local wall time, and streams of chance."""

import zlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np

DAY = 1440
"""Minutes of a day."""


def stream(seed: int, name: str) -> np.random.Generator:
    """A generator of its own for each stage, so that a change in one stage leaves the others as they were."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def day_of(year: int, month: int, day: int = 1) -> int:
    """The number of this calendar day."""
    return int(np.datetime64(f"{year:04d}-{month:02d}-{day:02d}").astype(np.int64))


def months_of(days: np.ndarray) -> np.ndarray:
    """Month numbers (since 1970-01) of day numbers."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def month_number(text: str) -> int:
    """'2024-11' -> months since 1970-01. Raises ValueError for another form."""
    return int(np.datetime64(text, "M").astype(np.int64))


def month_text(number: int) -> str:
    """Months since 1970-01 -> '2024-11'."""
    return str(np.datetime64(number, "M"))


def years_between(birth: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Completed years of age on a day, as the front page counts them (days since 1970 in, years out)."""
    born, now = birth.astype("datetime64[D]"), day.astype("datetime64[D]")
    months = now.astype("datetime64[M]").astype(np.int64) - born.astype("datetime64[M]").astype(np.int64)
    born_dom = born - born.astype("datetime64[M]").astype("datetime64[D]")
    now_dom = now - now.astype("datetime64[M]").astype("datetime64[D]")
    return (months - (now_dom < born_dom)) // 12


@dataclass(frozen=True)
class Window:
    """The simulated months: `first` to `first + count - 1` (month numbers)."""

    first: int
    count: int

    @cached_property
    def first_day(self) -> int:
        return int(np.datetime64(self.first, "M").astype("datetime64[D]").astype(np.int64))

    @cached_property
    def end_day(self) -> int:
        """The first day after the window."""
        return int(np.datetime64(self.first + self.count, "M").astype("datetime64[D]").astype(np.int64))

    @property
    def months(self) -> list[str]:
        return [month_text(self.first + n) for n in range(self.count)]
