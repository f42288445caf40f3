"""One sentence while it is read: what was found in it, and which of its characters are spoken for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from zhikong.reading.items import Item, Left
from zhikong.reading.sentences import MARKS, Sentence

_CLAUSE = re.compile(r"[,;:。\n]")
_LEVEL = re.compile(
    r"(?:省级|市级|县级|区级)?(?:三级甲等|三级乙等|三级|二级甲等|二级|一级)(?=医院|医疗|综合|公立|专科|\d|[以不≥≤>=的,、达]|$)|基层|县级|市级|省级|社区"
)
_LEAD = re.compile(
    r"^(?:应当|力争|争取|努力|确保|保证|实现|做到|达到|使(?!用)|将|把|的(?!确)|其中|低于|高于|并|且|和|及|以及|要求|要|应(?!急|用)|须|必须|在|到|对|全院|年度|全年|即|如|约)+"
)
_PER_LEAD = re.compile(
    r"^每[百千万](?:张|例|名|人次?)?(?:开放|实际|编制)?(?:床位?(?!位)|病床|床日|导管日|住院日|患者|出院人次)?(?:每)?年?度?(?![床位])(?=[\u4e00-\u9fff]{3})"
)
_CHANGED = re.compile(
    r"(?:下降|降低|减少|缩短|压缩|提高|提升|增长|增加|上升|递增|降|升|达到?|精确|稳定|控制|保持)(?:幅度)?(?:至|到|在|为)?(?:了)?(?:目前|现在)?的?$"
)
_UNIT_SAID = re.compile(
    r"(?<=[\u4e00-\u9fff])[(](?:单位:)?(?:[%‰天日例次件人分元]|小时|分钟|万元|人次|例次|[^()/]{0,4}/[^()/]{1,8})[)]?$"
)
_JOINT = re.compile(
    r"(?:/[\u4e00-\u9fff])?(?:后(?=、))?[)）]?[、]?"
)  # between what is spoken for and what comes next: 500元/份、
_TAIL = re.compile(
    r"(?:每[百千万]张?.{0,12}$|市级三级|市级二级|市级|县级|三级|二级|的|比例|水平|目标值?|指标|标准|要求|(?:须|应|必须)在|应当?|要|须|必须|能够|力争|努力|争取|确保|均|都|也|仅|只有|最迟|最晚|最长|由|较上年度?|比上年度?|较去年|比去年|同比|环比|与上年相比|,|:|、|\()+$"
)


_PACES = {
    "半年": "half_year",
    "季": "quarter",
    "月": "month",
    "周": "week",
    "年": "year",
    "日": "day",
    "天": "day",
}


def pace_of(period: str) -> str:
    """每月, 季度, 一年: the unit of time that is named; '' for none."""
    return next((per for sign, per in _PACES.items() if sign in period), "")


@dataclass
class Scan:
    """`text` is the whole tight text; places are places of it."""

    text: str
    sentence: Sentence
    year: int | None = None  # that the plan is for
    items: list[Item] = field(default_factory=list)
    others: list[Left] = field(default_factory=list)
    taken: list[tuple[int, int]] = field(default_factory=list)
    named: str = ""  # the last name in the sentence that measures something by itself

    def free(self, start: int, end: int) -> bool:
        """Whether nothing of the stretch is spoken for."""
        return all(end <= a or start >= b for a, b in self.taken)

    def take(self, start: int, end: int) -> None:
        self.taken.append((start, end))

    def add(self, item: Item, *taking: tuple[int, int]) -> None:
        """An item, and the stretches that it accounts for."""
        self.items.append(item)
        self.taken += taking or ((item.start, item.end),)

    def other(self, start: int, end: int, why: str) -> None:
        """A number that is no item."""
        self.others.append(Left(start, end, why))
        self.take(start, end)

    def clause(self, at: int) -> tuple[int, int]:
        """The clause around a place: from comma to comma."""
        begins = [m.end() for m in _CLAUSE.finditer(self.text, self.sentence.start, at)]
        stop = _CLAUSE.search(self.text, at, self.sentence.end)
        return (begins[-1] if begins else self.sentence.start), (stop.start() if stop else self.sentence.end)

    def opens(self, at: int) -> int:
        """Where the words before a place begin: at its clause, or after what is spoken for."""
        start = self.clause(at)[0]
        spoken = max([start, *(b for a, b in self.taken if start < b <= at)])
        return spoken if spoken == start else min(at, _JOINT.match(self.text, spoken).end())

    def left(self, at: int) -> str:
        """The clause before a place, from what is spoken for onwards; in a table's cell the name of its row."""
        words = self.text[self.opens(at) : at]
        if self.sentence.role in ("value", "past") and not self.before(at).strip():
            return self.sentence.heading
        opened = self.opens(at)
        if not words.strip() and opened - 1 > self.sentence.start and self.text[opened - 1] == ":":
            return self.text[self.clause(opened - 1)[0] : opened - 1]
        return words

    @property
    def topic(self) -> str:
        """What stands before the sentence's first colon: 周转时间中位数:急诊…,常规…."""
        head, colon, _ = self.sentence.text.partition(":")
        return head if colon and len(head) <= 40 else ""

    @property
    def pace(self) -> str:
        """How often all that the sentence asks for is owed, when its line is headed by it: 每月:…."""
        return "" if self.sentence.role else pace_of(self.sentence.period)

    def right(self, at: int) -> str:
        """The clause after a place, up to the next stretch that is spoken for."""
        end = self.clause(max(at - 1, self.sentence.start))[1]
        end = min([end, *(a for a, b in self.taken if at <= a < end)])
        return self.text[at:end]

    def before(self, at: int) -> str:
        """All of the sentence before a place."""
        return self.text[self.sentence.start : at]


def _unmarked(words: str) -> str:
    mark = MARKS.match(words)
    return words[mark.end() :] if mark else words


def subject_of(words: str) -> str:
    """The name in front of a number, without marks, connecting words and levels."""
    words = _PER_LEAD.sub("", _unmarked(words.strip()))
    words = re.sub(r"(?:在)?(?:19|20)[\dxX]{2}年(?:度)?", "", words)
    level = _LEVEL.match(words)
    words = _LEVEL.sub("", words) if level else words
    words = (
        words
        if not level
        else re.sub(r"^(?:医院|医疗机构|公立医院|综合医院)(?=[\u4e00-\u9fff]{3})", "", words)
    )
    if words in ("医院", "医疗机构", "公立医院", "综合医院"):
        return ""  # 二级医院≤8.5天: the level alone; the name stands before
    words = re.sub(r"^目标[一二三四五六七八九十\d]+[:、]?", "", words)
    words = re.sub(r"^(?:提高|降低|提升|减少|控制)(?=[^,]{3,}(?:率|日|数|比|度|占比)$)", "", words)
    words = _UNIT_SAID.sub("", _TAIL.sub("", _LEAD.sub("", words)))
    return _TAIL.sub("", _CHANGED.sub("", words)).strip("()“”、:： ")


def level_of(words: str) -> str:
    """The level of institution that is named last in the words; '' for none."""
    found = list(_LEVEL.finditer(words))
    return found[-1][0] if found else ""


def moved(item: Item, span: tuple[int, int]) -> Item:
    """The item at its place in the original text."""
    return replace(item, start=span[0], end=span[1])
