"""A plan's structure: headings, paragraphs, sentences, and whether a part looks back (results) or ahead (targets)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from zhikong.reading.tables import heads_of, is_row, row_of, unit_said

MARKS = re.compile(
    r"(?:第[一二三四五六七八九十百\d]+[章节条部分篇]+|[甲乙丙丁戊己庚辛]、|[一二三四五六七八九十]+[、.．]|[(（][一二三四五六七八九十]+[)）]、?"
    r"|\d{1,2}(?:\.\d{1,2}){1,3}\.?(?![\d%‰天例元]|小时|分钟|万元|个百分点)|\d{1,2}[、.．。](?!\d)|[-—]?[(（]\d{1,2}[)）]、?|[①-⑩⑴-⑽]|[-•·●◆■▪▲△★☆※◇□▶✓])"
)
LABEL = re.compile(r"(?:每|一)(?:个)?(?:半年|季度?|年度?|月度?|日|天|周)(?:度)?(?:工作|任务|必做)?:(?=[^\n])")
_LONGEST = 600
_END = "。!?！？；;\n"
_SAYS = re.compile(
    r"[≥≤<>]=?\d|\d(?:\.\d+)?[%‰]|百分之|不低于|不少于|不超过|不得|每[月周季日天年]|\d(?:小时|分钟|天|次|例|份|元)"
)
_BACK = re.compile(r"总结|回顾|(?:主要|工作|显著)成绩|成效|完成情况|取得|存在的?问题|存在不足|上年度工作")
_AHEAD = re.compile(r"计划|目标|打算|措施|任务|方案|安排|要求|展望|思路|下一步|重点")
RESPONSIBLE = re.compile(
    r"责任(?:部门|科室|单位|人)[:]?(?P<who>[^。\n]{2,60}?)(?P<due>[,;。、]?(?:完成时[限间]|时间要求|时限要求)|$|。)"
)


@dataclass(frozen=True)
class Sentence:
    """start, end: in the tight text, marks and end sign left out. back: it stands in a part that tells of the past."""

    start: int
    end: int
    text: str
    heading: str = ""
    back: bool = False
    department: str = ""
    whole: bool = True
    role: str = ""  # of a table's cell: name, value, past, due, period, weight, who, text
    period: str = ""  # how often the row is looked at, or what its line is headed by: 每月:…;…
    unit: str = ""  # of a cell's bare number, when column, row or heading say it: 目标值(%)


def sentences(text: str) -> list[Sentence]:
    """Every sentence in order. A responsible department named at a part's end belongs to all sentences of the part."""
    found: list[Sentence] = []
    heading, back, part, heads = "", False, 0, None
    parts: list[
        tuple[str, bool]
    ] = []  # the headings that a line stands under: kind of mark, whether it looks back
    for start, end in _lines(text):
        line = text[start:end]
        if is_row(line):
            heads, rows = _row(text, start, end, heads, heading, back)
            found += rows
            continue
        heads = None
        if named := RESPONSIBLE.match(MARKS.sub("", line, count=1)):
            found[part:] = [replace(one, department=one.department or named["who"]) for one in found[part:]]
            if not named["due"].strip("。"):
                continue
            start += line.index(named["due"], named.start("due") if line.startswith(named[0]) else 0)
        if _is_heading(line):
            heading, part = line, len(found)
            back = _looks_back(line, parts)
        period, start = _labelled(text, start, end)
        found += [
            Sentence(*cut, text[cut[0] : cut[1]], heading, back, "", whole, "", period)
            for cut, whole in _cuts(text, start, end)
        ]
    return found


def _labelled(text: str, start: int, end: int) -> tuple[str, int]:
    """▲每月:质控小组会1次;分析不良事件: (every what, where the line's acts begin); ('', start) for other lines."""
    mark = MARKS.match(text, start, end)
    label = LABEL.match(text, mark.end() if mark else start, end)
    return (label[0], label.end()) if label else ("", start)


def _row(text: str, start: int, end: int, heads, heading: str, back: bool):
    """(the table's head from here on, the row's cells as sentences of their own)."""
    if head := heads_of(text[start:end]):
        return head, []
    row = row_of(text, start, end, heads)
    made = [
        Sentence(*cut, text[cut[0] : cut[1]], one.name or row.name or heading, back or one.role == "past", row.department, True,
                 one.role, row.period, one.unit or unit_said(heading))
        for one in row.cells if one.role not in ("number", "who")
        for cut, _ in _cuts(text, one.start, one.end)
    ]  # fmt: skip
    return heads, made


def _looks_back(line: str, parts: list[tuple[str, bool]]) -> bool:
    """Whether what follows a heading tells of the past; one that says nothing of time is as the part that holds it.

    乙、组织架构 after 甲、去年度成效检讨 looks ahead again; 二、重点科室 in a summary still looks back.
    """
    kind = _kind_of_mark(line)
    at = next((i for i, (one, _back) in enumerate(parts) if one == kind), len(parts))
    del parts[at:]
    held = parts[-1][1] if parts else False
    back = False if _AHEAD.search(line) else True if _BACK.search(line) else held
    parts.append((kind, back))
    return back


def _kind_of_mark(line: str) -> str:
    """一、 and 二、 are of one kind, (一) and 1. of others; '' for a title without a mark."""
    mark = MARKS.match(line)
    return (
        re.sub(r"[一二三四五六七八九十百]+|\d+|[甲乙丙丁戊己庚辛]|[①-⑩]|[⑴-⑽]", "n", mark[0]) if mark else ""
    )


def _is_heading(line: str) -> bool:
    if _SAYS.search(line):
        return False
    if len(line) <= 20 and MARKS.match(line) and not re.search(r"\d[年月日%]|[≥≤]", line):
        return True
    if len(line) <= 20 and not re.search(r"[。;,:]", line) and (_BACK.search(line) or _AHEAD.search(line)):
        return True
    return (len(line) <= 40 and bool(MARKS.match(line)) and line[-1:] not in "。;；,、") or (
        len(line) <= 30 and bool(re.search(r"(?:总结|计划|方案|目标)\d*$", line))
    )  # fmt: skip


def _lines(text: str) -> list[tuple[int, int]]:
    """Paragraphs: a line that was broken in the middle of a sentence goes on in the next one."""
    found: list[tuple[int, int]] = []
    at = 0
    for line in text.split("\n"):
        start, at = at, at + len(line) + 1
        if not line:
            continue
        if (
            found
            and "\t" not in text[found[-1][0] : start] + line
            and _goes_on(text[found[-1][0] : found[-1][1]], line)
        ):
            found[-1] = (found[-1][0], start + len(line))
        else:
            found.append((start, start + len(line)))
    return found


def _goes_on(line: str, following: str) -> bool:
    broken = len(line) > 30 and line[-1] not in "。!?！？；;:)”》" and not MARKS.match(following)
    return broken and bool(re.match(r"[\u4e00-\u9fff,、”》]", following)) and len(following) > 8


def _cuts(text: str, start: int, end: int) -> list[tuple[tuple[int, int], bool]]:
    """((start, end), whole) of the sentences of a paragraph; an enumeration inside it starts a new one."""
    found, at = [], start
    for stop in [*(i for i in range(start, end) if _stops(text, i)), end]:
        if stop > at and text[at:stop].strip("\n"):
            found += _parts(text, at, stop, stop < end or text[stop - 1 : stop] in "。!?:”)》")
        at = stop + 1 if stop < end and text[stop] in _END and text[stop] != "\n" else stop
    return found


def _parts(text: str, start: int, end: int, whole: bool) -> list[tuple[tuple[int, int], bool]]:
    """A sentence, or a line without end cut at commas: the work of a sentence grows with the square of its length."""
    found = []
    while end - start > _LONGEST:
        comma = text.rfind(",", start + 1, start + _LONGEST)
        stop = comma + 1 if comma > 0 else start + _LONGEST
        found.append(((start, stop), True))
        start = stop
    return [*found, ((start, end), whole)]


def _stops(text: str, at: int) -> bool:
    if text[at] in "。!?！？；;":
        return not _decimal(text, at)
    inline = re.compile(r"\d{1,2}[、.](?!\d)|[(]\d{1,2}[)]|[①-⑩⑴-⑽]|(?:1[0-2]|[1-9])月份[:：]").match(
        text, at
    )
    return (
        bool(inline)
        and at > 0
        and not text[at - 1].isdigit()
        and text[at - 1] != "\n"
        and text[at - 1] not in "第((."
    )


def _decimal(text: str, at: int) -> bool:
    return text[at] in "." and text[at - 1 : at].isdigit() and text[at + 1 : at + 2].isdigit()
