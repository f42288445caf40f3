"""How many patients come on which day: winter, weekends, Spring Festival and the other long holidays."""

import numpy as np

from zhikong.simulator import catalogue
from zhikong.simulator.clock import day_of

SPRING_FESTIVAL = (
    (2020, 1, 25), (2021, 2, 12), (2022, 2, 1), (2023, 1, 22), (2024, 2, 10), (2025, 1, 29), (2026, 2, 17),
    (2027, 2, 6), (2028, 1, 26), (2029, 2, 13), (2030, 2, 3),
)  # fmt: skip
"""First day of the lunar year. Outside these years there is no dip: the simulator is not a calendar."""

_MID_WINTER = 15  # day of the year
_WEEKDAY = np.array([1.14, 1.06, 1.0, 0.96, 0.84])  # Monday to Friday


def festive(days: np.ndarray) -> np.ndarray:
    """How much of a holiday each day is: 0 ordinary, 1 the days around the lunar New Year."""
    level = np.zeros(len(days))
    for date in SPRING_FESTIVAL:
        distance = days - day_of(*date)
        level = np.where((distance >= -4) & (distance <= 6), 1.0, level)
    calendar = days.astype("datetime64[D]")
    in_year = calendar - calendar.astype("datetime64[Y]").astype("datetime64[D]")
    month = calendar.astype("datetime64[M]").astype(np.int64) % 12 + 1
    day_of_month = (calendar - calendar.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64) + 1
    short = (
        ((month == 10) & (day_of_month <= 7))
        | ((month == 5) & (day_of_month <= 5))
        | (in_year.astype(int) == 0)
    )
    return np.where(short & (level == 0), 0.45, level)


def expected_admissions(days: np.ndarray) -> np.ndarray:
    """Expected admissions, (departments, days), before the scale of the hospital and planted shifts."""
    habits = catalogue.habits()
    calendar = days.astype("datetime64[D]")
    in_year = (calendar - calendar.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.int64)
    winter = 1 + habits.winter[:, None] * np.cos(2 * np.pi * (in_year - _MID_WINTER) / 365.25)
    holiday = festive(days)
    kept = 0.92 * habits.emergency[:, None] + 0.36 * (1 - habits.emergency[:, None])
    return habits.arrivals[:, None] * winter * _week(days) * (1 - holiday * (1 - kept))


def _week(days: np.ndarray) -> np.ndarray:
    """Factor of the weekday, (departments, days); the mean over a week is one."""
    weekday = (days + 3) % 7  # 1970-01-01 was a Thursday; 0 is Monday
    weekend = catalogue.habits().weekend
    table = np.concatenate(
        [np.broadcast_to(_WEEKDAY, (len(weekend), 5)), np.repeat(weekend[:, None], 2, 1)], 1
    )
    return (table / table.mean(axis=1, keepdims=True))[:, weekday]
