"""How a plan is laid out for checking: its parts, its coloured pieces, the words of kinds, and what is asked of whom."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

PART = 5000  # characters that one page of the review shows, more or less
MOST = 40  # items on it; what a person checks at a stretch, and what opens at once
SURE = 0.85

KINDS = {
    "target": gettext_lazy("目标值"),
    "duty": gettext_lazy("工作要求"),
    "deadline": gettext_lazy("时限"),
    "quota": gettext_lazy("数量要求"),
    "money": gettext_lazy("奖惩金额"),
    "threshold": gettext_lazy("界限"),
    "date_range": gettext_lazy("起止日期"),
    "result": gettext_lazy("已达到的结果"),
    "body": gettext_lazy("组织"),
}
OPERATOR_WORDS = {">=": "≥", "<=": "≤", "=": "=", "<": "<", ">": ">"}
UNIT_WORDS = {
    "%": "%", "‰": "‰", "‱": "‱", "per_10k": gettext_lazy("/万"), "days": gettext_lazy("天"),
    "hours": gettext_lazy("小时"), "minutes": gettext_lazy("分钟"), "months": gettext_lazy("个月"),
    "count": gettext_lazy("次（例、件）"), "ml": "ml", "CNY": gettext_lazy("元"), "CNY_10k": gettext_lazy("万元"),
    "CNY_10k_per_CNY_100M": gettext_lazy("/亿（万元）"), "points": gettext_lazy("分（加减分）"),
    "score": gettext_lazy("分（得分）"), "per_100_beds": gettext_lazy("/百床"),
    "per_1000_device_days": gettext_lazy("/千器械日"), "pp": gettext_lazy("个百分点"),
}  # fmt: skip
PER_WORDS = {
    "day": gettext_lazy("每天"), "week": gettext_lazy("每周"), "month": gettext_lazy("每月"),
    "quarter": gettext_lazy("每季度"), "half_year": gettext_lazy("每半年"), "year": gettext_lazy("每年"),
    "event": gettext_lazy("每次发生时"),
}  # fmt: skip
WITHIN_WORDS = {
    "minute": gettext_lazy("分钟内"), "hour": gettext_lazy("小时内"), "day": gettext_lazy("天内"),
    "workday": gettext_lazy("个工作日内"), "month": gettext_lazy("个月内"),
}  # fmt: skip


@dataclass(frozen=True)
class Piece:
    """A stretch of the text: plain, one that items stand on, or one that was not understood (kind unread).

    kind: of the first item; tones its colour. look: done when all its items are decided, ask when one is doubtful.
    """

    text: str
    items: tuple[int, ...] = ()
    kind: str = ""
    look: str = ""
    sentence: int = 0


@dataclass(frozen=True)
class Line:
    """A paragraph or a row of a table, in pieces. start: its place in the text."""

    start: int
    pieces: tuple[Piece, ...]


def parts(text: str, starts: Sequence[int] = ()) -> list[tuple[int, int]]:
    """The pages of a text: about PART characters and MOST items each, cut between paragraphs. Never empty.

    starts: where the items begin, in order; without them only the length counts.
    """
    found, start = [], 0
    while (cut := _cut(text, start, starts)) < len(text):
        found.append((start, cut))
        start = cut
    return [*found, (start, len(text))]


def _cut(text: str, start: int, starts: Sequence[int]) -> int:
    """Where the page that begins here ends: after a paragraph if there is one."""
    left = len(text) - start
    stop = start + PART if left > PART * 1.4 else len(text)
    last = bisect_left(starts, start) + MOST
    if last + MOST // 2 < len(starts):
        stop = min(stop, max(starts[last], start + 1))
    if stop >= len(text):
        return len(text)
    cut = text.rfind("\n", start, stop) + 1
    return cut if cut > start else stop


def part_of(place: int, pages: Sequence[tuple[int, int]]) -> int:
    """The number of the page on which a place stands, from 0."""
    return next((number for number, (start, end) in enumerate(pages) if start <= place < end), len(pages) - 1)


def lines(text: str, page: tuple[int, int], items: Iterable[Any], lost: Iterable[Any] = ()) -> Iterator[Line]:
    """The paragraphs of a page with the stretches of its items.

    items: have pk, kind, start, end, state, doubtful. lost: sentences that were not understood: pk, start, end.
    """
    standing = sorted(items, key=lambda one: (one.start, -one.end))
    missed = list(lost)
    at = page[0]
    for row in text[page[0] : page[1]].split("\n"):
        end = at + len(row)
        if row.strip():
            yield Line(at, tuple(_pieces(text, at, end, standing, missed)))
        at = end + 1


def _pieces(text: str, start: int, end: int, standing: Sequence[Any], lost: Sequence[Any]) -> Iterator[Piece]:
    inside = [one for one in standing if one.start < end and one.end > start]
    missed = [one for one in lost if one.start < end and one.end > start]
    cuts = {start, end}
    for one in (*inside, *missed):
        cuts |= {max(one.start, start), min(one.end, end)}
    for a, b in pairwise(sorted(cuts)):
        on = [one for one in inside if one.start <= a and one.end >= b]
        under = next((one.pk for one in missed if one.start <= a and one.end >= b), 0)
        kind = on[0].kind if on else "unread" if under else ""
        yield Piece(text[a:b], tuple(one.pk for one in on), kind, _look(on), under)


def _look(items: Sequence[Any]) -> str:
    left = [one for one in items if one.state == "open"]
    if not left:
        return "done" if items else ""
    return "ask" if any(one.doubtful for one in left) else ""


def said(kind: str, told: Mapping[str, Any]) -> str:
    """An item's fields as a short phrase: ≥92%, 每月 2 次, 3 天内, 3月18日至4月18日."""
    words = [_amount(told), _often(told), _within(told), _dates(told)]
    return " · ".join(str(word) for word in words if word) or str(KINDS.get(kind, kind))


def _amount(told: Mapping[str, Any]) -> str:
    if told.get("value") is None:
        return ""
    change = _("较上期 ") if told.get("relative") else ""
    operator = OPERATOR_WORDS.get(told.get("operator") or "", "")
    return f"{change}{operator}{number(told['value'])}{UNIT_WORDS.get(told.get('unit') or '', '')}"


def _often(told: Mapping[str, Any]) -> str:
    often = told.get("frequency") or {}
    per = PER_WORDS.get(often.get("per", ""))
    if not per:
        return ""
    if often.get("count") is None:
        return str(per)
    return _("%(per)s %(count)s 次") % {"per": per, "count": number(often["count"])}


def _within(told: Mapping[str, Any]) -> str:
    within = told.get("within") or {}
    if within.get("value") is None:
        return ""
    if within["value"] == 0:
        return _("立即")
    return f"{number(within['value'])} {WITHIN_WORDS.get(within.get('unit', ''), '')}"


def _dates(told: Mapping[str, Any]) -> str:
    first, last = told.get("starts_on") or "", told.get("ends_on") or ""
    if first and last and first != last:
        return _("%(first)s 至 %(last)s") % {"first": first, "last": last}
    return first or last


def number(value: Any) -> str:
    """A figure without a tail of zeros."""
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def proposal(kind: str, told: Mapping[str, Any]) -> dict[str, Any] | None:
    """What to put instead of an amount that cannot be meant: ≥100% can only be =100%."""
    if kind != "target" or told.get("unit") != "%" or told.get("relative"):
        return None
    value, operator = told.get("value"), told.get("operator")
    if operator in (">=", ">") and value is not None and value >= 100:
        return {"operator": "=", "value": 100}
    if operator in ("<=", "<") and value == 0:
        return {"operator": "=", "value": 0}
    return None


def question(kind: str, told: Mapping[str, Any], why: str) -> str:
    """What the reader asks the person, in a sentence."""
    if instead := proposal(kind, told):
        return _("原文是“%(said)s”，不可能超过。建议改为 %(instead)s") % {
            "said": _amount(told),
            "instead": _amount({**told, **instead}),
        }
    return why


def problems(kind: str, told: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with corrected fields, by field."""
    found: dict[str, str] = {}
    if kind in ("target", "threshold", "quota", "money", "result") and told.get("value") is None:
        found["value"] = _("请填数值；原文没有数值的，请把类别改为“工作要求”。")
    if told.get("value") is not None and not told.get("unit"):
        found["unit"] = _("请选单位。")
    if kind == "target" and not told.get("operator"):
        found["operator"] = _("请选大于、小于或等于。")
    if kind in ("duty", "target", "quota", "body") and not (told.get("subject") or "").strip():
        found["subject"] = _("请写明是什么。")
    if kind == "date_range" and not (told.get("starts_on") or told.get("ends_on")):
        found["starts_on"] = _("请填开始或结束日期，例如 03-18 或 2026-03-18。")
    return found


def is_sure(confidence: float, doubtful: bool) -> bool:
    """Whether an item may be accepted together with others."""
    return not doubtful and confidence >= SURE
