"""Days and stretches of days that a sentence names: when something is done, and by when it is due."""

from __future__ import annotations

import re

from zhikong.reading.dates import Stretch, stretches
from zhikong.reading.items import Frequency, Item
from zhikong.reading.scan import Scan, subject_of
from zhikong.reading.sentences import MARKS

_NEXT_MONTH = re.compile(r"(?<!\d)1?\d月份?:")  # the theme of another month on the same line


def read_dates(scan: Scan) -> None:
    """Every date of the sentence."""
    for one in stretches(scan.text, scan.sentence.start, scan.sentence.end):
        if _signed(scan, one):
            scan.other(one.start, one.end, "落款、印发或通过的日期")
        elif scan.free(one.start, one.end) and not (one.vague and scan.sentence.back):
            scan.add(_dated(scan, one), (one.start, one.end))


def _signed(scan: Scan, one: Stretch) -> bool:
    """The date under a document, or when it was passed or issued."""
    said, after = scan.sentence.text.strip("() "), scan.text[one.end : scan.sentence.end]
    alone = (
        one.first == one.last
        and "年" in said
        and "时间" not in scan.sentence.heading
        and not scan.sentence.role
        and said == scan.text[one.start : one.end].strip()
    )
    return (
        one.exact
        and scan.free(one.start, one.end)
        and bool(alone or re.match(r"[^,。;]{0,16}(?:审议)?(?:通过|印发|修订|颁布|发文)", after))
    )


def _dated(scan: Scan, one: Stretch) -> Item:
    """A deadline where only the end counts or the column is one of deadlines, else a stretch of days."""
    start, end = scan.clause(one.start)
    subject = subject_of(scan.text[one.end : end]) or subject_of(scan.text[start : one.start])
    themed = _themed(scan, one)
    if themed:
        line = scan.text.find("\n", one.end)
        said = _NEXT_MONTH.split(scan.text[one.end + 1 : line if line > 0 else None][:90])[0]
        subject, end = said[:60].strip(",;、 "), scan.sentence.end
    common = {"subject": _named(subject, scan), "ends_on": one.last, "department": scan.sentence.department}
    often = Frequency(1, "year") if one.every else None
    if one.before or (scan.sentence.role == "due" and one.first[-5:] == one.last[-5:]) or _by_then(scan, one):
        return Item("deadline", start, end, frequency=often, **common)
    opened = scan.text[one.end : one.end + 1] == "起" or re.match(r"(?:开始|启动)", scan.text[one.end : end])
    if scan.text[one.end : one.end + 1] == "起" or (opened and not one.exact):
        common["ends_on"] = ""
    return Item("date_range", one.start, one.end, starts_on=one.first, frequency=often, needs_review=one.vague,
                theme_month=int(one.first[-5:-3]) if themed else None, stage=stage_of(scan.sentence.heading), **common)  # fmt: skip


def _by_then(scan: Scan, one: Stretch) -> bool:
    """12月底 in a column of deadlines."""
    return scan.sentence.role == "due" and scan.text[one.start : one.end][-1] in "底末"


def _themed(scan: Scan, one: Stretch) -> bool:
    """3月份:…, a row that opens with 3月: the theme of a month."""
    after = scan.text[one.end : one.end + 1]
    opens = scan.text[: one.start].rpartition("\n")[2].strip("\t 0123456789.、") == ""
    return one.month_only and (after == ":" or (after == "\t" and opens))


def stage_of(heading: str) -> str:
    """The stage of a campaign that a heading names: 动员部署阶段; '' for none."""
    found = re.search(r"(?P<name>[\u4e00-\u9fff、]{2,12}阶段)", MARKS.sub("", heading, count=1))
    return found["name"].lstrip("、") if found else ""


def _named(subject: str, scan: Scan) -> str:
    """What a date is for: its own words, or the heading when they only say 时间."""
    subject = re.sub(r"^(?:起|止|期间)+|[(][^)]*$", "", subject.strip(":、,()"))
    if len(subject) > 1 and not re.fullmatch(r".{0,4}时间(?:安排)?|.*\d+[年月日].*|[\d、]+", subject):
        return subject
    return re.sub(r"[(][^)]*\d[^)]*[)]", "", MARKS.sub("", scan.sentence.heading, count=1)).strip("。:")
