"""What the search finds among findings in scope: by title and number, never by their texts."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.findings import queries
from zhikong.web.panels import SearchHit

MOST = 6


def hits(request, q: str) -> Iterable[SearchHit]:
    """Findings of the departments that the reader answers for or checks, the newest first."""
    if not can(request.user, Permission.VIEW_INDICATORS):
        return
    found = queries.findings(today=timezone.localdate(), show="all", text=q)
    for finding in found.order_by("-pk")[:MOST]:
        url = reverse("findings:detail", args=[finding.pk])
        note = f"{finding.number} · {finding.department_name} · {finding.get_state_display()}"
        yield SearchHit(finding.title, url, _("问题"), note=note, at=finding.raised_at)
