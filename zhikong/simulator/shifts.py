"""What changes during the simulated months, on purpose: a signal that a chart must find is planted first."""

from dataclasses import asdict, dataclass

import numpy as np

from zhikong.simulator import catalogue
from zhikong.simulator.clock import month_number


@dataclass(frozen=True)
class Shift:
    """From `first_month` to `last_month` (both included, None = open) the chance or mean `key` is `after`.

    `department` None means the whole hospital. `before` is what it is otherwise; for lengths of stay both are
    factors on the usual length. `unit` says what before and after are.
    """

    key: str
    department: str | None
    first_month: str
    last_month: str | None
    before: float
    after: float
    unit: str
    note: str

    def as_dict(self) -> dict:
        return asdict(self)


DEFAULT = (
    Shift(
        "confirmed_within_3_days", "CARD", "2026-06", None, 0.94, 0.80, "share", "心血管内科三日确诊率下降"
    ),
    Shift("average_length_of_stay", "ORTH", "2026-03", None, 1.0, 1.25, "factor", "骨科平均住院日上升"),
    Shift("record_grade_a", None, "2026-09", "2026-09", 0.952, 0.885, "share", "全院甲级病案率一个月内下滑"),
    Shift("critical_handled_30min", None, "2025-09", None, 0.88, 0.95, "share", "危急值处置及时率改进后上升"),
    Shift("class_1_infected", "GSUR", "2026-05", "2026-07", 0.004, 0.03, "share", "胃肠外科Ⅰ类切口感染增多"),
)
"""What the demo hospital lives through."""


def values(shifts, key: str, base: np.ndarray, department: np.ndarray, month: np.ndarray) -> np.ndarray:
    """`base` with the shifts of `key` applied where department number and month number (since 1970) fit."""
    result = np.array(base, dtype=float)
    for shift in shifts:
        if shift.key == key:
            result[_where(shift, department, month)] = shift.after
    return result


def _where(shift: Shift, department: np.ndarray, month: np.ndarray) -> np.ndarray:
    hit = month >= month_number(shift.first_month)
    if shift.last_month is not None:
        hit &= month <= month_number(shift.last_month)
    if shift.department is not None:
        hit &= department == catalogue.department_index()[shift.department]
    return hit
