"""What a finding's page offers: begin an improvement project, or go to the one that came of it; and where it came from."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.findings.onward import Onward
from zhikong.foundation.findings.sources import Source
from zhikong.hospital.functions.improvements.models.projects import Link
from zhikong.hospital.functions.improvements.queries.projects import register, suggestions


def offer(user, finding) -> Onward | None:
    """For who may run projects of the department."""
    if not can(user, Permission.VIEW_IMPROVEMENTS, finding.department_id):
        return None
    project = register.of_link(Link.What.FINDING, str(finding.pk))
    if project is not None:
        label = _("改进项目 %(number)s") % {"number": project.number}
        return Onward(label, reverse("improvements:project", args=[project.pk]), done=True)
    if not can(user, Permission.RUN_IMPROVEMENTS, finding.department_id):
        return None
    origin = "recurrent" if finding.recurrent else "finding"
    return Onward(
        _("立项改进"), f"{reverse('improvements:project_new')}?finding={finding.pk}&origin={origin}"
    )


def suggestion_source(key: str, department_id: int | None = None) -> Source | None:
    """What the page of a finding says of the suggestion that it came from; never who suggested it."""
    found = suggestions.suggestion(int(key)) if key.isdigit() else None
    if found is None:
        return None
    label = _("员工建议 %(number)s") % {"number": found.number}
    url = reverse("improvements:suggestion", args=[found.pk])
    return Source(title=found.title, detail=found.text, label=label, url=url)
