"""Orders: each family hands in lots; at the end they are numbered together, and each lot learns its numbers."""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from zhikong.engine.tables.event_codes import ORDER_KIND, ORDER_STATUS
from zhikong.simulator import catalogue
from zhikong.simulator.columns import department_words
from zhikong.simulator.events.block import Block
from zhikong.simulator.events.planting import Book
from zhikong.simulator.events.rows import NEVER, Ids, Rows, Words, joined, numbers
from zhikong.simulator.events.surgery import Surgery
from zhikong.simulator.procedures import staff_numbers

KINDS = [code for code, _ in ORDER_KIND.values]
STATES = [code for code, _ in ORDER_STATUS.values]
ACTIVE, DONE, STOPPED, CANCELLED = range(4)
_LEVELS = ("特级护理", "一级护理", "二级护理", "三级护理")
_RESENT = 5000  # beyond the orders of any stay
_DIETS = ("普通饮食", "低盐低脂饮食", "糖尿病饮食", "流质饮食", "半流质饮食", "禁食")


@dataclass
class Orders:
    """Collects lots of orders of one block. `number(handle)` works once `table()` was called."""

    block: Block
    lots: list[Rows] = field(default_factory=list)
    _numbers: list[np.ndarray] = field(default_factory=list)

    def add(
        self,
        kind: str,
        i: np.ndarray,
        ordered: np.ndarray,
        code: Words,
        name: Words,
        *,
        executed: np.ndarray,
        stopped: np.ndarray | None = None,
        doctor: np.ndarray | None = None,
    ) -> int:
        """Hand in a lot: with `stopped` it is of standing orders. Returns its handle."""
        rng = self.block.rng(f"orders {len(self.lots)}")
        count = len(i)
        usual = np.where(rng.random(count) < 0.62, self.block.resident(i), self.block.attending(i))
        checked = np.minimum(ordered + 1 + rng.integers(0, 14, count), np.maximum(executed, ordered + 1))
        standing = stopped is not None
        columns = {
            "kind": Words(np.full(count, KINDS.index(kind)), KINDS),
            "code": code,
            "name": name,
            "standing": np.full(count, standing),
            "ordered_at": ordered,
            "checked_at": np.where(rng.random(count) < 0.003, NEVER, checked),
            "executed_at": executed,
            "stopped_at": stopped if standing else np.full(count, NEVER),
            "doctor": Words(usual if doctor is None else doctor, staff_numbers()),
            "department": department_words(self.block.department_at(i, ordered)),
            "status": Words(np.full(count, STOPPED if standing else DONE), STATES),
        }
        self.lots.append(Rows("orders", i, columns))
        return len(self.lots) - 1

    def table(self) -> Rows:
        """All lots as one table, in order of stay; fixes the numbers."""
        whole = joined(self.lots)
        sizes = np.cumsum([0, *(len(lot) for lot in self.lots)])
        order = np.argsort(np.concatenate([lot.i for lot in self.lots]), kind="stable")
        own = np.empty(len(order), np.int64)
        own[order] = numbers(self.block, whole.i)
        self._numbers = [own[a:b] for a, b in pairwise(sizes)]
        whole.columns = {"order_id": Ids("Y", own[order]), **whole.columns}
        return whole

    def number(self, handle: int) -> np.ndarray:
        """The numbers of a lot's orders, in the lot's own order."""
        return self._numbers[handle]


def same(text: str, count: int) -> Words:
    """The same text in each row."""
    return Words(np.zeros(count, np.int64), [text])


def care(orders: Orders, periods: Rows) -> None:
    """Level of nursing with each period, diet, the ward's routine, and the discharge."""
    block, rng = orders.block, orders.block.rng("care orders")
    kind = periods.columns["kind"].index
    own = np.flatnonzero((kind >= 2) & (kind <= 5))
    i, start, end = periods.i[own], periods.columns["started_at"][own], periods.columns["ended_at"][own]
    level = Words(kind[own] - 2, _LEVELS)
    code = Words(kind[own] - 2, ["HL0", "HL1", "HL2", "HL3"])
    orders.add("nursing", i, start, code, level, executed=start + 5, stopped=end)
    everyone = np.arange(len(block))
    early = block.admitted + 3 + rng.integers(0, 25, len(block))
    diet = rng.integers(0, len(_DIETS), len(block))
    orders.add("diet", everyone, early, Words(diet, [f"YS{n}" for n in range(len(_DIETS))]), Words(diet, _DIETS),
               executed=early + 20, stopped=block.discharged)  # fmt: skip
    alive = np.flatnonzero(~block.cohort.dead)
    leave = np.maximum(
        block.discharged[alive] - 40 - rng.integers(0, 900, len(alive)), block.admitted[alive] + 30
    )
    orders.add(
        "other", alive, leave, same("CY01", len(alive)), same("今日出院", len(alive)), executed=leave + 15
    )


def of_operations(orders: Orders, surgery: Surgery, ordered: np.ndarray) -> int:
    """One order for each operation and procedure."""
    ops = catalogue.operations()
    return orders.add(
        "operation",
        surgery.i,
        ordered,
        Words(surgery.operation, ops.code),
        Words(surgery.operation, ops.name),
        executed=surgery.started,
        doctor=surgery.operator,
    )


def of_blood(orders: Orders, given: Rows) -> int:
    """One order for each transfusion, when it was requested."""
    component, names = (
        given.columns["component"].index,
        ("悬浮红细胞", "新鲜冰冻血浆", "单采血小板", "冷沉淀", "全血", "自体血回输"),
    )
    return orders.add(
        "blood",
        given.i,
        given.columns["requested_at"],
        Words(component, [f"XY{n}" for n in range(len(names))]),
        Words(component, names),
        executed=given.columns["started_at"],
        doctor=given.columns["requested_by"].index,
    )


def of_consultations(orders: Orders, asked: Rows) -> None:
    """One order for each consultation."""
    urgency = asked.columns["urgency"].index
    names = ("急会诊", "普通会诊", "多学科会诊", "院外会诊")
    done = asked.columns["completed_at"]
    executed = np.where(done == NEVER, NEVER, done)
    orders.add("consultation", asked.i, asked.columns["requested_at"], Words(urgency, [f"HZ{n}" for n in range(4)]),
               Words(urgency, names), executed=executed)  # fmt: skip


def plant_cancelled(orders: Orders, whole: Rows, book: Book) -> Rows:
    """A few orders that were executed although their state says cancelled."""
    rng = orders.block.rng("cancelled orders")
    odd = np.flatnonzero(rng.random(len(whole)) < 0.0004)
    status = whole.columns["status"].index.copy()
    status[odd] = CANCELLED
    book.add("order_cancelled_but_executed", "orders", whole.columns["order_id"].take(odd), whole.i[odd])
    return Rows("orders", whole.i, whole.columns | {"status": Words(status, STATES)})


def plant_resent(orders: Orders, whole: Rows, book: Book) -> Rows:
    """A few orders that came twice, the second time under another number: a message sent again."""
    rng = orders.block.rng("resent orders")
    own = np.flatnonzero(rng.random(len(whole)) < 0.0005)
    again = whole.take(own)
    key = whole.columns["order_id"]
    again.columns["order_id"] = Ids(key.prefix, key.number[own] + _RESENT, key.width)
    book.add("order_resent", "orders", again.columns["order_id"], again.i)
    return joined([whole, again])
