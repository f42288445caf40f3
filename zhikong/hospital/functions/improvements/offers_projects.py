"""What a finding's page offers: begin an improvement project, or go to the one that came of it."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.findings.onward import Onward
from zhikong.hospital.functions.improvements.models.projects import Link
from zhikong.hospital.functions.improvements.queries.projects import register


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
