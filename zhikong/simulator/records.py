"""Documents of the record with the time they were written and signed, and critical laboratory values."""

from dataclasses import dataclass

import numpy as np

from zhikong.simulator import catalogue, shifts
from zhikong.simulator.arrivals import Cohort
from zhikong.simulator.clinical import Outcome
from zhikong.simulator.clock import DAY, stream
from zhikong.simulator.movement import Movement
from zhikong.simulator.procedures import Procedures

HOUR = 60

# document types are the numbers of WS/T 500-2016
FRONT_PAGE, ADMISSION, SHORT_STAY, SHORT_STAY_DEATH, FIRST_NOTE, ROUND = 32, 34, 35, 36, 37, 39
TRANSFER, RESCUE, AFTER_OPERATION, DISCHARGE, DEATH, DEATH_REVIEW, OPERATION = 42, 44, 48, 49, 50, 51, 9


@dataclass
class Documents:
    """One row is a document, sorted by stay and time written. `due` is its time limit (reference: part a)."""

    stay: np.ndarray
    kind: np.ndarray  # WS/T 500 number
    written: np.ndarray  # minute
    signed: np.ndarray  # minute
    due: np.ndarray  # minute by which it has to be signed
    senior: np.ndarray  # bool: written by the attending doctor, else by the resident
    department: np.ndarray


def documents(
    seed: int,
    cohort: Cohort,
    moved: Movement,
    outcome: Outcome,
    done: Procedures,
    *,
    of_open: bool = False,
    careless: float = 1.0,
) -> Documents:
    """The documents of closed stays. Each is signed in time with the chance given, and rarely missing.

    `careless` multiplies the shares of late and missing ones. `of_open` gives those of the stays that are still open, as they will be when these have ended.
    """
    rng = stream(seed, "documents of open stays" if of_open else "documents")
    closed = cohort.open if of_open else ~cohort.open
    full = cohort.discharged - cohort.admitted >= DAY
    died, everyone = cohort.dead, np.arange(len(cohort))
    knife = np.flatnonzero(catalogue.operations().surgical[done.operation] & closed[done.stay])
    operated, end = done.stay[knife], done.performed[knife] + done.minutes[knife]
    first = np.arange(len(everyone))
    rescued = first[closed & (outcome.rescues > 0)]
    moves = first[closed & (moved.parts > 1)]
    # kind, stays, minute the clock starts, hours allowed, share in time, share missing, by the attending
    plans = [
        (FIRST_NOTE, first[closed], cohort.admitted, 8, 0.982, 0.002, False),
        (ADMISSION, first[closed & full], cohort.admitted, 24, 0.972, 0.003, False),
        (SHORT_STAY, first[closed & ~full & ~died], cohort.discharged, 24, 0.96, 0.004, False),
        (SHORT_STAY_DEATH, first[closed & ~full & died], cohort.discharged, 24, 0.97, 0.0, False),
        (ROUND, first[closed & (cohort.nights >= 2)], cohort.admitted, 48, 0.975, 0.006, True),
        (DISCHARGE, first[closed & full & ~died], cohort.discharged, 24, 0.962, 0.003, False),
        (DEATH, first[closed & full & died], cohort.discharged, 24, 0.965, 0.0, True),
        (DEATH_REVIEW, first[closed & died], cohort.discharged, 168, 0.93, 0.01, True),
        (FRONT_PAGE, first[closed], cohort.discharged, 24, 0.93, 0.0, True),
        (
            RESCUE,
            rescued,
            rescue_ends(seed, cohort) if of_open else _middle(rng, cohort),
            6,
            0.95,
            0.008,
            False,
        ),
        (TRANSFER, moves, moved.start[:, 1], 24, 0.965, 0.01, False),
    ]
    parts = [
        _written(rng, cohort, kind, stay, clock[stay], *rest, careless) for kind, stay, clock, *rest in plans
    ]
    parts.append(_written(rng, cohort, OPERATION, operated, end, 24, 0.968, 0.002, True, careless))
    parts.append(_written(rng, cohort, AFTER_OPERATION, operated, end, 2, 0.975, 0.004, True, careless))
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    order = np.lexsort((columns[1], columns[2], columns[0]))
    stay, kind, written, signed, due, senior = (column[order] for column in columns)
    return Documents(stay, kind, written, signed, due, senior, moved.last[stay])


def rescue_ends(seed: int, cohort: Cohort) -> np.ndarray:
    """The minute from which the rescue record's time limit runs in each stay: the first draw of `documents`."""
    return _middle(stream(seed, "documents"), cohort)


def _middle(rng, cohort: Cohort) -> np.ndarray:
    """A minute within the stay at which a rescue ended; for those who died the minute of death."""
    inside = cohort.admitted + (rng.random(len(cohort)) * (cohort.discharged - cohort.admitted)).astype(
        np.int64
    )
    return np.where(cohort.dead, cohort.discharged, inside)


def _written(
    rng,
    cohort: Cohort,
    kind: int,
    stay,
    clock,
    hours: int,
    in_time: float,
    missing: float,
    senior: bool,
    careless: float,
):
    """Documents of one kind: the limit runs from `clock`; late ones are signed up to three limits later."""
    there = rng.random(len(stay)) >= missing * careless
    stay, clock = stay[there], clock[there]
    count, limit = len(stay), hours * HOUR
    late = rng.random(count) >= (in_time if careless == 1 else 1 - (1 - in_time) * careless)
    early = 0.03 + 0.95 * rng.beta(1.2, 2.6, count)
    delay = np.where(late, 1.002 + 2.0 * rng.random(count) ** 2, early)
    signed = clock + np.maximum(np.rint(delay * limit), 1).astype(np.int64) + late
    written = clock + np.rint((signed - clock) * (0.35 + 0.6 * rng.random(count))).astype(np.int64)
    return stay, np.full(count, kind), written, signed, clock + limit, np.full(count, senior)


@dataclass
class Results:
    """One row is a result, sorted by stay and time. Minutes; -1 where a value is not critical."""

    stay: np.ndarray
    item: np.ndarray  # position in ITEMS
    value: np.ndarray
    at: np.ndarray
    critical: np.ndarray
    notified: np.ndarray
    handled: np.ndarray  # -1 also where a critical value was never handled


# item, usual mean, spread, critical low, critical high, values of the critical ones: low, high
ITEMS = (
    ("K", 4.1, 0.38, 2.8, 6.2, 2.4, 6.9),
    ("NA", 139.5, 3.2, 120.0, 160.0, 115.0, 164.0),
    ("GLU", 6.4, 1.6, 2.5, 25.0, 2.0, 29.0),
    ("HGB", 124.0, 17.0, 50.0, 230.0, 43.0, 236.0),
    ("PLT", 212.0, 58.0, 30.0, 1000.0, 19.0, 1080.0),
    ("WBC", 7.6, 2.2, 1.5, 30.0, 1.0, 38.0),
)
HANDLE_WITHIN = 30
"""Minutes from the notification within which a critical value has to be handled."""


def results(seed: int, cohort: Cohort, plan: tuple[shifts.Shift, ...], *, of_open: bool = False) -> Results:
    """Three routine results for each closed stay (or each open one), and critical ones for some."""
    rng = stream(seed, "results of open stays" if of_open else "results")
    closed = np.flatnonzero(cohort.open if of_open else ~cohort.open)
    routine = np.repeat(closed, 3)
    item = (rng.integers(0, len(ITEMS), len(closed))[:, None] + np.arange(3)).ravel() % len(ITEMS)
    severe = 0.02 + 0.5 * cohort.dead + 0.06 * cohort.emergency
    again = np.repeat(closed, rng.poisson(severe[closed]))
    stay = np.concatenate([routine, again])
    item = np.concatenate([item, rng.integers(0, len(ITEMS), len(again))])
    critical = np.arange(len(stay)) >= len(routine)
    at = _reported(rng, cohort, stay, critical)
    order = np.lexsort((critical, item, at, stay))
    stay, item, critical, at = stay[order], item[order], critical[order], at[order]
    at = _apart(stay, item, at)
    notified, handled = _notified(rng, cohort, stay, at, plan)
    blank = np.full(len(stay), -1)
    return Results(
        stay,
        item,
        _value(rng, item, critical),
        at,
        critical,
        np.where(critical, notified, blank),
        np.where(critical & (rng.random(len(stay)) >= 0.006), handled, blank),
    )


def _reported(rng, cohort: Cohort, stay, critical) -> np.ndarray:
    """Routine results come on the first day, critical ones at any time of the stay."""
    length = cohort.discharged[stay] - cohort.admitted[stay]
    first_day = np.minimum(60 + 1100 * rng.beta(1.3, 3.0, len(stay)), length * 0.8)
    any_time = length * (0.03 + 0.9 * rng.random(len(stay)))
    return cohort.admitted[stay] + np.rint(np.where(critical, any_time, first_day)).astype(np.int64)


def _apart(stay, item, at) -> np.ndarray:
    """No two results of a stay and item at the same minute: a later one is moved on by a minute."""
    order = np.lexsort((at, item, stay))
    group = (stay * len(ITEMS) + item)[order]
    rank = np.arange(len(group)) - np.searchsorted(group, group)
    base = group * 10**9  # later groups stay above earlier ones, so one running maximum serves all
    result = np.empty_like(at)
    result[order] = np.maximum.accumulate(base + at[order] - rank) + rank - base
    return result


def _notified(rng, cohort: Cohort, stay, at, plan) -> tuple[np.ndarray, np.ndarray]:
    """Minutes of notification and handling; within half an hour as often as the plan says."""
    count = len(stay)
    notified = at + 1 + rng.poisson(5, count)
    share = shifts.values(plan, "critical_handled_30min", np.full(count, 0.88), stay * 0, cohort.month[stay])
    fast = rng.random(count) < share
    delay = np.where(fast, 2 + 28 * rng.beta(1.6, 2.4, count), 31 + rng.exponential(40, count))
    return notified, notified + np.rint(delay).astype(np.int64)


def _value(rng, item, critical) -> np.ndarray:
    """A usual value kept inside the critical limits, or one beyond them, to the hundredth."""
    table = np.array([row[1:] for row in ITEMS])[item]
    usual = table[:, 0] + table[:, 1] * rng.normal(size=len(item))
    inside = np.clip(usual, table[:, 2] * 1.08, table[:, 3] * 0.92)
    low = rng.random(len(item)) < 0.6
    beyond = np.where(low, table[:, 4], table[:, 5]) * (1 + 0.02 * rng.normal(size=len(item)))
    return np.round(np.where(critical, beyond, inside), 2)
