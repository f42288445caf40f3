"""Money and points: what is deducted, paid or given, pass marks and weights, mean scores that are wanted."""

from __future__ import annotations

import re
from dataclasses import replace

from zhikong.reading.items import Item
from zhikong.reading.naming import NAMED, add_target, sets_off, subject_before
from zhikong.reading.quantities import Quantity
from zhikong.reading.scan import Scan, subject_of

PAID = re.compile(r"扣|罚|奖|补|赔|处以|给予|加分|减")
_BASE = re.compile(
    r"(?:由|从)(?:原来|去年|上年|之前|以往|目前|现在|原先|年初|当前)?(?:度)?的?(?:平均)?[^,。;]{0,6}$"
)
_SCORE = re.compile(r"(?:评分|得分|分值|满意度|综合评分|均分|平均分|考核分?|成绩)[^,。;]{0,8}$")
_WEIGHT = re.compile(r"(?:占|满分|总分|计|共计?|权重|分值|合计|基础分|标准分|各)(?:为|:)?$")
_MARK = re.compile(r"^(?:及以上|以上)?(?:者)?(?:为|视为|评为)(?:不?合格|优秀|良好|达标)|^(?:及格|合格)")


def read_money(scan: Scan, one: Quantity, left: str, right: str, operator: str) -> None:
    """扣500元, 奖2万元, 经费不少于50万元; a cost that is measured is a target, one that sets something off a threshold."""
    span = (one.start, one.end)
    paid = re.search(r"(?:扣|罚|奖|处|处以|赔付?)[^,。;]{0,4}$", left) or re.match(
        r"[^,。;]{0,10}罚款", right
    )
    if (not paid and (operator and sets_off(scan, one.end))) or (
        operator and re.search(r"单价|价值|单笔|单项", left) and not PAID.search(left)
    ):
        _threshold(scan, one, left, operator, one.unit)
    elif operator and NAMED.search(left) and not PAID.search(left):
        add_target(scan, span, one.value, one.unit, operator)
    else:
        named = subject_of(left) or subject_before(scan, one.start)
        made = Item(
            "money", *span, named, operator or "=", one.value, one.unit, department=scan.sentence.department
        )
        if one.upper is None:
            scan.add(made)
            return
        scan.add(replace(made, operator=">="))
        scan.add(replace(made, operator="<=", value=one.upper))


def _threshold(scan: Scan, one: Quantity, left: str, operator: str, unit: str) -> None:
    scan.add(Item("threshold", one.start, one.end, subject_of(left), operator, one.value, unit))


def read_points(scan: Scan, one: Quantity, left: str, right: str, operator: str) -> None:
    """Points deducted are money; pass marks and weights thresholds; a mean or composite that is wanted a target."""
    span, clause = (one.start, one.end), scan.text[scan.clause(one.start)[0] : one.start]
    wide = clause or left
    earlier = scan.items[-1] if scan.items and scan.items[-1].unit == "score" else None
    if (
        operator in (">", ">=")
        and re.search(r"(?:扣分|扣罚|积分|记分)[^,。;]{0,4}$", left)
        and sets_off(scan, one.end)
    ):
        _threshold(scan, one, left, operator, "points")  # 累计扣分超过20分的,取消…
        return
    moved = earlier and re.search(r"(?:提高|提升|上升|增加|降)[^,。;]{0,5}$", wide)
    if re.search(
        r"(?:扣|减|加|奖|罚|记)(?:罚|除|励)?(?:至少)?[^,。;率]{0,18}$",
        left + scan.text[one.start : one.first],
    ):
        scan.add(Item("money", *span, subject_of(left), operator or "=", one.value, "points"))
    elif _BASE.search(left) and re.match(r"(?:提高|提升|上升|增加|降)", right):
        named = subject_of(_BASE.sub("", left)) or subject_before(scan, one.start - len(left))
        scan.add(Item("result", *span, named, "=", one.value, "score"))
    elif one.upper is not None:
        _threshold(scan, one, left, ">=", "points")
        scan.add(Item("threshold", *span, subject_of(left), "<=", one.upper, "points"))
    elif re.search(r"(?:较|比)[^,。;]{0,12}[(]$", wide):
        scan.add(Item("result", *span, subject_before(scan, one.start), "=", one.value, "score"))
    elif re.search(r"(?:合格线|及格线|分数线|达标线|合格分)[^,。;]{0,3}$", left) or re.search(
        r"率[(][^()]{0,8}$", left
    ):
        _threshold(scan, one, left, operator or ">=", "points")
    elif re.search(r"(?:较|比)[^。;]{0,24}(?:提高|提升|增加|上升|下降|降低|减少)(?:了)?$", wide):
        add_target(scan, span, one.value, "score", operator or "=", relative=True)
    elif _MARK.match(right) or sets_off(scan, one.end):
        _threshold(scan, one, left, operator or ">=", "points")
    elif moved or (
        (_SCORE.search(wide) or _SCORE.search(scan.topic))
        and not _WEIGHT.search(left)
        and (operator or scan.sentence.back)
    ):
        add_target(
            scan, span, one.value, "score", operator, **({"subject": earlier.subject} if moved else {})
        )
    elif operator and NAMED.search(left) and not _WEIGHT.search(left):
        add_target(scan, span, one.value, "score", operator)
    elif operator and earlier and re.search(r"(?:今年|本年度?|目标|力争|争取|确保|要)[^,。;]{0,6}$", left):
        add_target(scan, span, one.value, "score", operator, subject=earlier.subject)
    else:
        _threshold(scan, one, left.removesuffix("占"), operator or "=", "points")
