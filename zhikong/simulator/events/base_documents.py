"""The documents made before events were: unchanged in what they were, with title, levels and countersignature.

Their verdicts against the time limits stay as they were. Some signatures are moved to the limit itself: a late
one to a minute after it, one in time to the limit or a minute before.
"""

import numpy as np
import pyarrow as pa

from zhikong.simulator import records
from zhikong.simulator.clock import DAY
from zhikong.simulator.columns import department_words
from zhikong.simulator.events.lots import TYPES, Lot
from zhikong.simulator.events.rows import NEVER, Ids, Rows, Words
from zhikong.simulator.events.staffing import LEVELS, levels
from zhikong.simulator.procedures import staff_numbers

HOUR = 60
# type: title, hours allowed, the planter's rule
KINDS = {
    records.FIRST_NOTE: ("首次病程记录", 8, "first_note_8_h"),
    records.ADMISSION: ("入院记录", 24, "admission_record_24_h"),
    records.SHORT_STAY: ("24小时内入出院记录", 24, "short_stay_record_24_h"),
    records.SHORT_STAY_DEATH: ("24小时内入院死亡记录", 24, "short_stay_death_record_24_h"),
    records.ROUND: ("主治医师首次查房记录", 48, "attending_round_48_h"),
    records.DISCHARGE: ("出院记录", 24, "discharge_record_24_h"),
    records.DEATH: ("死亡记录", 24, "death_record_24_h"),
    records.DEATH_REVIEW: ("死亡病例讨论记录", 168, "death_review_1_week"),
    records.FRONT_PAGE: ("住院病案首页", 24, "front_page_24_h"),
    records.RESCUE: ("抢救记录", 6, "rescue_record_6_h"),
    records.TRANSFER: ("转入记录", 24, "transfer_in_24_h"),
    records.OPERATION: ("手术记录", 24, "operation_record_24_h"),
    records.AFTER_OPERATION: ("术后首次病程记录", 2, "first_note_after_operation_2_h"),
}
_COSIGNED = (
    records.ADMISSION,
    records.SHORT_STAY,
    records.SHORT_STAY_DEATH,
    records.DISCHARGE,
    records.FIRST_NOTE,
    records.RESCUE,
)
COSIGN_WITHIN = DAY


def rows(made) -> tuple[Rows, dict[str, np.ndarray]]:
    """The old documents as rows of the new table, and their marks for the texts."""
    block, before = made.block, made.before
    rng, count = block.rng("base documents"), len(before.stay)
    i, start = before.stay, block.rows(block.stages.documents.stay).start
    hours = np.zeros(54, np.int64)
    for kind, (_, limit, _) in KINDS.items():
        hours[kind] = limit
    clock = before.due - hours[before.kind] * HOUR
    signed = _to_the_minute(rng, before)
    author = np.where(before.senior, block.attending(i), block.resident(i))
    about, ref = _about(made, clock)
    cosigner, cosigned, odd = _countersigned(rng, block, before, signed)
    written = np.minimum(before.written, signed)
    created = np.maximum(np.minimum(clock, written), written - rng.integers(5, 60, count))
    key = (
        Ids("W", start + 1 + np.arange(count), 9)
        if block.now is None
        else Ids("WK", block.first * 40 + np.arange(count), 9)
    )
    titles = [*(KINDS[kind][0] if kind in KINDS else "" for kind in range(54)), "再次入院记录"]
    again = (before.kind == records.ADMISSION) & block.of(block.stages.returned)[i]
    columns = {
        "document_id": key,
        "type": Words(before.kind, TYPES),
        "written_at": written,
        "signed_at": signed,
        "author": Words(author, staff_numbers()),
        "department": department_words(before.department),
        "title": Words(np.where(again, len(titles) - 1, before.kind), titles),
        "occurred_at": clock,
        "created_at": created,
        "author_level": Words(levels()[author], LEVELS),
        "cosigned_by": Words(cosigner, staff_numbers()),
        "cosigner_level": Words(np.where(cosigner >= 0, levels()[cosigner], -1), LEVELS),
        "cosigned_at": cosigned,
        "about": about,
    }
    _remember(made, before, signed, key, odd, hours)
    blank = np.full(count, -1)
    marks = {
        "kind": before.kind,
        "ref": ref,
        "odd": odd,
        "rule": blank,
        "limit": before.due,
        "day": np.zeros(count, np.int64),
    }
    if set(marks) != set(Lot.MARKS):
        raise ValueError("marks of the old documents differ from those of a lot")
    return Rows("documents", i, columns), marks


def _to_the_minute(rng, before: records.Documents) -> np.ndarray:
    """Signatures, one in a hundred moved to the limit without changing its verdict."""
    late, chosen = before.signed > before.due, rng.random(len(before.stay)) < 0.01
    edge = np.where(late, 1, -rng.integers(0, 2, len(before.stay)))
    return np.where(chosen, before.due + edge, before.signed)


def _about(made, clock: np.ndarray) -> tuple[pa.Array, np.ndarray]:
    """Which operation, rescue or transfer a document is about, found by the minute its limit runs from."""
    before, surgery, rescues = made.before, made.surgery, made.rescues
    ref = np.full(len(before.stay), -1)
    for kinds, stay, moment in (
        ((records.OPERATION, records.AFTER_OPERATION), surgery.i, surgery.ended),
        ((records.RESCUE,), rescues.i, rescues.ended),
    ):
        order = np.lexsort((moment, stay))
        known = stay[order] * 10**9 + moment[order]
        own = np.flatnonzero(np.isin(before.kind, kinds))
        if len(order) and len(own):
            wanted = before.stay[own] * 10**9 + clock[own]
            place = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
            nearest = np.where(stay[order[place]] == before.stay[own], place, np.maximum(place - 1, 0))
            fits = stay[order[nearest]] == before.stay[own]
            ref[own] = np.where(fits, order[nearest], -1)
    operation = np.isin(before.kind, (records.OPERATION, records.AFTER_OPERATION)) & (ref >= 0)
    text = np.full(len(ref), None, dtype=object)
    text[operation] = [f"operations:{n}" for n in surgery.seq[ref[operation]]]
    rescue = (before.kind == records.RESCUE) & (ref >= 0)
    text[rescue] = rescue_keys(rescues.started[ref[rescue]])
    text[before.kind == records.TRANSFER] = "transfers:1"
    return pa.array(text, pa.string()), ref


def rescue_keys(started: np.ndarray) -> list[str]:
    """'rescues:2026-01-01T10:05' of the minutes at which rescues began."""
    return [f"rescues:{moment}" for moment in started.astype("datetime64[m]").astype(str)]


def _countersigned(rng, block, before: records.Documents, signed: np.ndarray):
    """A senior countersigns what a resident wrote, mostly within a day; some never."""
    owed = np.isin(before.kind, _COSIGNED) & ~before.senior
    missing = owed & (rng.random(len(signed)) < 0.008)
    there = owed & ~missing
    u = rng.random(len(signed))
    taken = np.where(u < 0.03, COSIGN_WITHIN + 2 + (rng.exponential(900, len(signed))).astype(np.int64),
                     np.where(u < 0.036, COSIGN_WITHIN + rng.integers(-1, 2, len(signed)), (20 + 1200 * rng.beta(1.2, 2.5, len(signed))).astype(np.int64)))  # fmt: skip
    who = np.where(there, block.attending(before.stay), -1)
    return who, np.where(there, signed + taken, NEVER), np.where(missing, 2, 0)


def _remember(made, before: records.Documents, signed, key: Ids, odd, hours) -> None:
    """Late ones, those within a minute of the limit, missing countersignatures, and owed ones that are not there."""
    book, block = made.book, made.block
    over = signed - before.due
    for kind, (_, limit, rule) in KINDS.items():
        own = np.flatnonzero((before.kind == kind) & (over >= -1))
        book.add(
            rule,
            "documents",
            key.take(own),
            before.stay[own],
            limit=limit * HOUR,
            deviation=over[own],
            fault=over[own] > 0,
        )
        owed = _owed(block, kind)
        if owed is not None:
            lost = np.setdiff1d(np.flatnonzero(owed), before.stay[before.kind == kind])
            book.add(f"{rule}_missing", "stays", Ids("S", block.first + lost + 1, 8), lost)
    own = np.flatnonzero(odd == 2)
    book.add("cosignature_missing", "documents", key.take(own), before.stay[own])


def _owed(block, kind: int) -> np.ndarray | None:
    """Which stays owe this document, one each; None for documents of operations."""
    cohort, full = block.cohort, block.full
    owed = {
        records.FIRST_NOTE: np.ones(len(block), bool),
        records.ADMISSION: full,
        records.SHORT_STAY: ~full & ~cohort.dead,
        records.ROUND: cohort.nights >= 2,
        records.DISCHARGE: full & ~cohort.dead,
        records.DEATH_REVIEW: cohort.dead,
        records.RESCUE: block.of(block.stages.outcome.rescues) > 0,
        records.TRANSFER: block.parts > 1,
    }
    return owed.get(kind)
