"""What stands around each operation: its end, assistants, ASA class, side, and the catalogue's hints to them."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa

from zhikong.engine.tables.codes import SIDE
from zhikong.simulator import catalogue
from zhikong.simulator.columns import codes, known_codes
from zhikong.simulator.events.block import Block
from zhikong.simulator.events.rows import NEVER, Rows, Words
from zhikong.simulator.events.staffing import pick
from zhikong.simulator.procedures import staff_numbers

SIDES = [code for code, _ in SIDE.values]
LEFT, RIGHT, BOTH, NONE = range(4)
_PAIRED = (
    "膝", "髋", "股骨", "胫", "肱骨", "桡", "尺骨", "踝", "跟", "锁骨", "肋骨", "晶体", "玻璃体", "乳房", "乳腺",
    "甲状腺叶", "肾", "输尿管", "腹股沟", "肺", "输卵管", "卵巢", "精索", "腮腺", "胸腔", "足趾", "拇", "睾丸", "斜疝",
)  # fmt: skip
"""Organs of which there are two: an operation on them has a side."""


@cache
def paired() -> np.ndarray:
    """Whether each operation of the catalogue has a side."""
    return np.array([any(word in name for word in _PAIRED) for name in catalogue.operations().name])


@dataclass(frozen=True)
class Surgery:
    """One row is an operation of the block, in the order of the table `operations`."""

    i: np.ndarray
    seq: np.ndarray
    operation: np.ndarray  # row of catalogue.operations()
    started: np.ndarray
    ended: np.ndarray
    knife: np.ndarray  # bool: surgery or intervention, which owes the documents of an operation
    narcosis: np.ndarray  # bool: with an anaesthetist
    elective: np.ndarray
    grade: np.ndarray
    side: np.ndarray  # position in SIDES
    operator: np.ndarray
    anaesthetist: np.ndarray
    assistant: np.ndarray
    second: np.ndarray  # -1 none
    risk: np.ndarray  # ASA class 1–5, 0 without anaesthesia
    department: np.ndarray
    rows: slice

    def __len__(self) -> int:
        return len(self.i)


def surgery(block: Block) -> Surgery:
    """The operations of the block with what is new about them."""
    rng, done, ops = block.rng("surgery"), block.stages.procedures, catalogue.operations()
    rows = block.rows(done.stay)
    i, which, started = done.stay[rows] - block.first, done.operation[rows], done.performed[rows]
    count, department = len(i), block.department_at(i, started)
    assistant, second = pick(rng, "attending", department), pick(rng, "resident", department)
    knife = ops.surgical[which]
    narcosis = done.anaesthetist[rows] >= 0
    side = np.where(rng.random(len(block)) < 0.52, LEFT, RIGHT)[i]
    side = np.where(paired()[which], np.where(rng.random(count) < 0.04, BOTH, side), NONE)
    older = (block.cohort.age[i] > 65).astype(int) + (block.cohort.emergency[i] & (rng.random(count) < 0.3))
    risk = np.clip(1 + older + (rng.random(count) < 0.45), 1, 5)
    return Surgery(
        i=i,
        seq=done.seq[rows],
        operation=which,
        started=started,
        ended=started + done.minutes[rows],
        knife=knife,
        narcosis=narcosis,
        elective=done.elective[rows],
        grade=np.array([int(text or 0) for text in ops.grade])[which],
        side=side,
        operator=done.operator[rows],
        anaesthetist=done.anaesthetist[rows],
        assistant=np.where(knife, assistant, -1),
        second=np.where(knife & (rng.random(count) < 0.8), second, -1),
        risk=np.where(narcosis, risk, 0),
        department=department,
        rows=rows,
    )


def operation_rows(block: Block, made: Surgery) -> Rows:
    """The whole table `operations`: what stood before, unchanged, and the new columns."""
    done, ops, rows = block.stages.procedures, catalogue.operations(), made.rows
    anaesthesia = np.array([int(text or 0) for text in ops.anaesthesia])[made.operation]
    columns = {
        "seq": made.seq,
        "code": Words(made.operation, ops.code),
        "name": Words(made.operation, ops.name),
        "kind": Words(made.operation, ops.kind),
        "performed_at": made.started,
        "minutes": done.minutes[rows],
        "grade": known_codes(made.grade),
        "elective": made.elective,
        "minimally_invasive": ops.minimal[made.operation],
        "unplanned_return": done.unplanned[rows],
        "incision_class": codes(done.incision[rows]),
        "healing": known_codes(done.healing[rows]),
        "anaesthesia": known_codes(anaesthesia),
        "operator": Words(made.operator, staff_numbers()),
        "anaesthetist": Words(made.anaesthetist, staff_numbers()),
        "ended_at": made.ended,
        "first_assistant": Words(made.assistant, staff_numbers()),
        "second_assistant": Words(made.second, staff_numbers()),
        "anaesthesia_grade": known_codes(made.risk),
        "side": Words(made.side, SIDES),
    }
    return Rows("operations", made.i, columns)


def first_cut(block: Block, made: Surgery) -> np.ndarray:
    """The minute of each stay's first surgery; NEVER without one."""
    start = np.full(len(block), NEVER)
    own = np.flatnonzero(made.knife)[::-1]
    order = own[np.argsort(-made.started[own], kind="stable")]
    start[made.i[order]] = made.started[order]
    return start


def about(prefix: str, number: np.ndarray) -> pa.Array:
    """'operations:1' for each number."""
    return pa.array([f"{prefix}:{n}" for n in range(int(number.max(initial=0)) + 1)]).take(pa.array(number))
