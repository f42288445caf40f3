"""Figures of complaints: a period's tables, and the same as a workbook."""

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from zhikong.hospital.functions.complaints.queries.intake import complaints, figures
from zhikong.hospital.functions.complaints.views.intake.common import found_or_404
from zhikong.hospital.functions.complaints.workbook_intake import workbook as made

MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _period(request: HttpRequest) -> tuple[str, str]:
    """The twelve months up to now, or those asked for; never turned round."""
    today = timezone.localdate()
    last = asked if MONTH.fullmatch(asked := request.GET.get("last", "")) else f"{today:%Y-%m}"
    year, month = int(last[:4]) - (last[5:] != "12"), int(last[5:]) % 12 + 1
    first = asked if MONTH.fullmatch(asked := request.GET.get("first", "")) else f"{year:04d}-{month:02d}"
    return min(first, last), last


def _may(request: HttpRequest) -> bool | None:
    return True if complaints.sees_figures(request.user) else None


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    found_or_404(_may(request))
    first, last = _period(request)
    report = figures.report(first=first, last=last)
    context = {
        "report": report, "first": first, "last": last, "tab": "figures", "handles": complaints.handles(request.user),
        "target": {"rate": 2, "closure": 90},
    }  # fmt: skip
    return render(request, "complaints/intake/figures.html", context)


@require_GET
def workbook(request: HttpRequest) -> HttpResponse:
    found_or_404(_may(request))
    first, last = _period(request)
    answer = HttpResponse(made(figures.report(first=first, last=last)), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="complaints-{first}-{last}.xlsx"'
    return answer
