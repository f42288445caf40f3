"""From a plain text to everything that it asks for: sentence by sentence, each number accounted for."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from itertools import zip_longest

from zhikong.reading.bodies import read_bodies
from zhikong.reading.forms import read_forms
from zhikong.reading.frequencies import read_frequencies
from zhikong.reading.items import Item, Left, Reading, Spoken
from zhikong.reading.lexicon import Lexicon, with_words
from zhikong.reading.limits import TIME, read_at_once, read_time
from zhikong.reading.marks import marked
from zhikong.reading.quantities import ANY_UNIT, Quantity, quantities
from zhikong.reading.returning import read_due_cell, read_due_days, read_events, read_labelled, read_vague
from zhikong.reading.scan import Scan, subject_of
from zhikong.reading.sentences import MARKS, Sentence, sentences
from zhikong.reading.tight import Tight, tighten
from zhikong.reading.values import is_step, read_value, with_period
from zhikong.reading.whens import read_dates
from zhikong.reading.words import packaged

_QUOTED = re.compile(
    r"《[^》\n]{1,60}》|[〔\[][\dxX]{2,4}[〕\]][\dxX]*号?|第[\d一二三四五六七八九十百]+[条款章号]|[一二三四五六七八九十]分之[一二三四五六七八九十]+|(?:电话|手机|邮编|邮箱|传真|网址|https?)[:：]?[A-Za-z0-9_./:()@-]*\d[A-Za-z0-9_./:-]*"
)
_YEAR = re.compile(r"(?:19|20)[\dxX]{2}(?:年度?|版)|(?<!\d)(?:19|20)\d{2}(?=-\d|[)）]|$)|[xX]{2}年")
_ASKS = re.compile(r"应当|必须|须|不得|要求|确保|达到|严禁|负责|[^需重主必只还不]要[^求点素因]")
_ARABIC = re.compile(r"\d+(?:\.\d+)?")
_CHINESE = re.compile(rf"[零一二两三四五六七八九十百千]*[零一二两三四五六七八九十]个?(?={ANY_UNIT})")
_AHEAD = re.compile(r"力争|争取|今年|本年度|(?<!上)年度目标|将|计划|要求|应(?:当|该)|须")
_NUMBERLESS = re.compile(r"[\u4e00-\u9fff)](?:≥|≤|不低于|不少于|不超过|达到)(?=[,。;]|$)")
_HANGS = re.compile(
    r"(?:[,、(]|和|及|与|或|的|在|对|由|将|按|经|实行|进行|不低于|不少于|不超过|≥|≤|以|并|且|通过|根据|每|至|到|于|从|把|向)$"
)


def read(text: str, lexicon: Lexicon | None = None) -> Reading:
    """Everything that a plain text says. Nothing is raised for odd texts; what is not understood is listed.

    lexicon: the names of the caller's indicators, rules, departments and committees; without it the packaged ones.
    """
    lexicon = lexicon or packaged_lexicon()
    text = text.replace("\x00", " ")
    tight = tighten(text)
    year = _year_of(tight.text)
    items: list[Item] = []
    unparsed: list[Left] = []
    others: list[Left] = []
    told = _in_time(sentences(tight.text), tight.text, year)
    for one in told:
        scan = _scan(tight.text, one, year)
        for item in scan.items:
            found = _named_before(marked(scan, with_period(item, one)), one, items)
            items.append(_placed(lexicon.linked(found), tight))
        others += [_placed(left, tight) for left in scan.others]
        if left := _not_understood(one, scan):
            unparsed.append(_placed(left, tight))
    known = sorted(others, key=lambda one: one.start)
    others += _missed(tight, items, known)
    others = sorted(others, key=lambda one: one.start)
    return Reading(
        text, tuple(items), tuple(unparsed), tuple(others), tuple(_spoken(one, tight) for one in told)
    )


@lru_cache(maxsize=1)
def packaged_lexicon() -> Lexicon:
    """What the packaged words of plans name: the packaged indicators, the usual departments and committees."""
    return with_words(Lexicon(), packaged())


def _named_before(item: Item, sentence: Sentence, earlier: list[Item]) -> Item:
    """二级医院≤8.5天 after 三级医院平均住院日≤9天;: a level alone is of the indicator that stood before it."""
    last = earlier[-1] if earlier else None
    bare = item.kind == "target" and item.level and item.subject in ("", subject_of(sentence.heading))
    named = next((one for one in reversed(earlier[-4:]) if one.kind == "target" and one.level), None)
    if last is None or not bare or named is None or named.level == item.level:
        return item
    return replace(item, subject=named.subject)


def _spoken(one: Sentence, tight: Tight) -> Spoken:
    return Spoken(*tight.span(one.start, one.end), one.heading, one.back)


def _year_of(text: str) -> int | None:
    """The year that a plan is for: the latest of its first lines."""
    found = [int(one) for one in re.findall(r"(20\d\d)(?:年|版)", text[:400])]
    return max(found, default=None)


def _in_time(found: list[Sentence], text: str, year: int | None) -> list[Sentence]:
    """A paragraph that opens with an earlier year than the plan's, or with the past year, tells of the past."""
    told, until = [], 0
    for one in found:
        if _opens_past(one, year):
            until = text.find("\n", one.start) % (len(text) + 1)
        told.append(replace(one, back=True) if one.start < until and not _AHEAD.search(one.text) else one)
    return told


def _opens_past(one: Sentence, year: int | None) -> bool:
    if re.match(r"(?:在|回顾)?(?:过去[一的]|去年|上一?年)[^,。;]{0,4},", MARKS.sub("", one.text, count=1)):
        return True
    if re.match(r"(?:例如|案例|据统计|以某|在某)[,:]?", MARKS.sub("", one.text, count=1)):
        return True
    opened = re.match(r"[^,。;]{0,6}?(20\d\d)年(?!.{0,8}为基数)", one.text)
    return bool(year and opened and int(opened[1]) < year)


def _placed(one, tight: Tight):
    start, end = tight.span(one.start, one.end)
    return replace(one, start=start, end=end)


def _scan(text: str, sentence: Sentence, year: int | None) -> Scan:
    scan = Scan(text, sentence, year)
    if (sentence.role == "name" and len(sentence.text) <= 24) or (
        sentence.role and sentence.period == sentence.text
    ):
        _names(scan)
        return scan
    mark = MARKS.match(sentence.text) if sentence.role not in ("value", "past") else None
    if mark:
        scan.other(sentence.start, sentence.start + mark.end(), "序号")
    for match in _QUOTED.finditer(text, sentence.start, sentence.end):
        if re.search(r"\d|分之", match[0]):
            scan.other(*match.span(), "文件名、条款号或联系方式")
        else:
            scan.take(*match.span())
    read_forms(scan)
    read_due_days(scan)
    read_due_cell(scan)
    read_dates(scan)
    for match in _YEAR.finditer(text, sentence.start, sentence.end):
        if scan.free(*match.span()):
            scan.other(*match.span(), "年份")
    read_frequencies(scan)
    read_at_once(scan)
    _numbers(scan)
    read_vague(scan)
    read_events(scan)
    read_bodies(scan)
    read_labelled(scan)
    return scan


def _names(scan: Scan) -> None:
    """A row's name is a name: its numbers (入院三日确诊率) are no targets."""
    for one in quantities(scan.text, scan.sentence.start, scan.sentence.end):
        scan.other(one.first, one.end, "名称中的数")


def _numbers(scan: Scan) -> None:
    found = [
        one
        for one in quantities(scan.text, scan.sentence.start, scan.sentence.end)
        if scan.free(one.first, one.end)
    ]
    for one, following in zip_longest(found, found[1:]):
        if not scan.free(one.first, one.end):
            continue
        if _part_of_a_name(scan, one):
            scan.others.append(Left(one.first, one.end, "名称中的数"))
        elif is_step(scan, one):
            scan.other(one.first, one.end, "扣分、奖励的计算单位")
        elif one.unit in TIME and read_time(scan, one, following):
            continue
        elif not read_value(scan, one, following) and scan.free(one.first, one.end):
            scan.other(one.first, one.end, "不是目标或要求的数")


def _part_of_a_name(scan: Scan, one: Quantity) -> bool:
    """三日确诊率, 三基, 24小时出入院记录: the number belongs to the name of something."""
    right = scan.text[one.end : one.end + 16]
    if (
        one.unit in TIME
        and (not one.operator or one.written.endswith("内") or one.written[0] in "≤≥<>")
        and re.match(r"[^\d,。;、\n]{1,12}?(?:率|比例|占比)", right)
    ):
        return True
    if (
        one.operator == ">="
        and one.unit == "count"
        and re.match(r"(?!的)[^,。;\n]{1,16}(?:率|比例|占比)", right)
    ):
        return True
    if one.unit == "years_old" and re.match(r"[^\d,。;、\n]{1,14}?(?:率|比例|占比)", right):
        return True  # 7岁以下儿童健康管理率
    if re.match(r"(?:k?g|克|mmHg|mmol/L)[^\d,。;、\n]{1,12}?(?:率|比例|占比)", right):
        return True  # <1500g早产儿存活率
    return one.unit == "count" and not one.operator and bool(re.match(r"(?:基|严|甲|乙|级)", right))


def _not_understood(one: Sentence, scan: Scan) -> Left | None:
    """The sentence, or the part of it, that was not understood; None when nothing is left over."""
    if left := _cut_off(one, scan):
        return left
    asked = one.text != one.heading and not one.text.endswith(":") and _ASKS.search(one.text) and not one.back
    if not scan.items and asked:
        return Left(one.start, one.end, "没有读出数字、频次或期限的要求")
    return None


def _cut_off(one: Sentence, scan: Scan) -> Left | None:
    """What is truncated: a comparison without its number, a line that stops in the middle."""
    if without := _NUMBERLESS.search(one.text):
        start, end = scan.clause(one.start + without.start())
        return Left(start, max(end, one.start + without.end()), "缺少数值")
    if one.whole or one.role:
        return None
    if (
        not scan.items
        and len(one.text) > 12
        and re.search(r"[\u4e00-\u9fff,、]$", one.text)
        and not _titled(one)
    ):
        return Left(one.start, one.end, "句子不完整")
    if _HANGS.search(one.text) and len(one.text) > 12:
        start = max(one.start, scan.clause(one.end - 1)[0])
        return Left(start if start < one.end else one.start, one.end, "句子不完整")
    return None


def _titled(one: Sentence) -> bool:
    """A heading or a title is whole without an end sign."""
    return (one.text == one.heading and len(one.text) <= 24) or bool(
        re.search(r"(?:计划|方案|总结|目标|安排|职责|制度|办法|通知|如下|表|书|手册|清单|台账)$", one.text)
    )


def _missed(tight: Tight, items: list[Item], known: list[Left]) -> list[Left]:
    """Numbers of the text that no item and no listed number covers, Chinese ones where a unit follows."""
    covered = bytearray(len(tight.original) + 1)
    for one in (*items, *known):
        covered[one.start : one.end] = b"\1" * (one.end - one.start)
    found = [Left(*match.span(), "不在句子里的数") for match in _ARABIC.finditer(tight.original)]
    words = [
        Left(*tight.span(*match.span()), "虚指或没有要求的数") for match in _CHINESE.finditer(tight.text)
    ]
    return [one for one in (*found, *words) if not all(covered[one.start : one.end])]
