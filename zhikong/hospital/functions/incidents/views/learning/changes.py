"""“You said, we changed”: the wall of a ward, its poster, and the release of two sentences."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.incidents import poster_learning
from zhikong.hospital.functions.incidents.actions.learning import releasing
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.queries.learning import changes as queries
from zhikong.hospital.functions.incidents.queries.learning.readers import wards
from zhikong.hospital.functions.incidents.queries.reporting import categories
from zhikong.hospital.functions.incidents.rules_learning_changes import CHANGED, SAID, telling
from zhikong.hospital.functions.incidents.rules_reporting import State
from zhikong.hospital.functions.incidents.views.learning.common import download

PDF = "application/pdf"


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Every ward with what it changed; open to everybody who is signed in."""
    may = can(request.user, Permission.PUBLISH_LESSONS)
    context = {
        "wards": queries.by_ward(), "newest": queries.released()[:12], "may_release": may,
        "waiting": queries.waiting() if may else [], "titles": {one.id: one.title for one in categories.all_in_force()},
        "names": {one.id: one.name for one in wards()},
    }  # fmt: skip
    return render(request, "incidents/learning/changes.html", context)


def _ward(code: str):
    found = next((one for one in wards() if one.code == code), None)
    if found is None:
        raise Http404
    return found


@require_GET
def ward(request: HttpRequest, code: str) -> HttpResponse:
    """One ward's wall."""
    place = _ward(code)
    context = {
        "place": place, "found": queries.released(place.id), "may_release": can(request.user, Permission.PUBLISH_LESSONS)
    }  # fmt: skip
    return render(request, "incidents/learning/ward.html", context)


@require_GET
def poster(request: HttpRequest, code: str) -> HttpResponse:
    """The ward's wall as a poster (A4, PDF)."""
    place = _ward(code)
    content = poster_learning.pdf(place.name, queries.public(code), now=timezone.localtime())
    return download(content, f"您说我们改 {timezone.localdate():%Y-%m-%d}.pdf", PDF)


@require_http_methods(["GET", "POST"])
@needs(Permission.PUBLISH_LESSONS)
def release(request: HttpRequest, code: str) -> HttpResponse:
    """Write two sentences for a closed case, see what may be telling, release them."""
    incident = Incident.objects.filter(code=code, state=State.CLOSED).select_related("department").first()
    if incident is None or incident.department_id is None:
        raise Http404
    posted = request.POST if request.method == "POST" else {}
    if posted and (made := _released(request, incident)):
        return redirect("incidents:changes_of", made.department.code)
    said, changed = posted.get("said", ""), posted.get("changed", "")
    context = {
        "incident": incident, "said": said, "changed": changed, "since": posted.get("since", f"{timezone.localdate()}"),
        "hints": telling(f"{said}\n{changed}"), "most_said": SAID, "most_changed": CHANGED,
        "category": categories.title(incident.category), "known": queries.change_of(incident),
    }  # fmt: skip
    return render(request, "incidents/learning/release.html", context)


def _released(request: HttpRequest, incident: Incident):
    try:
        since = date.fromisoformat(request.POST.get("since", ""))
    except ValueError:
        messages.error(request, _("请写“从哪天起”，例如 2026-11-01。"))
        return None
    try:
        made = releasing.release(
            by=request.user, now=timezone.now(), incident=incident, said=request.POST.get("said", ""),
            changed=request.POST.get("changed", ""), since=since, checked=request.POST.get("checked") == "1",
        )  # fmt: skip
    except ValidationError as error:
        for sentence in error.messages:
            messages.error(request, sentence)
        return None
    messages.success(request, _("已公开。全院都能看到，匿名报告的人也能看到。"))
    return made


@require_POST
@needs(Permission.PUBLISH_LESSONS)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a change down."""
    found = queries.change(pk)
    if found is None:
        raise Http404
    releasing.withdraw(by=request.user, now=timezone.now(), change=found)
    messages.success(request, _("已撤下。"))
    return redirect("incidents:changes_of", found.department.code)
