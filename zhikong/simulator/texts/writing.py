"""Fills the templates for each document: once without identifiers, once as delivered, with the spans of these."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhikong.engine.tables import arrow_schema
from zhikong.simulator.columns import month_words, one, stay_ids
from zhikong.simulator.texts import defects
from zhikong.simulator.texts.library import (
    IDENTIFYING,
    PLACEHOLDERS,
    Template,
    kinds,
)
from zhikong.simulator.texts.library import (
    sections as templates_of,
)
from zhikong.simulator.texts.persons import FORMS, Persons
from zhikong.simulator.texts.slots import Slots
from zhikong.simulator.texts.variation import varied

CRITICAL = "危急值"  # the section of notes on critical values, which are of type 38 as well
SPANS = pa.schema(
    [
        ("stay_id", pa.string()), ("document_id", pa.string()), ("section", pa.string()), ("seq", pa.int64()),
        ("start", pa.int64()), ("end", pa.int64()), ("kind", pa.string()), ("form", pa.string()),
        ("month", pa.string()),
    ]
)  # fmt: skip
"""`planted_spans`: characters `start` to `end` (excluded) of the text in `delivered_sections`."""


@dataclass
class Filled:
    """Sections of one name: positions of their documents, both texts, and the spans by row within this lot."""

    section: str
    seq: int
    own: np.ndarray
    text: pa.Array
    delivered: pa.Array | None
    spans: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, str, str]] = field(default_factory=list)


def sections(made, kept, *, delivered: bool) -> dict[str, pa.Table]:
    """`document_sections` of the documents kept, and with `delivered` the raw texts and their spans."""
    rng = made.block.rng("texts")
    slots, persons = Slots(made, kept, rng), Persons(made.block)
    defects.mark(slots, rng)
    lots = []
    for kind in kinds():
        documents = np.flatnonzero(slots.kind == kind)
        for seq, (name, templates) in enumerate(templates_of(kind).items(), start=1):
            own = documents[slots.ref[documents] >= 0] if name == CRITICAL else documents
            own = own[slots.ref[own] < 0] if kind == 38 and name != CRITICAL else own
            own = defects.without_missing(made, kept, slots, kind, name, own, rng)
            if len(own):
                lot = _filled(slots, persons, name, seq, templates, own, rng, delivered)
                lots.append(varied(made.block, kept, kind, lot))
    lots = [defects.planted(made, kept, slots, lot, rng) for lot in lots]
    return _tables(made, kept, lots, delivered)


def _filled(slots: Slots, persons: Persons, name, seq, templates, own, rng, delivered: bool) -> Filled:
    """One template for each document, then all filled template by template."""
    variant = rng.integers(0, len(templates), len(own))
    texts, raw, spans, places = [], [], [], []
    for number, template in enumerate(templates):
        chosen = np.flatnonzero(variant == number)
        if len(chosen):
            clear, dirty, found = _fill(slots, persons, template, own[chosen], delivered)
            texts.append(clear)
            raw.append(dirty)
            places.append(chosen)
            spans += [(chosen[row], *rest) for row, *rest in found]
    back = pa.array(np.argsort(np.concatenate(places), kind="stable"))
    whole = pa.concat_arrays(raw).take(back) if delivered else None
    return Filled(name, seq, own, pa.concat_arrays(texts).take(back), whole, spans)


def _fill(slots: Slots, persons: Persons, template: Template, own, delivered: bool):
    """Clear text, delivered text and spans of one template."""
    clear: list = [template.pieces[0]]
    dirty: list = [template.pieces[0]]
    spans, at = [], np.full(len(own), len(template.pieces[0]))
    for slot, literal in zip(template.pieces[1::2], template.pieces[2::2], strict=True):
        kind = IDENTIFYING.get(slot)
        clear += [PLACEHOLDERS[kind] if kind else slots.get(slot, own), literal]
        if delivered:
            value, form = _delivered(slots, persons, slot, own) if kind else (clear[-2], None)
            end = at + _length(value)
            spans += [(np.arange(len(own)), at, end, form, kind, slot)] if kind else []
            dirty += [value, literal]
            at = end + len(literal)
    return _joined(clear, len(own)), _joined(dirty, len(own)) if delivered else None, spans


def _delivered(slots: Slots, persons: Persons, slot: str, own: np.ndarray) -> tuple[pa.Array, np.ndarray]:
    """The identifier as it is written, and in which form."""
    return persons.written(slot, slots.author[own] if slot in ("doctor", "titled") else slots.i[own])


def _length(values: pa.Array) -> np.ndarray:
    return pc.utf8_length(values).to_numpy(zero_copy_only=False)


def _joined(pieces: list, count: int) -> pa.Array:
    """Literals and arrays one after the other; all literals give the same text in each row."""
    if all(isinstance(piece, str) for piece in pieces):
        return one("".join(pieces), count)
    return pc.binary_join_element_wise(*pieces, "")


def _tables(made, kept, lots: list[Filled], delivered: bool) -> dict[str, pa.Table]:
    """All lots in order of document and section."""
    own = np.concatenate([lot.own for lot in lots])
    seq = np.concatenate([np.full(len(lot.own), lot.seq) for lot in lots])
    names = np.repeat(np.arange(len(lots)), [len(lot.own) for lot in lots])
    order = np.lexsort((seq, own))
    ids = kept.columns["document_id"]
    columns = {
        "stay_id": stay_ids(made.block.first + kept.i[own[order]]),
        "document_id": ids.take(pa.array(own[order])),
        "seq": pa.array(seq[order]),
        "section": pa.array([_section(lot.section) for lot in lots]).take(pa.array(names[order])),
        "text": pa.concat_arrays([lot.text for lot in lots]).take(pa.array(order)),
    }
    closed = made.block.now is None
    if closed:
        columns["month"] = month_words(made.block.cohort.month[kept.i[own[order]]])
    schema = arrow_schema("document_sections", with_month=closed)
    tables = {"document_sections": pa.table([columns[f.name] for f in schema], schema=schema)}
    if delivered:
        raw = pa.concat_arrays([lot.delivered for lot in lots]).take(pa.array(order))
        tables["delivered_sections"] = pa.table(
            [(columns | {"text": raw})[f.name] for f in schema], schema=schema
        )
        tables["planted_spans"] = _spans(made, kept, lots)
    return tables


def _section(name: str) -> str:
    return "危急值处理" if name == CRITICAL else name


def _spans(made, kept, lots: list[Filled]) -> pa.Table:
    """Where identifiers stand in the delivered texts."""
    parts = [SPANS.empty_table()]
    for lot in lots:
        for row, start, end, form, kind, slot in lot.spans:
            document = lot.own[row]
            i = kept.i[document]
            month = (
                month_words(made.block.cohort.month[i])
                if made.block.now is None
                else pa.nulls(len(row), pa.string())
            )
            parts.append(
                pa.table(
                    [
                        stay_ids(made.block.first + i), kept.columns["document_id"].take(pa.array(document)),
                        one(_section(lot.section), len(row)), pa.array(np.full(len(row), lot.seq)), pa.array(start),
                        pa.array(end), one(kind, len(row)), pa.array(FORMS[slot]).take(pa.array(form)), month,
                    ],
                    schema=SPANS,
                )
            )  # fmt: skip
    return pa.concat_tables(parts)
