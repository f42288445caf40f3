"""Counts: quotas, members of bodies, targets of numbers, what was reached, what sets something off."""

from __future__ import annotations

import re

from zhikong.reading.forms import per_unit
from zhikong.reading.items import Frequency, Item
from zhikong.reading.naming import NAMED, add_target, is_past, sets_off, subject_before
from zhikong.reading.quantities import Quantity
from zhikong.reading.scan import Scan, subject_of
from zhikong.reading.sentences import MARKS

_MAKE = re.compile(
    r"(?:报告|上报|申报|投稿|抽|发表|提供|抽查|抽取|抽审|实施|完成|开展|立项|举办|组织|培训|建立|查房|检查|督查|签约|义诊|门诊量|接诊|设|每队|选派|派出|引进|培养|新增|聘请|评委|争取|不少于|至少|达到|讨论|点评|随访|编发|编印|配备|培育|创建|评选|评出|表彰|遴选|推选|取前|获得|撰写|录用|招聘|其中[^,。;]{2,8}|[一二三特优]等奖|优秀[^,。;\d]{1,8}|先进[^,。;\d]{1,8}|各|推荐|开设|增开|采取|修订|制定|制订|编制|梳理|增设|增配|购置|采购|更新|新建|改造|举行|召开|承办|参加|邀请|选送|选拔|选树|打造|创办|推出|指定|明确|确定|安排|储备|选取|选出|评出|委派|指派|委任|推举|设置|设立|征集|整改|解决|办好|走访|慰问|受理|巡讲|宣讲|录制|拍摄|制作|发放|张贴|不低于|每[科组班月季年天周])[^,。;]{0,30}$"
)
_BACKGROUND = re.compile(
    r"(?:我院|本院|医院|全院)(?:现|目前|始建|占地|总|设有|拥有|共有)|现(?:有|编制|开放|设有?|辖)|编制(?:床位|总)|占地|建筑面积|在职职工|职工总数|集[^,。]{2,20}于一体"
)
_BASE = re.compile(r"^(?:者|的)?(?:,)?(?:每[^,。;]{1,4})?(?:扣|罚|奖励?(?![一二三金项牌名])|处罚)")
_MEMBERS = re.compile(r"(?:成员|组成|人组成|委员)")
_YEARLY = re.compile(r"年(?:度)?(?:报告|完成|开展|发表|申报|立项|上报)?[^,。;]{0,4}$")
_REPORTED = re.compile(
    r"[)](?:应|须|要|需|的|时)?[^。;]{0,16}(?:报告|上报|通报)"
)  # 聚集性感染(3例以上)应于12小时内报告
_CONDITION = re.compile(
    r"(?:^|[,;。])(?:[^,;。]{0,4})?(?:凡|如|若|一年内|一月内|累计|连续|出现|发生|未|对)[^,;。]{0,14}$"
)


def read_count(scan: Scan, one: Quantity, left: str, right: str, operator: str) -> bool:
    """A number of things; False when it is only part of what is told."""
    if (
        re.search(r"(?:精选|通用|推荐)$|(?:总结|范文|报告|方案|计划)$(?<!完成..)", left)
        and one.written[-1] == "篇"
    ):
        return False
    if not operator and _BACKGROUND.search(scan.before(one.start)) and not scan.sentence.role:
        return False  # 我院现编制床位420张,设临床科室19个: what the hospital is
    if re.match(r"中(?:随机)?(?:抽|选)", right):
        return False  # 五项中抽取一项: only what is drawn is asked for
    if re.search(r"第$", left):
        return _ordinal(scan, one, left, right, operator)
    if left.endswith("连续") and re.match(r"(?:季度|月|年|周)", right):
        scan.add(
            Item(
                "threshold",
                one.start,
                one.end,
                subject_of(left.removesuffix("连续")),
                ">=",
                one.value,
                "count",
            )
        )
        return True
    if re.search(r"(?:较|比|同比|环比)[^,。;]{0,10}(?:减少|增加|下降|上升|增长|降低)(?:了)?$", left):
        add_target(scan, (one.start, one.end), one.value, "count", operator, relative=True)
        return True
    if (
        scan.sentence.role in ("value", "past")
        and not scan.before(one.start).strip()
        and not right.strip()
        and NAMED.search(left)
    ):
        add_target(scan, (one.start, one.end), one.value, per_unit(scan, one) or "count", operator)
        return True
    if not operator and _BASE.match(right) and not re.search(r"[一二三特]等奖$|奖$", left):
        return False  # 一份扣2000元: what the money is counted by
    if _body(scan, one, left, right, operator):
        return True
    if re.search(r"每(?:百|100)(?!张|床|元|例)[^,。;\d]{0,14}$", left):
        add_target(scan, (one.start, one.end), one.value, "count", operator, needs_review=True)
        return True
    if re.search(r"(?:排名|名列|位列|位居)[^,。;]{0,8}前$", left):
        add_target(scan, (one.start, one.end), one.value, "count", operator or "<=", needs_review=True)
        return True
    if (
        not left.strip()
        and operator
        and scan.items
        and scan.items[-1].kind == "target"
        and one.written[-1] != "上"
    ):
        before = scan.items[-1]
        if scan.text[before.end : one.start] == "," and re.search(r"人次|例数|次数|数$", before.subject):
            add_target(scan, (one.start, one.end), one.value, "count", operator, subject=before.subject)
            return True
    if unit := per_unit(scan, one):
        add_target(scan, (one.start, one.end), one.value, unit, operator)
        return True
    bracketed = scan.text[one.start - 1] == "(" and _REPORTED.match(scan.text, one.end)
    reported = operator == ">=" and re.match(
        r"[^,。;]{0,20}\d(?:小时|分钟|日|天)内[^,。;]{0,4}(?:报告|上报)",
        right + scan.text[one.end : scan.clause(one.start)[1]],
    )
    alone = operator == ">=" and not left.strip() and re.match(r"[^,。;]{0,14}(?:应|须|需|必须|立即)", right)
    if operator and (
        alone
        or reported
        or bracketed
        or sets_off(scan, one.end)
        or (_CONDITION.search(left) and re.match(r"[^,。;]{0,10}(?:的|者)", right))
    ):
        scan.add(
            Item(
                "threshold", one.start, one.end, subject_of(left) or right[:12], operator, one.value, "count"
            )
        )
        return True
    if re.search(r"(?:累计|连续|发生|出现)$", left) and re.match(r"[^,。;]{0,10}(?:的|者)", right):
        scan.add(
            Item("threshold", one.start, one.end, subject_of(right), operator or ">=", one.value, "count")
        )
        return True
    if one.unit == "times":
        return _times(scan, one, left, right, operator)
    return _reached(scan, one, left, right, operator) or _quota(scan, one, left, right, operator)


def _ordinal(scan: Scan, one: Quantity, left: str, right: str, operator: str) -> bool:
    """第二次就诊未确诊者: the visit that sets something off."""
    if not re.match(r"[^,。;]{0,10}(?:者|仍|未|时)", right):
        return False
    scan.add(
        Item(
            "threshold", one.start, one.end, (right or left)[:16].strip(), operator or "=", one.value, "count"
        )
    )
    return True


def _body(scan: Scan, one: Quantity, left: str, right: str, operator: str) -> bool:
    if re.search(r"(?:组成|构成),?(?:总?共|共计|合计)\d", scan.text[one.end : scan.sentence.end]):
        return False  # 医师2人、护士1人组成,共5人: the whole follows
    if (
        re.search(r"(?:组成|构成),?(?:总?共|共计|合计)?$", scan.before(one.start))
        and one.written[-1] in "人名位"
    ):
        _two(scan, "body", one, subject_of(scan.before(one.start)), operator)
        return True
    composed = re.search(r"(?:由|人员|成员)[^,。;]{0,30}$", left) and re.match(r"[^,。;]{0,6}组成", right)
    named = not operator and re.search(r"(?:委员|成员|组员)(?:共|若干|计|人数)?(?:计|为)?$", left)
    if not (_MEMBERS.match(right) or composed or (named and one.written[-1] in "人名位")):
        return False
    _two(scan, "body", one, subject_of(left) or subject_of(right), operator)
    return True


def _times(scan: Scan, one: Quantity, left: str, right: str, operator: str) -> bool:
    if operator and re.search(r"(?:次数|频次|率|数量?)[^,。;\d]{0,6}$", left):
        add_target(scan, (one.start, one.end), one.value, "count", operator)
        return True
    if is_past(scan, (one.start, one.end)):
        return _reached(scan, one, left, right, operator)
    if not operator and not re.match(r"(?:的)?全院|培训|教育|检查|会议", right):
        return _quota(scan, one, left, right, operator) if one.value > 1 and _MAKE.search(left) else False
    scan.add(Item("duty", one.start, one.end + min(len(right), 16), subject_of(right) or subject_of(left), operator,
                  frequency=Frequency(one.value, "year"), needs_review=True, why="原文没有写多长时间内"),
             (one.start, one.end))  # fmt: skip
    return True


def _reached(scan: Scan, one: Quantity, left: str, right: str, operator: str) -> bool:
    told = one.approximate or (
        operator in (">", ">=", "") and re.search(r"共|超过|完成|达|接听|救治|建立|开展", left + one.written)
    )
    counted = (
        scan.sentence.back
        and one.unit in ("count", "times")
        and "精选" not in left
        and (scan.text[one.first].isdigit() or one.value >= 10)
        and re.search(r"[\u4e00-\u9fff]{2}$", left)
    )
    if not (is_past(scan, (one.start, one.end)) and one.value > 1 and (told or counted)):
        return False
    operator = ">" if one.approximate else "=" if re.match(r"达", one.written) else operator or "="
    scan.add(
        Item(
            "result", one.start, one.end, subject_of(left) or subject_of(right), operator, one.value, "count"
        )
    )
    return True


def _quota(scan: Scan, one: Quantity, left: str, right: str, operator: str) -> bool:
    listed = _listed(scan, one)
    told = scan.text[one.first].isdigit() or (one.value > 1 and one.written[-1] in "名份场套例篇期节堂位")
    made = listed or _MAKE.search(left if told else left[-4:]) or left.strip() in ("全年", "年内", "本年度")
    if _of_measure(scan, one, left, right, operator, bool(made)):
        add_target(scan, (one.start, one.end), one.value, "count", operator)
        return True
    if not (
        operator
        or made
        or _alone(scan, one)
        or re.match(r"左右|[^,。;]{0,10}(?:进行|给予|予以)(?:表彰|奖励)", right)
    ):
        return False
    yearly = Frequency(1, "year") if _YEARLY.search(left) else listed.frequency if listed else None
    named = subject_of(left) or subject_of(right) or subject_before(scan, one.start)
    _two(scan, "quota", one, named, operator, frequency=yearly,
         department=scan.sentence.department)  # fmt: skip
    return True


def _alone(scan: Scan, one: Quantity) -> bool:
    """流程改进视频1个 in a list of what is handed in; 一等奖 | 1个队 in a table of prizes."""
    if scan.sentence.role:
        return bool(re.search(r"奖$", scan.sentence.heading) and one.start == scan.sentence.start)
    own = MARKS.sub("", scan.before(one.start), count=1)
    ends = re.match(r"[,;。]|$", scan.text[one.end : scan.sentence.end])
    written = scan.text[one.first].isdigit() and one.written[-1] in "个份套篇部幅张件册"
    return bool(written and ends and not scan.sentence.back and re.fullmatch(r"[^,。;:\d]{2,16}", own))


def _of_measure(scan: Scan, one: Quantity, left: str, right: str, operator: str, made: bool) -> bool:
    """门诊人次9600人次, 纠纷控制在2起以内, 不少于3种方式: something that is measured, not something to be done so often."""
    named = (
        re.search(r"(?:次数|例数|件数|天数|张数|人次|台次|床数|起数)$", left)
        and scan.text[one.first].isdigit()
    )
    before = scan.items[-1].kind == "target" if scan.items else False
    if named and operator in (">=", "<=", "") and (operator or made or before):
        return True
    if operator in ("<=", "<") and re.search(
        r"(?:差错|事故|纠纷|投诉|死亡|感染|事件|缺陷)(?:发生)?(?:控制|力争)?$", left
    ):
        return True
    ways = operator in (">=", "<=") and re.search(r"(?:方式|形式|途径|渠道)", right)
    return bool(ways or scan.text[one.start :].startswith("控制在"))


def _listed(scan: Scan, one: Quantity) -> Item | None:
    """门诊病历30份、住院病历10份: a quota that goes on from the one before."""
    earlier = [item for item in scan.items if item.end <= one.first]
    last = max(earlier, key=lambda item: item.end, default=None)
    last = last if last and last.kind == "quota" and last.unit == "count" else None
    going = last and re.fullmatch(r"[、,](?:[^,。;、\d]{1,10})", scan.text[last.end : one.first])
    return last if going else None


def _two(scan: Scan, kind: str, one: Quantity, subject: str, operator: str, **more) -> None:
    """One item, or two on one span when it is a range."""
    span = (one.start, one.end)
    if one.upper is None:
        scan.add(Item(kind, *span, subject, operator or "=", one.value, "count", **more), span)
        return
    scan.add(Item(kind, *span, subject, ">=", one.value, "count", **more), span)
    scan.add(Item(kind, *span, subject, "<=", one.upper, "count", **more), span)
