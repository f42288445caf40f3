"""The fields of an indicator file: which exist, which are required, what each holds and means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from zhikong.engine.definitions.model import Direction, Kind, Mark, Status

ROLES = (
    "quality_office", "medical_affairs", "nursing", "hospital_leader", "department_head", "head_nurse",
    "qc_officer", "physician", "nurse", "record_reviewer", "complaint_officer", "auditor", "administrator",
)  # fmt: skip
LEVELS = ("primary", "secondary", "tertiary", "any")
STRATA = ("department", "ward")
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
    shape: Shape
    meaning: str
    required: bool = True


def _choice(*values: str) -> Shape:
    return Shape((str,), "以下之一：" + "、".join(values), choices=values)


_WORDS = Shape((str,), "文字")
_NUMBER = Shape((int,), "整数")
_DECIMAL = Shape((int, float), "数字，如 100、1000 或 0.01")
_CONDITION = Shape((str, type(None)), "条件表达式或 null")
_MEASURE = Shape((dict,), "{count: 条件}、{sum: 整数表达式}、{rows: true} 或 {values: 整数表达式}")

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
    "table": Field(_WORDS, "以哪张表的一行为一个计数单位"),
    "date": Field(_WORDS, "按哪个日期列归入月份"),
    "department": Field(Shape((str, type(None)), "列名或 null"), "按哪一列归入科室；null 表示只有全院值"),
    "kind": Field(_choice(*Kind), "比率、均值、例数或中位数"),
    "population": Field(_CONDITION, "统计对象；null 表示表中全部行", required=False),
    "exclusions": Field(Shape((list, type(None)), "列表"), "排除的行，每条写明 why", required=False),
    "numerator": Field(_MEASURE, "分子"),
    "denominator": Field(_MEASURE, "分母；例数和中位数没有分母", required=False),
    "multiplier": Field(_DECIMAL, "乘数：% 为 100，‰ 为 1000，‱ 为 10000，分换算为元为 0.01，其他为 1"),
    "unit": Field(_WORDS, "单位，如 %、‰、天、例、元"),
    "direction": Field(_choice(*Direction), "逐步提高、降低、区间或监测比较"),
    "strata": Field(Shape((list, type(None)), "列表"), "可以分层查看的维度", required=False),
    "targets": Field(Shape((dict, type(None)), "{tertiary: {at_least: 92}}"), "默认目标值", required=False),
    "chart": Field(_choice(*CHARTS), "控制图类型", required=False),
    "minimum_denominator": Field(_NUMBER, "分母小于它时只显示数值、不作判断", required=False),
    "notes": Field(_WORDS, "口径的补充说明", required=False),
}
