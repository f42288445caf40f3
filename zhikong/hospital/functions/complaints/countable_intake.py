"""Complaints as rows that the quality tools count: category, department, month, way, cause; never a word or a name."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.facts.countable import MOST, Answer, Dimension, Measure, Row, Shape, Source, Wanted
from zhikong.foundation.organisation.queries import departments
from zhikong.hospital.functions.complaints.queries.intake.figures import counted
from zhikong.hospital.functions.complaints.queries.intake.rules import categories
from zhikong.hospital.functions.complaints.rules_intake import Channel
from zhikong.hospital.functions.complaints.rules_intake_figures import Counted

SEE = (Permission.HANDLE_COMPLAINTS, Permission.HANDLE_DISPUTES, Permission.ANSWER_COMPLAINTS)


def shape(key: str) -> Shape:
    """By what complaints may be grouped, and what may be measured of each."""
    return Shape(
        dimensions=[
            Dimension("category", _("类别")), Dimension("department", _("科室")), Dimension("month", _("月份"), ordered=True),
            Dimension("channel", _("途径")), Dimension("communication", _("是否因沟通不良")), Dimension("founded", _("认定")),
        ],
        measures=[Measure("days", _("答复用时"), _("天"), decreasing=True), Measure("score", _("处理满意度"), _("分"), decreasing=False)],
        counted=_("件"), counted_title=_("投诉件数"),
    )  # fmt: skip


def rows(wanted: Wanted) -> Answer:
    """Complaints received in the months, within the scope in force; withdrawn and refused ones are not counted."""
    found = counted(wanted.months)
    if wanted.departments:
        codes = _codes(wanted.departments)
        found = [one for one in found if one.department in codes]
    titles = dict(categories())
    return Answer(
        [_row(one, titles) for one in found[:MOST]], _("投诉"), _("按接到日期计"), more=len(found) > MOST
    )


def _codes(wanted) -> set[str]:
    return {one.code for one in departments(on=timezone.localdate()) if one.id in wanted}


def _row(one: Counted, titles: dict[str, str]) -> Row:
    known = {True: _("是"), False: _("否"), None: _("未认定")}
    judged = {True: _("属实或部分属实"), False: _("不属实或无法判断"), None: _("未认定")}
    return Row(
        values={
            "category": titles.get(one.category, one.category) or _("未分类"), "department": one.department_name or _("未明确"),
            "month": one.month, "channel": str(dict(Channel.choices).get(one.channel, one.channel)),
            "communication": known[one.communication], "founded": judged[one.founded],
        },
        numbers={"days": one.days, "score": one.score},
    )  # fmt: skip


SOURCE = Source(
    "complaints", gettext_lazy("投诉"), gettext_lazy("每一件投诉：类别、科室、月份、途径、是否因沟通不良、答复用时、满意度"),
    may=lambda user: any(can(user, one) for one in SEE), shape=shape, rows=rows, order=30,
)  # fmt: skip
