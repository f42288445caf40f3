"""What the raise form and the finding's page say of a finding that came from record rules."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.findings.sources import Source
from zhikong.foundation.organisation.models import Department
from zhikong.hospital.functions.records.models import RecordVerdict
from zhikong.hospital.functions.records.queries.results.in_force import all_rules


def describe(key: str, department_id: int | None = None) -> Source | None:
    """``<rule>@<YYYY-MM>`` for a rule's failures of a month, ``<rule>@stay@<stay>`` for one record."""
    rule, _at, rest = key.partition("@")
    known = all_rules(on=timezone.localdate()).get(rule)
    if known is None:
        return None
    title = _("病历：%(title)s") % {"title": known.title}
    if rest.startswith("stay@"):
        return Source(
            title=title, label=known.title, url=reverse("records:record", args=[rest.removeprefix("stay@")])
        )
    rows = RecordVerdict.objects.filter(rule=rule, month=rest, verdict=RecordVerdict.Verdict.FAIL)
    place = (
        Department.objects.filter(pk=department_id).values_list("code", flat=True).first()
        if department_id
        else None
    )
    if place:
        rows = rows.filter(place=place)
    query = f"?month={rest}" + (f"&department={place}" if place else "")
    return Source(
        title=title,
        detail=known.message,
        label=f"{known.title} {rest}",
        url=reverse("records:rule", args=[rule]) + query,
        cases_url=reverse("records:defects") + f"{query}&rule={rule}",
        cases=rows.count(),
        severity="major" if str(known.severity) == "error" else "minor",
        departments=(department_id,) if department_id else (),
    )
