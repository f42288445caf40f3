"""Talks and consents, each before what it allows, with the violations and near misses to the minute."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhikong.engine.tables.event_codes import CONSENT_KIND, SIGNER
from zhikong.simulator.events.block import Block
from zhikong.simulator.events.planting import Book, delays, remember_delays
from zhikong.simulator.events.rows import NEVER, Ids, Rows, Words, joined, numbers
from zhikong.simulator.events.surgery import Surgery, about
from zhikong.simulator.procedures import staff_numbers

KINDS = [code for code, _ in CONSENT_KIND.values]
SIGNERS = [code for code, _ in SIGNER.values]
PATIENT, RELATIVE, AGENT, NOBODY = range(4)
TALK_WITHIN = 72 * 60
"""Minutes from admission to the talk with patient or relatives (入院72h沟通谈话)."""


@dataclass(frozen=True)
class Plan:
    """When an operation was discussed, consented to and ordered; all before it begins."""

    discussed: np.ndarray
    consented: np.ndarray
    ordered: np.ndarray


def plan(block: Block, surgery: Surgery) -> Plan:
    """Discussion, consent, order, incision: in this order, whatever the time there was."""
    rng = block.rng("plan of operations")
    room = surgery.started - block.admitted[surgery.i]
    discussed = block.admitted[surgery.i] + (room * rng.uniform(0.2, 0.5, len(surgery))).astype(np.int64)
    consented = (
        discussed + 1 + ((surgery.started - discussed) * rng.uniform(0.1, 0.6, len(surgery))).astype(np.int64)
    )
    consented = np.minimum(consented, surgery.started - 2)
    ordered = consented + ((surgery.started - consented) * rng.uniform(0.1, 0.5, len(surgery))).astype(
        np.int64
    )
    return Plan(
        np.minimum(discussed, consented),
        consented,
        np.maximum(np.minimum(ordered, surgery.started - 1), consented),
    )


def consents(block: Block, book: Book, surgery: Surgery, planned: Plan, given: Rows, periods: Rows) -> Rows:
    """The table `consents`."""
    rng = block.rng("consents")
    lots = [
        _admission(rng, block),
        _of_operations(rng, block, surgery, planned.consented, surgery.knife, "operation"),
        _of_operations(
            rng, block, surgery, planned.consented + 1, surgery.knife & surgery.narcosis, "anaesthesia"
        ),
        _of_operations(rng, block, surgery, planned.consented, ~surgery.knife, "special"),
        _of_blood(rng, block, given),
        _critical(rng, block, periods),
        _leaving(rng, block),
        _simple(rng, block, 0.3, "self_paid", 0.3),
    ]
    whole = joined([rows for rows, _ in lots])
    order = np.argsort(np.concatenate([rows.i for rows, _ in lots]), kind="stable")
    limit = np.concatenate([limit for _, limit in lots])[order]
    whole.columns = {"consent_id": Ids("T", numbers(block, whole.i)), **whole.columns}
    return _planted(rng, block, book, whole, limit)


def lot(rng, block: Block, kind: str, i, talked, signed, subject: pa.Array | None = None) -> Rows:
    """Talks of one kind, signed by the patient, a relative or an agent."""
    count = len(i)
    child = block.cohort.age[i] < 18
    u = rng.random(count)
    signer = np.where(child | (u < 0.3), RELATIVE, np.where(u < 0.34, AGENT, PATIENT))
    columns = {
        "kind": Words(np.full(count, KINDS.index(kind)), KINDS),
        "talked_at": talked,
        "doctor": Words(
            np.where(rng.random(count) < 0.6, block.resident(i), block.attending(i)), staff_numbers()
        ),
        "signer": Words(signer, SIGNERS),
        "signed_at": signed,
        "about": pa.nulls(count, pa.string()) if subject is None else subject,
    }
    return Rows("consents", i, columns)


def _admission(rng, block: Block):
    """The talk after admission; its limit is 72 hours."""
    i = np.arange(len(block))
    taken, _ = delays(rng, len(i), TALK_WITHIN, late=block.careless(0.012), edge=0.006, usual=0.25)
    taken = np.minimum(taken, np.maximum(block.length - 3, 1))
    talked = block.admitted + taken
    return lot(
        rng, block, "admission", i, talked - np.minimum(taken, 6), talked
    ), block.admitted + TALK_WITHIN


def _of_operations(rng, block: Block, surgery: Surgery, signed, where, kind: str):
    own = np.flatnonzero(where)
    i, signed = surgery.i[own], np.minimum(signed[own], surgery.started[own] - 2)
    talked = np.maximum(signed - rng.integers(5, 40, len(own)), block.admitted[i])
    return lot(
        rng, block, kind, i, np.minimum(talked, signed), signed, about("operations", surgery.seq[own])
    ), surgery.started[own]


def _of_blood(rng, block: Block, given: Rows):
    """One consent for each stay with blood, before the first transfusion."""
    first = np.unique(given.i, return_index=True)[1]
    i, start = given.i[first], given.columns["started_at"][first]
    signed = np.maximum(given.columns["requested_at"][first] - rng.integers(2, 60, len(i)), block.admitted[i])
    signed = np.minimum(signed, start - 2)
    subject = pa.array(given.columns["transfusion_id"].take(first).array())
    return lot(
        rng,
        block,
        "transfusion",
        i,
        np.maximum(signed - 1, block.admitted[i]),
        signed,
        _subject("transfusions", subject),
    ), start


def _subject(prefix: str, key: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(prefix, key, ":")


def _critical(rng, block: Block, periods: Rows):
    """A notice for each period of critical or serious condition."""
    own = np.flatnonzero(periods.columns["kind"].index < 2)
    i, start = periods.i[own], periods.columns["started_at"][own]
    talked = start + rng.integers(0, 25, len(own))
    return lot(rng, block, "critical", i, talked, talked + rng.integers(1, 10, len(own))), np.full(
        len(own), NEVER
    )


def _leaving(rng, block: Block):
    """Who leaves against advice signs that he was told."""
    i = np.flatnonzero(block.of(block.stages.outcome.way) == 4)
    signed = np.maximum(block.discharged[i] - rng.integers(3, 240, len(i)), block.admitted[i] + 2)
    return lot(rng, block, "refusal", i, signed - 2, signed), block.discharged[i]


def _simple(rng, block: Block, share: float, kind: str, when: float):
    i = np.flatnonzero(rng.random(len(block)) < share)
    signed = block.inside(i, rng.random(len(i)) * when)
    return lot(rng, block, kind, i, signed - 1, signed), np.full(len(i), NEVER)


def _planted(rng, block: Block, book: Book, whole: Rows, limit: np.ndarray) -> Rows:
    """Unsigned, missing and late ones: late means after what they allow has begun."""
    kind, key = whole.columns["kind"].index, whole.columns["consent_id"]
    signed, talked = whole.columns["signed_at"].copy(), whole.columns["talked_at"].copy()
    signer = whole.columns["signer"].index.copy()
    u, edge = rng.random(len(whole)), rng.integers(-1, 2, len(whole))
    before_act = np.isin(
        kind, [KINDS.index(k) for k in ("operation", "anaesthesia", "special", "transfusion")]
    )
    moved = before_act & (u < 0.012)
    signed = np.where(moved, limit + np.where(u < 0.008, edge, 30), signed)
    blank = before_act & (u > 0.996)
    signed, signer = np.where(blank, NEVER, signed), np.where(blank, NOBODY, signer)
    talked = np.where(moved, np.minimum(talked, signed), talked)
    gone = (np.isin(kind, [KINDS.index(k) for k in ("operation", "anaesthesia", "transfusion", "critical")])
            & (u > 0.5) & (u < 0.503))  # fmt: skip
    for number, name in enumerate(KINDS):
        own = np.flatnonzero((kind == number) & ~gone & ~blank & (limit != NEVER))
        if name == "admission":
            remember_delays(
                book,
                "admission_talk_72_h",
                "consents",
                key.take(own),
                whole.i[own],
                (signed - limit)[own] + TALK_WITHIN,
                TALK_WITHIN,
            )
        elif before_act[own].any():
            remember_delays(
                book,
                f"consent_before_{name}",
                "consents",
                key.take(own),
                whole.i[own],
                (signed - limit)[own],
                0,
            )
        lost = np.flatnonzero(gone & (kind == number))
        book.add(f"consent_missing_{name}", "consents", key.take(lost), whole.i[lost])
    book.add("consent_not_signed", "consents", key.take(np.flatnonzero(blank)), whole.i[blank])
    changed = {"signed_at": signed, "talked_at": talked, "signer": Words(signer, SIGNERS)}
    return Rows("consents", whole.i, whole.columns | changed).take(~gone)
