"""Findings as rows that the quality tools count: what is wrong, where, how grave, from which source, how long it took."""

from __future__ import annotations

import re
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.facts.countable import MOST, Answer, Dimension, Measure, Row, Shape, Source, Wanted
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.findings.rules import State

SEE = (Permission.VIEW_INDICATORS, Permission.VIEW_INSPECTIONS, Permission.VIEW_IMPROVEMENTS)
KINDS = {
    "indicator": gettext_lazy("指标"),
    "visit": gettext_lazy("现场检查"),
    "inspections": gettext_lazy("现场检查"),
    "sheet": gettext_lazy("检查表"),
    "records": gettext_lazy("病历质控"),
    "risks": gettext_lazy("风险"),
    "risk": gettext_lazy("风险"),
    "drill": gettext_lazy("应急演练"),
    "manual": gettext_lazy("人工提出"),
}
WEEKDAYS = "一二三四五六日"
MONTH = re.compile(r"[\s（(]*20\d\d\s*[年-]")  # titles of an indicator's finding end with its month


def shape(key: str) -> Shape:
    """By what findings may be grouped, and what may be measured of each."""
    return Shape(
        dimensions=[
            Dimension("clause", _("条款或问题")),
            Dimension("department", _("科室")),
            Dimension("month", _("月份"), ordered=True),
            Dimension("severity", _("程度")),
            Dimension("source", _("来源")),
            Dimension("state", _("状态")),
            Dimension("recurrent", _("是否重复发生")),
            Dimension("place", _("地点")),
            Dimension("shift", _("时段"), ordered=True, values=tuple(shift_of(hour) for hour in (8, 16, 0))),
            Dimension("weekday", _("星期"), ordered=True, values=tuple(map(_weekday, range(7)))),
        ],
        measures=[
            Measure("days_to_correct", _("整改用时"), _("天"), decreasing=True),
            Measure("days_to_close", _("关闭用时"), _("天"), decreasing=True),
            Measure("rounds", _("整改轮次"), _("轮"), decreasing=True),
        ],
        counted=_("条"),
        counted_title=_("问题数"),
    )


def rows(wanted: Wanted) -> Answer:
    """Findings raised in the months, without those that were merged into others; within the scope in force."""
    found = Finding.objects.exclude(state=State.MERGED).order_by("raised_at", "pk")
    found = found.filter(raised_at__gte=_start(wanted.first), raised_at__lt=_start(_next(wanted.last)))
    if wanted.departments:
        found = found.filter(department_id__in=wanted.departments)
    kept = list(found[: MOST + 1])
    return Answer([_row(one) for one in kept[:MOST]], _("质控问题（整改单）"), _("按提出日期计，已合并的不重复计"), more=len(kept) > MOST)  # fmt: skip


def _row(one: Finding) -> Row:
    at = timezone.localtime(one.raised_at)
    return Row(
        values={
            "clause": one.clause_text or MONTH.split(one.title)[0].strip() or one.title,
            "department": one.department_name,
            "month": f"{at:%Y-%m}",
            "severity": str(one.get_severity_display()),
            "source": str(KINDS.get(one.source_kind, one.source_kind or _("人工提出"))),
            "state": str(one.get_state_display()),
            "recurrent": _("重复发生") if one.recurrent else _("首次发现"),
            "place": one.place or _("未填"),
            "shift": shift_of(at.hour),
            "weekday": _weekday(at.weekday()),
        },
        numbers={
            "days_to_correct": _days(one.raised_at, one.corrected_at),
            "days_to_close": _days(one.raised_at, one.closed_at),
            "rounds": float(one.rounds),
        },
        at=at.date(),
        name=f"{one.number} {one.department_name}：{one.title}",
        url=reverse("findings:detail", args=[one.pk]),
    )


def shift_of(hour: int) -> str:
    """白班 08–16, 小夜班 16–24, 大夜班 0–8: the three shifts of most wards."""
    return _("大夜班 0–8 时") if hour < 8 else _("白班 8–16 时") if hour < 16 else _("小夜班 16–24 时")


def _weekday(number: int) -> str:
    return _("周%(day)s") % {"day": WEEKDAYS[number]}


def _days(start, end) -> float | None:
    return None if end is None else round((end - start).total_seconds() / 86400, 1)


def _start(month: str):
    return timezone.make_aware(datetime(int(month[:4]), int(month[5:]), 1))  # noqa: DTZ001


def _next(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04d}-{number % 12 + 1:02d}"


SOURCE = Source(
    "findings", gettext_lazy("质控问题"), gettext_lazy("每一条问题（整改单）：条款、科室、月份、程度、来源、时段、整改用时"),
    may=lambda user: any(can(user, one) for one in SEE), shape=shape, rows=rows, order=10,
)  # fmt: skip
