"""How often something is owed: 每季度召开一次, 每月两次, 一年不少于4次, 至少2天一次, 全年…12次."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import zip_longest

from zhikong.reading.items import Frequency, Item
from zhikong.reading.naming import NAMED, is_past
from zhikong.reading.numerals import NUMBER, WHOLE, value_of
from zhikong.reading.owners import owner_of
from zhikong.reading.quantities import UNITS
from zhikong.reading.scan import Scan, subject_of

# what the period is called: (per, how many times a per it comes round)
PER = {
    "小时": ("day", 24), "天": ("day", 1), "日": ("day", 1), "晚": ("day", 1), "晨": ("day", 1), "早": ("day", 1),
    "夜": ("day", 1), "周": ("week", 1), "星期": ("week", 1), "礼拜": ("week", 1), "双周": ("week", 0.5),
    "旬": ("month", 3), "半月": ("month", 2), "半个月": ("month", 2), "月": ("month", 1), "月度": ("month", 1),
    "双月": ("month", 0.5), "季": ("quarter", 1), "季度": ("quarter", 1), "半年": ("half_year", 1),
    "半年度": ("half_year", 1), "上下半年": ("half_year", 1), "上、下半年": ("half_year", 1), "学期": ("half_year", 1), "年": ("year", 1), "年度": ("year", 1),
}  # fmt: skip
_PERIOD = r"半年|半个月|半月|双月|双周|季度|年度|月度|星期|礼拜|学期|小时|天|日|周|月|季|年|旬"
_NO = r"(?!来|内|间|扣|罚|绩效|奖金|工资|开放|清单|均|平均|累计|[一二三四五六日天]前|\d+(?:\.\d+)?万?元|考核分|床日|初|门诊量|诊疗量)"
_EVERY = re.compile(
    rf"(?:每|逐(?!年)|按)(?:隔)?(?:一(?!日清单))?(?:(?P<n>{WHOLE})个?|个)?(?P<per>{_PERIOD}){_NO}(?:度)?"
    r"|每(?P<night>晚|晨|早|夜)(?![间期])"
    rf"|(?:(?<=[,。;、:\n\t])|(?=上(?:半年)?[、和]?下半年))(?P<alone>上(?:半年)?[、和]?下半年(?=各)|半年|双月|双周|半月)(?=各?(?:召开|开展|组织|进行)[^,。;]{{0,8}}?一?次|各?[一1]次)"
    rf"|(?P<year>(?<![\d一二三四五六七八九十前近过去第])[1一全]年)(?!累计|出现|发生|来|级|期|以上|多|前|后|制|底|初|四季|内)(?:度)?(?=[^,。;]{{0,12}}?{NUMBER}次)"
)
_EACH_SO = re.compile(
    rf"(?<![第每后前院满达近过\d一二三四五六七八九十])(?:(?P<n>{WHOLE})个?)?(?P<per>{_PERIOD})(?:至少|不少于|召开|组织|开展|进行|记录|巡视|评估|查房|更换|轮换|考核|检查|测量|监测|公布|通报|汇总|会诊|讨论|演练|培训){{0,2}}(?P<times>{NUMBER})(?:次|回|轮)"
)
_PER_EACH = re.compile(
    rf"(?P<op>不少于|至少|≥|>=|=)?(?P<times>{NUMBER})次/(?:每)?(?:(?P<n>{WHOLE})个?)?(?P<per>{_PERIOD})(?P<more>以上)?"
)
_TIMES = re.compile(
    rf"(?P<each>(?:上、?下午)?各[^,。;、]{{0,8}}?)?(?P<op>不得少于|不少于|不能少于|至少|最少|不低于|≥|>=)?(?P<n>{NUMBER})(?P<to>-|至|到)?(?P<m>{NUMBER})?(?:次(?!就诊|手术|检查后|[日月均]|[/])|[遍轮]|回(?!访|顾|复))(?P<more>以上|及以上)?"
)
_THINGS = "|".join(sorted((one for one, unit in UNITS.items() if unit == "count"), key=len, reverse=True))
_COUNTED = re.compile(
    rf"(?P<op>不得少于|不少于|不能少于|不低于|至少|最少|≥|>=|>|=|达到?)?(?P<n>{NUMBER})(?P<unit>{_THINGS}|(?P<hours>小时|天|周))(?!内|前|后|工作)(?P<more>以上|及以上|左右)?"
)
_NEAR = re.compile(rf"[一1](?=[督检抽评查会考])|(?P<n>{NUMBER})次")
_BASE = re.compile(r"每[百千万\d]+(?:张|名|例|人次|床日)[^,。;]*$")
_TITLE = re.compile(r"(?:工作)?(?:安排|计划|重点|任务|主题|目标)(?:表|一览表)?:?$")
_SUMMED_UP = re.compile(
    r"(?:以|按)(?P<per>季度|半年度|半年|年度)(?=[^,。;]{0,4}(?:总结|汇总|小结|报告|通报))"
)
_WHEN_IN_IT = re.compile(
    r"^(?:[一二三四五六日天](?:上午|中午|下午|晚上?)|第[一二三四]周(?:周[一二三四五六日])?(?=[\u4e00-\u9fff]{3}))"
)
_AT_LEAST = re.compile(r"至少$|不少于$|不得少于$")
_YEARLY = re.compile(r"(?:全年|年内|本年度?|今年|年度内|20\d\d年(?:度)?)(?!的)")


def read_frequencies(scan: Scan) -> None:
    """Every 每… of the sentence with its number of times, then what shares a period with it."""
    for match in _PER_EACH.finditer(scan.text, scan.sentence.start, scan.sentence.end):
        if scan.free(*match.span()) and not NAMED.search(scan.left(match.start())):
            _owed_each(scan, match)
    for match in _EACH_SO.finditer(scan.text, scan.sentence.start, scan.sentence.end):
        if (match["n"] or match["per"].startswith(("半", "双"))) and scan.free(*match.span()):
            _owed_each(scan, match)
    found = [
        one
        for one in _EVERY.finditer(scan.text, scan.sentence.start, scan.sentence.end)
        if scan.free(*one.span())
    ]
    for match, following in zip_longest(found, found[1:]):
        limit = following.start() if following else scan.sentence.end
        _frequency(scan, match, min(limit, _stop(scan, match.end())))
    _shared(scan)


def _owed_each(scan: Scan, match: re.Match[str]) -> None:
    """至少2天记录一次, 半年1次."""
    per, every = _of(match["per"], match["n"])
    count = (value_of(match["times"]) or 1) / every
    start, end = scan.clause(match.start())
    act = _act(scan.text[match.end() : end]) or subject_of(scan.left(match.start())) or scan.sentence.heading
    least = ">=" if re.search(r"至少|不少于|≥", scan.text[max(0, match.start() - 3) : match.end()]) else ""
    scan.add(Item("duty", max(start, scan.opens(match.start())), end, act, least, frequency=Frequency(_round(count), per),
                  department=owner_of(scan, match.start())), match.span())  # fmt: skip


def _of(name: str, n: str | None) -> tuple[str, float]:
    """(period, how many of them lie between two times): 每三个月 is once a quarter."""
    per, comes = PER[name]
    every = (value_of(n) or 1) / comes if n else 1 / comes
    whole = {("month", 3): "quarter", ("month", 6): "half_year", ("month", 12): "year"}.get((per, every))
    return (whole, 1) if whole else (per, every)


def _period(match: re.Match[str]) -> tuple[str, float]:
    if match["year"]:
        return "year", 1
    if (match["alone"] or "").startswith("上"):
        return "half_year", 1
    return _of(match["per"] or match["alone"] or match["night"], match["n"])


def _stop(scan: Scan, at: int) -> int:
    """As far as a number of times may stand from its period: the clause, and the next when it says how often."""
    end = scan.clause(at)[1]
    following = re.compile(r",(?!每[^次])(?:每次|要|应|并)?[^,。;]{0,6}(?:不少于|至少|不低于)").match(
        scan.text, end
    )
    return scan.clause(following.end())[1] if following else end


def _frequency(scan: Scan, match: re.Match[str], limit: int) -> None:
    per, every = _period(match)
    measured = re.match(
        r"(?:≥|≤|不低于|不少于|不超过|达到?)\d+(?:\.\d+)?[%‰]", scan.text[match.end() : match.end() + 12]
    )
    if measured or _BASE.search(scan.before(match.start())[-16:]) or _titled(scan):
        scan.take(*match.span())  # 每百张床每年…: the year belongs to the unit
        return
    if scan.pace == per and scan.text[match.start() - 1] == "(":
        scan.take(*match.span())  # every month, in a line headed 每月: 质控小组会1次(每月第一周)
        return
    if match["year"] and is_past(scan, match.span()):
        return  # 全年共召开52次: what was done, which is a result
    start = scan.opens(match.start())
    if scan.sentence.back and re.search(r"(?:未|没有|不能)[^,。;]{0,6}$", scan.text[start : match.start()]):
        scan.take(*match.span())  # 部分小组未按要求每月活动: what went wrong is owed by another sentence
        return
    times, counted = _TIMES.search(scan.text, match.end(), limit), _counted(scan, match, limit)
    if counted and not times:
        _quota(scan, match, counted, Frequency(_round(1 / every), per), start)
        return
    _duty(scan, match, times, limit, Frequency(_round((_times(times) or 1) / every), per), start)


def _titled(scan: Scan) -> bool:
    """每月工作安排, 每月: above a list: a heading, no duty."""
    said = scan.sentence.text
    if not scan.sentence.role and re.fullmatch(r"每[^:]{1,3}:", said):
        return True
    return len(said) <= 14 and "," not in said and bool(_TITLE.search(said))


def _counted(scan: Scan, match: re.Match[str], limit: int) -> re.Match[str] | None:
    """A number of things that is owed each time; hours only of training."""
    for found in _COUNTED.finditer(scan.text, match.end(), limit):
        if re.search(r"[,、].*?每次|每次", scan.text[match.end() : found.start()]):
            return None  # 每周三业务学习,每次不少于1小时: two things are asked for
        said = found["op"] or found["more"]
        several = found["unit"] in tuple("份例件本名张") and (value_of(found["n"]) or 0) > 1
        if said if found["hours"] else (said or several or scan.text[found.start()].isdigit()):
            return found
    return None


def _duty(scan: Scan, match: re.Match[str], times, limit: int, often: Frequency, start: int) -> None:
    spans = [match.span(), *([times.span()] if times else [])]
    last = scan.items[-1] if scan.items else None
    if last and last.kind == "duty" and start < last.end < match.start() and scan.text[last.end] == "、":
        start = last.end + 1
    end = max(min(scan.clause(match.end())[1], limit), spans[-1][1])
    if not times and (near := _NEAR.match(scan.text, match.end())):
        spans.append(near.span())
    if not times and (owed := _SUMMED_UP.search(scan.text, match.end(), end)):
        # 每月检查的问题以季度书面总结报院长: what is owed is the summary of the quarter
        often = Frequency(1, PER[owed["per"]][0])
        spans.append(owed.span())
    if not times and end == limit and (listed := scan.text.rfind("、", match.end(), end)) > 0:
        end = listed  # 甲委员会每季度、乙委员会每半年: what comes after the mark is the next one's
    least = times and (
        times["op"] or times["more"] or _AT_LEAST.search(scan.text[match.end() : times.start()])
    )
    act = _act(_WHEN_IN_IT.sub("", scan.text[match.end() : end]))
    if not act or re.match(r"第[一二三四1-4]周[)]?$", act):  # 质控小组会(每月第一周)
        act = subject_of(scan.left(match.start())) or scan.sentence.heading
    scan.add(Item("duty", start, end, act, ">=" if least else "", frequency=often,
                  department=owner_of(scan, match.start())), *spans)  # fmt: skip
    if times and times["to"] and times["m"] and often.count:  # 每月2-3次: two items on one span
        most = often.count * (value_of(times["m"]) or 1) / (value_of(times["n"]) or 1)
        last = scan.items[-1]
        scan.items[-1] = replace(last, operator=">=")
        scan.items.append(replace(last, operator="<=", frequency=Frequency(_round(most), often.per)))


def _times(times: re.Match[str] | None) -> float | None:
    if times is None:
        return None
    count = value_of(times["n"])
    return count * 2 if count and times["each"] and "下午" in times["each"] else count


def _quota(scan: Scan, match: re.Match[str], counted: re.Match[str], often: Frequency, start: int) -> None:
    subject = subject_of(scan.text[match.end() : counted.start()]) or subject_of(
        scan.text[start : match.start()]
    )
    value, unit = value_of(counted["n"]), "count"
    if counted["hours"]:
        unit, factor = {"小时": ("hours", 1), "天": ("days", 1), "周": ("days", 7)}[counted["hours"]]
        value = (value or 0) * factor
    operator = ">=" if counted["op"] != "=" and (counted["op"] or counted["more"] != "左右") else "="
    scan.add(Item("quota", start, max(counted.end(), match.end()), subject, operator, value, unit, often,
                  department=owner_of(scan, match.start())), match.span(), counted.span())  # fmt: skip


def _shared(scan: Scan) -> None:
    """全年组织护理查房12次,业务学习24次: one period for a list of acts."""
    for match in _TIMES.finditer(scan.text, scan.sentence.start, scan.sentence.end):
        per = _shared_period(scan, match) if scan.free(*match.span()) else ""
        if per and not re.search(r"[第新上下首本零一二三四五六七八九十]$", scan.text[: match.start()][-1:]):
            start, end = scan.opens(match.start()), match.end()
            subject = subject_of(re.sub(_YEARLY, "", scan.text[start : match.start()]))
            often = Frequency(value_of(match["n"]), per)
            if often.count and len(subject) > 1:
                scan.add(Item("duty", start, end, subject, ">=" if match["op"] or match["more"] else "", frequency=often,
                              department=owner_of(scan, start)), match.span())  # fmt: skip


def _shared_period(scan: Scan, match: re.Match[str]) -> str:
    if is_past(scan, match.span()) or re.search(
        r"每|超过|达到|累计|连续|内",
        re.split("、", scan.text[scan.clause(match.start())[0] : match.start()])[-1],
    ):
        return ""
    if pace := scan.pace:
        return pace
    before = scan.before(match.start())
    earlier = [
        one
        for one in scan.items
        if one.kind in ("duty", "quota") and one.frequency and one.start < match.start()
    ]
    if earlier and re.search(r"[次遍轮项例份][,、](?!节假日)[^,。;、]{2,14}$", before):
        return earlier[-1].frequency.per
    return "year" if _YEARLY.search(before) else ""


def _round(count: float) -> float:
    return round(count, 4)


def _act(words: str) -> str:
    return re.sub(
        rf"^(?:度|要|应(?!急)|须|对|至少|均|都|有|由|为|组织|以|的)+|(?:≥|>=)?各?{NUMBER}(?:次|场|轮|遍)(?:的)?|(?:不得少于|不少于|不低于|至少)(?={NUMBER}?(?:次|$))",
        "",
        words,
    ).strip(",、:的 ")
