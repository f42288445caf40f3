"""Results: those made before with what is new about them, and further panels, exams, pathology, cultures, signs."""

from dataclasses import dataclass

import numpy as np

from zhikong.engine.tables.event_codes import ABNORMAL, RESULT_KIND
from zhikong.simulator import records
from zhikong.simulator.clock import DAY
from zhikong.simulator.columns import department_words
from zhikong.simulator.events.block import Block
from zhikong.simulator.events.blood import indication
from zhikong.simulator.events.drugs import Courses
from zhikong.simulator.events.harm import ORGANISMS
from zhikong.simulator.events.items import exams, items
from zhikong.simulator.events.ordering import Orders, same
from zhikong.simulator.events.planting import Book
from zhikong.simulator.events.rows import NEVER, Ids, Rows, Words, joined
from zhikong.simulator.events.surgery import Surgery

KINDS = [code for code, _ in RESULT_KIND.values]
LAB, EXAM, PATHOLOGY, CULTURE, VITAL = range(5)
SCORE = -1  # feeds do not say of a score what kind of result it is
APACHE = "APACHE2"
FLAGS = [code for code, _ in ABNORMAL.values]
NORMAL, HIGH, LOW, ODD, VERY_HIGH, VERY_LOW = range(6)
_TISSUE = (
    "（切除标本）镜下见慢性炎细胞浸润，未见恶性依据。",
    "（切除标本）中分化腺癌，浸润至肌层，切缘未见癌累及，淋巴结0/12见转移。",
    "（活检组织）黏膜慢性活动性炎伴肠上皮化生。",
    "（切除标本）平滑肌瘤，未见核分裂象增多。",
    "（穿刺组织）浸润性癌，免疫组化ER(+)PR(+)HER2(1+)。",
)
_SIGNS = (("T", "体温", "℃"), ("P", "脉搏", "次/分"), ("SBP", "收缩压", "mmHg"))


@dataclass(frozen=True)
class Lot:
    """Results before they are put together; unknown order is -1."""

    i: np.ndarray
    item: Words
    name: Words
    unit: Words
    value: np.ndarray
    at: np.ndarray
    collected: np.ndarray
    kind: int
    flag: np.ndarray
    text: Words
    handle: int  # of the orders; -1 none
    order: np.ndarray  # which row of the handle's lot
    critical: np.ndarray | None = None
    notified: np.ndarray | None = None
    handled: np.ndarray | None = None


def base(block: Block) -> records.Results:
    """The results made before events were: of closed stays, or of the open ones."""
    stages = block.stages
    made = (
        stages.results
        if block.now is None
        else records.results(stages.seed, stages.cohort, stages.shifts, of_open=True)
    )
    rows = block.rows(made.stay)
    parts = {name: getattr(made, name)[rows] for name in records.Results.__dataclass_fields__}
    return records.Results(**parts | {"stay": parts["stay"] - block.first})


def findings(block: Block, orders: Orders, surgery: Surgery, given: Rows, anti: Courses) -> list[Lot]:
    """All results of the block, with their orders handed in."""
    rng = block.rng("findings")
    return [
        *_made_before(rng, block, orders, base(block)),
        *_panels(rng, block, orders),
        _before_blood(rng, block, given),
        _images(rng, block, orders),
        _tissue(rng, block, surgery),
        _cultures(rng, block, orders, anti),
        *_signs(rng, block),
        _severity(block),
    ]


def _lab(i, item, value, at, collected, handle, order, made=None) -> Lot:
    table = items()
    low, high = table["low"][item], table["high"][item]
    critical = np.zeros(len(i), bool) if made is None else made.critical
    flag = np.select([value < low, value > high], [LOW, HIGH], NORMAL)
    flag = np.where(critical, np.where(value < low, VERY_LOW, VERY_HIGH), flag)
    extra = {} if made is None else {"critical": critical, "notified": made.notified, "handled": made.handled}
    return Lot(i, Words(item, table["item"]), Words(item, table["name"]), Words(item, table["unit"]), value, at,
               collected, LAB, flag, Words(np.full(len(i), -1), [""]), handle, order, **extra)  # fmt: skip


def _made_before(rng, block: Block, orders: Orders, made: records.Results) -> list[Lot]:
    """Three of the first day belong to one order of admission, each critical one to an order of its own."""
    everyone = np.arange(len(block))
    first = np.full(len(block), 1 << 50)
    routine, critical = np.flatnonzero(~made.critical), np.flatnonzero(made.critical)
    np.minimum.at(first, made.stay[routine], made.at[routine])
    asked = np.minimum(block.admitted + 3 + rng.integers(0, 15, len(block)), first - 8)
    drawn = np.minimum(asked + 5 + rng.integers(0, 30, len(block)), first - 2)
    panel = orders.add(
        "lab", everyone, asked, same("JY001", len(block)), same("入院检验组合", len(block)), executed=drawn
    )
    own = made.stay[critical]
    soon = np.maximum(made.at[critical] - rng.integers(35, 130, len(own)), block.admitted[own])
    soon = np.minimum(soon, made.at[critical] - 1)
    taken = soon + ((made.at[critical] - soon) * 0.3).astype(np.int64)
    table = items()
    urgent = orders.add("lab", own, soon, Words(made.item[critical], np.char.add("JZ-", table["item"])),
                        Words(made.item[critical], np.char.add("急查", table["name"])), executed=taken)  # fmt: skip
    return [
        _lab(made.stay[routine], made.item[routine], made.value[routine], made.at[routine], drawn[made.stay[routine]],
             panel, made.stay[routine], _some(made, routine)),
        _lab(own, made.item[critical], made.value[critical], made.at[critical], taken, urgent,
             np.arange(len(own)), _some(made, critical)),
    ]  # fmt: skip


def _some(made: records.Results, rows: np.ndarray) -> records.Results:
    return records.Results(**{n: getattr(made, n)[rows] for n in records.Results.__dataclass_fields__})


def _panels(rng, block: Block, orders: Orders) -> list[Lot]:
    """Two further items on the first day, again every fourth day of a long stay."""
    again = np.minimum(block.cohort.nights // 4, 4)
    i = np.repeat(np.arange(len(block)), 1 + again)
    turn = np.arange(len(i)) - np.searchsorted(i, i)
    fresh = np.flatnonzero(~np.isnan(items()["mean"]))
    asked = block.admitted[i] + np.where(
        turn == 0, 8 + rng.integers(0, 20, len(i)), turn * 4 * DAY + rng.integers(0, 600, len(i))
    )
    asked = np.minimum(asked, block.discharged[i] - 60)
    start = rng.integers(0, len(fresh), len(block))[i]
    first = fresh[(start + turn) % len(fresh)]
    drawn = asked + 5 + rng.integers(0, 20, len(i))
    at = np.minimum(drawn + 35 + rng.integers(0, 200, len(i)), block.discharged[i] - 1)
    drawn = np.minimum(drawn, at - 1)
    handle = orders.add(
        "lab",
        i,
        asked,
        Words(first, np.char.add("JY-", items()["item"])),
        Words(first, items()["panel"]),
        executed=drawn,
    )
    lots = []
    for item in (first, fresh[(start + turn + 1) % len(fresh)]):
        mean, spread = items()["mean"][item], items()["spread"][item]
        value = np.round(np.maximum(mean + spread * rng.normal(size=len(i)), 0.01), 2)
        lots.append(_lab(i, item, value, at, drawn, handle, np.arange(len(i))))
    return lots


def _before_blood(rng, block: Block, given: Rows) -> Lot:
    """What made blood necessary, measured within the hours before it was asked for; some without indication."""
    which = indication(given.columns["component"].index)
    names = list(items()["item"])
    item = np.array([names.index(name) for name in ("HGB", "PLT", "APTT")])[which]
    mean, spread = np.array([61.0, 38.0, 52.0])[which], np.array([5.0, 4.0, 6.0])[which]
    value = np.round(mean + spread * rng.normal(size=len(which)), 1)
    value = np.maximum(value, np.array([50.5, 31.0, 38.0])[which])  # critical values are planted elsewhere
    asked = given.columns["requested_at"]
    at = np.maximum(asked - rng.integers(10, 200, len(which)), block.admitted[given.i] + 2)
    return _lab(given.i, item, value, at, at - 2, -1, np.full(len(which), -1))


def _images(rng, block: Block, orders: Orders) -> Lot:
    """An exam for most stays, two for some, with the finding in words."""
    i = np.repeat(np.arange(len(block)), (rng.random(len(block)) < 0.86) + (rng.random(len(block)) < 0.3))
    table, odd = exams(), rng.random(len(i)) < 0.45
    which = (block.last[i] * 5 + rng.integers(0, len(table["code"]), len(i))) % len(table["code"])
    asked = block.inside(i, rng.beta(1.0, 4.0, len(i)) * 0.8, 30)
    done = np.minimum(asked + 20 + rng.integers(0, 8 * 60, len(i)), block.discharged[i] - 4)
    done = np.maximum(done, asked)
    at = np.minimum(done + 12 + rng.integers(0, 180, len(i)), block.discharged[i] - 1)
    handle = orders.add(
        "exam", i, asked, Words(which, table["code"]), Words(which, table["name"]), executed=done
    )
    texts = [*table["normal"], *table["abnormal"]]
    return Lot(i, Words(which, table["code"]), Words(which, table["name"]), _none(i), np.full(len(i), np.nan),
               np.maximum(at, done + 1), done, EXAM, np.where(odd, ODD, NORMAL), Words(which + odd * len(table["code"]), texts),
               handle, np.arange(len(i)))  # fmt: skip


def _none(i: np.ndarray) -> Words:
    return Words(np.full(len(i), -1), [""])


def _tissue(rng, block: Block, surgery: Surgery) -> Lot:
    """Pathology of the tissue taken in an operation: days later, sometimes after the patient has left."""
    own = np.flatnonzero(
        surgery.knife & (surgery.seq == 1) & block.of(block.stages.outcome.pathology_done)[surgery.i]
    )
    i, taken = surgery.i[own], surgery.ended[own]
    at = taken + (np.clip(rng.normal(4.0, 1.2, len(i)), 1.5, 9.0) * DAY).astype(np.int64)
    which = rng.integers(0, len(_TISSUE), len(i))
    return Lot(i, same("PATH", len(i)), same("病理诊断", len(i)), _none(i), np.full(len(i), np.nan), at, taken,
               PATHOLOGY, np.where(which == 0, NORMAL, ODD), Words(which, _TISSUE), -1, np.full(len(i), -1))  # fmt: skip


def _cultures(rng, block: Block, orders: Orders, anti: Courses) -> Lot:
    """Cultures around the first dose of a treatment, some a minute before or after it."""
    own = np.flatnonzero((anti.purpose == 0) & (rng.random(len(anti.i)) < 0.46))
    i, dose = anti.i[own], anti.begun[own]
    apart = np.where(rng.random(len(i)) < 0.78, -rng.integers(2, 180, len(i)), rng.integers(2, 600, len(i)))
    apart = np.where(rng.random(len(i)) < 0.05, rng.integers(-1, 2, len(i)), apart)
    taken = np.maximum(dose + apart, block.admitted[i] + 2)
    at = taken + 2 * DAY + rng.integers(0, DAY, len(i))
    asked = taken - 1
    handle = orders.add(
        "lab", i, asked, same("PY001", len(i)), same("细菌培养及药敏", len(i)), executed=taken
    )
    grown = rng.random(len(i)) < 0.3
    texts = ["培养48小时无细菌生长", *(f"培养出{name}" for name in ORGANISMS)]
    which = np.where(grown, 1 + rng.integers(0, len(ORGANISMS), len(i)), 0)
    return Lot(i, same("CULT", len(i)), same("细菌培养", len(i)), _none(i), np.full(len(i), np.nan), at, taken, CULTURE,
               np.where(grown, ODD, NORMAL), Words(which, texts), handle, np.arange(len(i)))  # fmt: skip


def _signs(rng, block: Block) -> list[Lot]:
    """Temperature, pulse and blood pressure on admission."""
    i = np.arange(len(block))
    at = np.minimum(block.admitted + 4 + rng.integers(0, 25, len(i)), block.discharged - 1)
    values = (
        np.round(36.7 + 0.6 * np.abs(rng.normal(size=len(i))), 1),
        np.rint(82 + 12 * rng.normal(size=len(i))),
        np.rint(128 + 16 * rng.normal(size=len(i))),
    )
    usual = ((36.0, 37.3), (60, 100), (90, 140))
    lots = []
    for (item, name, unit), value, (low, high) in zip(_SIGNS, values, usual, strict=True):
        flag = np.select([value < low, value > high], [LOW, HIGH], NORMAL)
        lots.append(Lot(i, same(item, len(i)), same(name, len(i)), same(unit, len(i)), value, at, at, VITAL, flag,
                        _none(i), -1, np.full(len(i), -1)))  # fmt: skip
    return lots


def _severity(block: Block) -> Lot:
    """The APACHE II score of most patients within the first day of intensive care."""
    rng = block.rng("severity")
    i, entered, left = block.intensive
    own = np.flatnonzero(rng.random(len(i)) < 0.9)
    i, entered, left = i[own], entered[own], left[own]
    at = np.minimum(entered + 60 + rng.integers(0, 1380, len(i)), left)
    value = np.clip(np.rint(14 + 8 * block.cohort.dead[i] + 6 * rng.normal(size=len(i))), 0, 71)
    return Lot(i, same(APACHE, len(i)), same("APACHEⅡ评分", len(i)), same("分", len(i)), value, at, at, SCORE,
               np.full(len(i), NORMAL), _none(i), -1, np.full(len(i), -1))  # fmt: skip


def result_rows(block: Block, orders: Orders, lots: list[Lot]) -> Rows:
    """The table `results`; of two results of one item at one minute the first is kept."""
    whole = joined([_rows(block, orders, lot) for lot in lots])
    item = whole.columns["item"]
    _, word = np.unique(np.array(item.values), return_inverse=True)
    order = np.lexsort((np.arange(len(whole)), word[item.index], whole.columns["at"], whole.i))
    whole = whole.take(order)
    key = np.stack([whole.i, whole.columns["at"], word[whole.columns["item"].index]])
    same_as_before = np.concatenate([[False], (key[:, 1:] == key[:, :-1]).all(axis=0)])
    return whole.take(~same_as_before)


def unreported(block: Block, book: Book, rows: Rows) -> Rows:
    """A few exams that were ordered, done and charged but have no result."""
    exam, order = rows.columns["kind"].index == EXAM, rows.columns["order_id"]
    lost = np.flatnonzero(
        exam & (order.number >= 0) & (block.rng("unreported exams").random(len(rows)) < 0.004)
    )
    book.add("charge_without_record", "orders", order.take(lost), rows.i[lost])
    kept = np.ones(len(rows), bool)
    kept[lost] = False
    return rows.take(kept)


def _rows(block: Block, orders: Orders, lot: Lot) -> Rows:
    count = len(lot.i)
    blank = np.full(count, NEVER)
    order = np.full(count, -1) if lot.handle < 0 else orders.number(lot.handle)[lot.order]
    columns = {
        "item": lot.item,
        "value": lot.value,
        "at": lot.at,
        "critical": np.zeros(count, bool) if lot.critical is None else lot.critical,
        "notified_at": blank if lot.notified is None else np.where(lot.notified >= 0, lot.notified, NEVER),
        "handled_at": blank if lot.handled is None else np.where(lot.handled >= 0, lot.handled, NEVER),
        "kind": Words(np.full(count, lot.kind), KINDS),
        "name": lot.name,
        "text": lot.text,
        "unit": lot.unit,
        "abnormal": Words(lot.flag, FLAGS),
        "collected_at": lot.collected,
        "order_id": Ids("Y", order),
        "department": department_words(block.department_at(lot.i, lot.collected)),
    }
    return Rows("results", lot.i, columns)
