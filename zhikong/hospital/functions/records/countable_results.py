"""Record defects as rows that the quality tools count: sums by rule, department and month of the screenings."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.facts.countable import Answer, Dimension, Measure, Row, Shape, Source, Wanted
from zhikong.foundation.organisation.models import Department
from zhikong.hospital.functions.records import facets
from zhikong.hospital.functions.records.queries.results import in_force
from zhikong.hospital.functions.records.queries.results.choosing import place_names
from zhikong.hospital.functions.records.queries.results.compliance import tallies


def shape(key: str) -> Shape:
    """Rule, department, month, stage, aspect, kind; how much of what was judged was kept."""
    return Shape(
        [
            Dimension("rule", _("规则（缺陷）")),
            Dimension("department", _("科室")),
            Dimension("month", _("出院月份"), ordered=True),
            Dimension("aspect", _("质量方面")),
            Dimension("stage", _("环节")),
            Dimension("kind", _("类别")),
        ],
        [Measure("rate", _("符合率"), "%", ratio=True, multiply=100, decreasing=False)],
        _("处"),
        _("缺陷数"),
    )


def rows(wanted: Wanted) -> Answer:
    """A row for each rule, department and month with its defects; departments of the scope only."""
    known, names = in_force.all_rules(on=timezone.localdate()), place_names()
    codes = set(Department.objects.filter(pk__in=wanted.departments).values_list("code", flat=True))
    found = []
    for (rule, place, month), one in sorted(tallies("rule", "place", "month", months=wanted.months).items()):
        if one.judged and (not wanted.departments or place in codes):
            found.append(_row(known.get(rule), rule, names.get(place, place), place, month, one))
    return Answer(found, _("病历缺陷"), _("按当月有效的质控规则，%(n)d 条") % {"n": len({r.values["rule"] for r in found})})  # fmt: skip


def _row(rule, rule_id: str, name: str, place: str, month: str, one: facets.Tally) -> Row:
    values = {
        "rule": rule.title if rule else rule_id,
        "department": name,
        "month": month,
        "aspect": _word(facets.ASPECTS, facets.aspect_of(rule)) if rule else "—",
        "stage": _word(facets.STAGES, facets.stage_of(rule)) if rule else "—",
        "kind": _word(facets.KINDS, facets.kind_of(rule)) if rule else "—",
    }
    address = reverse("records:defects") + f"?month={month}&department={place}&rule={rule_id}"
    numbers = {"rate": (float(one.passed), float(one.passed + one.failed))}
    return Row(values, numbers, one.failed, date.fromisoformat(f"{month}-01"), f"{values['rule']} {name} {month}", address)  # fmt: skip


def _word(words, code: str) -> str:
    return str(words.get(code, code or "—"))


SOURCE = Source(
    "record_defects", gettext_lazy("病历缺陷"), gettext_lazy("质控规则查出的缺陷：规则、科室、月份、质量方面、环节，以及符合率"),
    may=lambda user: can(user, Permission.VIEW_RECORD_CHECKS), shape=shape, rows=rows, order=50,
)  # fmt: skip
