"""Answers of inspections as rows that the quality tools count: by clause, checklist, department, month and stage."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.facts.countable import Answer, Dimension, Measure, Row, Shape, Source, Wanted
from zhikong.hospital.functions.inspections.queries.results.choosing import last_day, place_names
from zhikong.hospital.functions.inspections.queries.results.counts import counts, rows
from zhikong.hospital.functions.inspections.queries.results.forms import clause
from zhikong.hospital.functions.inspections.rules_results import STAGE_NAMES, Count, stage_of


def shape(key: str) -> Shape:
    """Clause, checklist, department, month, stage; how much of what applied conformed."""
    return Shape(
        [
            Dimension("clause", _("条款")),
            Dimension("form", _("检查表")),
            Dimension("department", _("科室")),
            Dimension("month", _("检查月份"), ordered=True),
            Dimension("stage", _("环节或终末")),
        ],
        [Measure("rate", _("符合率"), "%", ratio=True, multiply=100, decreasing=False)],
        _("项次"),
        _("不符合项次"),
    )


def found(wanted: Wanted) -> Answer:
    """A row for each clause, department and month with its failures; departments of the scope only."""
    first, last = date.fromisoformat(f"{wanted.first}-01"), last_day(wanted.last)
    answers = rows(first=first, last=last, form_id=wanted.key)
    if wanted.departments:
        answers = answers.filter(department_id__in=wanted.departments)
    names = place_names()
    summed = counts(answers, "form_id", "item", "department_id", "month")
    made = [_row(*key, count, names) for key, count in sorted(summed.items(), key=str) if count.applicable]
    return Answer(made, _("现场检查"), _("已下结论的检查，按填表时的检查表版本"))


def _row(form_id: str, item: str, place: int, month: str, count: Count, names) -> Row:
    said = clause(form_id, item)
    values = {
        "clause": said.text, "form": said.form_title, "department": names.get(place, "—"), "month": month[:7],
        "stage": str(STAGE_NAMES[stage_of(form_id)]),
    }  # fmt: skip
    address = f"{reverse('inspections:clause', args=[form_id, item])}?month={month[:7]}&department={place}"
    numbers = {"rate": (float(count.conforming), float(count.applicable))}
    day = date.fromisoformat(f"{month[:7]}-01")
    return Row(values, numbers, count.wrong, day, f"{said.text} {values['department']}", address)


SOURCE = Source(
    "inspections", gettext_lazy("现场检查"), gettext_lazy("检查表各条款：科室、月份、环节或终末，不符合项次与符合率"),
    may=lambda user: can(user, Permission.VIEW_INSPECTIONS), shape=shape, rows=found, order=45,
)  # fmt: skip
