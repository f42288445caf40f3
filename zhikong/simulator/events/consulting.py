"""Consultations: urgent ones within ten minutes at the bedside, ordinary ones answered within a day."""

import numpy as np

from zhikong.engine.tables.codes import CONSULTATION_URGENCY
from zhikong.simulator import catalogue
from zhikong.simulator.clock import DAY
from zhikong.simulator.columns import department_words
from zhikong.simulator.events.block import Block
from zhikong.simulator.events.planting import Book, delays, remember_delays
from zhikong.simulator.events.rows import NEVER, Ids, Rows, Words, numbers
from zhikong.simulator.events.staffing import LEVELS, levels, pick
from zhikong.simulator.procedures import staff_numbers

URGENCIES = [code for code, _ in CONSULTATION_URGENCY.values]
URGENT, ROUTINE, MANY, OUTSIDE = range(4)
BEDSIDE_WITHIN, ANSWER_WITHIN = 10, DAY
_MEAN = 0.24  # consultations of a stay, besides those before a transfer


def consultations(block: Block, book: Book) -> Rows:
    """The table `consultations`; `to` and `from` are kept as numbers for the documents."""
    rng = block.rng("consultations")
    i, requested, source, target, urgency = _asked(rng, block)
    count, key = len(i), Ids("HZ", numbers(block, i))
    arrive, _ = delays(rng, count, BEDSIDE_WITHIN, late=block.careless(0.06), edge=0.05)
    answer, _ = delays(rng, count, ANSWER_WITHIN, late=block.careless(0.05), edge=0.02)
    urgent = urgency == URGENT
    walk = np.maximum(answer - rng.integers(8, 60, count), 1)
    arrived = requested + np.where(urgent, arrive, np.minimum(walk, answer))
    completed = np.where(urgent, arrived + 10 + rng.integers(0, 50, count), requested + answer)
    fast, slow = np.flatnonzero(urgent), np.flatnonzero(urgency == ROUTINE)
    remember_delays(
        book,
        "urgent_consultation_10_min",
        "consultations",
        key.take(fast),
        i[fast],
        arrive[fast],
        BEDSIDE_WITHIN,
    )
    remember_delays(
        book, "consultation_24_h", "consultations", key.take(slow), i[slow], answer[slow], ANSWER_WITHIN
    )
    doctor = pick(rng, "specialist", target)
    junior = rng.random(count) < 0.02
    doctor = np.where(junior, pick(rng, "resident", target), doctor)
    wrong = np.flatnonzero(junior & (levels()[doctor] == LEVELS.index("resident")))
    book.add("consultation_doctor_level", "consultations", key.take(wrong), i[wrong])
    never = rng.random(count) < 0.004
    book.add("consultation_unanswered", "consultations", key.take(np.flatnonzero(never)), i[never])
    columns = {
        "consultation_id": key,
        "urgency": Words(urgency, URGENCIES),
        "requested_at": requested,
        "from_department": department_words(source),
        "to_department": department_words(target),
        "arrived_at": np.where(never, NEVER, arrived),
        "completed_at": np.where(never, NEVER, completed),
        "doctor": Words(np.where(never, -1, doctor), staff_numbers()),
        "doctor_level": Words(np.where(never, -1, levels()[doctor]), LEVELS),
    }
    return Rows("consultations", i, columns)


def _asked(rng, block: Block):
    """Who asks whom and when: at chance, and before each transfer the department that takes the patient."""
    free = (block.length > 6 * 60) & ~block.cohort.day_surgery
    some = np.repeat(np.arange(len(block)), np.where(free, rng.poisson(_MEAN, len(block)), 0))
    when = block.inside(some, rng.beta(1.2, 2.0, len(some)) * 0.9, 60)
    source = block.department_at(some, when)
    target = (source + rng.integers(1, len(catalogue.department_index()), len(some))) % len(
        catalogue.department_index()
    )
    u = rng.random(len(some))
    kind = np.select([u < 0.16, u < 0.95, u < 0.99], [URGENT, ROUTINE, MANY], OUTSIDE)
    moved = block.stages.movement
    i, part = np.nonzero(block.of(moved.department)[:, 1:] >= 0)
    leave = block.of(moved.start)[i, part + 1]
    before = np.maximum(leave - rng.integers(60, 10 * 60, len(i)), block.of(moved.start)[i, part] + 1)
    sender, taker = block.of(moved.department)[i, part], block.of(moved.department)[i, part + 1]
    urgent = block.cohort.emergency[i] & (rng.random(len(i)) < 0.5)
    columns = zip(
        (some, when, source, target, kind),
        (i, np.minimum(before, leave - 1), sender, taker, np.where(urgent, URGENT, ROUTINE)),
        strict=True,
    )
    i, when, source, target, kind = (np.concatenate(pair) for pair in columns)
    order = np.lexsort((when, i))
    return i[order], when[order], source[order], target[order], kind[order]
