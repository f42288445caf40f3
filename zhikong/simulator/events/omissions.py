"""What the people of a careless hospital forget beside all that is planted elsewhere: rows left out, times moved.

Only hospitals whose profile `omits` come here, after everything else was made. Each kind of omission happens at least
once where there is anything to omit.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from zhikong.simulator.clock import DAY
from zhikong.simulator.events.block import Block
from zhikong.simulator.events.omission_kinds import BLANK, LATER, LOST
from zhikong.simulator.events.planting import Book
from zhikong.simulator.events.rows import Rows, Words
from zhikong.simulator.events.shelf import COURSE, KNIFE, Shelf, without


def omitted(block: Block, book: Book, rows: dict[str, Rows]) -> None:
    """Take away and move what this hospital forgets; `rows` are changed."""
    shelf = Shelf(block, book, rows)
    _returned(shelf)
    _noticed_reactions(shelf)
    for rule, table, where, share, *also in LOST:
        own = shelf.chosen(rule, rows[table].i[where(shelf)], share)
        for lost_from, lost in ((table, where), *also):
            shelf.drop(lost_from, lost(shelf) & shelf.of(lost_from, own))
    for rule, table, column, where, minutes, share in LATER:
        own = shelf.chosen(rule, rows[table].i[where(shelf)], share)
        shelf.later(table, column, where(shelf) & shelf.of(table, own), minutes)
    for rule, table, column, where, share in BLANK:
        own = shelf.chosen(rule, rows[table].i[where(shelf)], share)
        shelf.change(table, column, without(rows[table].columns[column], where(shelf) & shelf.of(table, own)))
    _silences(shelf)
    _first_hours(shelf)
    _around_rescues(shelf)
    _juniors(shelf)
    _learners(shelf)


def _returned(s: Shelf) -> None:
    """A few operations were returns that nobody had planned, nor discussed."""
    rows = s.rows["operations"]
    knife = s.is_("operations", "kind", *KNIFE)
    second = knife & np.asarray(rows.columns["elective"], bool)
    own = s.chosen("unplanned_return", rows.i[second], 0.01)
    s.change(
        "operations",
        "unplanned_return",
        np.asarray(rows.columns["unplanned_return"], bool) | (second & s.of("operations", own)),
    )


def _noticed_reactions(s: Shelf) -> None:
    """A few more reactions to blood than the front page has."""
    rows = s.rows["transfusions"]
    held = np.array(rows.columns["reaction"].to_pylist(), dtype=object)
    own = s.chosen("reaction_to_blood", rows.i, 0.1)
    first = np.arange(len(rows)) == np.searchsorted(rows.i, rows.i)
    s.change(
        "transfusions",
        "reaction",
        pa.array(np.where(first & s.of("transfusions", own), "1", held).tolist(), pa.string()),
    )


def _silences(s: Shelf) -> None:
    """Days without any note: the first days of a stay, days of serious condition, a week in the middle."""
    rows = s.rows["documents"]
    signed, start = rows.columns["signed_at"], s.block.admitted // DAY * DAY
    course = s.is_("documents", "type", *COURSE)
    early = course & (signed >= start[rows.i] + DAY) & (signed < start[rows.i] + 3 * DAY)
    own = s.chosen("silent_first_days", rows.i[early & (s.block.length[rows.i] > 4 * DAY)], 0.004)
    s.drop("documents", early & s.of("documents", own))
    for rule, table, column, kinds, days in (
        ("silent_serious_days", "condition_periods", "started_at", ("serious",), 4),
        ("silent_critical_days", "condition_periods", "started_at", ("critical",), 2),
        ("silent_after_operation", "operations", "ended_at", KNIFE, 3),
    ):
        begin = s.first(table, column, s.is_(table, "kind", *kinds))
        _silent_from(s, rule, begin, days)
    _silent_from(
        s, "silent_week", np.where(s.block.length > 12 * DAY, s.block.admitted + 3 * DAY, 1 << 50), 7
    )


def _silent_from(s: Shelf, rule: str, begin: np.ndarray, days: int) -> None:
    """No note of the course on so many days after the day on which it begins."""
    rows = s.rows["documents"]
    signed, first = rows.columns["signed_at"], (begin // DAY + 1) * DAY
    inside = (
        s.is_("documents", "type", *COURSE)
        & (signed >= begin[rows.i])
        & (signed < first[rows.i] + days * DAY)
    )
    long = np.flatnonzero((begin < 1 << 49) & (s.block.discharged > first + days * DAY))
    own = s.chosen(rule, long, 0.03)
    s.drop("documents", inside & s.of("documents", own))


def _first_hours(s: Shelf) -> None:
    """Nothing is ordered in the first hours."""
    rows = s.rows["orders"]
    since = rows.columns["ordered_at"] - s.block.admitted[rows.i]
    for rule, hours in (("silent_first_half_hour", 1), ("silent_first_hours", 9)):
        rows = s.rows["orders"]
        since = rows.columns["ordered_at"] - s.block.admitted[rows.i]
        soon = since <= hours * 60
        own = s.chosen(rule, rows.i[soon], 0.004)
        s.drop("orders", soon & s.of("orders", own))


def _juniors(s: Shelf) -> None:
    """Records of operations that a resident wrote and nobody countersigned."""
    rows = s.rows["documents"]
    record = s.is_("documents", "type", "09")
    own = record & s.of("documents", s.chosen("operation_record_by_resident", rows.i[record], 0.02))
    author, level = rows.columns["author"], rows.columns["author_level"]
    resident = np.where(own, s.block.resident(rows.i), author.index)
    s.change("documents", "author", Words(resident, author.values))
    rank = list(level.values).index("resident")
    s.change("documents", "author_level", Words(np.where(own, rank, level.index), level.values))


def _learners(s: Shelf) -> None:
    """Notes of interns: some countersigned, some not; rescues that no senior countersigned."""
    rows = s.rows["documents"]
    note = s.is_("documents", "title", "日常病程记录", "阶段小结")
    own = note & s.of("documents", s.chosen("notes_of_interns", rows.i[note], 0.03))
    level = rows.columns["author_level"]
    rank = list(level.values).index("intern")
    s.change("documents", "author_level", Words(np.where(own, rank, level.index), level.values))
    saved = s.is_("documents", "type", "44")
    lost = saved & s.of("documents", s.chosen("rescue_not_countersigned", rows.i[saved], 0.05))
    for column in ("cosigned_by", "cosigner_level", "cosigned_at"):
        s.change("documents", column, without(s.rows["documents"].columns[column], lost))


def _around_rescues(s: Shelf) -> None:
    """Verbal orders of a rescue are never written down; a reaction to blood is not noted."""
    ended = s.first("rescues", "ended_at", np.ones(len(s.rows["rescues"]), bool))
    rows = s.rows["orders"]
    near = np.abs(rows.columns["ordered_at"] - ended[rows.i]) < 7 * 60
    own = s.chosen("omitted_verbal_orders", rows.i[near], 0.05)
    s.drop("orders", near & s.of("orders", own))
    reacted = np.array(s.rows["transfusions"].columns["reaction"].to_pylist(), dtype=object) == "1"
    begun = s.first("transfusions", "ended_at", reacted)
    rows = s.rows["documents"]
    since = rows.columns["signed_at"] - begun[rows.i]
    noted = s.is_("documents", "type", *COURSE, "13") & (since > -5 * 60) & (since < 25 * 60)
    own = s.chosen("omitted_reaction", rows.i[noted], 0.2)
    s.drop("documents", noted & s.of("documents", own))
