"""Notes that return: daily progress by the patient's condition, rounds of seniors, summaries, discussions, handovers."""

import numpy as np

from zhikong.simulator.clock import DAY
from zhikong.simulator.events.conditions import CRITICAL, SERIOUS
from zhikong.simulator.events.lots import Lot
from zhikong.simulator.events.papers import RULES, head_of
from zhikong.simulator.events.planting import delays
from zhikong.simulator.events.rows import NEVER
from zhikong.simulator.events.staffing import pick

SENIOR_WITHIN = 72 * 60
LONG_STAY = 30  # nights beyond which summaries and a discussion are owed


def notes(made) -> list[Lot]:
    """All of them."""
    rng = made.block.rng("notes")
    return [_daily(rng, made), *_seniors(rng, made), *_long_stays(rng, made), _handovers(rng, made)]


def _daily(rng, made) -> Lot:
    """On the first two days, then every third; every second day while serious, every day while critical."""
    block = made.block
    nights = np.maximum(block.cohort.nights - 1, 0)
    i = np.repeat(np.arange(len(block)), nights)
    day = np.arange(len(i)) - np.searchsorted(i, i) + 1
    written = (block.admitted[i] // DAY + day) * DAY + 8 * 60 + 20 + rng.integers(0, 190, len(i))
    critical, serious = (_during(made, kind, i, written) for kind in (CRITICAL, SERIOUS))
    owed = (day <= 2) | (day % 3 == 0) | critical | (serious & (day % 2 == 0))
    own = np.flatnonzero(owed & (written < block.discharged[i]))
    i, day, written = i[own], day[own], written[own]
    signed = written + 4 + rng.integers(0, 90, len(i))
    cosigned = np.where(rng.random(len(i)) < 0.12, signed + rng.integers(30, 900, len(i)), NEVER)
    cosigner = np.where(cosigned != NEVER, block.attending(i), -1)
    odd = np.where(rng.random(len(i)) < 0.003, 3, 0)  # 3: the text of the note before is copied
    odd = np.where((odd == 0) & (rng.random(len(i)) < 0.002), 4, odd)  # 4: the text of another patient's note
    return Lot(38, i, written, written, signed, block.resident(i), "日常病程记录", rule=RULES.index("daily_note"),
               cosigner=cosigner, cosigned=cosigned, odd=odd, day=day)  # fmt: skip


def _during(made, kind: int, i: np.ndarray, minute: np.ndarray) -> np.ndarray:
    """Whether the stay was in this condition on that day."""
    own = np.flatnonzero(made.periods.columns["kind"].index == kind)
    first, last = np.full(len(made.block), 1 << 50), np.full(len(made.block), -1)
    np.minimum.at(first, made.periods.i[own], made.periods.columns["started_at"][own])
    np.maximum.at(last, made.periods.i[own], made.periods.columns["ended_at"][own])
    return (minute // DAY >= first[i] // DAY) & (minute <= last[i])


def _seniors(rng, made):
    """The first round of a senior within 72 hours, then one every week; a few were written by a resident."""
    block = made.block
    i = np.flatnonzero(block.length > SENIOR_WITHIN)
    taken, _ = delays(rng, len(i), SENIOR_WITHIN, late=block.careless(0.025), edge=0.01, usual=0.6)
    signed = np.minimum(block.admitted[i] + np.maximum(taken, 60), block.discharged[i])
    yield _round(rng, made, i, signed, RULES.index("senior_round_72_h"), block.admitted[i] + SENIOR_WITHIN)
    weeks = np.maximum(block.cohort.nights - 4, 0) // 7
    i = np.repeat(np.arange(len(block)), weeks)
    turn = np.arange(len(i)) - np.searchsorted(i, i) + 1
    at = (block.admitted[i] // DAY + 3 + turn * 7) * DAY + 9 * 60 + rng.integers(0, 150, len(i))
    yield _round(rng, made, i, np.minimum(at, block.discharged[i]), -1, None)


def _round(rng, made, i, signed, rule: int, limit) -> Lot:
    block = made.block
    department = block.department_at(i, np.minimum(signed, block.discharged[i]))
    wrong = rng.random(len(i)) < 0.004
    author = np.where(wrong, block.resident(i), pick(rng, "senior", department))
    return Lot(39, i, signed - 30, signed - 12, signed, author, "副主任（主任）医师查房记录", rule=rule, limit=limit,
               odd=np.where(wrong, 1, 0))  # fmt: skip


def _long_stays(rng, made):
    """A summary every thirty days, a discussion of stays beyond thirty and of unplanned returns to theatre."""
    block = made.block
    months = np.maximum(block.cohort.nights - 1, 0) // LONG_STAY
    i = np.repeat(np.arange(len(block)), months)
    turn = np.arange(len(i)) - np.searchsorted(i, i) + 1
    due = block.admitted[i] + turn * LONG_STAY * DAY
    taken, _ = delays(rng, len(i), DAY, late=block.careless(0.06), edge=0.06)
    signed = due + np.maximum(taken, 1)
    yield Lot(43, i, due, np.minimum(due, signed), signed, block.resident(i), "阶段小结",
              rule=RULES.index("stage_summary_24_h"), limit=due + DAY)  # fmt: skip
    returned = np.unique(made.surgery.i[block.stages.procedures.unplanned[made.surgery.rows]])
    own = np.union1d(np.flatnonzero(block.cohort.nights > LONG_STAY), returned)
    at = block.inside(own, 0.75 + 0.15 * rng.random(len(own)))
    yield Lot(40, own, at - 45, at, at + 30, head_of(block.department_at(own, at)), "疑难病例讨论记录",
              rule=RULES.index("difficult_case_discussion"))  # fmt: skip


def _handovers(rng, made) -> Lot:
    """The treating doctor changes in a few long stays."""
    block = made.block
    i = np.flatnonzero((block.cohort.nights > 12) & (rng.random(len(block)) < 0.2))
    at = block.inside(i, 0.3 + 0.4 * rng.random(len(i)))
    return Lot(41, i, at, at - 30, at - 5, block.resident(i), "交班记录")
