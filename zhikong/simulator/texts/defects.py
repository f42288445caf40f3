"""Defects of content planted in the texts: missing and blank sections, contradictions, copied notes."""

import dataclasses

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhikong.simulator.events.surgery import LEFT, RIGHT
from zhikong.simulator.texts.slots import AGE_DEFECT, SIDE_DEFECT, Slots

_OWED = {
    34: ("主诉", "现病史", "既往史", "体格检查"),
    37: ("诊断依据", "鉴别诊断", "诊疗计划"),
    49: ("诊疗经过", "出院医嘱"),
}
"""Sections whose absence is planted as a defect; others may be left out without one."""
_OF_SEX = (
    "；妇科检查：子宫大小正常，双附件未触及包块",
    "；直肠指检：前列腺Ⅱ度增大，质韧",
)  # said of men, of women
COPIED, BORROWED = 3, 4


def mark(slots: Slots, rng: np.random.Generator) -> None:
    """Choose the documents whose side or age will contradict the tables."""
    u = rng.random(len(slots.i))
    everyone = np.arange(len(slots.i))
    sided = np.isin(slots.side_of(everyone), [LEFT, RIGHT]) & np.isin(slots.kind, [9, 48])
    slots.defect = np.where(sided & (u < 0.012), SIDE_DEFECT, 0)
    slots.defect = np.where((slots.kind == 37) & (u > 0.997), AGE_DEFECT, slots.defect)


def _keys(kept, own: np.ndarray, section: str) -> pa.Array:
    return pc.binary_join_element_wise(kept.columns["document_id"].take(pa.array(own)), section, "|")


def without_missing(made, kept, slots: Slots, kind: int, section: str, own: np.ndarray, rng) -> np.ndarray:
    """The documents that have this section; where an owed one is left out it is in the ledger."""
    gone = (rng.random(len(own)) < 0.003) & (section in _OWED.get(kind, ()))
    lost = own[gone]
    made.book.add("section_missing", "document_sections", _keys(kept, lost, section), kept.i[lost])
    return own[~gone]


def planted(made, kept, slots: Slots, lot, rng: np.random.Generator):
    """The lot with contradictions, blanks and copies; the contradictions of the slots are entered too."""
    kind = slots.kind[lot.own[0]]
    if kind in (34, 37, 49):
        lot = _blank(made, kept, lot, rng)
    _enter_slots(made, kept, slots, lot)
    copies = np.zeros(len(lot.own), bool)
    if lot.section == "病程记录":
        lot, copies = _copies(made, kept, lot)
    if kind in (34, 37, 38) and lot.section in ("体格检查", "病例特点", "病程记录"):
        written = pc.greater(pc.utf8_length(lot.text), 2).to_numpy(zero_copy_only=False)
        lot = _other_sex(made, kept, lot, rng, ~copies & written)
    if kind in (9, 48) and lot.section in ("手术经过", "术后首次病程"):
        lot = _other_side_named(made, kept, slots, lot, rng)
    return lot


def _enter_slots(made, kept, slots: Slots, lot) -> None:
    """Texts that came out with the wrong side or age."""
    defect, text = slots.defect[lot.own], lot.text
    side = slots.side_of(lot.own)
    wrong = pc.if_else(
        pa.array(side == LEFT), pc.match_substring(text, "右侧"), pc.match_substring(text, "左侧")
    )
    own = np.flatnonzero(
        (defect == SIDE_DEFECT) & np.isin(side, [LEFT, RIGHT]) & wrong.to_numpy(zero_copy_only=False)
    )
    made.book.add(
        "operation_side_contradiction",
        "document_sections",
        _keys(kept, lot.own[own], lot.section),
        kept.i[lot.own[own]],
    )
    age = made.block.cohort.age[kept.i[lot.own]] + 11
    told = np.flatnonzero(defect == AGE_DEFECT)
    told = told[[f"{age[n]}岁" in text[int(n)].as_py() for n in told]] if len(told) else told
    made.book.add(
        "age_contradiction",
        "document_sections",
        _keys(kept, lot.own[told], lot.section),
        kept.i[lot.own[told]],
    )


def _appended(lot, rows: np.ndarray, addition: pa.Array):
    """The lot with something added to some texts; spans before it stay where they are."""
    mask = np.zeros(len(lot.own), bool)
    mask[rows] = True
    extra = pc.if_else(pa.array(mask), addition, "")
    raw = None if lot.delivered is None else pc.binary_join_element_wise(lot.delivered, extra, "")
    return dataclasses.replace(lot, text=pc.binary_join_element_wise(lot.text, extra, ""), delivered=raw)


def _other_sex(made, kept, lot, rng, free: np.ndarray):
    """Findings of the other sex; not in copied notes nor in those that they were copied from."""
    rows = np.flatnonzero((rng.random(len(lot.own)) < 0.0012) & free)
    male = made.block.cohort.male[kept.i[lot.own]]
    made.book.add(
        "sex_contradiction",
        "document_sections",
        _keys(kept, lot.own[rows], lot.section),
        kept.i[lot.own[rows]],
    )
    return _appended(lot, rows, pa.array(_OF_SEX).take(pa.array(np.where(male, 0, 1))))


def _other_side_named(made, kept, slots: Slots, lot, rng):
    """Near misses: the other side is named, but as healthy."""
    side = slots.side_of(lot.own)
    fit = np.isin(side, [LEFT, RIGHT]) & (slots.defect[lot.own] != SIDE_DEFECT)
    rows = np.flatnonzero(fit & (rng.random(len(lot.own)) < 0.012))
    made.book.add("operation_side_contradiction", "document_sections", _keys(kept, lot.own[rows], lot.section),
                  kept.i[lot.own[rows]], fault=False)  # fmt: skip
    healthy = pa.array(["探查右侧未见异常。", "探查左侧未见异常。"]).take(
        pa.array(np.where(side == LEFT, 0, 1))
    )
    return _appended(lot, rows, healthy)


def _blank(made, kept, lot, rng):
    """Sections that were opened and left empty, or with the template's own dots."""
    u = rng.random(len(lot.own))
    rows = np.flatnonzero(u < 0.001)
    made.book.add(
        "section_blank", "document_sections", _keys(kept, lot.own[rows], lot.section), kept.i[lot.own[rows]]
    )
    if not len(rows):
        return lot
    mask = pa.array(u < 0.001)
    filler = pa.array(["", "……"]).take(pa.array((u < 0.0005).astype(np.int64)))
    raw = None if lot.delivered is None else pc.if_else(mask, filler, lot.delivered)
    spans = [tuple(part[np.isin(row, rows, invert=True)] if isinstance(part, np.ndarray) else part for part in (row, *rest)) for row, *rest in lot.spans]  # fmt: skip
    return dataclasses.replace(lot, text=pc.if_else(mask, filler, lot.text), delivered=raw, spans=spans)


def _copies(made, kept, lot):
    """Notes that repeat the note before, or that of another patient, to the letter; and which rows that concerns."""
    odd = made.marks["odd"][kept.columns["_row"][lot.own]]
    i, source = kept.i[lot.own], np.arange(len(lot.own))
    before = np.maximum(source - 1, 0)
    copied = np.flatnonzero((odd == COPIED) & (i[before] == i) & (before != source) & (odd[before] == 0))
    stranger = np.searchsorted(i, i) - 1
    borrowed = np.flatnonzero((odd == BORROWED) & (stranger >= 0) & (odd[np.maximum(stranger, 0)] == 0))
    source[copied], source[borrowed] = before[copied], stranger[borrowed]
    for rule, rows in (("note_copied", copied), ("note_of_another_patient", borrowed)):
        made.book.add(
            rule, "document_sections", _keys(kept, lot.own[rows], lot.section), kept.i[lot.own[rows]]
        )
    changed = np.concatenate([copied, borrowed])
    concerned = np.zeros(len(i), bool)
    concerned[changed] = concerned[source[changed]] = True
    if not len(changed):
        return lot, concerned
    raw = None if lot.delivered is None else lot.delivered.take(pa.array(source))
    spans = _moved(lot, changed, source)
    made_again = dataclasses.replace(lot, text=lot.text.take(pa.array(source)), delivered=raw, spans=spans)
    return made_again, concerned


def _moved(lot, changed: np.ndarray, source: np.ndarray) -> list:
    """Spans of the copies: those of the texts that were copied."""
    made = []
    for row, start, end, form, kind, slot in lot.spans:
        stays = np.flatnonzero(np.isin(row, changed, invert=True))
        taken = [(n, at) for n in changed for at in np.flatnonzero(row == source[n])]
        pick = np.concatenate([stays, np.array([at for _, at in taken], np.int64)])
        rows = np.concatenate([row[stays], np.array([n for n, _ in taken], np.int64)])
        made.append((rows, start[pick], end[pick], form[pick], kind, slot))
    return made
