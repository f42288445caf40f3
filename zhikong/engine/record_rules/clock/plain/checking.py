"""Verdicts and obligations of clock rules in plain Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from zhikong.engine.backends.source import Source
from zhikong.engine.record_rules.clock import needs
from zhikong.engine.record_rules.clock.assembling import Assembler
from zhikong.engine.record_rules.clock.context import Context
from zhikong.engine.record_rules.clock.duty import Duty
from zhikong.engine.record_rules.clock.model import ClockRule
from zhikong.engine.record_rules.clock.places import Places
from zhikong.engine.record_rules.clock.plain.judging import duties
from zhikong.engine.record_rules.clock.plain.world import Encounter, World
from zhikong.engine.record_rules.clock.shifts import TABLE, Shifts
from zhikong.engine.record_rules.clock.wording import NOT_APPLIES, Wording
from zhikong.engine.record_rules.model import Verdict

Made = dict[str, Any]


class PlainClocks:
    """Judges clock rules on the encounters with the given numbers of rows in `stays`."""

    def __init__(
        self, source: Source, context: Context, undelivered: frozenset[str], wanted: Sequence[int] | None
    ) -> None:
        self.source, self.context, self.undelivered, self.wanted = source, context, undelivered, wanted
        self.world = World(source, context.now, undelivered)
        tables = self.world.tables
        self.places = Places(tables.get("stays", ()), tables.get("transfers", ()))
        self.shifts = Shifts(tables.get(TABLE, ()), self.places, context)

    def verdicts(self, rule: ClockRule) -> Iterator[Made]:
        """One row for each encounter."""
        ready = _Ready(self, rule)
        for encounter in self.world.encounters(self.wanted):
            yield ready.verdict(encounter)

    def obligations(self, rule: ClockRule) -> Iterator[Made]:
        """One row for each obligation."""
        ready = _Ready(self, rule)
        for encounter in self.world.encounters(self.wanted):
            yield from ready.obligations(encounter)


class _Ready:
    """One rule with what is said of it."""

    def __init__(self, clocks: PlainClocks, rule: ClockRule) -> None:
        self.clocks, self.rule = clocks, rule
        self.limit = clocks.context.limit(rule)
        self.lack = needs.missing(rule, clocks.source, clocks.undelivered)
        excuses = {i: needs.blind(s, clocks.source, clocks.undelivered) for i, s in enumerate(rule.unless)}
        self.blind = {i: reason for i, reason in excuses.items() if reason is not None}
        wording = Wording(rule, self.limit, self.blind)
        self.made = Assembler(rule, wording, clocks.context, clocks.places, self._look)

    def _look(self, table: str, number: int) -> Mapping[str, Any]:
        return self.clocks.world.tables[table][number]

    def verdict(self, encounter: Encounter) -> Made:
        if self.lack is not None:
            return self.made.plain(encounter.stay, Verdict.NOT_ASSESSABLE, self.lack.sentence)
        applies = encounter.applies(self.rule.applies)
        if applies is False:
            return self.made.plain(encounter.stay, Verdict.NOT_APPLICABLE, NOT_APPLIES)
        if applies is None:
            reason = self.made.wording.unknown_applies()
            return self.made.plain(encounter.stay, Verdict.NOT_ASSESSABLE, reason)
        return self.made.verdict(encounter.stay, self._duties(encounter))

    def obligations(self, encounter: Encounter) -> Iterator[Made]:
        if self.lack is None and encounter.applies(self.rule.applies):
            for duty in self._duties(encounter):
                yield self.made.obligation(encounter.stay, duty)

    def _duties(self, encounter: Encounter) -> list[Duty]:
        clocks = self.clocks
        blind = frozenset(self.blind)
        return duties(self.rule, self.limit, encounter, clocks.context, clocks.shifts, blind)
