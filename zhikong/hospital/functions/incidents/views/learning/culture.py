"""How people report, and where they are silent; clusters in time."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.incidents.actions.learning import scanning
from zhikong.hospital.functions.incidents.queries.learning import clusters as found_clusters
from zhikong.hospital.functions.incidents.queries.learning import culture
from zhikong.hospital.functions.incidents.queries.learning.choosing import chosen
from zhikong.hospital.functions.incidents.queries.learning.readers import reader
from zhikong.hospital.functions.incidents.queries.learning.reporters import by_department
from zhikong.hospital.functions.incidents.rules_learning import TARGET
from zhikong.hospital.functions.incidents.rules_learning_clusters import LONGEST
from zhikong.hospital.functions.incidents.rules_reporting import Privacy
from zhikong.hospital.functions.incidents.views.learning.common import context_of


@require_GET
@needs(Permission.LEARN_FROM_INCIDENTS)
def page(request: HttpRequest) -> HttpResponse:
    """Shares, feedback, reports per 100 beds against the target, wards that are silent."""
    asked = chosen(request)
    found = culture.told(asked)
    privacy = [(str(Privacy(code).label), share) for code, share in found.whole.privacy.items()]
    sees = can(request.user, Permission.SEE_REPORTER, whole_hospital=True)
    reporters = None
    if sees and request.GET.get("reporters") == "1":
        reporters = by_department(by=request.user, first=found.first, last=found.last)
    context = context_of(
        request, asked, "culture", found=found, privacy=privacy, target=TARGET, now=timezone.now(), sees=sees,
        reporters=reporters,
    )  # fmt: skip
    return render(request, "incidents/learning/culture.html", context)


@require_GET
@needs(Permission.LEARN_FROM_INCIDENTS)
def clusters(request: HttpRequest) -> HttpResponse:
    """What the last search found in the departments whose cases the reader may open."""
    context = context_of(
        request, None, "clusters", found=found_clusters.seen(reader(request.user)), longest=LONGEST
    )
    return render(request, "incidents/learning/clusters.html", context)


@require_POST
@needs(Permission.HANDLE_INCIDENTS)
def scan(request: HttpRequest) -> HttpResponse:
    """Search now."""
    if scanning.scan(by=request.user, now=timezone.now()) is None:
        messages.error(request, _("还没有床位日报，不知道各病区的床日数，不能检出聚集。请先接入床位日报。"))
    else:
        messages.success(request, _("已重新检出。"))
    return redirect("incidents:learning_clusters")
