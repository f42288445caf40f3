"""Charges that add up to the front page's fees, kind by kind, and the fees themselves as rows.

A charge carries the narrowest class: D20x01 and D20x02 make up D20, D23x01 and D23 make up D23, D19x01 and D19
make up D19. What an order stands for is charged to that order.
"""

from dataclasses import dataclass

import numpy as np

from zhikong.engine.tables.event_codes import FEE_KIND
from zhikong.simulator.clock import DAY
from zhikong.simulator.columns import department_words
from zhikong.simulator.events.block import Block
from zhikong.simulator.events.ordering import Orders
from zhikong.simulator.events.planting import Book
from zhikong.simulator.events.rows import Ids, Rows, Words, joined, numbers

KINDS = [code for code, _ in FEE_KIND.values]
LABELS = [label for _, label in FEE_KIND.values]
_PARTS = {"D19": ("D19x01",), "D20": ("D20x01", "D20x02"), "D23": ("D23x01",)}
_ITEMS = {
    "D11": "床位费", "D12": "注射及一般治疗费", "D13": "分级护理费", "D14": "其他综合服务费", "D15": "病理检查费",
    "D16": "检验费", "D17": "影像检查费", "D18": "临床诊断项目费", "D19": "非手术治疗费", "D19x01": "物理治疗费",
    "D20": "手术治疗费", "D20x01": "麻醉费", "D20x02": "手术费", "D21": "康复治疗费", "D22": "中医治疗费", "D23": "西药费",
    "D23x01": "抗菌药物费", "D24": "中成药费", "D25": "中草药费", "D26": "血费", "D27": "白蛋白费", "D28": "球蛋白费",
    "D29": "凝血因子费", "D30": "细胞因子费", "D31": "检查用一次性材料费", "D32": "治疗用一次性材料费", "D33": "手术用一次性材料费",
    "D34": "其他费用",
}  # fmt: skip
_WORDS = [_ITEMS[kind] for kind in KINDS]


@dataclass(frozen=True)
class Linked:
    """Orders to which the fees of a kind are charged: the stay, the handle's numbers and when they were done."""

    kind: str
    i: np.ndarray
    number: np.ndarray
    at: np.ndarray


def linked(orders: Orders, kind: str, handles: list[int]) -> Linked:
    """The orders of these lots, by stay."""
    lots = [orders.lots[h] for h in handles]
    i = np.concatenate([lot.i for lot in lots])
    number = np.concatenate([orders.number(h) for h in handles])
    at = np.concatenate([lot.columns["executed_at"] for lot in lots])
    order = np.argsort(i, kind="stable")
    return Linked(kind, i[order], number[order], at[order])


def leaf(block: Block, kind: str) -> np.ndarray:
    """Fen of this class that belong to none of its parts."""
    fee = block.stages.costs.fee
    whole = block.of(fee[kind])
    return whole - sum((block.of(fee[part]) for part in _PARTS.get(kind, ())), np.zeros(len(block), np.int64))


def charges(block: Block, book: Book, links: list[Linked]) -> Rows:
    """The table `charges`: for each stay and class the same sum as on the front page, but where planted."""
    rng, known = block.rng("charges"), {link.kind: link for link in links}
    lots = []
    for kind in KINDS:
        amount = leaf(block, kind)
        link = known.get(kind)
        covered = np.zeros(len(block), bool)
        if link is not None:
            covered[link.i] = True
            lots.append(_by_order(block, kind, amount, link))
        lots.append(_plain(rng, block, kind, np.where(covered, 0, amount)))
    whole = joined(lots)
    whole = _refunds(rng, block, whole)
    whole.columns = {"charge_id": Ids("F", numbers(block, whole.i)), **whole.columns}
    return _planted(rng, book, whole)


def _lot(block: Block, kind: str, i, amount, at, order) -> Rows:
    at = np.minimum(np.maximum(at, block.admitted[i]), block.discharged[i] + 30)
    number = np.full(len(i), KINDS.index(kind))
    columns = {
        "fee_kind": Words(number, KINDS),
        "code": Words(number, KINDS),
        "name": Words(number, _WORDS),
        "quantity": np.ones(len(i)),
        "amount": amount,
        "charged_at": at,
        "order_id": Ids("Y", order),
        "department": department_words(block.department_at(i, at)),
    }
    return Rows("charges", i, columns)


def _by_order(block: Block, kind: str, amount: np.ndarray, link: Linked) -> Rows:
    """The stay's amount in equal parts, the first with what remains."""
    count = np.bincount(link.i, minlength=len(block))
    place = np.arange(len(link.i)) - np.searchsorted(link.i, link.i)
    share = amount[link.i] // count[link.i]
    rest = np.where(place == 0, amount[link.i] - share * count[link.i], 0)
    own = np.flatnonzero(share + rest > 0)
    return _lot(block, kind, link.i[own], (share + rest)[own], link.at[own] + 3, link.number[own])


def _plain(rng, block: Block, kind: str, amount: np.ndarray) -> Rows:
    """Once, or for dear ones twice: in the middle of the stay and at its end."""
    i = np.repeat(
        np.arange(len(block)), (amount > 0).astype(int) + ((amount > 200_000) & (block.length > 2 * DAY))
    )
    place = np.arange(len(i)) - np.searchsorted(i, i)
    twice = np.bincount(i, minlength=len(block))[i] == 2
    half = amount[i] // 2
    part = np.where(~twice, amount[i], np.where(place == 0, half, amount[i] - half))
    at = block.inside(i, np.where(twice & (place == 0), 0.4, 0.9) + 0.1 * rng.random(len(i)) - 0.05)
    return _lot(block, kind, i, part, at, np.full(len(i), -1))


def _refunds(rng, block: Block, whole: Rows) -> Rows:
    """A charge booked twice by mistake and refunded: the sum stays."""
    own = np.flatnonzero(rng.random(len(whole)) < 0.0012)
    again, back = whole.take(own), whole.take(own)
    again.columns["charged_at"] = again.columns["charged_at"] + 1
    back.columns |= {"amount": -back.columns["amount"], "quantity": -back.columns["quantity"]}
    back.columns["charged_at"] = back.columns["charged_at"] + 45
    return joined([whole, again, back])


def _planted(rng, book: Book, whole: Rows) -> Rows:
    """Few sums that differ from the front page by some fen, and orders that were never charged."""
    amount, key = whole.columns["amount"].copy(), whole.columns["charge_id"]
    odd = np.flatnonzero((rng.random(len(whole)) < 0.0003) & (amount > 0))
    amount[odd] += rng.integers(1, 500, len(odd))
    book.add("charges_exceed_front_page", "charges", key.take(odd), whole.i[odd])
    free = np.flatnonzero(
        (whole.columns["order_id"].number >= 0) & (rng.random(len(whole)) < 0.0003) & (amount > 0)
    )
    free = np.setdiff1d(free, odd)
    book.add("record_without_charge", "orders", whole.columns["order_id"].take(free), whole.i[free])
    kept = np.ones(len(whole), bool)
    kept[free] = False
    return Rows("charges", whole.i, whole.columns | {"amount": amount}).take(kept)


def fees(block: Block) -> Rows:
    """The table `fees`: every class of the front page, zeros included."""
    i = np.repeat(np.arange(len(block)), len(KINDS))
    amount = np.stack([block.of(block.stages.costs.fee[kind]) for kind in KINDS], axis=1).ravel()
    return Rows(
        "fees", i, {"kind": Words(np.tile(np.arange(len(KINDS)), len(block)), KINDS), "amount": amount}
    )
