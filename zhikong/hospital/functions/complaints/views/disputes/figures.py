"""A year in figures: the seeds' formulas, the table by department and grade; as a page, a workbook and a report."""

from __future__ import annotations

from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from zhikong.foundation.access.permissions import Permission, can
from zhikong.hospital.functions.complaints import documents_disputes as documents
from zhikong.hospital.functions.complaints import forms_disputes_money as forms
from zhikong.hospital.functions.complaints import papers_disputes as papers
from zhikong.hospital.functions.complaints.actions.disputes import years
from zhikong.hospital.functions.complaints.queries.disputes import figures
from zhikong.hospital.functions.complaints.views.disputes.acts import attempt, first_error
from zhikong.hospital.functions.complaints.views.disputes.board import looked
from zhikong.web.paper import WORD

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _year(request: HttpRequest) -> int:
    asked, this = request.GET.get("year", ""), timezone.localdate().year
    return int(asked) if asked.isascii() and asked.isdigit() and 2000 <= int(asked) <= this else this


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The figures; who handles disputes for the whole hospital may tell what they divide by."""
    looked(request)
    year, whole = _year(request), can(request.user, Permission.HANDLE_DISPUTES, whole_hospital=True)
    form = forms.YearForm(request.POST or None)
    if request.method == "POST" and whole:
        if form.is_valid():
            attempt(
                request,
                lambda: years.tell_year(by=request.user, now=timezone.now(), year=year, **form.cleaned_data),
                _("已保存。"),
            )
        else:
            messages.error(request, first_error(form))
        return redirect(f"{reverse('complaints:dispute_figures')}?year={year}")
    this = timezone.localdate().year
    context = {
        "found": figures.year_of(year, today=timezone.localdate(), by=request.user), "year": year, "whole": whole,
        "years": range(this, this - 5, -1), "form": form if whole else None, "tab": "figures",
    }  # fmt: skip
    return render(request, "complaints/disputes/figures.html", context)


@require_GET
def workbook(request: HttpRequest) -> HttpResponse:
    looked(request)
    year = _year(request)
    found = figures.year_of(year, today=timezone.localdate(), by=request.user)
    return sent(papers.workbook(found), XLSX, _("医疗纠纷年度统计%(y)d.xlsx") % {"y": year})


@require_GET
def report(request: HttpRequest) -> HttpResponse:
    looked(request)
    year = _year(request)
    found = figures.year_of(year, today=timezone.localdate(), by=request.user)
    content = documents.year_report(found, by=request.user, now=timezone.now())
    return sent(papers.word(content), WORD, _("医疗纠纷年度报告%(y)d.docx") % {"y": year})


def sent(content: bytes, kind: str, name: str) -> HttpResponse:
    """A download under a Chinese name."""
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer
