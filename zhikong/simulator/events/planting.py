"""What was planted among the events, remembered row by row: faults, and near misses that are none.

A rule's name is the planter's own. `deviation` counts minutes beyond the limit: 1 is a minute too late, 0 just
in time, -1 a minute to spare; null where the fault is not one of time.
"""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from zhikong.simulator.columns import one, stay_ids
from zhikong.simulator.events.block import Block
from zhikong.simulator.events.rows import Ids, Values, Words

FAULT, NEAR = "fault", "near_miss"
NO_MINUTES = -(1 << 50)
EDGES = (-1, 0, 1)
"""Minutes before or after the limit at which near misses and narrow faults are planted."""

SCHEMA = pa.schema(
    [
        ("rule", pa.string()),
        ("verdict", pa.string()),
        ("table", pa.string()),
        ("key", pa.string()),
        ("stay_id", pa.string()),
        ("limit", pa.int64()),
        ("deviation", pa.int64()),
        ("month", pa.string()),
    ]
)


@dataclass
class Book:
    """The ledger of one block: lots of planted rows."""

    block: Block
    lots: list[pa.Table] = field(default_factory=list)

    def add(
        self,
        rule: str,
        table: str,
        key: Values,
        i: np.ndarray,
        *,
        limit: int | None = None,
        deviation: np.ndarray | None = None,
        fault: np.ndarray | bool = True,
    ) -> None:
        """Remember rows of `table`; `key` is what identifies them there, `fault` false for a near miss."""
        if not len(i):
            return
        count = len(i)
        key_array = key.array() if isinstance(key, Words | Ids) else pa.array(key, pa.string())
        minutes = np.full(count, NO_MINUTES) if deviation is None else deviation
        verdict = np.where(np.broadcast_to(fault, count), 0, 1)
        self.lots.append(
            pa.table(
                [
                    one(rule, count),
                    Words(verdict, [FAULT, NEAR]).array(),
                    one(table, count),
                    key_array,
                    stay_ids(self.block.first + i),
                    pa.array([limit] * count, pa.int64()),
                    pa.array(minutes.astype(np.int64), mask=minutes == NO_MINUTES),
                    one(self.block.name.split("/")[0], count),
                ],
                schema=SCHEMA,
            )
        )

    def table(self) -> pa.Table:
        return pa.concat_tables([SCHEMA.empty_table(), *self.lots])


def delays(
    rng: np.random.Generator, count: int, limit: int, *, late: float, edge: float = 0.004, usual: float = 0.45
) -> tuple[np.ndarray, np.ndarray]:
    """Minutes until something is done, with some late and some at the limit to the minute.

    Gives the minutes (at least 1 where the limit allows it) and whether each was planted: late ones, and the
    edges -1, 0 and +1. `usual` is the mean share of the limit that the others take.
    """
    u = rng.random(count)
    early = np.rint(limit * np.minimum(rng.beta(1.6, 1.6 * (1 / usual - 1), count), 0.97)).astype(np.int64)
    beyond = limit + 2 + np.rint(limit * rng.exponential(0.6, count)).astype(np.int64)
    at_edge = limit + rng.integers(-1, 2, count)
    is_late, is_edge = u < late, (u >= late) & (u < late + edge)
    minutes = np.where(is_late, beyond, np.where(is_edge, at_edge, np.maximum(early, 1)))
    return np.minimum(minutes, np.where(is_late, 1 << 40, limit + 1)), is_late | is_edge


def remember_delays(
    book: Book, rule: str, table: str, key: Values, i: np.ndarray, taken: np.ndarray, limit: int
) -> None:
    """Enter everything that took longer than the limit, and what came within a minute of it."""
    over = taken - limit
    chosen = np.flatnonzero(over >= -1)
    own = key.take(chosen) if not isinstance(key, np.ndarray) else key[chosen]
    book.add(rule, table, own, i[chosen], limit=limit, deviation=over[chosen], fault=over[chosen] > 0)
