"""Operations and procedures of each stay, with incision, healing and who did them."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from zhikong.simulator import catalogue, people, shifts
from zhikong.simulator.arrivals import Cohort
from zhikong.simulator.clinical import Outcome
from zhikong.simulator.clock import DAY, stream
from zhikong.simulator.movement import Movement

HEALED_A, HEALED_B, INFECTED, OTHER = 1, 2, 3, 9
_RETURNS = 0.0016
"""Share of surgical stays with an unplanned return to the operating room."""


@dataclass
class Procedures:
    """One row is an operation; sorted by stay, then seq. `stay` is the row of the cohort."""

    stay: np.ndarray
    seq: np.ndarray
    operation: np.ndarray  # row of catalogue.operations()
    performed: np.ndarray  # minute
    minutes: np.ndarray
    elective: np.ndarray
    unplanned: np.ndarray  # bool: unplanned return
    incision: np.ndarray  # 0–3
    healing: np.ndarray  # HEALED_A …; 0 where there is no incision
    operator: np.ndarray  # position in staff_numbers()
    anaesthetist: np.ndarray  # position in staff_numbers(), -1 none


def procedures(
    seed: int,
    cohort: Cohort,
    moved: Movement,
    outcome: Outcome,
    attending: np.ndarray,
    plan: tuple[shifts.Shift, ...],
) -> Procedures:
    """All operations; `attending` is the position in staff_numbers() of each stay's attending doctor."""
    rng = stream(seed, "procedures")
    stay, operation, returned = _list(rng, cohort, outcome)
    ops = catalogue.operations()
    seq = np.arange(len(stay)) - np.searchsorted(stay, stay) + 1
    minutes = np.rint(ops.minutes[operation] * np.exp(rng.normal(0, 0.22, len(stay)))).astype(np.int64)
    incision = ops.incision[operation]
    narcosis = np.isin(ops.anaesthesia[operation], ["1", "2"])
    anaesthetists = doctors("ANES")
    return Procedures(
        stay=stay,
        seq=seq,
        operation=operation,
        performed=_performed(rng, cohort, stay, seq, minutes),
        minutes=minutes,
        elective=ops.surgical[operation]
        & ~returned
        & ~(cohort.emergency[stay] & (rng.random(len(stay)) < 0.7)),
        unplanned=returned,
        incision=incision,
        healing=_healing(rng, cohort, moved, stay, incision, plan),
        operator=attending[stay],
        anaesthetist=np.where(narcosis, anaesthetists[rng.integers(0, len(anaesthetists), len(stay))], -1),
    )


@cache
def staff_numbers() -> list[str]:
    """Staff numbers by the position that the arrays use."""
    return [person.staff_number for person in people.staff()]


def doctors(code: str, titles: tuple[str, ...] = ()) -> np.ndarray:
    """Positions in staff_numbers() of a department's doctors, of certain titles if given."""
    numbers = {number: n for n, number in enumerate(staff_numbers())}
    chosen = [p for p in people.of_department(code, "doctor") if not titles or p.title in titles]
    return np.array([numbers[p.staff_number] for p in chosen])


def _list(rng, cohort: Cohort, outcome: Outcome) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Stay, operation and flag of unplanned return of every row, by stay; the principal one comes first."""
    ops = catalogue.operations()
    line = ops.number("38.9301")
    vent = np.where(outcome.ventilator >= 96, ops.number("96.7201"), ops.number("96.7101"))
    needs_vent = (outcome.ventilator > 0) & ~np.isin(cohort.operation, np.unique(vent))
    severe = (outcome.rescues > 0) | (outcome.ventilator > 0)
    needs_line = (rng.random(len(cohort)) < np.where(severe, 0.34, 0.02)) & (cohort.operation != line)
    needs_line &= ~cohort.day_surgery
    back = outcome.surgical & (rng.random(len(cohort)) < _RETURNS) & (cohort.nights >= 4)
    groups = [
        (cohort.operation >= 0, cohort.operation, False),
        (needs_vent, vent, False),
        (needs_line, np.full(len(cohort), line), False),
        (back, np.full(len(cohort), ops.number("39.9801")), True),
    ]
    stay = np.concatenate([np.flatnonzero(mask) for mask, _, _ in groups])
    operation = np.concatenate([values[mask] for mask, values, _ in groups])
    returned = np.concatenate([np.full(mask.sum(), flag) for mask, _, flag in groups])
    order = np.argsort(stay, kind="stable")
    return stay[order], operation[order], returned[order]


def _performed(rng, cohort: Cohort, stay, seq, minutes) -> np.ndarray:
    """Start of each operation, within the stay; planned ones in the morning of the second to fourth day."""
    admitted, discharged = cohort.admitted[stay], cohort.discharged[stay]
    count = len(stay)
    day = admitted // DAY + rng.integers(1, 4, count)
    planned = day * DAY + (8 * 60 + 20 + 480 * rng.beta(1.4, 2.2, count)).astype(np.int64)
    urgent = admitted + (60 + rng.exponential(500, count)).astype(np.int64)
    at_once = admitted + (50 + 100 * rng.random(count)).astype(np.int64)
    start = np.where(cohort.emergency[stay], urgent, planned)
    start = np.where(cohort.day_surgery[stay] | (cohort.nights[stay] == 0), at_once, start)
    start = start + (seq - 1) * (20 * 60)
    room = np.maximum(discharged - admitted - np.minimum(minutes, (discharged - admitted) // 2) - 20, 10)
    return admitted + np.minimum(start - admitted, room)


def _healing(rng, cohort: Cohort, moved: Movement, stay, incision, plan) -> np.ndarray:
    """Healing of the incision: infection is rare and grows with the class; the dead have no result."""
    ward, count = moved.last[stay], len(stay)
    infected = np.choose(incision, [0.0, 0.004, 0.008, 0.03]) * np.ones(count)
    shifted = shifts.values(plan, "class_1_infected", infected, ward, cohort.month[stay])
    infected = np.where(incision == 1, shifted, infected)
    u = rng.random(count)
    healing = np.select(
        [u < infected, u < infected + 0.011, u > 0.9975], [INFECTED, HEALED_B, OTHER], HEALED_A
    )
    healing = np.where(cohort.dead[stay], OTHER, healing)
    return np.where(incision == 0, 0, healing)
