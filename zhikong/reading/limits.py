"""Limits of time: hours after an event, at once, and what looks like one: a trigger, a phase, a measured time."""

from __future__ import annotations

import re
from dataclasses import replace

from zhikong.reading.items import Item, Within
from zhikong.reading.naming import NAMED, sets_off
from zhikong.reading.numerals import NUMBER
from zhikong.reading.quantities import Quantity
from zhikong.reading.scan import Scan, level_of, subject_of

TIME = {
    "minutes": "minute",
    "hours": "hour",
    "days": "day",
    "workdays": "workday",
    "months": "month",
    "weeks": "day",
    "years": "month",
}
_FACTOR = {"weeks": 7, "years": 12}
_DAYS = {"workdays": (1, "days"), "weeks": (7, "days"), "years": (12, "months")}
_AT_ONCE = re.compile(
    r"(?<!完成)即刻|即时(?=书写|处理|处置|上报|报告|记录|整改|纠正|反馈|通知|救治|抢救|答复)|立即|立刻|马上|第一时间(?=.{0,6}(?:报告|上报|通知|处理|到达))"
)
_SHIFT = re.compile(
    r"当班(?:内)?(?=完成|书写|上报|报告|记录|处理|纠正|整改|解决|反馈)|(?<!患者)术前(?=完成)|(?:当[日天]|次日)(?:内)?(?=完成|上报|报告|书写|内|回复|答复|反馈|处理|处置|归档|整改|办结|响应|讨论|解决|通知|告知|录入|登记|送达|送检|提交|组织|报|交)"
)
_MEASURED = re.compile(r"(?:时间|日|天数|时长|周期|时限|等候|等待|滞留|间隔)(?:[^,。;]{0,4})$")
_DONE = re.compile(
    r"^(?:的)?(?:书面|电话|网络|口头|据实|首次|及时|由|应|必须|须|予以|向[^,。;]{1,8}|给予|将[^,。;]{1,10}|到[^,。;]{1,4}|对[^,。;]{1,10}|进行|组织|作出)?"
    r"(?:内|以内|之内|前|时限|完成|谈话|上报|报告|通报|答复|回复|办结|处理|处置|到达|到位|到场|到岗|到|书写|提交|归档|反馈|送达|整改|出具|出报告|出结果|发出?报告|随访|完善|进行|组织|召开|查房|补记|补报|补考|填报|复核|审核|申诉|公示|公布|送|报|签|响应|赶到|赴|就位|执行|开始|转|交接|记录|通知|告知|抵达|接诊|会诊|启动|讨论|分析|返|取|缴|落实|核查|调查|备案|检查|评估|治疗|手术|实施|给|回访|联系|受理|移交|录入|登记)"
)
_NO_LIMIT = re.compile(
    r"^(?:的)?(?:内|以内|之内)?(?:累计|连续|出现|发生|再次|再住院|重返|非计划|无|未|死亡|不得|有|同一|多次)"
)

_LISTED_LIMIT = re.compile(  # I级患者即刻、II级患者10分钟内: the next one's begins at the mark
    rf"、[^,。;、\d]{{0,10}}{NUMBER}(?:个)?(?:工作日|分钟|小时|天|日)"
)
_AGAIN = r"[^,。;]{0,14}(?:末位|倒数|排名|不合格|不达标|未|低于|超|位列|位于|处于|出现|发生|靠后|垫底|异常|上升|下降)"


def read_at_once(scan: Scan) -> None:
    """即刻 is no minutes; 当班 names no number and asks for a look."""
    for match in _AT_ONCE.finditer(scan.text, scan.sentence.start, scan.sentence.end):
        _limit(scan, match, Within(0, "minute"))
    for match in _SHIFT.finditer(scan.text, scan.sentence.start, scan.sentence.end):
        within = Within(1, "day") if match[0].startswith(("当日", "当天", "次日")) else None
        _limit(scan, match, within, needs_review=True, why="原文没有写多长时间")


def _limit(scan: Scan, match: re.Match[str], within: Within | None, **more) -> None:
    start, end = scan.clause(match.start())
    subject = subject_of(scan.text[start : match.start()]) or subject_of(scan.text[match.end() : end])
    start = max(start, scan.opens(match.start()))
    if listed := _LISTED_LIMIT.search(scan.text, match.end(), end):
        end = listed.start()
    scan.add(Item("deadline", start, end, subject, within=within, **more), match.span())


def read_time(scan: Scan, one: Quantity, following: Quantity | None) -> bool:
    """A number of minutes, hours, days or months that is a limit, a trigger or a phase; False when it is none of them."""
    left, right = scan.left(one.start), scan.right(one.end)
    if left.endswith(("第", "最后")) or _measured_here(scan, left, right):
        return False
    within = Within(one.value * _FACTOR.get(one.unit, 1), TIME[one.unit])
    if _phase(scan, one, left, right, within):
        return True
    if not scan.sentence.back and _trigger(scan, one, left, right):
        _set_off(scan, one, left, right)
        return True
    if one.unit == "days" and right.startswith("前") and not one.operator and (theme := _month_of(scan)):
        start, end = scan.opens(one.start), scan.clause(one.start)[1]
        scan.add(
            Item("deadline", start, end, subject_of(right), ends_on=f"{theme:02d}-{int(one.value):02d}"),
            (one.start, one.end),
        )
        return True
    if not _is_limit(scan, one, following, left, right):
        return False
    start, end = _stretch(scan, one, following)
    left = left if start == scan.opens(one.start) else scan.text[start : one.start]
    odd = _odd(scan, one, left, right)
    named = subject_of(left)
    subject = (named if len(named) > 1 else "") or subject_of(right.split("(")[0]) or scan.sentence.heading
    if scan.sentence.role == "due":
        subject = scan.sentence.heading  # 抢救结束后6小时 in the row 抢救记录
    scan.add(
        Item("deadline", start, min(end, one.end + len(right)), subject, within=within,
             level=level_of(left), department=scan.sentence.department, needs_review=odd, confidence=0.6 if odd else 0.9),
        (one.start, one.end),
    )  # fmt: skip
    if one.upper is not None:  # 3-5个工作日内: two items on one span
        longest = Within(one.upper * _FACTOR.get(one.unit, 1), within.unit)
        scan.items.append(replace(scan.items[-1], within=longest))
    return True


def _stretch(scan: Scan, one: Quantity, following: Quantity | None) -> tuple[int, int]:
    """From where to where a limit is told; 24小时内报告卫健局、7个工作日内完成评审 are two beside each other."""
    start, end = scan.opens(one.start), scan.clause(one.start)[1]
    last = scan.items[-1] if scan.items else None
    mark = scan.text.rfind("、", start, one.start)
    if mark >= 0 and last and last.kind == "deadline" and last.end == mark:
        start = mark + 1
    if following and following.unit in TIME and following.start < end:
        mark = scan.text.rfind("、", one.end, following.start)
        end = mark if mark >= 0 else end
    return start, end


def _measured_here(scan: Scan, left: str, right: str) -> bool:
    """由28小时缩短至…, a cell under what was reached: a measured time, no limit."""
    moved = re.search(r"(?:由|从)[^,。;]{0,10}$", left) and re.match(r"缩短|降|减|压缩|延|增", right)
    return bool(moved or (scan.sentence.role in ("value", "past") and NAMED.search(left)))


def _month_of(scan: Scan) -> int | None:
    """The month whose theme the sentence tells: 6月:…,30日前上交."""
    return next((one.theme_month for one in scan.items if one.theme_month), None)


def _odd(scan: Scan, one: Quantity, left: str, right: str) -> bool:
    """12小时留院制, 及时率(2日内), 前一天: a limit that somebody should look at."""
    defined = re.search(r"率[(][^()]{0,10}$", left)
    ahead = re.search(r"前$", left) and not re.search(r"提前$", left)
    return bool(re.match(r"[^,。;]{0,4}制(?!度)", right) or defined or ahead)


def _set_off(scan: Scan, one: Quantity, left: str, right: str) -> None:
    if left.endswith("连续"):
        operator = ">="
    else:
        operator = ">" if re.search(r"[>超满]", one.written + left[-2:]) or not one.operator else one.operator
    if re.search(r"达到(?:或超过)?|以上|≥", one.written):
        operator = ">="
    value, unit = one.value * _DAYS.get(one.unit, (1, ""))[0], _DAYS.get(one.unit, (1, one.unit))[1]
    scan.add(Item("threshold", one.start, one.end, subject_of(left) or right[:12], operator, value, unit))


def _is_limit(scan: Scan, one: Quantity, following: Quantity | None, left: str, right: str) -> bool:
    if not _may_limit(scan, one, left, right):
        return False
    inside = re.search(r"(?:内|以内|之内)$", scan.text[one.start : one.end + (0 if one.operator else 1)])
    if _DONE.match(right) or inside:
        return not (_MEASURED.search(left) and one.operator in ("<=", "<") and not one.written.endswith("内"))
    if re.match(r"[^,。;]{0,4}制(?!度)", right) and one.unit == "hours":
        return True
    if one.operator in ("", "=") and re.search(r"时间(?:为|:)?$", left) and one.unit in ("minutes", "hours"):
        return True
    if scan.sentence.role == "due" and not right.strip():
        return True
    going = scan.items and scan.items[-1].kind == "deadline"
    if one.operator == "<=" and not NAMED.search(left) and (going or "时限" in left):
        return True
    if one.unit == "workdays" or re.search(r"(?:提前|延长至|延至)$", left):
        return True
    if re.search(r"时限(?:为|是|:)?[^,。;]{0,14}$", left):
        return True  # 补记时限为抢救结束后6小时
    if re.search(r"的?时限", scan.text[one.end : scan.sentence.end]):
        return True
    return _shared(scan, one, following)


def _may_limit(scan: Scan, one: Quantity, left: str, right: str) -> bool:
    if one.operator in (">=", ">") or re.search(r"对$", left):
        return False
    if re.match(r"后(?!续)", right) and not one.operator and one.unit in ("hours", "days"):
        return False  # 出生72小时后: not before
    if scan.sentence.back and re.search(r"(?:未达到?|达不到)$", left + scan.text[one.start : one.first]):
        return False  # 未达到10分钟内处置的要求: what was missed
    if re.search(r"(?<![提术])前$", left) and not _DONE.match(right):
        return False  # 点评前一日新入院病历
    if re.search(r"(?:待岗|停岗|停职|停诊|离岗|脱产|试用|暂停[^,。;]{0,6})$", left):
        return False
    if re.search(
        r"(?:缩短|压缩|控制|降低|减少|精确|[降升])(?:至|到|在)?$", left + scan.text[one.start : one.first]
    ):
        return False
    if re.match(r"(?:应急|值班|服务|不间断|在线|开放|热线|动态|血压|心电|尿|监测|监护|总)", right):
        return False
    return not (_NO_LIMIT.match(right) and one.unit not in ("minutes",))


def _shared(scan: Scan, one: Quantity, following: Quantity | None) -> bool:
    """普通病人24小时、危重病人6小时内: 内 stands once for all."""
    if one.operator or not (
        following
        and following.unit in TIME
        and re.match(r"[^。;]{0,14}$", scan.text[one.end : following.first])
    ):
        return False
    return bool(re.match(r".{0,4}内", scan.text[following.end - 1 : following.end + 4]))


def _trigger(scan: Scan, one: Quantity, left: str, right: str) -> bool:
    """住院>30天的患者, 超过48小时未…, 3日未确诊: not a limit but what sets something off."""
    if left.endswith("连续") and re.match(_AGAIN, right):
        return True
    if re.match(r"内?(?:仍|尚)?(?:未|不能|无法|没有)[^,。;]{1,10}(?:的|者|,|$)|(?:仍|尚)?未", right):
        return True
    over = one.operator == ">" or re.search(r"(?:超过|满|大于)$", left)
    over = over or (one.operator == ">=" and re.search(r"住院|滞留|停留|超时|逾期|卧床", left))
    stops = (
        not right
        or right[0] in "、(和及或"
        or re.match(r"(?:的|者|患者|病人|未|仍|应|须|要|需|报|由)", right)
    )
    return bool(over and (stops or sets_off(scan, one.end)))


def _phase(scan: Scan, one: Quantity, left: str, right: str, within: Within) -> bool:
    """准备阶段(半个月), 集中6个月时间, 为期三年: a stretch without days."""
    if one.unit not in ("days", "weeks", "months", "years"):
        return False
    bracketed = (
        left.endswith("(") and "阶段" in left and scan.text[one.end : one.end + 1] in ")" + chr(0xFF09)
    )
    named = re.search(r"(?:为期|集中|历时|持续)$", left) or (
        one.unit in ("months", "years") and re.match(r"(?:的)?(?:时间|专项|周期)", right)
    )
    if left.endswith("连续"):
        return False
    if not bracketed and not named:
        return False
    subject = subject_of(left.rstrip("(")) or subject_of(right) or scan.sentence.heading
    scan.add(Item("date_range", one.start, one.end, subject, within=within), (one.start, one.end))
    return True
