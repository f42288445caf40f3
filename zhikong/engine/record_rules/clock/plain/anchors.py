"""What starts the clock in one encounter."""

from __future__ import annotations

from dataclasses import dataclass, replace

from zhikong.engine.record_rules.clock.context import holds_on
from zhikong.engine.record_rules.clock.duty import Row, Why
from zhikong.engine.record_rules.clock.model import ClockRule, Demand, Pick, Selection
from zhikong.engine.record_rules.clock.plain.states import states
from zhikong.engine.record_rules.clock.plain.world import Encounter


@dataclass(frozen=True, slots=True)
class Anchor:
    """at: None when the time is unknown. until: the end of the state that it begins. doubt: why it is not certain that
    the clock started."""

    row: Row
    at: int | None
    about: str | None
    until: int | None = None
    doubt: Why | None = None


def anchors(rule: ClockRule, encounter: Encounter) -> list[Anchor]:
    """Every anchor of the rule, by time, those with an unknown time last."""
    found = _of_states(rule, encounter) if rule.of_state else _of_events(rule, encounter)
    found = [a for a in found if holds_on(rule, encounter.admitted if a.at is None else a.at)]
    picked = _picked(found, rule.pick)
    if rule.demand is Demand.EVERY:  # there the clock runs only inside the states
        return picked
    return [b for a in picked if (b := _in_states(rule, encounter, a)) is not None]


def _of_events(rule: ClockRule, encounter: Encounter) -> list[Anchor]:
    ahead = rule.demand is Demand.BEFORE
    found = []
    for one in encounter.happenings(rule.when):
        if not one.happened or (one.at is not None and one.at > encounter.now and not ahead):
            continue
        doubt = None if one.sure else Why.ANCHOR
        found.append(Anchor(one.row, one.at, one.about, None, doubt))
    return found


def _of_states(rule: ClockRule, encounter: Encounter) -> list[Anchor]:
    found = states(encounter, rule.when)
    made = [Anchor(p.row, p.start, p.about, p.end) for p in found.periods]
    return [replace(a, doubt=Why.STATES) for a in made] if found.doubtful else made


def _picked(found: list[Anchor], pick: Pick) -> list[Anchor]:
    if pick is Pick.EACH or len(found) < 2:
        return found
    known = [a for a in found if a.at is not None] or found
    one = known[0] if pick is Pick.FIRST else known[-1]
    doubtful = any(a.doubt or a.at is None for a in found)
    return [replace(one, doubt=one.doubt or Why.ANCHOR) if doubtful else one]


def _in_states(rule: ClockRule, encounter: Encounter, anchor: Anchor) -> Anchor | None:
    """The anchor with its doubts, or None when a state speaks against it."""
    for selection, wanted in ((rule.during, True), (rule.not_during, False)):
        held = _holds(selection, encounter, anchor.at) if selection is not None else wanted
        if held is None:
            anchor = replace(anchor, doubt=anchor.doubt or Why.STATES)
        elif held is not wanted:
            return None
    return anchor


def _holds(selection: Selection, encounter: Encounter, at: int | None) -> bool | None:
    """Whether a state holds at the minute; None when it cannot be said."""
    found = states(encounter, selection)
    if at is None:
        return None if found.periods or found.doubtful else False
    if found.holds(at):
        return True
    return None if found.doubtful else False
