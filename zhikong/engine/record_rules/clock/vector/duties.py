"""Obligations of many encounters as arrays, and the verdict on each encounter."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from zhikong.engine.record_rules.clock.duty import Duty, Row, Why, rank, verdict_of
from zhikong.engine.record_rules.clock.vector.keys import NEVER, Array, runs
from zhikong.engine.record_rules.clock.vector.lanes import Lane
from zhikong.engine.record_rules.clock.vector.timeline import TABLE_NAMES
from zhikong.engine.record_rules.model import Verdict

NOBODY = -1
RANKS = np.array([rank(why) for why in Why], np.int8)
VERDICTS = np.array([verdict_of(why) for why in Why], np.int8)
IS_FAIL = VERDICTS == Verdict.FAIL
GRAVEST_LAST = (Verdict.PASS, Verdict.NOT_ASSESSABLE, Verdict.FAIL)
COLUMNS = ("encounter", "why", "table", "row", "since", "due", "hit", "linked", "stopped")


@dataclass(frozen=True, slots=True)
class Duties:
    """By encounter, anchor and sequence. since, due: NEVER for none. hit: who answered, as a place in `answers`; of an
    UNSIGNED one the draft, as a place in `drafts`; NOBODY for none."""

    encounter: Array
    why: Array
    table: Array
    row: Array
    since: Array
    due: Array
    hit: Array
    linked: Array
    stopped: Array
    answers: Lane
    drafts: Lane

    def __len__(self) -> int:
        return len(self.encounter)

    def take(self, chosen: Array) -> Duties:
        """Some of them."""
        return replace(self, **{name: getattr(self, name)[chosen] for name in COLUMNS})

    def verdicts(self, size: int) -> Array:
        """For each encounter the gravest verdict on its obligations; NOT_APPLICABLE without any."""
        found = np.full(size, Verdict.NOT_APPLICABLE, np.int8)
        given = VERDICTS[self.why]
        for verdict in GRAVEST_LAST:
            found[self.encounter[given == verdict]] = verdict
        return found

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

    def subject(self, place: int) -> tuple[Row | None, int | None]:
        """The row that answered one obligation, or its draft, and when it was done."""
        hit, why = int(self.hit[place]), int(self.why[place])
        if hit == NOBODY:
            return None, None
        lane = self.drafts if why == Why.UNSIGNED else self.answers
        return Row(TABLE_NAMES[lane.table[hit]], int(lane.row[hit])), _minute(lane.at[hit])

    def one(self, place: int, warn: int | None) -> Duty:
        """As the wording reads it."""
        subject, at = self.subject(place)
        anchor = Row(TABLE_NAMES[self.table[place]], int(self.row[place]))
        since, due = _minute(self.since[place]), _minute(self.due[place])
        linked, stopped = bool(self.linked[place]), int(self.stopped[place])
        return Duty(Why(int(self.why[place])), anchor, since, due, warn, at, subject, linked, stopped)


def _minute(value: np.int64) -> int | None:
    return None if value == NEVER else int(value)


def blank(
    encounter: Array, table: Array, row: Array, since: Array, due: Array, answers: Lane, drafts: Lane
) -> Duties:
    """Obligations of which only the clock is known; nothing is said yet of how they stand."""
    size = len(encounter)
    why, hit = np.full(size, Why.MISSING, np.int8), np.full(size, NOBODY)
    linked, stopped = np.broadcast_to(np.False_, size), np.broadcast_to(np.int64(0), size)
    return Duties(encounter, why, table, row, since, due, hit, linked, stopped, answers, drafts)


def joined(main: Duties, more: Duties) -> Duties:
    """Both by encounter, those of `main` before the others; nobody answered the others."""
    whole = replace(
        main, **{name: np.concatenate([getattr(main, name), getattr(more, name)]) for name in COLUMNS}
    )
    return whole.take(np.argsort(whole.encounter, kind="stable"))
