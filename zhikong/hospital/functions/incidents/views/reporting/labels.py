"""Labels with square codes for the wards: scanned, they open the report without an account, for this department."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from zhikong.foundation.organisation import queries as organisation
from zhikong.hospital.functions.incidents.printing_reporting import labels_pdf, square
from zhikong.hospital.functions.incidents.views.reporting.speaking import speak_url

KINDS = ("clinical", "medtech", "functional")


@dataclass(frozen=True)
class Label:
    """One label. address: what the code says."""

    code: str
    name: str
    address: str

    @property
    def square(self) -> str:
        return square(self.address)


def _labels(request: HttpRequest, code: str = "") -> list[Label]:
    found = organisation.departments(on=timezone.localdate(), kinds=KINDS)
    return [
        Label(one.code, one.name, request.build_absolute_uri(speak_url(request, one.code)))
        for one in found
        if code in ("", one.code)
    ]


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The departments, each with its code; the label of one, or of all, as PDF."""
    wanted = request.GET.get("d", "")[:32]
    context = {"labels": _labels(request, wanted), "wanted": wanted}
    return render(request, "incidents/reporting/labels.html", context)


@require_GET
def pdf(request: HttpRequest) -> HttpResponse:
    """Labels on A4, six a page, to cut and hang where nobody is watched while scanning."""
    made = labels_pdf([(one.name, one.address) for one in _labels(request, request.GET.get("d", "")[:32])])
    name = f"incident-labels-{timezone.localdate():%Y%m%d}.pdf"
    return HttpResponse(
        made,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
