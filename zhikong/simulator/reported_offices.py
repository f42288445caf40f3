"""Figures that the offices report for each month, as data/reported_offices.csv lists them.

part: so many of those looked at; discharges: so many of all that were discharged; score: points out of a hundred
for each answer; amount: fen of fen; count: one number only.
"""

from dataclasses import dataclass

import numpy as np

from zhikong.simulator import catalogue, hospital

NAMES = tuple(row["item"] for row in catalogue.rows("reported_offices"))


@dataclass(frozen=True)
class Figures:
    """One item: the department that reports it, and by month what it says; no denominator for a count."""

    name: str
    department: int
    numerator: np.ndarray
    denominator: np.ndarray | None


def figures(rng: np.random.Generator, discharged: np.ndarray) -> list[Figures]:
    """All items; `discharged` are all discharges by month."""
    owners = {d.function: n for n, d in enumerate(hospital.departments()) if d.function}
    return [
        Figures(row["item"], owners[row["function"]], *_drawn(rng, row, discharged))
        for row in catalogue.rows("reported_offices")
    ]


def _drawn(rng, row: dict[str, str], discharged: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    kind, months = row["kind"], len(discharged)
    if kind == "discharges":
        return rng.binomial(discharged, float(row["share"])), discharged
    low, high = int(row["low"]), int(row["high"])
    total = rng.integers(low, high + 1, months)
    if kind == "count":
        return total, None
    share = float(row["share"])
    if kind == "amount":  # money is not drawn coin by coin
        return (total * (share * (0.97 + 0.06 * rng.random(months)))).astype(np.int64), total
    if kind == "score":
        total = total * 100
    return rng.binomial(total, share), total
