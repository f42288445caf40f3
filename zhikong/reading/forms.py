"""Forms of their own: 75/100分, ≤2/万, ≤20/亿(万元), 每百张床位…≥20件, 零增长, 为零, 无丙级病历, 1:0.4."""

from __future__ import annotations

import re

from zhikong.reading.items import Item
from zhikong.reading.naming import add_target
from zhikong.reading.numerals import ARABIC, value_of
from zhikong.reading.quantities import BEFORE, UNITS, Quantity
from zhikong.reading.scan import Scan, subject_of

_OPS = "|".join(sorted((re.escape(one) for one in BEFORE), key=len, reverse=True))
_PASS = re.compile(rf"(?P<op>[≥>=])?(?P<n>{ARABIC})/(?P<of>{ARABIC})分")
_RATIO = re.compile(
    rf"(?P<op>{_OPS})?(?P<n>{ARABIC})(?P<cash>万元)?(?:例次?|件|人次|次|起)?/(?:每)?(?P<per>亿|万|10000|1000|百张|100张|百|100|千|10)(?P<what>[\u4e00-\u9fff]{{1,8}}?日(?![间内])|(?:元|人次|张|床|床日|导管日|置管日|住院日|患者日|使用日|机械通气日|通气日|呼吸机日|插管日|留置日|出院|住院|门诊|病人|患者|例|台|实际开放|开放|床位|总|人|日)*)(?:[(](?P<cash2>万元)[)])?(?P<after>以下|以上|以内|及以上|及以下)?"
)
_PER = re.compile(
    r"每(?P<n>百|100|千|1000|万|10000|亿)(?P<what>张|人次|名|例|台|床日|导管日|住院日|患者日|置管日|个|元)?(?:实际|开放|编制)*(?:床位?|导管|住院|出院|门诊|插管|呼吸机|使用|机械通气|通气|置管|留置|患者|人)*(?P<days>日)?"
)
_ZERO = re.compile(
    r"(?P<grow>零增长)|(?:零|(?<![\d.年月])0)(?:医疗|责任|院感|安全|重大|护理|有效|感染|不良|质量|输血){0,2}(?:发生|事故|投诉|差错|感染|暴发|缺陷|死亡|漏报|纠纷|事件)(?!率)|(?:无|杜绝)(?P<none>[乙丙]级病[历案]|(?:[一二三四1-4甲乙丙]级|[重特]大)医疗事故|责任事故)(?!的?发生率)|(?:无)(?P<no>[\u4e00-\u9fff]{0,6}(?:事故|投诉|差错|死亡|纠纷)(?=发生|[,。;]|$))"
)
_NONE = re.compile(
    r"(?P<what>率|数|次数|例数|事故|投诉|差错|纠纷|病[历案]|事件|[\u4e00-\u9fff])(?:[(][^)]{1,12}[)])?(?:应)?(?:为|=|:|达到|是|控制在|保持)(?:零|0)(?![.\d个几售一-九])"
)
_NOUGHT = re.compile(r"(?P<what>率|次数|例数|件数)0(?![\d.%‰例次件/])")
_PROPORTION = re.compile(
    rf"(?P<op>{_OPS})?(?P<a>{ARABIC})[:：](?P<b>{ARABIC})(?P<after>以上|以下|以内)?(?!\d|[:：]|[-—])"
)


_TENTHS = re.compile(
    rf"(?P<op>{_OPS})?(?<![统合构组达完])(?P<a>[一二三四五六七八九])成(?![立为员功熟效绩交品本果])(?P<b>[一二三四五六七八九半])?(?P<after>以上|以下|以内)?"
)
_BETWEEN = re.compile(
    rf"(?P<a>{ARABIC})(?P<u>[%‰天日分例元]|小时|分钟)?(?P<o1>[≤<])(?:[xX]|[\u4e00-\u9fff]{{1,12}})(?P<o2>[≤<])(?P<b>{ARABIC})(?P<u2>[%‰天日分例元]|小时|分钟)?"
)


def read_forms(scan: Scan) -> None:
    """Every form of its own that the sentence has."""
    for pattern, take in (
        (_BETWEEN, _between),
        (_TENTHS, _tenths),
        (_PASS, _pass_mark),
        (_RATIO, _ratio),
        (_ZERO, _zero),
        (_NONE, _none),
        (_NOUGHT, _none),
        (_PROPORTION, _proportion),
    ):
        for match in pattern.finditer(scan.text, scan.sentence.start, scan.sentence.end):
            if scan.free(*match.span()):
                take(scan, match)


def _between(scan: Scan, match: re.Match[str]) -> None:
    """88%≤X≤95%: two items on one span."""
    unit = UNITS.get(match["u2"] or match["u"] or "", "count").replace("points", "score")
    low, high = (">=", "<=") if match["o1"] == "≤" else (">", "<")
    add_target(scan, match.span(), value_of(match["a"]), unit, low)
    add_target(scan, match.span(), value_of(match["b"]), unit, "<=" if match["o2"] == "≤" else high)


def _tenths(scan: Scan, match: re.Match[str]) -> None:
    """九成以上, 九成五: tenths of the whole."""
    value = 10 * (value_of(match["a"]) or 0) + (
        5 if match["b"] == "半" else value_of(match["b"] or "零") or 0
    )
    after = {"以上": ">=", "以下": "<=", "以内": "<="}.get(match["after"] or "")
    add_target(scan, match.span(), value, "%", after or BEFORE.get(match["op"] or "", ""))


def _pass_mark(scan: Scan, match: re.Match[str]) -> None:
    subject = subject_of(scan.left(match.start())) or subject_of(scan.before(match.start())[-30:])
    scan.add(Item("threshold", *match.span(), subject.rstrip("(:"), ">=", value_of(match["n"]), "points",
                  why=f"满分 {match['of']}"))  # fmt: skip


def _ratio(scan: Scan, match: re.Match[str]) -> None:
    if unit := _ratio_unit(match):
        after = {"以下": "<=", "以内": "<=", "及以下": "<=", "以上": ">=", "及以上": ">="}.get(
            match["after"] or ""
        )
        add_target(
            scan, match.span(), value_of(match["n"]), unit, after or BEFORE.get(match["op"] or "", "=")
        )


def _ratio_unit(match: re.Match[str]) -> str:
    per, what = match["per"], match["what"] or ""
    if per == "亿":
        return "CNY_10k_per_CNY_100M"
    if per in ("千", "1000") and "日" in what:
        return "per_1000_device_days"
    if per in ("百张", "100张") or (per in ("百", "100") and "床" in what):
        return "per_100_beds"
    return "per_10k" if per in ("万", "10000") else ""


def _zero(scan: Scan, match: re.Match[str]) -> None:
    base = re.search(r"以([^,。;]{2,20})为基数", scan.before(match.start()))
    named = subject_of(scan.left(match.start())) or (base and re.sub(r"^.*年(?:度)?", "", base[1]))
    subject = match["none"] or match["no"] or named or match[0]
    grown = bool(match["grow"])
    kind = "result" if scan.sentence.back and match["none"] else "target"
    scan.add(Item(kind, *match.span(), subject, "=", 0, "%" if grown else "count", relative=grown))


def _none(scan: Scan, match: re.Match[str]) -> None:
    add_target(scan, (match.end("what"), match.end()), 0, "%" if match["what"] == "率" else "count", "=")


def _proportion(scan: Scan, match: re.Match[str]) -> None:
    """1:0.4 beds to nurses: the second over the first; the unit is for people to say."""
    if not re.search(r"比例?(?:达|为|不)?[^,。;\d]{0,6}$", scan.left(match.start())):
        return
    first, second = value_of(match["a"]) or 1, value_of(match["b"])
    operator = {"以上": ">=", "以下": "<=", "以内": "<="}.get(match["after"] or "") or BEFORE.get(
        match["op"] or "", "="
    )
    add_target(scan, match.span(), round(second / first, 4), "", operator, needs_review=True)


def per_unit(scan: Scan, one: Quantity) -> str:
    """per_100_beds, per_1000_device_days or per_10k when the clause says 每百张床…, 每千导管日… before it or in brackets after it."""
    found = list(_PER.finditer(scan.before(one.start)[-30:]))
    after = re.match(r"[(]", scan.text[one.end :]) and _PER.match(scan.text, one.end + 1)
    if not found and not after:
        return ""
    last = found[-1] if found else after
    if last["n"] in ("百", "100") and ("张" in last[0] or "床" in last[0]):
        return "per_100_beds"
    if last["n"] in ("千", "1000") and "日" in last[0]:
        return "per_1000_device_days"
    if last["n"] == "亿":
        return "CNY_10k_per_CNY_100M"
    return "per_10k" if last["n"] in ("万", "10000") else ""
