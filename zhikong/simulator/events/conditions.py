"""Level of nursing, critical and serious condition, restraint and isolation, and the rescues of each stay."""

from dataclasses import dataclass

import numpy as np

from zhikong.engine.tables.event_codes import CONDITION_KIND
from zhikong.simulator import catalogue, records
from zhikong.simulator.clock import DAY
from zhikong.simulator.events.block import Block
from zhikong.simulator.events.rows import Rows, Words, apart, joined
from zhikong.simulator.events.staffing import pick
from zhikong.simulator.procedures import staff_numbers

KINDS = [code for code, _ in CONDITION_KIND.values]
CRITICAL, SERIOUS, SPECIAL = KINDS.index("critical"), KINDS.index("serious"), KINDS.index("nursing_special")
RESTRAINT, ISOLATION, LEAVE = KINDS.index("restraint"), KINDS.index("isolation"), KINDS.index("leave")


@dataclass(frozen=True)
class Rescues:
    """One row is a rescue, by stay and time. `base` marks the one that has the record made before."""

    i: np.ndarray
    started: np.ndarray
    ended: np.ndarray
    successful: np.ndarray
    leader: np.ndarray
    base: np.ndarray


def rescues(block: Block) -> Rescues:
    """As many rescues and successes as the front page counts; who dies in a rescue has it last."""
    rng, outcome = block.rng("rescues"), block.stages.outcome
    wanted = block.of(outcome.rescues)
    clock = block.of(records.rescue_ends(block.stages.seed, block.stages.cohort))
    i = np.repeat(np.arange(len(block)), wanted)
    first = np.concatenate([[True], i[1:] != i[:-1]]) if len(i) else np.zeros(0, bool)
    other = block.inside(i, rng.random(len(i)), 60)
    ended = np.where(first, clock[i], other)
    order = np.lexsort((ended, i))
    i, ended, base = i[order], ended[order], first[order]
    minutes = np.minimum(15 + rng.exponential(28, len(i)).astype(np.int64), 150)
    started = apart(i, np.maximum(ended - minutes, block.admitted[i]))
    ended = np.maximum(ended, started + 1)
    failed = wanted - block.of(outcome.successes)
    is_last = np.append(i[1:] != i[:-1], True) if len(i) else np.zeros(0, bool)
    department = block.department_at(i, started)
    return Rescues(i, started, ended, ~(is_last & (failed[i] > 0)), pick(rng, "specialist", department), base)


def rescue_rows(made: Rescues) -> Rows:
    """The table `rescues`."""
    columns = {
        "started_at": made.started,
        "ended_at": made.ended,
        "successful": made.successful,
        "led_by": Words(made.leader, staff_numbers()),
    }
    return Rows("rescues", made.i, columns)


def conditions(block: Block, made: Rescues) -> Rows:
    """All periods of all stays; levels of nursing follow one another without a gap."""
    rng = block.rng("conditions")
    critical = _critical(rng, block, made)
    serious = _serious(rng, block, critical)
    lots = [
        _nursing(rng, block),
        _rows(rng, block, CRITICAL, *critical),
        _rows(rng, block, SERIOUS, *serious),
        _rows(rng, block, RESTRAINT, *_restraint(rng, block)),
        _rows(rng, block, ISOLATION, *_isolation(rng, block)),
        _rows(rng, block, LEAVE, *_leave(rng, block)),
    ]
    return joined(lots)


def _rows(rng, block: Block, kind: int, i: np.ndarray, start: np.ndarray, end: np.ndarray) -> Rows:
    doctor = np.where(rng.random(len(i)) < 0.5, block.attending(i), block.resident(i))
    columns = {
        "kind": Words(np.full(len(i), kind), KINDS),
        "started_at": start,
        "ended_at": end,
        "doctor": Words(doctor, staff_numbers()),
    }
    return Rows("condition_periods", i, columns)


def _nursing(rng, block: Block) -> Rows:
    """Days of each level as the front page has them; a period has as many days as its dates differ by.

    The special days are those in intensive care; before them come days of the highest other levels. Who dies
    has them last.
    """
    special, *others = block.of(block.stages.outcome.nursing).T
    before = _days_before_special(block, special)
    head = []
    for days in others:
        taken = np.minimum(days, before - sum(head, np.zeros(len(block), np.int64)))
        head.append(taken)
    lengths = np.stack([*head, special, *(d - h for d, h in zip(others, head, strict=True))], axis=1)
    kinds = np.array([1, 2, 3, 0, 1, 2, 3]) + SPECIAL
    end_day = np.cumsum(lengths, axis=1)
    i, part = np.nonzero(lengths)
    turn = 9 * 60 + rng.integers(0, 7 * 60, end_day.shape)
    border = block.admitted[:, None] // DAY * DAY + end_day * DAY + turn
    final = end_day[i, part] == end_day[i, -1]
    end = np.where(final, block.discharged[i], border[i, part])
    opening = np.concatenate([[True], i[1:] != i[:-1]])
    start = np.where(opening, block.admitted[i], np.roll(end, 1))
    made = _rows(rng, block, 0, i, start, end)
    return Rows(made.table, i, made.columns | {"kind": Words(kinds[part], KINDS)})


def _days_before_special(block: Block, special: np.ndarray) -> np.ndarray:
    """Days before the special ones: until intensive care begins; for the dead without it all but the last."""
    days = block.of(block.stages.outcome.nursing).sum(axis=1)
    before = np.where(block.cohort.dead, days - special, 0)
    i, entered, _ = block.intensive
    before[i] = entered // DAY - block.admitted[i] // DAY
    return np.clip(before, 0, days - special)


def _critical(rng, block: Block, made: Rescues):
    """Critical: in intensive care, around a rescue, and before death."""
    count = len(block)
    start, end = np.full(count, -1), np.full(count, -1)
    dying = np.flatnonzero(block.cohort.dead)
    start[dying] = np.maximum(
        block.discharged[dying] - rng.integers(120, 3 * DAY, len(dying)), block.admitted[dying] + 15
    )
    end[dying] = block.discharged[dying]
    first = np.unique(made.i, return_index=True)[1]
    saved = first[rng.random(len(first)) < 0.75]
    own = made.i[saved]
    from_rescue = np.maximum(made.started[saved] - rng.integers(0, 40, len(saved)), block.admitted[own])
    start[own] = np.where(start[own] >= 0, np.minimum(start[own], from_rescue), from_rescue)
    end[own] = np.maximum(end[own], from_rescue + rng.integers(DAY // 2, 4 * DAY, len(own)))
    i, entered, left = block.intensive
    severe = rng.random(len(i)) < 0.65
    i, entered, left = i[severe], entered[severe], left[severe]
    start[i] = np.where(start[i] >= 0, np.minimum(start[i], entered), entered)
    end[i] = np.maximum(end[i], left)
    own = np.flatnonzero(start >= 0)
    finish = np.where(
        block.cohort.dead[own], block.discharged[own], np.minimum(end[own], block.discharged[own])
    )
    good = finish > start[own]
    return own[good], start[own][good], finish[good]


def _serious(rng, block: Block, critical):
    """Serious: after a critical period, and for some from admission on."""
    i, _, end = critical
    after = (rng.random(len(i)) < 0.6) & (block.discharged[i] - end > DAY)
    i, start = i[after], end[after]
    finish = np.minimum(start + rng.integers(DAY, 5 * DAY, len(i)), block.discharged[i])
    sick = np.flatnonzero((rng.random(len(block)) < 0.035) & (block.length > DAY))
    sick = np.setdiff1d(sick, critical[0])
    begin = np.minimum(block.admitted[sick] + rng.integers(10, 240, len(sick)), block.discharged[sick] - 60)
    stop = np.minimum(begin + rng.integers(DAY, 6 * DAY, len(sick)), block.discharged[sick])
    return np.append(i, sick), np.append(start, begin), np.append(finish, stop)


def _restraint(rng, block: Block):
    """Restraint of some patients in intensive care, for hours."""
    i, entered, left = block.intensive
    chosen = np.flatnonzero((rng.random(len(i)) < 0.22) & (left - entered > 600))
    i, entered, left = i[chosen], entered[chosen], left[chosen]
    start = entered + rng.integers(60, 300, len(i))
    return i, start, np.minimum(start + rng.integers(120, 2 * DAY, len(i)), left)


def _isolation(rng, block: Block):
    """Isolation of some patients of the department of infectious diseases."""
    home = block.last == catalogue.department_index()["INFE"]
    i = np.flatnonzero(home & (rng.random(len(block)) < 0.3) & (block.length > DAY))
    start = block.admitted[i] + rng.integers(20, 300, len(i))
    return i, start, block.discharged[i] - rng.integers(0, 120, len(i))


def _leave(rng, block: Block):
    """Some patients of rehabilitation go home for a night."""
    home = block.last == catalogue.department_index()["REHA"]
    i = np.flatnonzero(home & (rng.random(len(block)) < 0.12) & (block.cohort.nights >= 6))
    day = block.admitted[i] // DAY + rng.integers(2, 5, len(i))
    start = day * DAY + 16 * 60 + rng.integers(0, 90, len(i))
    return i, start, start + 14 * 60 + rng.integers(0, 200, len(i))
