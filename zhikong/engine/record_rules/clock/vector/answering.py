"""Writing into obligations who answered them, or that nobody did."""

from __future__ import annotations

from zhikong.engine.record_rules.clock.duty import Why
from zhikong.engine.record_rules.clock.vector.duties import Duties
from zhikong.engine.record_rules.clock.vector.keys import Array
from zhikong.engine.record_rules.clock.vector.lanes import Lane
from zhikong.engine.record_rules.clock.vector.matching import Matched


def answered(made: Duties, answers: Matched, places: Array, start: Array, times: int, why: Why) -> None:
    """The obligations at these places were answered; start: for each obligation its first answer."""
    taken(made, answers.sure, places, start, times, why)


def taken(made: Duties, lane: Lane, places: Array, start: Array, times: int, why: Why) -> None:
    """The same by the rows of a lane."""
    _write(made, lane, places, start[places] + times - 1, why)


def of_some(
    made: Duties, answers: Matched, rest: Array, chosen: Array, start: Array, times: int, why: Why
) -> None:
    """The same for those of `rest` that are chosen; start: for each of `rest`."""
    _write(made, answers.sure, rest[chosen], start[chosen] + times - 1, why)


def _write(made: Duties, lane: Lane, places: Array, hit: Array, why: Why) -> None:
    made.why[places] = why
    made.at[places] = lane.at[hit]
    made.subject_table[places] = lane.table[hit]
    made.subject_row[places] = lane.row[hit]


def absent(made: Duties, answers: Matched, rest: Array, chosen: Array) -> None:
    """Nothing was done; where a draft lies there, it is named. answers: of `rest`."""
    if not len(chosen):
        return
    there, place = answers.take(chosen).draft()
    places = rest[chosen][there]
    made.why[places] = Why.UNSIGNED
    made.subject_table[places] = answers.drafts.table[place[there]]
    made.subject_row[places] = answers.drafts.row[place[there]]
