"""The record: documents made before with what is new about them, and all further ones that events demand."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa

from zhikong.simulator import records
from zhikong.simulator.clock import DAY
from zhikong.simulator.events import base_documents, notes, papers
from zhikong.simulator.events.block import Block
from zhikong.simulator.events.conditions import Rescues
from zhikong.simulator.events.consents import Plan
from zhikong.simulator.events.lots import Lot
from zhikong.simulator.events.planting import Book
from zhikong.simulator.events.rows import NEVER, Ids, Rows, joined, numbers
from zhikong.simulator.events.surgery import Surgery
from zhikong.simulator.texts import writing

SIGN_WITHIN = DAY
"""Minutes from the end of writing to the signature."""


@dataclass
class Written:
    """What the documents are made from: everything that happened in the block."""

    block: Block
    book: Book
    surgery: Surgery
    rescues: Rescues
    planned: Plan
    transfusions: Rows
    consultations: Rows
    consents: Rows
    assessments: Rows
    results: Rows
    periods: Rows
    allergy: np.ndarray
    marks: dict[str, np.ndarray] = field(default_factory=dict)  # per document row: what the texts refer to
    forgotten: list[tuple[np.ndarray, np.ndarray]] = field(
        default_factory=list
    )  # stay and minute of lost documents

    @cached_property
    def before(self) -> records.Documents:
        """The documents made before events were, of this block; open stays have their own."""
        stages = self.block.stages
        made = stages.documents
        if self.block.now is not None:
            made = records.documents(
                stages.seed,
                stages.cohort,
                stages.movement,
                stages.outcome,
                stages.procedures,
                of_open=True,
                careless=stages.profile.careless,
            )
        rows = self.block.rows(made.stay)
        parts = {name: getattr(made, name)[rows] for name in records.Documents.__dataclass_fields__}
        return records.Documents(**parts | {"stay": parts["stay"] - self.block.first})


def documents(made: Written) -> Rows:
    """The table `documents`, in order of stay and time written."""
    block = made.block
    old, old_marks = base_documents.rows(made)
    lots = [*papers.papers(made), *notes.notes(made)]
    new = joined([lot.rows(block) for lot in lots])
    order = np.argsort(np.concatenate([lot.i for lot in lots]), kind="stable")
    marks = {n: np.concatenate([getattr(lot, n) for lot in lots])[order] for n in Lot.MARKS}
    new.columns = {"document_id": Ids("WS", numbers(block, new.i)), **new.columns}
    new, kept = _planted(made, new, marks)
    marks = {n: values[kept] for n, values in marks.items()}
    return _together(made, old, old_marks, new, marks)


def _planted(made: Written, rows: Rows, marks: dict[str, np.ndarray]) -> tuple[Rows, np.ndarray]:
    """Enter what has a limit; drop some that are owed; sign some late or not at all."""
    rng, book = made.block.rng("planted documents"), made.book
    key, limit, rule = rows.columns["document_id"], marks["limit"], marks["rule"]
    signed, written = rows.columns["signed_at"].copy(), rows.columns["written_at"]
    gone = (rule >= 0) & (rng.random(len(rows)) < made.block.careless(0.004))
    made.forgotten.append((rows.i[gone], written[gone]))
    u = rng.random(len(rows))
    free = (limit == NEVER) & ~gone
    late = free & (u < 0.0025)
    edge = free & (u >= 0.0025) & (u < 0.004)
    unsigned = free & (u >= 0.004) & (u < 0.0055)
    signed = np.where(late, written + SIGN_WITHIN + 2 + (u * 4e6).astype(np.int64), signed)
    signed = np.where(edge, written + SIGN_WITHIN + rng.integers(-1, 2, len(rows)), signed)
    signed = np.where(unsigned, NEVER, signed)
    for number, name in enumerate(papers.RULES):
        own = np.flatnonzero((rule == number) & ~gone)
        over = signed[own] - limit[own]
        near = np.flatnonzero((limit[own] != NEVER) & (over >= -1))
        book.add(name, "documents", key.take(own[near]), rows.i[own[near]], limit=papers.LIMITS.get(name),
                 deviation=over[near], fault=over[near] > 0)  # fmt: skip
        lost = np.flatnonzero((rule == number) & gone)
        book.add(f"{name}_missing", "documents", key.take(lost), rows.i[lost])
    for name, where in (("signature_late", late), ("signature_late", edge)):
        own = np.flatnonzero(where)
        over = (signed - written)[own] - SIGN_WITHIN
        book.add(
            name, "documents", key.take(own), rows.i[own], limit=SIGN_WITHIN, deviation=over, fault=over > 0
        )
    book.add("signature_missing", "documents", key.take(np.flatnonzero(unsigned)), rows.i[unsigned])
    _wrong_levels(made, rows, marks, ~gone)
    changed = Rows("documents", rows.i, rows.columns | {"signed_at": signed})
    return changed.take(~gone), ~gone


def _wrong_levels(made: Written, rows: Rows, marks: dict[str, np.ndarray], kept: np.ndarray) -> None:
    """Rounds of a senior that a resident wrote, and notes that lack the countersignature."""
    key = rows.columns["document_id"]
    for mark, name in ((1, "senior_round_level"), (2, "cosignature_missing")):
        own = np.flatnonzero((marks["odd"] == mark) & kept)
        made.book.add(name, "documents", key.take(own), rows.i[own])


def _together(made: Written, old: Rows, old_marks, new: Rows, marks) -> Rows:
    """Old and new documents by stay and time; the marks follow them for the texts."""
    both_id = pa.concat_arrays([old.columns["document_id"].array(), new.columns["document_id"].array()])
    i = np.concatenate([old.i, new.i])
    order = np.lexsort((np.concatenate([r.columns["written_at"] for r in (old, new)]), i))
    by_stay = np.argsort(i, kind="stable")
    names = [n for n in old.columns if n != "document_id"]
    one, two = (Rows("documents", r.i, {n: r.columns[n] for n in names}) for r in (old, new))
    whole = joined([one, two])  # in the order `by_stay`
    place = np.empty(len(order), np.int64)
    place[by_stay] = np.arange(len(by_stay))
    whole = whole.take(place[order])
    whole.columns = {"document_id": both_id.take(pa.array(order)), **whole.columns}
    made.marks = {n: np.concatenate([old_marks[n], marks[n]])[order] for n in Lot.MARKS}
    made.marks["row"] = np.arange(len(order))
    whole.columns["_row"] = made.marks["row"]
    whole.columns["_occurred"] = whole.columns["occurred_at"].copy()
    return whole


def sections(made: Written, kept: Rows, *, delivered: bool) -> dict[str, pa.Table]:
    """`document_sections` of the documents kept, and what was delivered with the spans of its identifiers."""
    return writing.sections(made, kept, delivered=delivered)
