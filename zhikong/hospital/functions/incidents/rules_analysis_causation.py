"""The five rules of causation: what a causal statement must say before anybody may act on it. No ORM.

A statement is cause → effect → event. The rules (VA National Center for Patient Safety, taken up by RCA2; paraphrased):
1 it shows the link between cause and effect; 2 it uses no blaming or vague words; 3 behind a human error stands a cause;
4 behind a broken procedure stands a cause; 5 not acting is a cause only where there was a duty to act.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SHORTEST = 4  # characters below which a part of a statement says nothing
VAGUE = (
    "责任心", "不认真", "粗心", "马虎", "大意", "疏忽", "不负责", "态度", "意识不强", "意识淡薄", "意识不到位", "不到位", "不规范",
    "不重视", "不及时", "不足够重视", "管理不善", "监管不力", "落实不力", "能力差", "水平低", "素质", "不当", "欠佳", "较差",
)  # fmt: skip
ERROR = re.compile(
    r"忘记|遗忘|误(?:将|认|读|取|接|输|拿|判|操作)|错误地|看错|拿错|接错|输错|算错|漏(?:看|报|执行|交|核)|弄错|混淆"
)
BROKEN = re.compile(
    r"违反|违规|未按(?:照|规定|要求|流程|时)?|没有按(?:照)?|未遵守|没有遵守|未执行|没有执行|未落实|未核对|没有核对"
)
# 没有 before a noun tells a state (没有视线); before one of these it tells that somebody did not act
_ACTS = (
    "复查|复述|复核|核对|评估|交接|交班|报告|上报|告知|通知|观察|记录|巡视|检查|查看|测量|监测|使用|处理|处置|拉起|停用|停止|执行|"
    "会诊|标记|签名|登记|确认|询问|提醒|呼叫|求助|更换|固定|消毒|洗手|佩戴|陪同|约束|随访|追问"
)
NOT_ACTING = re.compile(
    rf"(?:未|不曾)(?=[\u3400-\u9fff]{{2}})|(?:没有|没)(?=[再及时立即当场]{{0,2}}(?:{_ACTS}))"
)
RULES = {
    1: "写明因果：这个原因怎样提高了这个结果的可能。",
    2: "具体、不评价人：写看得见、量得到的事。",
    3: "人的失误不是终点：写出失误之前的原因。",
    4: "违反流程不是终点：写出为什么没有照做。",
    5: "没有做某事，只有在有责任去做时才是原因：写出这项责任的依据。",
}


@dataclass(frozen=True)
class Statement:
    """One causal statement. precedent: the cause before the error; duty: by which rule somebody had to act."""

    cause: str
    effect: str
    event: str
    precedent: str = ""
    duty: str = ""

    @property
    def sentence(self) -> str:
        before = f"由于{self.precedent.rstrip('。')}，" if self.precedent else ""
        return f"{before}{self.cause.rstrip('。')}，使{self.effect.rstrip('。')}的可能增加，导致{self.event.rstrip('。')}。"


@dataclass(frozen=True)
class Broken:
    """A rule that a statement does not keep. words: what of it shows that."""

    rule: int
    sentence: str
    words: tuple[str, ...] = ()


def broken(statement: Statement) -> list[Broken]:
    """The rules that are not kept, in their order; [] when the statement may stand."""
    cause = statement.cause
    found = [*_linked(statement), *_vague(statement)]
    if (hits := _hits(ERROR, cause)) and not _said(statement.precedent):
        found.append(Broken(3, RULES[3], hits))
    if (hits := _hits(BROKEN, cause)) and not _said(statement.precedent):
        found.append(Broken(4, RULES[4], hits))
    if (hits := _hits(NOT_ACTING, cause)) and not _said(statement.duty):
        found.append(Broken(5, RULES[5], hits))
    return found


def _linked(statement: Statement) -> list[Broken]:
    parts = (("原因", statement.cause), ("影响", statement.effect), ("事件", statement.event))
    missing = tuple(name for name, text in parts if not _said(text))
    if missing:
        return [Broken(1, RULES[1], tuple(f"缺少{name}" for name in missing))]
    said = {text.strip() for _name, text in parts}
    return [] if len(said) == len(parts) else [Broken(1, RULES[1], ("几部分写的是同一句话",))]


def _vague(statement: Statement) -> list[Broken]:
    text = f"{statement.cause} {statement.effect} {statement.precedent}"
    hits = tuple(dict.fromkeys(word for word in VAGUE if word in text))
    return [Broken(2, RULES[2], hits)] if hits else []


def _hits(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found.group() for found in pattern.finditer(text)))


def _said(text: str) -> bool:
    return len(text.strip()) >= SHORTEST
