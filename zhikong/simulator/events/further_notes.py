"""Progress notes on each of the first three days after an operation or a transfer, where none was written yet."""

import numpy as np

from zhikong.simulator.clock import DAY
from zhikong.simulator.events.further import Beyond, Planned, numbered
from zhikong.simulator.events.lots import Lot
from zhikong.simulator.events.rows import NEVER, Ids, Rows, numbers

COURSE = ("37", "38", "39", "40", "41", "42", "43", "44", "46", "47", "48")
"""Types of documents that are notes of the course."""
DAYS = 3
_LAST_HOUR = 12 * 60


def notes(made: Beyond, papers: Rows) -> Rows:
    """Further rows of `documents`; days that stay without a note are entered as `note_after_event_missing`."""
    i, day = _wanted(made)
    known = _written(made, papers)
    free = ~np.isin(i * 100_000 + day, known)
    i, day = i[free], day[free]
    rng = made.block.rng("further notes")
    written = day * DAY + 8 * 60 + rng.integers(0, 200, len(i))
    signed = written + 3 + rng.integers(0, 30, len(i))
    rows = Lot(38, i, written, written, signed, made.block.resident(i), "日常病程记录").rows(made.block)
    key = Ids("WY", numbers(made.block, i))
    gone = rng.random(len(i)) < made.block.careless(0.006)
    made.book.add("note_after_event_missing", "documents", key.take(np.flatnonzero(gone)), i[gone])
    rows.columns = {"document_id": key, **rows.columns}
    return rows.take(~gone)


def noted(made: Beyond, consultations: Rows, results: Rows) -> Rows:
    """Notes of what consultants advised and of what pathology or cultures told; some were forgotten."""
    done = consultations.columns["completed_at"]
    own = np.flatnonzero(done != NEVER)
    kind = np.array([str(v) for v in results.columns["kind"].values])[results.columns["kind"].index]
    flag = np.array([str(v) for v in results.columns["abnormal"].values])[results.columns["abnormal"].index]
    odd = np.flatnonzero(np.isin(kind, ("pathology", "microbiology")) & (flag == "A"))
    lots = [
        _told(made, "consultation_noted_24_h", "会诊意见执行记录", consultations.i[own], done[own], DAY),
        _told(
            made,
            "abnormal_result_noted_3_d",
            "检查结果分析记录",
            results.i[odd],
            results.columns["at"][odd],
            3 * DAY,
        ),
    ]
    return numbered(made, lots, "WZ")


def _told(made: Beyond, name: str, title: str, i, clock, limit: int) -> Planned:
    signed, there = made.due(name, i, clock, limit, usual=0.2)
    lot = Lot(38, i, signed - 5, signed - 2, signed, made.block.resident(i), title)
    return Planned(name, lot, signed - clock - limit, there, limit)


def _wanted(made: Beyond) -> tuple[np.ndarray, np.ndarray]:
    """Stay and day of each note owed, in order, each once: only days of which the patient sees the afternoon."""
    block, surgery = made.block, made.surgery
    knife = np.flatnonzero(surgery.knife)
    moved, part = np.nonzero(block.of(block.stages.movement.department)[:, 1:] >= 0)
    at = block.of(block.stages.movement.start)[moved, part + 1]
    i = np.concatenate([surgery.i[knife], moved, np.arange(len(block))])
    clock = np.concatenate([surgery.ended[knife], at, block.admitted])
    i, day = np.repeat(i, DAYS), np.repeat(clock // DAY, DAYS) + np.tile(np.arange(1, DAYS + 1), len(i))
    here = day * DAY + _LAST_HOUR < block.discharged[i]
    found = np.unique(i[here] * 100_000 + day[here])
    return found // 100_000, found % 100_000


def _written(made: Beyond, papers: Rows) -> np.ndarray:
    """Stay and day of every note of the course, also of those that were forgotten on purpose."""
    kind, signed = papers.columns["type"], papers.columns["signed_at"]
    own = np.isin(np.array([str(value) for value in kind.values])[kind.index], COURSE) & (signed != NEVER)
    there = papers.i[own] * 100_000 + signed[own] // DAY
    return np.unique(np.concatenate([there, *(i * 100_000 + at // DAY for i, at in made.forgotten)]))
