"""Days and stretches of days of the tight text: 3月18日-4月18日, 4月下旬, 每年10月底前, 于11月9日. Years only where written.

A day without a year is MM-DD, with one YYYY-MM-DD; a month stands for its first or last day.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass

from zhikong.reading.numerals import value_of

_YEAR = r"(?:(?P<y{0}>\d{{4}}|[12][\dxX]{{3}}|[xX]{{2,4}}|\d{{2}}[xX]{{2}})年|(?:本|当|今|该|次|明)年)?"
_MONTH = r"(?:(?P<m{0}>(?<!\d)(?:1[0-2]|0?[1-9])|(?<![一二三四五六七八九十])(?:十[一二]?|[一二三四五六七八九])(?!月[之以]?内))(?:月份?)(?P<t{0}>上旬|中旬|下旬|初|底|末|中)?|(?P<ye{0}>(?:(?<=年)[底末终初]|年[底末终初])(?![步期级始心审衷总考绩夜奖评分结])))"
_CHINESE_DAY = r"三十一?|二?十[一二三四五六七八九]|二十|十|[一二三四五六七八九]"
_DAY = rf"(?:(?P<d{{0}}>3[01]|[12]\d|0?[1-9]|{_CHINESE_DAY})(?:[日号]|(?<=\d)(?=-)))?"
_ONE = (_YEAR + _MONTH + _DAY).format(1)
_TWO = (
    _YEAR + r"(?:" + _MONTH + _DAY + r"|(?P<d2only>3[01]|[12]\d|0?[1-9]|" + _CHINESE_DAY + r")[日号])"
).format(2)
_RANGE = re.compile(rf"(?P<every>每年)?(?:于|在|自|从)?{_ONE}(?:-+|至|到|起至){_TWO}(?:止|期间)?")
_MONTHS = re.compile(
    r"(?P<a>1[0-2]|0?[1-9])(?:月份?)?(?:-+|至|到)(?P<b>1[0-2]|0?[1-9])月份?(?!\d|[上中下]旬)"
)
_LISTED = re.compile(r"(?<![\d.])(?:(?:1[0-2]|[1-9])、){1,11}(?:1[0-2]|[1-9])月份?(?![\d前底末初上中下最第])")
_POINT = re.compile(
    rf"(?P<until>截至|截止到?|最迟|到|至)?(?P<every>每年度?)?(?P<on>于|在)?{_ONE}(?P<week>最后一周|第[一二三四五1-5]个?(?:周|星期))?(?P<before>(?:[,、]|和|及|与|或)(?=(?:\d{{4}}年)?(?:1[0-2]|0?[1-9])月(?:[123]?\d日|底|末)?前)|以?之?前|前夕)?"
)
_SEASON = re.compile(
    r"(?:(?P<y>\d{4})年)?(?:第?(?P<from>[一二三四1-4])(?:、|至|-|和|到))?(?P<season>第?[一二三四1-4]季度|[上下]半年)(?P<before>(?:结束|[末底])?(?:以|之)?前|[末底])?"
    r"(?:(?<=[前末底])|(?=[:：]|\s|完成|开展|组织|召开|举办|启动|进行|实施|重点|拟|计划|对|制定|修订|迎接|总结|评比|评选|表彰|检查|督查|督导|整改|验收|评审|推进|落实|举行|安排|培训|考核|接受|申报|召集|部署|分析|为|实现|力争|推行|启用|上线|建成|$))"
)
_TENTHS = {
    "上旬": (1, 10),
    "中旬": (11, 20),
    "下旬": (21, 0),
    "初": (1, 10),
    "中": (11, 20),
    "底": (0, 0),
    "末": (0, 0),
}
_CHINESE = {one: n for n, one in enumerate("一二三四五六七八九十", 1)} | {"十一": 11, "十二": 12}


@dataclass(frozen=True)
class Stretch:
    """first, last: MM-DD or YYYY-MM-DD; `before`: only the end counts; `every`: each year; `exact`: days were written."""

    start: int
    end: int
    first: str
    last: str
    before: bool = False
    every: bool = False
    exact: bool = True
    month_only: bool = False
    vague: bool = False  # 年初, 年底: no day and no month was written


def stretches(text: str, start: int, end: int) -> list[Stretch]:
    """Every date or range of dates, in order; what overlaps an earlier one is left out."""
    found = _of_list(text, start, end)
    for pattern, make in (
        (_RANGE, _of_range),
        (_MONTHS, _of_months),
        (_SEASON, _of_season),
        (_POINT, _of_point),
    ):
        for match in pattern.finditer(text, start, end):
            free = all(match.end() <= one.start or match.start() >= one.end for one in found)
            if free and (one := make(match)):
                found.append(one)
    return sorted(found, key=lambda one: one.start)


def _of_range(match: re.Match[str]) -> Stretch | None:
    first = _day(match, 1, last=False)
    if match["d2only"]:
        month = _month(match, 1)
        last = _said(match["y1"], month, _number(match["d2only"])) if month else None
    else:
        last = _day(match, 2, last=True, year=match["y2"] or match["y1"])
    if not first or not last:
        return None
    return Stretch(
        match.start(), match.end(), first, last, every=bool(match["every"]), exact=bool(match["d1"])
    )


def _of_list(text: str, start: int, end: int) -> list[Stretch]:
    """3、6、9、12月: each of the months by itself."""
    found = []
    for listed in _LISTED.finditer(text, start, end):
        numbered = listed.start() == start and text[start - 1 : start] in ("", "\n")
        if numbered and listed[0].count("、") == 1:
            continue  # 3、9月份为患者安全月: the third point
        for one in re.finditer(r"(\d+)(?:月份?)?", listed[0]):
            month, at = int(one[1]), listed.start()
            days = _said(None, month, 1), _said(None, month, _last(month))
            found.append(Stretch(at + one.start(), at + one.end(), *days, exact=False))
    return found


def _of_months(match: re.Match[str]) -> Stretch | None:
    a, b = int(match["a"]), int(match["b"])
    return Stretch(match.start(), match.end(), _said(None, a, 1), _said(None, b, _last(b)), exact=False)


def _season(name: str) -> tuple[int, int]:
    """The months of 第二季度, 2季度, 二 or 上半年."""
    if name.endswith("半年"):
        return (1, 6) if name.startswith("上") else (7, 12)
    nth = int(value_of(name.strip("第季度")) or 1)
    return 3 * nth - 2, 3 * nth


def _of_season(match: re.Match[str]) -> Stretch | None:
    first, last = _season(match["season"])
    first = _season(match["from"])[0] if match["from"] else first
    before = bool(match["before"])
    return Stretch(
        match.start(),
        match.end(),
        _said(match["y"], first, 1),
        _said(match["y"], last, _last(last)),
        before,
        exact=False,
    )


def _of_point(match: re.Match[str]) -> Stretch | None:
    first, last = _day(match, 1, last=False), _day(match, 1, last=True)
    if not first or not last:
        return None
    if match["week"]:
        first, last = _week(match)
    return Stretch(
        match.start(), match.end(), first, last, bool(match["before"]) or _until(match), bool(match["every"]),
        bool(match["d1"]), not match["d1"] and not match["t1"] and not match["ye1"],
        (bool(match["ye1"]) and not match["y1"]) or bool(match["week"]),
    )  # fmt: skip


def _week(match: re.Match[str]) -> tuple[str | None, str | None]:
    """六月第二周: its seventh of the month, to be looked at."""
    if match["week"] == "最后一周":
        month = _month(match, 1) or 1
        return _said(match["y1"], month, _last(month) - 6), _said(match["y1"], month, _last(month))
    nth, month = int(value_of(match["week"].strip("第个周星期")) or 1), _month(match, 1) or 1
    last = min(7 * nth, _last(month))
    return _said(match["y1"], month, 7 * nth - 6), _said(match["y1"], month, last)


def _until(match: re.Match[str]) -> bool:
    """到2026年12月底: only the end counts."""
    ends = match["t1"] in ("底", "末") or (match["ye1"] or "").endswith(("底", "末"))
    if ends and re.match(
        r"(?:达到?|实现|完成|力争|降至|降到|建成|全面|提升|提高)",
        match.string[match.end() : match.end() + 4],
    ):
        return True
    return bool(match["until"])


def _month(match: re.Match[str], n: int) -> int | None:
    if match[f"ye{n}"]:
        return 1 if match[f"ye{n}"].endswith("初") else 12
    written = match[f"m{n}"]
    return None if written is None else _CHINESE.get(written) or int(written)


def _day(match: re.Match[str], n: int, *, last: bool, year: str | None = None) -> str | None:
    month = _month(match, n)
    if month is None:
        return None
    year = year or match[f"y{n}"]
    if match[f"d{n}"]:
        return _said(year, month, _number(match[f"d{n}"]))
    low, high = _TENTHS.get(match[f"t{n}"] or "", (1, 0))
    if match[f"ye{n}"] and match[f"ye{n}"].endswith("初"):
        low, high = 1, 31
    end = high or _last(month)
    return _said(year, month, end if last else low or end)


def _number(written: str) -> int:
    return int(value_of(written) or 0)


def _last(month: int) -> int:
    return monthrange(2024, month)[1] if month != 2 else 28


def _said(year: str | None, month: int, day: int) -> str | None:
    if not 1 <= month <= 12 or not 1 <= day <= monthrange(2024, month)[1]:
        return None
    return (f"{year}-" if year and year.isdigit() and len(year) == 4 else "") + f"{month:02d}-{day:02d}"
