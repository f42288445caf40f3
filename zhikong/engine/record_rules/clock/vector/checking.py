"""Verdicts and obligations of clock rules over all encounters at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from zhikong.engine.record_rules.clock.assembling import OF_ANCHOR, OF_STAY, Assembler
from zhikong.engine.record_rules.clock.context import Context
from zhikong.engine.record_rules.clock.duty import Why
from zhikong.engine.record_rules.clock.limits import Limit, Unit
from zhikong.engine.record_rules.clock.model import ClockRule
from zhikong.engine.record_rules.clock.places import Places
from zhikong.engine.record_rules.clock.rows import key_columns
from zhikong.engine.record_rules.clock.shifts import TABLE, Shifts
from zhikong.engine.record_rules.clock.vector import quick
from zhikong.engine.record_rules.clock.vector.applying import FALSE, TRUE, UNKNOWN, Applying
from zhikong.engine.record_rules.clock.vector.counting import warn
from zhikong.engine.record_rules.clock.vector.duties import NOBODY, Duties
from zhikong.engine.record_rules.clock.vector.judging import duties
from zhikong.engine.record_rules.clock.vector.keys import Array
from zhikong.engine.record_rules.clock.vector.prepared import Prepared
from zhikong.engine.record_rules.clock.vector.stage import Stage
from zhikong.engine.record_rules.clock.vector.timeline import TABLE_NAMES, Timeline
from zhikong.engine.record_rules.clock.wording import NOT_APPLIES, Wording
from zhikong.engine.record_rules.loaded import Loaded
from zhikong.engine.record_rules.model import Verdict
from zhikong.engine.tables import TABLES

Made = dict[str, Any]
_PLACE = ("stay_id", "institution", "admission_department", "discharge_department")
_MOVES = ("stay_id", "at", "from_department", "to_department")


WORDS = frozenset(verdict.word for verdict in Verdict)


class VectorClocks:
    """Judges clock rules on the encounters with the given numbers of rows in `stays`; None means all."""

    def __init__(
        self,
        loaded: Loaded,
        context: Context,
        rules: Sequence[ClockRule],
        wanted: Array | None,
        prepared: Prepared,
    ) -> None:
        self.loaded, self.context, self.prepared = loaded, context, prepared
        self.timeline = Timeline(loaded, prepared)
        self.stage = Stage(self.timeline, context)
        self.applying = Applying(self.timeline, [r.applies for r in rules if r.applies is not None])
        size = self.timeline.size
        self.wanted = np.arange(size) if wanted is None else np.asarray(wanted, np.int64)
        self.flags = np.zeros(size, np.bool_)
        self.flags[self.wanted] = True
        self.all = len(self.wanted) == size and bool(self.flags.all())

    def judged(self, rule: ClockRule, keep: frozenset[str]) -> tuple[list[Made], Counter[str]]:
        """The rows with a kept verdict, and how many encounters got which."""
        one = _One(self, rule)
        if one.lack is not None:
            counts = (
                Counter({Verdict.NOT_ASSESSABLE.word: len(self.wanted)}) if len(self.wanted) else Counter()
            )
            kept = Verdict.NOT_ASSESSABLE.word in keep
            return (list(one.without(self.wanted, one.lack.sentence)) if kept else []), counts
        applies = one.flagged()
        verdicts = None if keep >= WORDS else quick.verdicts(rule, one.limit, self.stage)
        found = None if verdicts is not None else one.judge(applies)
        if verdicts is None:
            verdicts = found.verdicts(self.timeline.size)
        verdicts[applies == UNKNOWN] = Verdict.NOT_ASSESSABLE
        asked = verdicts if self.all else verdicts[self.wanted]
        counts = Counter({v.word: count for v in Verdict if (count := int(np.count_nonzero(asked == v)))})
        kept = [v for v in Verdict if v.word in keep and v.word in counts]
        return (list(one.rows(found, applies, self.wanted[np.isin(asked, kept)])) if kept else []), counts

    def obligations(self, rule: ClockRule) -> Iterator[Made]:
        """One row for each obligation."""
        one = _One(self, rule)
        if one.lack is None:
            yield from one.obligations(one.judge(one.flagged()))


@dataclass
class _One:
    """One rule with what is said of it."""

    clocks: VectorClocks
    rule: ClockRule
    limit: Limit | None = field(init=False)
    wording: Wording = field(init=False)

    def __post_init__(self) -> None:
        self.limit = self.clocks.context.limit(self.rule)
        self.lack, self.blind = self.clocks.prepared.missing(self.rule)
        self.wording = Wording(self.rule, self.limit, self.blind)

    def flagged(self) -> Array:
        """To which stays the rule applies; those that it is asked of are flagged on the stage."""
        applies = self.clocks.applying.of(self.rule.applies)
        self.clocks.stage.judge(self.clocks.flags & (applies == TRUE))
        return applies

    def judge(self, applies: Array, chosen: Array | None = None) -> Duties:
        """Every obligation; chosen: only of these encounters."""
        stage = self.clocks.stage
        if chosen is not None:
            flags = np.zeros(stage.size, np.bool_)
            flags[chosen] = True
            stage.judge(flags & (applies == TRUE))
        return duties(self.rule, self.limit, stage, self._shifts(), frozenset(self.blind))

    def _shifts(self) -> Shifts | None:
        if self.limit is None or self.limit.unit is not Unit.SHIFT:
            return None
        loaded = self.clocks.loaded
        names = ("institution", "department", "kind", "started_at", "ended_at")
        size = np.arange(loaded.size(TABLE))
        return Shifts(
            _taken(loaded, TABLE, names, size), self._places(self.clocks.wanted), self.clocks.context
        )

    def _places(self, encounters: Array) -> Places:
        """Where these stays lay."""
        loaded, timeline = self.clocks.loaded, self.clocks.timeline
        stays = _taken(loaded, "stays", _PLACE, encounters)
        if "transfers" not in loaded or not loaded.has("transfers", "at"):
            return Places(stays)
        flags = np.zeros(timeline.size + 1, np.bool_)  # the last stands for stays that are not there
        flags[encounters] = True
        moves = np.flatnonzero(flags[timeline.encounter("transfers")])
        return Places(stays, _taken(loaded, "transfers", _MOVES, moves))

    def without(self, encounters: Array, reason: str) -> Iterator[Made]:
        """Rows that say only that it cannot be assessed."""
        made = self._assembler(encounters, {})
        for stay in self._stays(encounters):
            yield made.plain(stay, Verdict.NOT_ASSESSABLE, reason)

    def rows(self, found: Duties | None, applies: Array, chosen: Array) -> Iterator[Made]:
        """The verdict rows of some encounters. found: all obligations; None when they are still to be made."""
        if not len(chosen):
            return
        found = self.judge(applies, chosen) if found is None else found
        of_duties, failed_of = found.deciding()
        size = self.clocks.timeline.size
        deciding, failed = np.full(size, NOBODY), np.zeros(size, np.int64)
        own = found.encounter[of_duties]
        deciding[own], failed[own] = of_duties, failed_of
        places = deciding[chosen]
        looked = self._looked(found, places[places != NOBODY])
        made = self._assembler(chosen, looked)
        for encounter, place, stay in zip(chosen, places, self._stays(chosen), strict=True):
            if place != NOBODY:
                duty = self._duty(found, int(place))
                yield made.decided(stay, duty, max(0, int(failed[encounter]) - 1))
            elif applies[encounter] == FALSE:
                yield made.plain(stay, Verdict.NOT_APPLICABLE, NOT_APPLIES)
            elif applies[encounter] == UNKNOWN:
                yield made.plain(stay, Verdict.NOT_ASSESSABLE, self.wording.unknown_applies())
            else:
                yield made.plain(stay, Verdict.NOT_APPLICABLE, self.wording.no_anchor())

    def obligations(self, every: Duties) -> Iterator[Made]:
        """A row for each obligation."""
        places = np.arange(len(every))
        encounters = np.unique(every.encounter)
        made = self._assembler(encounters, self._looked(every, places))
        stays = dict(zip(encounters.tolist(), self._stays(encounters), strict=True))
        for place in places:
            yield made.obligation(stays[int(every.encounter[place])], self._duty(every, int(place)))

    def _duty(self, every: Duties, place: int):
        duty = every.one(place, None)
        return every.one(place, warn(self.rule, duty.since, duty.due))

    def _assembler(self, encounters: Array, looked: Mapping[tuple[str, int], Made]) -> Assembler:
        def look(table: str, number: int) -> Made:
            return looked[table, number]

        return Assembler(self.rule, self.wording, self.clocks.context, self._places(encounters), look)

    def _stays(self, encounters: Array) -> list[Made]:
        return _taken(self.clocks.loaded, "stays", (*_PLACE, *OF_STAY.values()), encounters)

    def _looked(self, every: Duties, places: Array) -> dict[tuple[str, int], Made]:
        """The rows that the obligations at these places name, with what is told of them."""
        named = [np.stack([every.table[places].astype(np.int64), every.row[places]], axis=1)]
        draft = every.why[places] == Why.UNSIGNED
        for lane, flags in ((every.answers, ~draft), (every.drafts, draft)):
            hit = every.hit[places[flags]]
            hit = hit[hit != NOBODY]
            named.append(np.stack([lane.table[hit].astype(np.int64), lane.row[hit]], axis=1))
        rows_of = np.concatenate(named)
        found: dict[tuple[str, int], Made] = {}
        for code in np.unique(rows_of[:, 0]):
            table = TABLE_NAMES[code]
            numbers = np.unique(rows_of[rows_of[:, 0] == code, 1])
            rows = _taken(self.clocks.loaded, table, self._told(table), numbers)
            found |= {(table, int(number)): row for number, row in zip(numbers, rows, strict=True)}
        return found

    def _told(self, table: str) -> list[str]:
        """The key, and who did it."""
        parts = [p for s in (self.rule.when, self.rule.then) for p in s.parts]
        by = [p.by.column for p in parts if p.table == table and p.by is not None]
        names = [name for names in OF_ANCHOR.values() for name in names if name in TABLES[table].column_names]
        return list(dict.fromkeys([*key_columns(table), *by, *names]))


def _taken(loaded: Loaded, table: str, names: Sequence[str], rows: Array) -> list[Made]:
    """Some rows as dicts."""
    places = pa.array(rows, pa.int64())
    columns = [loaded.column(table, name).take(places) for name in names]
    return pa.table(columns, names=list(names)).to_pylist()
