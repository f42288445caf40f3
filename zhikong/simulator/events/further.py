"""Documents and talks that rules demand beyond those of `papers`: visits of the surgeon, checks of safety, handovers.

They are added after everything else from streams of chance of their own, so that what stood before stays as it was.
"""

from dataclasses import dataclass

import numpy as np

from zhikong.simulator.clock import DAY
from zhikong.simulator.events.block import Block
from zhikong.simulator.events.consents import AGENT
from zhikong.simulator.events.lots import Lot
from zhikong.simulator.events.papers import head_of
from zhikong.simulator.events.planting import Book, delays
from zhikong.simulator.events.rows import NEVER, Ids, Rows, joined, numbers
from zhikong.simulator.events.staffing import pick
from zhikong.simulator.events.surgery import Surgery, about

LONG_STAY = 30 * DAY
BEFORE_LEAVING = 48 * 60
COUNT_WITHIN = 30
"""Minutes after the end of an operation until the count of instruments is signed."""
_AGREED = (1, 2, 3)  # ways of leaving on a doctor's order


@dataclass(frozen=True)
class Beyond:
    """What the further documents are made from."""

    block: Block
    book: Book
    surgery: Surgery
    papers: Rows
    talks: Rows
    devices: Rows
    forgotten: list[tuple[np.ndarray, np.ndarray]]  # stay and minute of documents left out on purpose

    def due(self, name: str, i, clock, limit: int, *, usual=0.35, until=None):
        """Minutes of signing at most `limit` after `clock`, late, missing and on the edge as planted.

        `until`: what is done in time is done before this minute. Gives the minutes and which are there.
        """
        rng = self.block.rng(f"further {name}")
        taken, _ = delays(rng, len(i), limit, late=self.block.careless(0.02), edge=0.02, usual=usual)
        signed = clock + np.maximum(taken, 1)
        if until is not None:
            signed = np.where(taken <= limit, np.minimum(signed, np.maximum(until - 1, clock + 1)), signed)
        return signed, rng.random(len(i)) >= self.block.careless(0.006)

    def ahead(self, name: str, start, usual):
        """Minutes of signing before `start`: as usual, or planted at the minute itself, beside it or too late."""
        rng = self.block.rng(f"further {name}")
        u, edge = rng.random(len(start)), start + rng.integers(-1, 2, len(start))
        late = start + 20 + (rng.random(len(start)) * 240).astype(np.int64)
        signed = np.select(
            [u < self.block.careless(0.01), u < self.block.careless(0.02)], [edge, late], usual
        )
        return signed, rng.random(len(start)) >= self.block.careless(0.006)


def documents(made: Beyond, answers: Lot) -> Rows:
    """All further rows of `documents`; `answers` are the records of further consultations."""
    nothing = np.full(len(answers.i), NEVER)
    told = Planned("consultation_record", answers, nothing, nothing == NEVER, 120)
    lots = [told, *_of_surgeons(made), *_of_theatre(made), *_of_things(made), *_of_long_stays(made), _leaving(made), _taken_over(made), _mandates(made)]  # fmt: skip
    return numbered(made, lots)


def numbered(made: Beyond, lots: list["Planned"], prefix: str = "WX") -> Rows:
    """The lots as rows with their numbers; what was planted is entered, and what is missing left out."""
    rows = joined([planned.lot.rows(made.block) for planned in lots])
    order = np.argsort(np.concatenate([planned.lot.i for planned in lots]), kind="stable")
    rule = np.concatenate([np.full(len(planned.lot.i), n) for n, planned in enumerate(lots)])[order]
    over = np.concatenate([planned.over for planned in lots])[order]
    there = np.concatenate([planned.there for planned in lots])[order]
    key = Ids(prefix, numbers(made.block, rows.i))
    for n, planned in enumerate(lots):
        near = np.flatnonzero((rule == n) & there & (over >= -1))
        lost = np.flatnonzero((rule == n) & ~there)
        made.book.add(
            planned.rule, "documents", key.take(near), rows.i[near],
            limit=planned.limit, deviation=over[near], fault=over[near] > 0,
        )  # fmt: skip
        made.book.add(f"{planned.rule}_missing", "documents", key.take(lost), rows.i[lost])
    rows.columns = {"document_id": key, **rows.columns}
    return rows.take(there)


@dataclass(frozen=True)
class Planned:
    """A lot, the planter's rule for it, minutes beyond the limit, and which rows are there."""

    rule: str
    lot: Lot
    over: np.ndarray
    there: np.ndarray
    limit: int


def _of_surgeons(made: Beyond):
    """The operator sees the patient before an elective operation, and within a day after every operation."""
    surgery, block = made.surgery, made.block
    own = np.flatnonzero(surgery.knife & surgery.elective)
    i, start = surgery.i[own], surgery.started[own]
    room = np.maximum(start - block.admitted[i] - 10, 2)
    usual = (
        start
        - 5
        - np.minimum(room - 1, 20 + (block.rng("further usual").random(len(own)) * 900).astype(np.int64))
    )
    signed, there = made.ahead("surgeon before", start, np.minimum(usual, start - 2))
    signed = np.maximum(signed, block.admitted[i])
    yield Planned("surgeon_round_before", _lot(39, "术者术前查房记录", i, signed, surgery.operator[own], surgery.seq[own]),
                  signed - start, there, 0)  # fmt: skip
    own = np.flatnonzero(surgery.knife)
    i, end = surgery.i[own], surgery.ended[own]
    signed, there = made.due("surgeon after", i, end, DAY, until=block.discharged[i])
    yield Planned("surgeon_round_after_24_h", _lot(39, "术者术后查房记录", i, signed, surgery.operator[own], surgery.seq[own]),
                  signed - end - DAY, there, DAY)  # fmt: skip


def _lot(kind: int, title: str, i, signed, author, operation=None, occurred=None) -> Lot:
    subject = None if operation is None else about("operations", operation)
    return Lot(
        kind, i, signed - 3 if occurred is None else occurred, signed - 2, signed, author, title, subject
    )


def _of_theatre(made: Beyond):
    """The check of safety, signed by the end of the operation, and the count of instruments right after it."""
    surgery = made.surgery
    own = np.flatnonzero(surgery.knife & surgery.narcosis)
    i, end = surgery.i[own], surgery.ended[own]
    nurse = pick(made.block.rng("further theatre"), "nurse", surgery.department[own])
    signed, there = made.ahead("safety", end, np.maximum(end - 6, surgery.started[own]))
    yield Planned(
        "safety_check_by_end",
        _lot(19, "手术安全核查表", i, signed, nurse, surgery.seq[own]),
        signed - end,
        there,
        0,
    )
    signed, there = made.due("count", i, end, COUNT_WITHIN)
    yield Planned("count_within_30_min", _lot(19, "手术清点记录", i, signed, nurse, surgery.seq[own]), signed - end - COUNT_WITHIN,
                  there, COUNT_WITHIN)  # fmt: skip


def _of_things(made: Beyond):
    """Costly implants are recorded at the end of the operation; a tube that slipped is written down by a nurse."""
    surgery, block = made.surgery, made.block
    rng = block.rng("further things")
    own = np.flatnonzero(surgery.knife & (rng.random(len(surgery)) < 0.12))
    i, end = surgery.i[own], surgery.ended[own]
    nurse = pick(rng, "nurse", surgery.department[own])
    nothing = np.full(len(own), NEVER)
    yield Planned(
        "consumable_record",
        _lot(22, "高值耗材使用记录", i, end + 12, nurse, surgery.seq[own]),
        nothing,
        nothing == NEVER,
        0,
    )
    out = made.devices.columns["removed_at"]
    own = np.flatnonzero(np.asarray(made.devices.columns["unplanned_removal"], bool) & (out != NEVER))
    i, clock = made.devices.i[own], out[own]
    signed, there = made.due("slipped", i, clock, DAY, usual=0.1)
    nurse = pick(rng, "nurse", block.department_at(i, np.minimum(clock, block.discharged[i])))
    yield Planned(
        "slipped_tube_record_24_h",
        _lot(17, "一般护理记录", i, signed, nurse),
        signed - clock - DAY,
        there,
        DAY,
    )


def _of_long_stays(made: Beyond):
    """The great round of stays beyond thirty days, on the day after."""
    block = made.block
    i = np.flatnonzero(block.length > LONG_STAY)
    clock = block.admitted[i] + LONG_STAY
    signed, there = made.due("great round", i, clock, DAY)
    yield Planned("great_round_31_d", _lot(39, "大查房记录", i, signed, head_of(block.department_at(i, signed))),
                  signed - clock - DAY, there, DAY)  # fmt: skip


def _leaving(made: Beyond) -> Planned:
    """Within 48 hours before leaving a senior agrees to it."""
    block = made.block
    rng = block.rng("further leaving")
    agreed = np.isin(block.of(block.stages.outcome.way), _AGREED) & ~block.cohort.dead
    i = np.flatnonzero(agreed & (block.length >= BEFORE_LEAVING))
    gap = 10 + (rng.random(len(i)) * 1400).astype(np.int64)
    u = rng.random(len(i))
    gap = np.where(u < 0.02, BEFORE_LEAVING + rng.integers(-1, 2, len(i)), gap)
    gap = np.where((u >= 0.02) & (u < 0.03), BEFORE_LEAVING + 3 + (u * 4e4).astype(np.int64), gap)
    signed = np.maximum(block.discharged[i] - gap, block.admitted[i] + 5)
    there = rng.random(len(i)) >= block.careless(0.02)
    lot = _lot(
        39, "出院前上级医师查房记录", i, signed, pick(rng, "specialist", block.department_at(i, signed))
    )
    return Planned(
        "round_before_discharge", lot, block.discharged[i] - signed - BEFORE_LEAVING, there, BEFORE_LEAVING
    )


def _taken_over(made: Beyond) -> Planned:
    """Who takes over a patient writes so within a day."""
    title, signed = made.papers.columns["title"], made.papers.columns["signed_at"]
    own = np.flatnonzero(title.array().to_numpy(zero_copy_only=False) == "交班记录")
    own = own[signed[own] != NEVER]
    i, clock = made.papers.i[own], signed[own]
    done, there = made.due("taken over", i, clock, DAY, until=made.block.discharged[i])
    return Planned("taking_over_24_h", _lot(41, "接班记录", i, done, made.block.attending(i), occurred=clock), done - clock - DAY,
                   there, DAY)  # fmt: skip


def _mandates(made: Beyond) -> Planned:
    """Where an agent signs, a mandate was signed before."""
    talks = made.talks
    own = np.flatnonzero((talks.columns["signer"].index == AGENT) & (talks.columns["signed_at"] != NEVER))
    i = np.unique(talks.i[own])
    first = np.full(len(made.block), 1 << 50)
    np.minimum.at(first, talks.i[own], talks.columns["signed_at"][own])
    start = first[i]
    signed, there = made.ahead("mandate", start, np.maximum(start - 15, made.block.admitted[i] - 30))
    return Planned(
        "mandate_before_agent",
        _lot(31, "授权委托书", i, signed, made.block.resident(i)),
        signed - start,
        there,
        0,
    )
