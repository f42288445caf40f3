"""Numbers that are neither dates nor limits of time: shares, durations that are measured, money, points, counts."""

from __future__ import annotations

import re
from dataclasses import replace

from zhikong.reading.amounts import read_money, read_points
from zhikong.reading.counts import read_count
from zhikong.reading.forms import per_unit
from zhikong.reading.items import Frequency, Item
from zhikong.reading.naming import NAMED, add_target, is_past, sets_off, subject_before
from zhikong.reading.quantities import AFTER, BEFORE, UNITS, Quantity
from zhikong.reading.scan import Scan, pace_of, subject_of
from zhikong.reading.sentences import Sentence

_CHANGE = re.compile(
    r"(?P<verb>下降|降低|减少|缩短|压缩|下调|提高|提升|增长|增加|上升|递增|递减|升高|上涨|上浮|增幅|涨幅|降幅)(?P<le>了)?(?:幅度)?(?:达|达到|超过|不高于|不低于|不少于|不超过|至少|约|近|>=|≥|<=|≤|<|>|=|控制在|为)?$"
)
_MOVED = r"(?:提高|提升|上升|增加|增长|降低|下降|缩短|减少|压缩|降|升|左右)"
_BASE = re.compile(
    r"(?:由|从)(?:原来|去年|上年|之前|以往|目前|现在|原先|年初|当前|(?:19|20)\d\d年)?(?:度)?的?(?:平均)?[^,。;]{0,6}$"
)
_TAKEN = re.compile(
    r"(?:抽查|抽取|抽检|抽样|抽审)(?:比例)?(?!率)[^,。;]{0,8}$|(?:抽查|抽取|抽检)[^,。;率比]{2,16}$|自查[^,。;率比]{2,14}$|按照?[^,。;]{0,8}$"
)
_CUT = re.compile(r"(?:奖金|绩效|工资|扣|扣发|扣除|扣减|罚|补贴|津贴|年终奖|赔偿额?|承担)[^,。;]{0,8}$")
_WEIGHT = re.compile(
    r"(?:占|权重(?:为|:)?)$|占[^,。;\d]{0,6}(?:成绩|总分|考核|分值|绩效|评分|得分|补助|工资|奖金)(?:的)?$"
)
_PAID = re.compile(r"(?:扣|罚|奖励|承担|减发|扣发|扣减)(?!分)[^,。;率]{0,12}$")
_STEP = re.compile(r"每(?!月|周|季|年|天|日|个|百|千|万|亿)[^,。;\d]{0,12}$")
_TIMES = ("minutes", "hours", "days", "months")


def is_step(scan: Scan, one: Quantity) -> bool:
    """每降低1个百分点扣…, 每超0.1天扣…, 超1例扣…: the step that money or points are counted by."""
    left, right = scan.left(one.start), scan.right(one.end)
    by = _STEP.search(left) and (not one.operator or one.written[0] in "超低高多少")
    over = one.written[0] == "超" and one.value == 1
    taken = re.match(r"[^,。;\d]{0,10}(?:扣|罚|奖|加分|加\d|减)", right)
    return bool((by or over) and taken and not re.search(r"[扣罚奖]", left))


def read_value(scan: Scan, one: Quantity, following: Quantity | None) -> bool:
    """What a number says; False when it means nothing that is known."""
    left, right = scan.left(one.start), scan.right(one.end)
    if one.unit == "points" and one.value == 0:
        return False  # 按零分计: what follows from something, and no mark that is given
    missed = one.written.startswith(("未达", "达不到")) or re.search(r"(?:未达到?|达不到)$", left)
    if missed and scan.sentence.back:
        return False  # 未达到95%的目标: what was missed last year
    operator = one.operator or _far_operator(left, one.unit) or _inherited(scan, one, following)
    if one.unit in ("%", "‰", "‱", "pp", "per_10k"):
        _share(scan, one, left, right, operator)
    elif one.unit in ("CNY", "CNY_10k"):
        read_money(scan, one, left, right, operator)
    elif one.unit == "points":
        read_points(scan, one, left, right, operator)
    else:
        return _other(scan, one, left, right, operator)
    return True


def _other(scan: Scan, one: Quantity, left: str, right: str, operator: str) -> bool:
    if one.unit == "years_old" and (one.upper is not None or not operator):
        return False  # 0-6岁儿童: whom something is for
    if one.unit == "ml" and operator and NAMED.search(left):
        add_target(scan, (one.start, one.end), one.value, "ml", operator)
        return True
    if one.unit in ("ml", "years_old"):
        unit = one.unit if one.unit == "ml" else ""
        scan.add(
            Item(
                "threshold",
                one.start,
                one.end,
                subject_of(left) or right[:12],
                operator or "=",
                one.value,
                unit,
            )
        )
        return True
    if one.unit == "ddd":
        add_target(scan, (one.start, one.end), one.value, "", operator)  # the stable form has no unit for it
        return True
    if one.unit in _TIMES or one.unit in ("weeks", "years"):
        return _duration(scan, one, left, right, operator)
    if one.unit in ("count", "times"):
        return read_count(scan, one, left, right, operator)
    return _bare(scan, one, left, operator)


def _far_operator(left: str, unit: str) -> str:
    """不低于总检查量的60%: the comparison stands apart from its number."""
    if unit in ("CNY", "CNY_10k", "points"):
        return ""
    words = r"不得低于|不低于|不得少于|不少于|不得超过|不超过|不高于|不得高于|至少|控制在|达到(?!标)|达(?!标|成|不)"
    found = list(re.finditer(words, left[-14:]))
    return BEFORE[found[-1][0]] if found else ""


def _inherited(scan: Scan, one: Quantity, following: Quantity | None) -> str:
    """三级50%、二级70%以上: what stands after the last of a list holds for all."""
    if not following or following.unit != one.unit or "、" not in scan.text[one.end : following.start]:
        return ""
    ending = re.search(r"(?:" + "|".join(AFTER) + r")$", following.written)
    return following.operator if ending and len(scan.text[one.end : following.first]) < 20 else ""


def _share(scan: Scan, one: Quantity, left: str, right: str, operator: str) -> None:
    """A percentage: a weight, a base, a change, a sample, a cut of pay, or a target."""
    span, unit = (one.start, one.end), one.unit
    if unit == "%" and _weighed(scan, left):
        kind = "result" if scan.sentence.back else "threshold"
        named = subject_of(left.split("占")[0]) or subject_before(scan, one.start - len(left))
        scan.add(Item(kind, *span, named, operator or "=", one.value, unit))
    elif _from(scan, one, left) and re.match(_MOVED, right):
        _baseline(scan, one, left)
    elif unit == "pp" or _changed(scan, one, left):
        add_target(scan, span, one.value, unit, operator or "=", relative=True)
    elif (_CUT.search(left) or _PAID.search(left)) and (not NAMED.search(left) or _PAID.search(left)):
        low = ">=" if one.upper is not None else operator or "="
        scan.add(Item("money", *span, subject_of(left), low, one.value, unit))
        if one.upper is not None:
            scan.add(Item("money", *span, subject_of(left), "<=", one.upper, unit))
    elif (
        scan.items
        and scan.items[-1].kind == "money"
        and re.match(r"(?:最高|最多|累计|合计|封顶)", left or one.written)
    ):
        scan.add(
            Item("money", *span, scan.items[-1].subject, operator or "=", one.value, unit)
        )  # 每项扣2%,最高不超过10%
    elif _TAKEN.search(left) or ("点评" in scan.sentence.text and not re.search(r"率|比例|占比", left)):
        scan.add(Item("quota", *span, subject_of(left), operator or "=", one.value, unit))
    else:
        unit = (per_unit(scan, one) if unit == "‰" else "") or unit
        add_target(scan, span, one.value, unit, ">=" if one.upper is not None else operator)
        if one.upper is not None:
            add_target(scan, span, one.upper, unit, "<=")


def _changed(scan: Scan, one: Quantity, left: str) -> bool:
    """下降10%, 增长百分之六: by how much; not to what (缩短为3天)."""
    words = left + re.sub(r"[百千万]分之$", "", scan.text[one.start : one.first])
    return bool(_CHANGE.search(words) and not re.search(r"(?<!幅度)(?<![增涨降]幅)为$", words))


def _weighed(scan: Scan, left: str) -> bool:
    """权重20%, 日常检查占60%: a part of a mark, and not the share that an indicator measures."""
    if scan.sentence.role == "weight" or re.search(r"权重(?:为|:)?$", left):
        return True
    if left.startswith("其中") and scan.items and scan.items[-1].kind in ("quota", "target"):
        return False  # 不少于200例,其中新的、严重的占30%以上: a share that is wanted
    scored = re.search(r"考核|评分|成绩|总分|得分|分值|绩效|评价|百分制", scan.sentence.text)
    return bool(_WEIGHT.search(left) and (scored or not NAMED.search(left[:-1].removesuffix("占"))))


def _from(scan: Scan, one: Quantity, left: str) -> bool:
    """由3.2%, 从2025年的3.1%: where a change starts."""
    whole = scan.text[scan.clause(one.start)[0] : one.start]
    return bool(_BASE.search(left) or re.search(r"[由从](?:20\d\d|去|上一?)年度?的?$", whole))


def _baseline(scan: Scan, one: Quantity, left: str) -> None:
    """由3.2%降至…: what was before is a result."""
    subject = subject_of(_BASE.sub("", left)) or subject_before(scan, one.start - len(left))
    scan.add(Item("result", one.start, one.end, subject, "=", one.value, one.unit), (one.start, one.end))


def _duration(scan: Scan, one: Quantity, left: str, right: str, operator: str) -> bool:
    """A measured time that is wanted, a change of it, its base, or hours of training that are owed."""
    unit, value = _plain_time(one)
    if left.endswith("连续"):
        return False
    if _from(scan, one, left) and re.match(_MOVED, right):
        _baseline(scan, one, left)
        return True
    if _changed(scan, one, left):
        add_target(scan, (one.start, one.end), value, unit, operator or "=", relative=True)
        return True
    if (
        operator in (">=", "")
        and re.search(r"(?:每次|培训|学习|进修|教育|带教|轮转|授课|练|每人(?:每年)?)[^,。;]{0,10}$", left)
        and operator
    ):
        scan.add(
            Item(
                "quota",
                one.start,
                one.end,
                subject_of(left) or subject_before(scan, one.start),
                operator,
                value,
                unit,
            )
        )
        return True
    if sets_off(scan, one.end) and operator and not scan.sentence.back:
        scan.add(Item("threshold", one.start, one.end, subject_of(left), operator, value, unit))
        return True
    printed = one.written[0] in "≥≤<>" and re.search(r"(?:[\u4e00-\u9fff]|[A-Za-z]){2}[)]?$", left)
    measured = operator == "<=" and re.search(r"疗程|病程", left)
    wanted = (
        printed
        or measured
        or one.written.startswith("控制在")
        or (operator and NAMED.search(left))
        or re.search(r"(?:缩短|精确|控制|降|压缩)[^,。;]{0,2}$", left)
    )
    again = (
        scan.items and scan.items[-1].unit == unit and scan.text[scan.items[-1].end] == "("
    )  # (2025年为8.3天)
    reached = is_past(scan, (one.start, one.end)) and (again or NAMED.search(left))
    named = re.search(r"(?:平均住院日|住院日|床日|等候时间|等待时间|天数)(?:为|:)?$", left) or (
        scan.sentence.role in ("value", "past") and NAMED.search(left)
    )
    if not (wanted or reached or named):
        return False
    defined = bool(re.search(r"率[^,。;]{0,6}[(]$", left))
    add_target(scan, (one.start, one.end), value, unit, operator, needs_review=defined)
    return True


def _plain_time(one: Quantity) -> tuple[str, float]:
    factor = {"weeks": ("days", 7), "years": ("months", 12)}.get(one.unit)
    return (factor[0], one.value * factor[1]) if factor else (one.unit, one.value)


def _bare(scan: Scan, one: Quantity, left: str, operator: str) -> bool:
    """A number without a unit: a target when it is compared and the clause names something that is measured."""
    cell = (
        scan.sentence.role in ("value", "past") and NAMED.search(left) and not scan.before(one.start).strip()
    )
    compared = one.written[:1] in "≥≤><=" or operator
    printed = one.written[:1] in "≥≤" and re.search(r"[\u4e00-\u9fff]{2}", left)
    if not (compared and NAMED.search(left)) and not cell and not printed:
        return False
    unit = per_unit(scan, one) or (_unit_in_table(scan, left) if scan.sentence.role else "")
    if printed and not unit and not NAMED.search(left):
        add_target(scan, (one.start, one.end), one.value, "", operator, needs_review=True)
        return True
    if not unit and not re.match(r"[A-Za-z]", scan.text[one.end : one.end + 1]):
        unit = "count"
    add_target(scan, (one.start, one.end), one.value, unit, operator, needs_review=unit in ("count", ""))
    return True


_PER_SAID = (
    (r"/(?:千|1000).*日$", "per_1000_device_days"),
    (r"/(?:百|100)张?床?位?$", "per_100_beds"),
    (r"/(?:万|10000)", "per_10k"),
)


def _unit_in_table(scan: Scan, name: str) -> str:
    """平均住院日(天): the unit stands with the name; else its column, its row or the heading may say it."""
    found = re.search(r"[(](?:单位:)?([^()]{1,6})[)]$", name)
    said = found[1] if found else scan.sentence.unit
    if not found and re.search(r"(?:平均分|得分|均分|评分)$", name):
        return "score"  # in a table headed 单位:%
    if per := next((unit for sign, unit in _PER_SAID if re.search(sign, said)), ""):
        return per
    written = UNITS.get(said, "")
    return {
        "ddd": "",
        "times": "count",
        "workdays": "days",
        "weeks": "",
        "years": "",
        "years_old": "",
        "points": "score",
    }.get(written, written)


def with_period(item: Item, sentence: Sentence) -> Item:
    """A row's target is looked at as often as its row says; what a line headed 每月: asks for is owed every month."""
    per = pace_of(sentence.period)
    asked = item.kind == "target" or (not sentence.role and item.kind == "quota" and item.unit == "count")
    return replace(item, frequency=Frequency(1, per)) if per and asked and not item.frequency else item
