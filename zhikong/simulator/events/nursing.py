"""Nursing assessments: on admission, again after an operation, every week, and in intensive care."""

import numpy as np

from zhikong.engine.tables.event_codes import ASSESSMENT_KIND
from zhikong.simulator.clock import DAY
from zhikong.simulator.columns import department_words
from zhikong.simulator.events.block import Block
from zhikong.simulator.events.planting import Book, delays, remember_delays
from zhikong.simulator.events.rows import NEVER, Ids, Rows, Words, numbers
from zhikong.simulator.events.staffing import pick
from zhikong.simulator.events.surgery import Surgery, first_cut
from zhikong.simulator.procedures import staff_numbers

KINDS = [code for code, _ in ASSESSMENT_KIND.values]
FALL, PRESSURE, VTE, PAIN, ADL, NUTRITION, TUBE, ADMISSION, CONSCIOUS, SEDATION = range(10)
FIRST_WITHIN = 8 * 60
"""Minutes from admission to the first nursing assessment: no national limit, this hospital says eight hours."""
# mean and spread of the score, and from (or, if negative, up to) which score the patient is at risk
_SCORES = (
    (35, 18, 45), (19, 3, -18), (2.4, 1.6, 3), (2, 1.6, 4), (72, 22, -60), (1.8, 1.2, 3), (10, 4, 13),
    (np.nan, 0, 0), (14.2, 1.4, -8), (3.6, 1.0, 6),
)  # fmt: skip


def assessments(block: Block, book: Book, surgery: Surgery) -> Rows:
    """The table `assessments`."""
    rng = block.rng("assessments")
    taken, _ = delays(rng, len(block), FIRST_WITHIN, late=block.careless(0.02), edge=0.012, usual=0.25)
    taken = np.minimum(taken, np.maximum(block.length - 5, 1))
    missing = rng.random(len(block)) < 0.004
    lots = [
        *_first(rng, block, taken, missing),
        _weekly(rng, block),
        *_operated(rng, block, surgery),
        *_intensive(block),
    ]
    i, kind, at, first = (np.concatenate(part) for part in zip(*lots, strict=True))
    order = np.lexsort((kind, at, i))
    i, kind, at, first = i[order], kind[order], at[order], first[order]
    key = Ids("P", numbers(block, i))
    own = np.flatnonzero(first & (kind == ADMISSION))
    remember_delays(
        book, "first_nursing_assessment", "assessments", key.take(own), i[own], taken[i[own]], FIRST_WITHIN
    )
    absent = np.flatnonzero(missing)
    book.add("first_nursing_assessment_missing", "stays", Ids("S", block.first + absent + 1, 8), absent)
    score, risk = _score(rng, kind)
    department = block.department_at(i, at)
    columns = {
        "assessment_id": key,
        "kind": Words(kind, KINDS),
        "at": at,
        "score": score,
        "at_risk": risk,
        "nurse": Words(pick(rng, "nurse", department), staff_numbers()),
        "department": department_words(department),
    }
    return Rows("assessments", i, columns)


def _first(rng, block: Block, taken: np.ndarray, missing: np.ndarray):
    """The first assessment and the scales that belong to it."""
    everyone = np.arange(len(block))
    for kind in (ADMISSION, FALL, PRESSURE, VTE, ADL, PAIN, NUTRITION):
        there = ~missing if kind == ADMISSION else rng.random(len(block)) < 0.93
        i = everyone[there]
        after = np.where(kind == ADMISSION, 0, rng.integers(1, 40, len(i)))
        at = np.minimum(block.admitted[i] + taken[i] + after, block.discharged[i])
        yield i, np.full(len(i), kind), at, np.full(len(i), True)


def _weekly(rng, block: Block):
    """Falls and pressure injuries are assessed again every week."""
    weeks = np.maximum(block.cohort.nights - 1, 0) // 7
    i = np.repeat(np.arange(len(block)), 2 * weeks)
    turn = np.arange(len(i)) - np.searchsorted(i, i)
    at = block.admitted[i] + (1 + turn // 2) * 7 * DAY + rng.integers(0, 300, len(i))
    return (
        i,
        np.where(turn % 2 == 0, FALL, PRESSURE),
        np.minimum(at, block.discharged[i]),
        np.full(len(i), False),
    )


def _operated(rng, block: Block, surgery: Surgery):
    """Pain, thrombosis and tubes after the first operation."""
    cut = first_cut(block, surgery)
    i = np.flatnonzero(cut != NEVER)
    for kind, hours in ((PAIN, 6), (VTE, 24), (TUBE, 8)):
        at = np.minimum(cut[i] + hours * 60 + rng.integers(0, 120, len(i)), block.discharged[i])
        yield i, np.full(len(i), kind), at, np.full(len(i), False)


def _intensive(block: Block):
    """Consciousness, sedation and pain within the first hours of intensive care, for most."""
    rng = block.rng("intensive assessments")
    i, entered, left = block.intensive
    for kind, share in ((CONSCIOUS, 0.94), (SEDATION, 0.88), (PAIN, 0.91)):
        own = np.flatnonzero(rng.random(len(i)) < share)
        at = np.minimum(entered[own] + 15 + rng.integers(0, 220, len(own)), left[own])
        yield i[own], np.full(len(own), kind), at, np.full(len(own), False)


def _score(rng, kind: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    mean, spread, border = np.array(_SCORES).T
    score = np.rint(np.maximum(mean[kind] + spread[kind] * rng.normal(size=len(kind)), 0))
    limit = border[kind]
    return score, np.where(limit >= 0, score >= np.abs(limit), score <= np.abs(limit)) & ~np.isnan(score)
