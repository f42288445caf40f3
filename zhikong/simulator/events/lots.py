"""A lot of documents of one type before they are put together."""

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pyarrow as pa

from zhikong.simulator.columns import department_words
from zhikong.simulator.events.block import Block
from zhikong.simulator.events.rows import NEVER, Rows, Words
from zhikong.simulator.events.staffing import LEVELS, levels
from zhikong.simulator.procedures import staff_numbers

TYPES = [f"{number:02d}" for number in range(54)]


@dataclass
class Lot:
    """Documents of one type. `ref` is the row of the family that the text is about, `odd` a planted fault.

    `rule` is the position in papers.RULES of the time limit, `limit` the minute until which to sign.
    """

    MARKS: ClassVar[tuple[str, ...]] = ("kind", "ref", "odd", "rule", "limit", "day")

    type: int
    i: np.ndarray
    occurred: np.ndarray
    written: np.ndarray
    signed: np.ndarray
    author: np.ndarray
    title: str
    about: pa.Array | None = None
    ref: np.ndarray | None = None
    rule: np.ndarray | int = -1
    limit: np.ndarray | None = None
    cosigner: np.ndarray | None = None
    cosigned: np.ndarray | None = None
    odd: np.ndarray | None = None
    day: np.ndarray | None = None
    kind: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        count = len(self.i)
        self.kind = np.full(count, self.type)
        self.rule = np.broadcast_to(np.asarray(self.rule), count)
        self.ref = np.full(count, -1) if self.ref is None else self.ref
        self.limit = np.full(count, NEVER) if self.limit is None else self.limit
        self.odd = np.zeros(count, np.int64) if self.odd is None else self.odd
        self.day = np.zeros(count, np.int64) if self.day is None else self.day
        self.cosigner = np.full(count, -1) if self.cosigner is None else self.cosigner
        self.cosigned = np.full(count, NEVER) if self.cosigned is None else self.cosigned

    def rows(self, block: Block) -> Rows:
        """The lot as rows of `documents`, without their numbers."""
        count = len(self.i)
        rng = block.rng(f"created {self.title} {self.type}")
        created = self.written - np.minimum(
            rng.integers(4, 45, count), np.maximum(self.written - block.admitted[self.i], 0)
        )
        columns = {
            "type": Words(self.kind, TYPES),
            "written_at": self.written,
            "signed_at": self.signed,
            "author": Words(self.author, staff_numbers()),
            "department": department_words(
                block.department_at(self.i, np.minimum(self.written, block.discharged[self.i]))
            ),
            "title": Words(np.zeros(count, np.int64), [self.title]),
            "occurred_at": self.occurred,
            "created_at": created,
            "author_level": Words(np.where(self.author >= 0, levels()[self.author], -1), LEVELS),
            "cosigned_by": Words(self.cosigner, staff_numbers()),
            "cosigner_level": Words(np.where(self.cosigner >= 0, levels()[self.cosigner], -1), LEVELS),
            "cosigned_at": self.cosigned,
            "about": pa.nulls(count, pa.string()) if self.about is None else self.about,
        }
        return Rows("documents", self.i, columns)
