"""From the obligations of an encounter to the rows that are handed out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zhikong.engine.record_rules.clock.context import Context
from zhikong.engine.record_rules.clock.duty import Duty, Row, rank, state_of, verdict_of
from zhikong.engine.record_rules.clock.model import ClockRule, Selection
from zhikong.engine.record_rules.clock.moments import moment
from zhikong.engine.record_rules.clock.places import Places
from zhikong.engine.record_rules.clock.rows import reference
from zhikong.engine.record_rules.clock.wording import Wording
from zhikong.engine.record_rules.model import Role, Verdict

Values = Mapping[str, Any]
Look = Callable[[str, int], Values]
"""The row of a table by its number."""
OF_STAY = {Role.RESIDENT: "resident_doctor", Role.ATTENDING: "attending_doctor"}
OF_ANCHOR = {
    Role.OPERATOR: ("operator", "led_by"),
    Role.ANAESTHETIST: ("anaesthetist",),
    Role.NURSE: ("nurse",),
    Role.CONSULTANT: ("doctor",),
}


def deciding(duties: Sequence[Duty]) -> Duty | None:
    """The obligation that decides the verdict on the encounter: the first of the gravest."""
    return min(duties, key=lambda duty: rank(duty.why), default=None)


@dataclass
class Assembler:
    """Makes the rows of one rule."""

    rule: ClockRule
    wording: Wording
    context: Context
    places: Places
    look: Look

    def verdict(self, stay: Values, duties: Sequence[Duty]) -> dict[str, Any]:
        """One encounter's row from all its obligations."""
        one = deciding(duties)
        if one is None:
            return self.plain(stay, Verdict.NOT_APPLICABLE, self.wording.no_anchor())
        failed = sum(1 for duty in duties if verdict_of(duty.why) is Verdict.FAIL)
        return self.decided(stay, one, max(0, failed - 1))

    def decided(self, stay: Values, duty: Duty, more: int) -> dict[str, Any]:
        """The row of an encounter whose deciding obligation is known; more: how many others failed."""
        return self._row(stay, duty) | {"reason": self.wording.reason(duty, more)}

    def plain(self, stay: Values, verdict: Verdict, reason: str) -> dict[str, Any]:
        """A row without an obligation."""
        institution, department = self.places.at(stay["stay_id"], None)
        return {
            "encounter": stay["stay_id"],
            "rule": self.rule.id,
            "version": self.rule.version,
            "verdict": verdict.word,
            "reason": reason,
            "institution": institution,
            "department": department,
        }

    def obligation(self, stay: Values, duty: Duty) -> dict[str, Any]:
        """One obligation's row."""
        state = state_of(duty.why, duty.warn, self.context.minute)
        return self._row(stay, duty) | {
            "reason": self.wording.reason(duty),
            "warn_at": _time(duty.warn),
            "state": state.value,
            "explanation": self.wording.explanation(duty),
        }

    def _row(self, stay: Values, duty: Duty) -> dict[str, Any]:
        institution, department = self.places.at(stay["stay_id"], duty.since)
        return {
            "encounter": stay["stay_id"],
            "rule": self.rule.id,
            "version": self.rule.version,
            "verdict": verdict_of(duty.why).word,
            "due_at": _time(duty.due),
            "at": _time(duty.at),
            "anchor": self._named(duty.anchor),
            "anchor_at": _time(duty.since),
            "subject": None if duty.subject is None else self._named(duty.subject),
            "responsible": self._responsible(stay, duty),
            "institution": institution,
            "department": department,
        }

    def _named(self, row: Row) -> str:
        return reference(row.table, self.look(row.table, row.number)) or f"{row.table}:#{row.number + 1}"

    def _responsible(self, stay: Values, duty: Duty) -> str | None:
        role = self.rule.responsible
        if role in OF_STAY:
            return stay.get(OF_STAY[role])
        if role is Role.AUTHOR:
            return self._by(self.rule.then, duty.subject) or self._by(self.rule.when, duty.anchor)
        row = self.look(duty.anchor.table, duty.anchor.number)
        return next((row[name] for name in OF_ANCHOR.get(role, ()) if row.get(name)), None)

    def _by(self, selection: Selection, row: Row | None) -> str | None:
        """Who wrote or did it."""
        if row is None:
            return None
        part = next((p for p in selection.parts if p.table == row.table and p.by is not None), None)
        return (
            None if part is None or part.by is None else self.look(row.table, row.number).get(part.by.column)
        )


def _time(minute: int | None):
    return None if minute is None else moment(minute)
