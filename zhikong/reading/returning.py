"""Deadlines that come back and duties without a number: 每月5日前, 次月10日前, 定期, 不定期, 每次…后."""

from __future__ import annotations

import re

from zhikong.reading.frequencies import PER
from zhikong.reading.items import Frequency, Item, Within
from zhikong.reading.numerals import NUMBER, WHOLE, value_of
from zhikong.reading.owners import owner_of
from zhikong.reading.scan import Scan, subject_of

_MONTH = r"第一个月|首月|首个月|末月|第三个月|最后一个月|第二个月|次月"
_DUE = re.compile(
    rf"(?:每(?:个)?(?P<per>月|季度?|周|年|半年)|(?P<next>次月|下个?月|翌月|次季度?|下一?个?季度?|次年|次周|下周)|(?:每(?:个)?)?(?P<over>季度?|月度?|年度)(?:结束)?后)(?:度)?的?(?P<first>{_MONTH})?的?"
    rf"(?:第?(?P<day>{NUMBER})个?(?P<work>工作)?[日号天](?:(?:以|之)?[前内])|(?:第?(?P<on>{NUMBER})[日号])(?=[^,。;\d]{{0,8}}(?:上报|报送|报|提交|完成|汇总|上交|发布))"
    r"|(?P<end>月?底|月?末|季?末|年?底|最后一(?:个工作日|天|日)|周?[一二三四五六日天])(?:以|之)?前)"
)
_VAGUE = re.compile(
    r"不定期|定期和不定期|定期(?!考核制|校[验正]|体检表)|经常性(?:的|地)|常态化|适时(?=组织|开展|召开|通报)"
)
_EACH = re.compile(r"每(?:次|例|台|批次?)(?=[^,。;]{1,20})")
_WORDS = re.compile(r"[须应要均]|后|前|都|反馈|检查|讨论|评估")


def read_due_days(scan: Scan) -> None:
    """每月5日前, 每月月底前, 次月10日前, 季度结束后5日内: a deadline that comes back."""
    for match in _DUE.finditer(scan.text, scan.sentence.start, scan.sentence.end):
        day = match["day"] or match["on"]
        within = Within(value_of(day) or 0, "workday" if match["work"] else "day") if day else None
        start, end = scan.opens(match.start()), scan.clause(match.start())[1]
        subject = (
            _act(scan.text[match.end() : end])
            or subject_of(scan.text[start : match.start()])
            or _next(scan, end)
            or (scan.sentence.heading if scan.sentence.role else "")
        )
        unknown = within is None and not match["end"]
        scan.add(Item("deadline", start, end, subject, frequency=Frequency(1, _per(match)), within=within,
                      department=owner_of(scan, match.start()), needs_review=unknown), match.span())  # fmt: skip


def read_due_cell(scan: Scan) -> None:
    """每季度末 in a column of deadlines."""
    found = re.fullmatch(
        r"每(?P<per>季度?|月|年|周|半年)度?(?:[末底]|结束|[上中下]旬|最后一(?:周|天|个工作日)|第[一二三四]周)(?:前)?",
        scan.sentence.text.strip(),
    )
    if found and scan.sentence.role == "due":
        scan.add(Item("deadline", scan.sentence.start, scan.sentence.end, scan.sentence.heading,
                      frequency=Frequency(1, PER[found["per"]][0]), department=scan.sentence.department))  # fmt: skip


def _per(match: re.Match[str]) -> str:
    said = match["per"] or match["over"] or match["next"]
    return next(PER[sign][0] for sign in ("半年", "季", "月", "周", "年") if sign in said)


def _next(scan: Scan, end: int) -> str:
    """The clause that follows: 每月10日前,各科上报…."""
    if end >= scan.sentence.end:
        return ""
    return subject_of(re.split(r"[,;。]", scan.text[end + 1 : scan.sentence.end])[0])


def read_vague(scan: Scan) -> None:
    """定期, 不定期: a duty whose frequency the plan does not say."""
    for match in _VAGUE.finditer(scan.text, scan.sentence.start, scan.sentence.end):
        start, end = scan.clause(match.start())
        known = any(one.frequency and one.start < end and one.end > start for one in scan.items)
        if not known and scan.free(*match.span()) and not _twice(scan, match):
            scan.add(Item("duty", start, end, _act(scan.text[match.end() : end]), department=owner_of(scan, match.start()),
                          confidence=0.6, needs_review=True, why="原文没有写多久一次"), match.span())  # fmt: skip


def _twice(scan: Scan, match: re.Match[str]) -> bool:
    """定期或不定期 is one duty."""
    return match[0] == "不定期" and bool(
        re.search(r"定期[、或和及](?:者)?$", scan.text[: match.start()][-5:])
    )


def read_events(scan: Scan) -> None:
    """每次…后, 每例…: a duty of each event."""
    for match in _EACH.finditer(scan.text, scan.sentence.start, scan.sentence.end):
        start, end = scan.clause(match.start())
        other = any(one.start < end and one.end > start for one in scan.items)
        if scan.free(*match.span()) and _WORDS.search(scan.text[match.end() : end + 12]) and not other:
            scan.add(Item("duty", start, end, _act(scan.text[match.end() : end]), frequency=Frequency(1, "event"),
                          department=owner_of(scan, match.start()), confidence=0.7), match.span())  # fmt: skip


def read_labelled(scan: Scan) -> None:
    """每日:…;护士长查看交班本: an act without a number under the pace that heads its line."""
    if scan.pace and not scan.items and re.search(r"[\u4e00-\u9fff]{3}", scan.sentence.text):
        start, end = scan.sentence.start, scan.sentence.end
        scan.add(Item("duty", start, end, subject_of(scan.sentence.text), frequency=Frequency(1, scan.pace),
                      department=owner_of(scan, start)))  # fmt: skip


def _act(words: str) -> str:
    return re.sub(rf"^(?:度|要|应|须|对|至少|均|都|有|由|为|组织|以|的)+|{WHOLE}次(?:的)?", "", words).strip(
        ",、:的 "
    )
