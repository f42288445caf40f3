"""What the slots of the templates mean for each document: the patient, the disease, the operation, the finding."""

from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhikong.simulator import catalogue, hospital, people, records
from zhikong.simulator.clock import DAY
from zhikong.simulator.events.drugs import ALLERGENS
from zhikong.simulator.events.surgery import LEFT, NONE, RIGHT
from zhikong.simulator.texts.library import disease_words

_SPANS = (
    "3天",
    "1天",
    "2小时",
    "5天",
    "1周",
    "10余天",
    "半月",
    "1月",
    "2月余",
    "半年",
    "1年",
    "3年",
    "10余年",
)
_SIDES = ("左侧", "右侧", "双侧", "")
_ANAESTHESIA = {"1": "全身麻醉", "2": "椎管内麻醉", "3": "局部麻醉"}
_RELATIONS = ("儿子", "女儿", "兄弟", "姐妹", "父亲", "母亲", "家属")
_NO_ALLERGY = "否认药物、食物过敏史。"
_OF_OPERATION = (8, 9, 10, 12, 46, 47, 48)
SIDE_DEFECT, AGE_DEFECT = 1, 2


def _take(values, index: np.ndarray) -> pa.Array:
    return pa.array([str(v) for v in values], pa.string()).take(pa.array(index))


class Slots:
    """Values of non-identifying slots for rows of `kept` documents; `defect` marks planted contradictions."""

    def __init__(self, made, kept, rng: np.random.Generator):
        self.made, self.rng, self.block = made, rng, made.block
        self.i = kept.i
        row = kept.columns["_row"]
        self.kind, self.ref, self.day = (made.marks[name][row] for name in ("kind", "ref", "day"))
        self.occurred = kept.columns["_occurred"]
        self.author = kept.columns["author"].index
        self.defect = np.zeros(len(self.i), np.int64)

    def get(self, slot: str, own: np.ndarray) -> pa.Array:
        """The slot's text for the documents at positions `own`."""
        if slot in disease_words() and slot != "row":
            case = self.block.cohort.case[self.i[own]]
            return _take(disease_words()[slot], disease_words()["row"][case])
        if slot in ("temp", "pulse", "sbp"):
            return self._sign(slot, len(own))
        if slot in self._of_stay:
            return self._of_stay[slot].take(pa.array(self.i[own]))
        return getattr(self, f"_{slot}")(own)

    def _sign(self, slot: str, count: int) -> pa.Array:
        choices = {
            "temp": [f"{36 + n / 10:.1f}" for n in range(2, 9)],
            "pulse": list(range(66, 98)),
            "sbp": list(range(108, 148)),
        }[slot]
        return _take(choices, self.rng.integers(0, len(choices), count))

    @cached_property
    def _of_stay(self) -> dict[str, pa.Array]:
        """Texts that are the same in all documents of a stay."""
        block, cohort = self.block, self.block.cohort
        rng = block.rng("stay texts")
        allergy = [*(f"对{name}类药物过敏。" for name in ALLERGENS), _NO_ALLERGY]
        operated = np.zeros(len(block), np.int64)
        operated[self.made.surgery.i[self.made.surgery.knife]] = 1
        departments = [d.name for d in hospital.admitting()]
        return {
            "sex": _take(["男", "女"], np.where(cohort.male, 0, 1)),
            "span": _take(_SPANS, rng.integers(0, len(_SPANS), len(block))),
            "diagnosis": _take(catalogue.cases().name, cohort.case),
            "department": _take(departments, block.last),
            "allergy": _take(allergy, np.where(self.made.allergy >= 0, self.made.allergy, len(ALLERGENS))),
            "nights": pa.array(cohort.days).cast(pa.string()),
            "relation": _take(_RELATIONS, rng.integers(0, len(_RELATIONS), len(block))),
            "operated": _take(["", "并行手术治疗，手术顺利，"], operated),
        }

    def _age(self, own: np.ndarray) -> pa.Array:
        wrong = np.where(self.defect[own] == AGE_DEFECT, 11, 0)
        return pa.array(self.block.cohort.age[self.i[own]] + wrong).cast(pa.string())

    def _day(self, own: np.ndarray) -> pa.Array:
        day = np.maximum(self.occurred[own] // DAY - self.block.admitted[self.i[own]] // DAY, 1)
        return pa.array(day + 1).cast(pa.string())

    def _moment(self, own: np.ndarray) -> np.ndarray:
        """The minute that a text names: the beginning of operations and rescues, else what the document is of."""
        moment, ref = self.occurred[own], self.ref[own]
        if len(self.made.surgery):
            start = self.made.surgery.started[self._operation(own)]
            moment = np.where(np.isin(self.kind[own], [records.OPERATION, 46]), start, moment)
        known = (self.kind[own] == records.RESCUE) & (ref >= 0)
        moment[known] = self.made.rescues.started[ref[known]]
        return np.where(self.kind[own] == records.DISCHARGE, self.block.admitted[self.i[own]], moment)

    def _date(self, own: np.ndarray) -> pa.Array:
        day = self._moment(own) // DAY
        low = int(day.min())
        return _take([_day_text(low + n) for n in range(int(day.max()) - low + 1)], day - low)

    def _time(self, own: np.ndarray) -> pa.Array:
        return _take([f"{n // 60:02d}:{n % 60:02d}" for n in range(DAY)], self._moment(own) % DAY)

    def _operation(self, own: np.ndarray) -> np.ndarray:
        """Row of the surgery each document is about; the stay's first one where it is not known."""
        ref = np.where(np.isin(self.kind[own], _OF_OPERATION), self.ref[own], -1)
        first = np.minimum(
            np.searchsorted(self.made.surgery.i, self.i[own]), max(len(self.made.surgery) - 1, 0)
        )
        return np.where(ref >= 0, ref, first)

    def _rank(self, own: np.ndarray) -> pa.Array:
        return _take([person.title for person in people.staff()], self.author[own])

    def _op(self, own: np.ndarray) -> pa.Array:
        return _take(catalogue.operations().name, self.made.surgery.operation[self._operation(own)])

    def side_of(self, own: np.ndarray) -> np.ndarray:
        """The true side of the operation of documents about operations, NONE for others."""
        if not len(self.made.surgery):
            return np.full(len(own), NONE)
        side = self.made.surgery.side[self._operation(own)]
        return np.where(np.isin(self.kind[own], _OF_OPERATION), side, NONE)

    def _side(self, own: np.ndarray) -> pa.Array:
        side = self.side_of(own)
        turned = np.where(side == LEFT, RIGHT, LEFT)
        wrong = (self.defect[own] == SIDE_DEFECT) & np.isin(side, [LEFT, RIGHT])
        return _take(_SIDES, np.where(wrong, turned, side))

    def _anaesthesia(self, own: np.ndarray) -> pa.Array:
        code = catalogue.operations().anaesthesia[self.made.surgery.operation[self._operation(own)]]
        names = ["局部麻醉", *_ANAESTHESIA.values()]
        return _take(names, np.select([code == key for key in _ANAESTHESIA], [1, 2, 3], 0))

    def _minutes(self, own: np.ndarray) -> pa.Array:
        rows = self._operation(own)
        return pa.array(self.made.surgery.ended[rows] - self.made.surgery.started[rows]).cast(pa.string())

    def _loss(self, own: np.ndarray) -> pa.Array:
        return _take([5, 10, 20, 30, 50, 80, 100, 150, 200, 300], self.rng.integers(0, 10, len(own)))

    def _asa(self, own: np.ndarray) -> pa.Array:
        return _take(["Ⅰ", "Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ"], self.made.surgery.risk[self._operation(own)])

    def _item(self, own: np.ndarray) -> pa.Array:
        if len(own) and self.kind[own[0]] == 13:
            component = self.made.transfusions.columns["component"].index[self.ref[own]]
            return _take(["血红蛋白", "凝血功能", "血小板", "凝血功能", "血红蛋白", "血红蛋白"], component)
        words = self.made.results.columns["name"]
        return _take(words.values, words.index[self.ref[own]])

    def _value(self, own: np.ndarray) -> pa.Array:
        if len(own) and self.kind[own[0]] == 13:
            return _take(["偏低", "明显低于正常", "低于输注指征"], self.rng.integers(0, 3, len(own)))
        return pa.array(self.made.results.columns["value"][self.ref[own]]).cast(pa.string())

    def _unit(self, own: np.ndarray) -> pa.Array:
        words = self.made.results.columns["unit"]
        return pc.fill_null(words.take(self.ref[own]).array(), "")

    def _when(self, own: np.ndarray) -> pa.Array:
        return _take(["1小时后", "2小时后", "4小时后", "次日"], self.rng.integers(0, 4, len(own)))

    def _component(self, own: np.ndarray) -> pa.Array:
        component = self.made.transfusions.columns["component"].index[self.ref[own]]
        return _take(["悬浮红细胞", "新鲜冰冻血浆", "单采血小板", "冷沉淀", "全血", "自体血"], component)

    def _amount(self, own: np.ndarray) -> pa.Array:
        given = self.made.transfusions.take(self.ref[own])
        number = pa.array(given.columns["amount"].astype(np.int64)).cast(pa.string())
        return pc.binary_join_element_wise(number, given.columns["unit"].array(), "")

    def _reaction(self, own: np.ndarray) -> pa.Array:
        reacted = pc.equal(self.made.transfusions.columns["reaction"].take(pa.array(self.ref[own])), "1")
        return pc.if_else(reacted, "输注中出现寒战发热，立即停止输血并报告输血科", "未见输血不良反应")

    def _outcome(self, own: np.ndarray) -> pa.Array:
        known = self.ref[own] >= 0
        good = self.made.rescues.successful[np.maximum(self.ref[own], 0)] & known
        return _take(
            ["抢救无效，宣布临床死亡。", "经抢救生命体征渐平稳，抢救成功，继续监护治疗。"],
            good.astype(np.int64),
        )


def _day_text(day: int) -> str:
    moment = np.datetime64(day, "D").item()
    return f"{moment.year}年{moment.month}月{moment.day}日"
