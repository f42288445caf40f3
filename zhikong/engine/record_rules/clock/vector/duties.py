"""Obligations of many encounters as arrays, and the verdict on each encounter."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from zhikong.engine.record_rules.clock.duty import Duty, Row, Why, rank, verdict_of
from zhikong.engine.record_rules.clock.vector.keys import NEVER, Array, runs
from zhikong.engine.record_rules.clock.vector.timeline import TABLE_NAMES
from zhikong.engine.record_rules.model import Verdict

NO_ROW = -1
RANKS = np.array([rank(why) for why in Why], np.int8)
VERDICTS = np.array([verdict_of(why) for why in Why], np.int8)
IS_FAIL = VERDICTS == Verdict.FAIL


@dataclass(frozen=True, slots=True)
class Duties:
    """By encounter, anchor and sequence. since, due, at: NEVER for none. subject_row: NO_ROW for none."""

    encounter: Array
    why: Array
    table: Array
    row: Array
    since: Array
    due: Array
    at: Array
    subject_table: Array
    subject_row: Array
    linked: Array
    stopped: Array

    def __len__(self) -> int:
        return len(self.encounter)

    def take(self, chosen: Array) -> Duties:
        """Some of them."""
        return Duties(*(getattr(self, f.name)[chosen] for f in fields(self)))

    def deciding(self) -> tuple[Array, Array]:
        """For each encounter that has any, in order: the place of the one that decides, and how many failed."""
        heads = runs(self.encounter)
        if not len(heads):
            return heads, heads
        size = np.int64(len(self))
        ranked = RANKS[self.why].astype(np.int64) * size + np.arange(size)
        places = np.minimum.reduceat(ranked, heads) % size
        failed = np.add.reduceat(IS_FAIL[self.why].astype(np.int64), heads)
        return places, failed

    def one(self, place: int, warn: int | None) -> Duty:
        """As the wording reads it."""
        subject = None
        if self.subject_row[place] != NO_ROW:
            subject = Row(TABLE_NAMES[self.subject_table[place]], int(self.subject_row[place]))
        return Duty(
            Why(int(self.why[place])),
            Row(TABLE_NAMES[self.table[place]], int(self.row[place])),
            _minute(self.since[place]),
            _minute(self.due[place]),
            warn,
            _minute(self.at[place]),
            subject,
            bool(self.linked[place]),
            int(self.stopped[place]),
        )


def _minute(value: np.int64) -> int | None:
    return None if value == NEVER else int(value)


def blank(encounter: Array, table: Array, row: Array, since: Array, due: Array) -> Duties:
    """Obligations of which only the clock is known; nothing is said yet of how they stand."""
    size = len(encounter)
    return Duties(
        encounter,
        np.full(size, Why.MISSING, np.int8),
        table,
        row,
        since,
        due,
        np.full(size, NEVER),
        np.zeros(size, np.int16),
        np.full(size, NO_ROW),
        np.zeros(size, np.bool_),
        np.zeros(size, np.int64),
    )


def joined(parts: list[Duties]) -> Duties:
    """One after the other, then by encounter; equal ones stay in their order."""
    whole = Duties(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Duties)))
    return whole.take(np.argsort(whole.encounter, kind="stable"))
