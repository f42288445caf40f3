"""What the page of a case shows of the report: the typed form, the patient, and, for whoever may know, who reported."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhikong.foundation.patients import queries as patients
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.queries.handling import scope
from zhikong.hospital.functions.incidents.queries.reporting import reading, typed
from zhikong.hospital.functions.incidents.rules_reporting import Privacy


def typed_form(request: HttpRequest, incident: Incident) -> dict[str, Any] | None:
    """The typed forms that were filled in, and the one that is still to be filled in."""
    filled, wanted = typed.all_of(incident), typed.form_of(incident)
    if not filled and wanted is None:
        return None
    done = {one.form.id for one in filled}
    context = {
        "incident": incident,
        "filled": filled,
        "wanted": wanted if wanted and wanted.id not in done else None,
        "may_fill": typed.may_fill(request.user, incident),
        "current": wanted.id if wanted else "",
    }
    return {"title": _("专项表"), "template": "incidents/reporting/_part_typed.html", "context": context}


def persons(request: HttpRequest, incident: Incident) -> dict[str, Any] | None:
    """The patient as far as told, and the door to the reporter's identity; nothing for whoever may see neither."""
    patient = dict(reading.told(incident).patient)
    may = reading.may_see_reporter(request.user, incident)
    if not patient and not may:
        return None
    context = {
        "incident": incident,
        "patient": patient,
        "name": _name_of(request, patient.get("key", "")),
        "may_see_reporter": may,
        "confidential": incident.privacy == Privacy.CONFIDENTIAL,
    }
    return {
        "title": _("患者与报告人"),
        "template": "incidents/reporting/_part_persons.html",
        "context": context,
    }


def _name_of(request: HttpRequest, patient_key: str) -> str:
    """The patient's name as this reader may see it; a clear one is a logged look."""
    if not patient_key:
        return ""
    found = patients.names_for(
        by=request.user, patient_keys=[patient_key], purpose="incidents.case", now=timezone.now()
    )
    return str(found[patient_key])


@require_http_methods(["GET", "POST"])
def reporter(request: HttpRequest, code: str) -> HttpResponse:
    """GET asks once more; POST opens who reported, which is logged. 404 for whoever does not see the case."""
    incident = scope.case(request.user, code)
    if incident is None or incident.privacy == Privacy.ANONYMOUS:
        raise Http404
    if not reading.may_see_reporter(request.user, incident):
        raise PermissionDenied(_("您没有权限：查看报告人。保密报告的报告人只有质控科能看。"))
    found = None
    if request.method == "POST":
        found = reading.reporter_of(by=request.user, incident=incident, purpose="contact", now=timezone.now())
    context = {"incident": incident, "reporter": found, "asked": request.method == "GET"}
    return render(request, "incidents/reporting/reporter.html", context)
