"""Numbers with what stands around them: a comparison before or after, a unit, a second bound. No meaning yet."""

from __future__ import annotations

import re
from dataclasses import dataclass

from zhikong.reading.numerals import CHINESE, NUMBER, value_of

# longest first: 不得少于 is read before 少于
BEFORE = {
    "≥": ">=", "≤": "<=", ">=": ">=", "<=": "<=", ">": ">", "<": "<", "=": "=", "≈": "=",
    "不得低于": ">=", "不得少于": ">=", "不得小于": ">=", "不应低于": ">=", "不应少于": ">=", "不能低于": ">=", "不能少于": ">=",
    "不低于": ">=", "不少于": ">=", "不小于": ">=", "大于等于": ">=", "大于或等于": ">=", "至少": ">=", "最少": ">=", "最低": ">=",
    "稳定在": ">=", "保持在": ">=", "达到": ">=", "达": ">=", "达不到": "<", "未满": "<", "超出": ">", "争取": ">=", "力争": ">=",
    "不得超过": "<=", "不得高于": "<=", "不得大于": "<=", "不得多于": "<=", "不应超过": "<=", "不能超过": "<=", "不超过": "<=",
    "不高于": "<=", "不大于": "<=", "不多于": "<=", "小于等于": "<=", "小于或等于": "<=", "控制在": "<=", "最多": "<=", "最高": "<=",
    "不超": "<=", "低于": "<", "少于": "<", "小于": "<", "不足": "<", "未达到": "<", "未达": "<",
    "高于": ">", "超过": ">", "大于": ">", "多于": ">", "超": ">", "突破": ">", "为": "=", "是": "=",
}  # fmt: skip
AFTER = {
    "及以上": ">=", "以上": ">=", "及其以上": ">=", "或以上": ">=", "以下": "<=", "及以下": "<=", "以内": "<=", "之内": "<=",
    "内": "<=", "起": ">=",
}  # fmt: skip
UNITS = {
    "个百分点": "pp", "百分点": "pp", "%": "%", "‰": "‰", "‱": "‱",
    "分钟": "minutes", "min": "minutes", "小时": "hours", "个小时": "hours", "h": "hours", "H": "hours", "hr": "hours", "钟头": "hours", "个工作日": "workdays", "工作日": "workdays", "个工作天": "workdays", "工作天": "workdays",
    "天": "days", "日": "days", "个月": "months", "月": "months", "周": "weeks", "个星期": "weeks", "星期": "weeks", "年": "years",
    "ml": "ml", "mL": "ml", "ML": "ml", "毫升": "ml", "万元": "CNY_10k", "元": "CNY", "元人民币": "CNY",
    "分": "points", "岁": "years_old",
    "人次": "count", "例次": "count", "件次": "count", "台次": "count", "次": "times", "例": "count", "件": "count", "名": "count",
    "人": "count", "项": "count", "条": "count", "篇": "count", "份": "count", "场": "count", "张": "count", "台": "count",
    "个": "count", "种": "count", "支": "count", "家": "count", "处": "count", "起": "count", "本": "count", "部": "count", "册": "count", "课": "count", "队": "count", "组": "count",
    "套": "count", "辆": "count", "堂": "count", "批": "count", "块": "count", "幅": "count", "节": "count", "期": "count", "门": "count", "类": "count", "位": "count", "学时": "count", "课时": "count", "学分": "count", "轮": "count", "DDDs": "ddd", "DDD": "ddd", "DDDS": "ddd", "ddds": "ddd", "圈": "count",
}  # fmt: skip
_any_of = lambda words: "|".join(re.escape(one) for one in sorted(words, key=len, reverse=True))  # noqa: E731
_UNIT = _any_of(UNITS) + r"|d(?![A-Za-z])"
_NAMES = UNITS | {"d": "days"}
ANY_UNIT = rf"(?:{_UNIT})"
_AFTER = re.compile(_any_of(AFTER))
_BEFORE = _any_of(BEFORE).replace("|为", "|(?<!行)为")  # 重大过失行为2小时内
_PATTERN = re.compile(
    rf"(?:(?P<before>{_BEFORE})(?:了|到|近)?)?(?:(?P<hundredth>百分之)|(?P<thousandth>千分之)|(?P<tenthousandth>万分之))?"
    rf"(?P<first>{NUMBER})(?:(?P<firstunit>{_UNIT})(?!半月|性))?(?:(?:-+|至|到)(?P<second>{NUMBER}))?"
    rf"(?P<more>多|余)?(?P<scale>[万亿](?!元|分))?(?:(?P<halfmonth>个半月)|(?P<unit>{_UNIT})(?!性))?(?P<after>{_any_of(AFTER)})?"
)


@dataclass(frozen=True)
class Quantity:
    """A number of the tight text. start, end: all of it, comparison included; first: where the number itself stands."""

    start: int
    end: int
    first: int
    value: float
    upper: float | None
    unit: str
    operator: str
    written: str
    approximate: bool = False


def quantities(text: str, start: int = 0, end: int | None = None) -> list[Quantity]:
    """Every number of the stretch, in order; Chinese numerals only where a unit follows."""
    found, at, end = [], start, len(text) if end is None else end
    while match := _PATTERN.search(text, at, end):
        at = max(match.end(), at + 1)
        one = _quantity(match)
        if one is None:
            at = (
                match.end("first")
                if len(match["first"]) > 18
                else max(match.start("first") + 1, match.start() + 1)
            )
            continue
        found.append(one)
        at = one.end
    return found


def _quantity(match: re.Match[str]) -> Quantity | None:
    value, upper = value_of(match["first"]), value_of(match["second"]) if match["second"] else None
    unit = _unit(match)
    if match["hundredth"] and match["first"] == "百":
        value = 100.0  # 百分之百
    if (
        value is None
        or (
            match["first"] == "一"
            and unit == "count"
            and (match["before"] or "") in ("", "超", "是", "为")
            and match.string[max(0, match.start() - 2) : match.start()]
            not in ("抽取", "抽查", "选取", "选择", "抽选")
            and not match["after"]
        )
        or (not unit and re.fullmatch(rf"{CHINESE}|半", match["first"]))
    ):
        return None
    if match["halfmonth"]:
        value += 0.5
    if match["scale"]:
        value *= {"万": 10**4, "亿": 10**8}[match["scale"]]
    end, after = _end(match)
    operator = AFTER.get(after) or BEFORE.get(match["before"] or "") or ""
    return Quantity(
        match.start(), end, match.start("first"), value, upper, unit, operator, match.string[match.start() : end],
        bool(match["more"]),
    )  # fmt: skip


def _end(match: re.Match[str]) -> tuple[int, str]:
    """Where the number ends and what compares it afterwards; a unit after a unit belongs to something else (5% 年)."""
    if not match["firstunit"] or match["second"]:
        return match.end(), match["after"] or ""
    after = _AFTER.match(match.string, match.end("firstunit"))
    return (after.end(), after[0]) if after else (match.end("firstunit"), "")


def _unit(match: re.Match[str]) -> str:
    for group, unit in (("hundredth", "%"), ("thousandth", "‰"), ("tenthousandth", "per_10k")):
        if match[group]:
            return unit
    if match["halfmonth"]:
        return "months"
    if match["firstunit"] and not match["second"]:
        return _NAMES[match["firstunit"]]
    return _NAMES.get(match["unit"] or match["firstunit"] or "", "")
