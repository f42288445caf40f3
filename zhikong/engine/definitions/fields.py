"""The fields of an indicator file: which exist, which are required, what each holds and means."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from zhikong.engine.definitions.goals import Change
from zhikong.engine.definitions.kinds import (
    DERIVED,
    AbsentPart,
    Direction,
    Kind,
    Mark,
    NoRows,
    NumeratorOf,
    Rank,
    Status,
)

ROLES = (
    "quality_office", "medical_affairs", "nursing", "hospital_leader", "department_head", "head_nurse",
    "qc_officer", "physician", "nurse", "record_reviewer", "complaint_officer", "auditor", "administrator",
    "infection_control", "pharmacy", "equipment",
)  # fmt: skip
LEVELS = ("primary", "secondary", "tertiary", "any")
EVERY = frozenset(Kind)
COUNTED = EVERY - DERIVED
"""Kinds that are counted on rows."""
CHARTS = ("auto", "xmr", "p", "u", "none")
MULTIPLIER_OF_UNIT = {"%": 100, "‰": 1000, "‱": 10000}


@dataclass(frozen=True, slots=True)
class Shape:
    """What a YAML value may be; `words` says it in Chinese for the error."""

    types: tuple[type, ...]
    words: str
    choices: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()  # allowed keys of a mapping
    required_keys: tuple[str, ...] = ()

    def fits(self, value: Any) -> bool:
        """True and False are whole numbers in Python but not here."""
        if isinstance(value, bool) and bool not in self.types:
            return False
        return isinstance(value, self.types) and (not self.choices or value in self.choices)


@dataclass(frozen=True, slots=True)
class Field:
    """One field; `kinds` are those that have it, and `required` speaks of those only."""

    shape: Shape
    meaning: str
    required: bool = True
    kinds: frozenset[Kind] = field(default=EVERY)


def _choice(*values: str) -> Shape:
    return Shape((str,), "以下之一：" + "、".join(values), choices=values)


_WORDS = Shape((str,), "文字")
_NUMBER = Shape((int,), "整数")
_DECIMAL = Shape((int, float), "数字，如 100、1000 或 0.01")
_CONDITION = Shape((str, type(None)), "条件表达式或 null")
_MEASURE = Shape(
    (dict,),
    "{count: 条件}、{sum: 整数表达式}、{rows: true}、{values: 整数表达式}、{distinct: 列, where: 条件} "
    "或 {passes: 质控规则}",
)
_LIST = Shape((list, type(None)), "列表")

FIELDS: dict[str, Field] = {
    "id": Field(_WORDS, "与文件名相同的英文标识，也是网址的一部分"),
    "version": Field(_NUMBER, "版本号，口径每改一次加 1"),
    "status": Field(_choice(*Status), "草稿、已发布或已弃用"),
    "name": Field(
        Shape((dict,), "{zh: …, en: …, zh-hant: …}", keys=("zh", "en", "zh-hant"), required_keys=("zh",)),
        "各语言的名称，中文必填",
    ),
    "why": Field(_WORDS, "一句话：临床为什么要关心"),
    "source": Field(
        Shape(
            (dict,),
            "{document: …, clause: …, mark: …}",
            keys=("document", "clause", "mark"),
            required_keys=("document", "mark"),
        ),
        f"出自哪份文件；mark 为 {'、'.join(Mark)} 之一",
    ),
    "owner": Field(_choice(*ROLES), "负责口径的岗位"),
    "checker": Field(_choice(*ROLES), "复核口径的岗位，与负责岗位不同"),
    "next_review": Field(Shape((date,), "日期，如 2027-10-31"), "下次复审日期"),
    "kind": Field(_choice(*Kind), "怎样得到数值，见上表"),
    "table": Field(_WORDS, "以哪张表的一行为一个计数单位", kinds=COUNTED),
    "date": Field(_WORDS, "按哪个日期列归入月份", kinds=COUNTED),
    "department": Field(
        Shape((str, type(None)), "列名或 null"), "按哪一列归入科室；null 表示只有全院值", kinds=COUNTED
    ),
    "population": Field(_CONDITION, "统计对象；null 表示表中全部行", False, COUNTED),
    "exclusions": Field(_LIST, "排除的行，每条写明 why", False, COUNTED),
    "exceptions": Field(_LIST, "没有达到分子时才移出分母的行，每条写明 why", False, frozenset({Kind.RATIO})),
    "numerator": Field(_MEASURE, "分子", kinds=COUNTED),
    "denominator": Field(
        _MEASURE, "分母；其他 kind 没有分母", False, frozenset({Kind.RATIO, Kind.MEAN, Kind.DISTINCT})
    ),
    "numerator_of": Field(
        _choice(*NumeratorOf),
        "分子数排除之前（before_exclusions）还是排除之后（after_exclusions，默认）的行",
        False,
        frozenset({Kind.RATIO, Kind.MEAN}),
    ),
    "per": Field(
        Shape((dict,), "{table: bed_days, date: day, department: department, sum: occupied_beds}"),
        "分母所在的另一张表：表、日期、科室，与 sum、count 或 rows 之一；可另写 population 和 exclusions",
        kinds=frozenset({Kind.RATE}),
    ),
    "no_rows": Field(
        _choice(*NoRows),
        "本月表中一行也没有时：zero 就是 0（事件类的表），no_data 没有数据（默认）",
        False,
        frozenset({Kind.COUNT, Kind.RATE}),
    ),
    "percentile": Field(_DECIMAL, "第几百分位，如 90", kinds=frozenset({Kind.PERCENTILE})),
    "rank": Field(_choice(*Rank), "怎样取位置，见“百分位数”一节", kinds=frozenset({Kind.PERCENTILE})),
    "parts": Field(
        Shape((list,), "列表"),
        "组成部分：indicator、weight（合计 100）和 score",
        kinds=frozenset({Kind.COMPOSITE}),
    ),
    "missing_part": Field(
        _choice(*AbsentPart),
        "某部分没有数值时：不能计算（默认）、不计这部分，或按 0 分",
        False,
        frozenset({Kind.COMPOSITE}),
    ),
    "of": Field(_WORDS, "求哪个指标的变化", kinds=frozenset({Kind.GROWTH})),
    "against": Field(
        Shape((dict,), "{months: 12} 或 {base: 2025}"),
        "与几个月前比，或与某年全年比",
        kinds=frozenset({Kind.GROWTH}),
    ),
    "change": Field(_choice(*Change), "变化的比例，或差值", kinds=frozenset({Kind.GROWTH})),
    "multiplier": Field(
        _DECIMAL,
        "乘数：% 为 100，‰ 为 1000，‱ 为 10000，分换算为元为 0.01，其他为 1",
        kinds=EVERY - {Kind.COMPOSITE},
    ),
    "unit": Field(_WORDS, "单位，如 %、‰、天、例、元"),
    "direction": Field(_choice(*Direction), "逐步提高、降低、区间或监测比较"),
    "strata": Field(_LIST, "可以分层查看的维度：department，本表的编码列，或 stay.列名", False, COUNTED),
    "targets": Field(Shape((dict, type(None)), "{tertiary: {at_least: 92}}"), "默认目标值", required=False),
    "chart": Field(_choice(*CHARTS), "控制图类型", required=False),
    "minimum_denominator": Field(_NUMBER, "分母小于它时只显示数值、不作判断", required=False),
    "notes": Field(_WORDS, "口径的补充说明", required=False),
}
