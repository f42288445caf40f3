"""The page on which everybody reports: five fields, three ways that are never mixed up, drafts, a receipt."""

from __future__ import annotations

import re

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhikong.hospital.functions.incidents.actions import reporting
from zhikong.hospital.functions.incidents.queries.reporting import categories, drafts
from zhikong.hospital.functions.incidents.rules_reporting_report import FIELDS
from zhikong.hospital.functions.incidents.views.reporting import fields as offered
from zhikong.hospital.functions.incidents.views.reporting.speaking import speak_url

ONCE = re.compile(r"[0-9a-f-]{36}")


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The empty page, a draft, or what was posted: sent, kept as a draft, or shown again with what is wrong."""
    draft = _draft_number(request)
    if request.method == "POST":
        return _posted(request, draft)
    now = timezone.now()
    kept = drafts.draft(by=request.user, pk=draft) if draft else None
    filled = offered.blank(request.user, now=now, asked_department=request.GET.get("d", "")[:32])
    return _page(request, filled | (kept.fields if kept else {}), {}, draft if kept else None)


def _posted(request: HttpRequest, draft: int | None) -> HttpResponse:
    now = timezone.now()
    typed = {name: request.POST.get(name, "") for name in FIELDS}
    if "keep" in request.POST:
        return _keep(request, typed, draft)
    found = offered.judged(typed, now=now, source="qr" if request.POST.get("source") == "qr" else "menu")
    if found.report is None:
        return _page(request, typed, found.errors, draft, status=422)
    mark = request.POST.get("once", "")
    made = reporting.submit(
        by=request.user, now=now, report=found.report, once=mark if ONCE.fullmatch(mark) else "", draft=draft
    )
    _attach(request, made, now)
    return redirect("incidents:own", made.code)


def _keep(request: HttpRequest, typed: dict[str, str], draft: int | None) -> HttpResponse:
    try:
        reporting.save_draft(by=request.user, now=timezone.now(), fields=typed, draft=draft)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return _page(request, typed, {}, draft, status=422)
    messages.success(request, _("草稿已保存，只有您看得到。"))
    return redirect("incidents:mine")


def _attach(request: HttpRequest, made, now) -> None:
    """Pictures that came with the report; the report stands whatever becomes of them."""
    for upload in request.FILES.getlist("photos")[:6]:
        try:
            reporting.attach_photo(by=request.user, now=now, incident=made, upload=upload)
        except ValidationError as error:
            messages.error(request, _("照片没有加上：%(why)s") % {"why": " ".join(error.messages)})


def _page(request, filled, errors, draft, status=200) -> HttpResponse:
    context = {
        "fields": filled,
        "errors": errors,
        "draft": draft,
        "once": request.POST.get("once") or offered.once(),
        "source": "qr" if request.GET.get("d") or request.POST.get("source") == "qr" else "menu",
        "speak_url": speak_url(request, filled.get("department", "")),
        "suggested": categories.suggest(filled.get("what", "")) if filled.get("what") else [],
        **offered.options(request.user, filled),
    }
    return render(request, "incidents/reporting/report.html", context, status=status)


@require_POST
def suggest(request: HttpRequest) -> HttpResponse:
    """Categories that the words typed so far suggest, as buttons. Nothing is stored or logged."""
    found = categories.suggest(request.POST.get("what", "")[:4000])
    return render(request, "incidents/reporting/_suggested.html", {"suggested": found})


@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away."""
    reporting.drop_draft(by=request.user, draft=pk)
    messages.success(request, _("草稿已删除。"))
    return redirect("incidents:mine")


def _draft_number(request: HttpRequest) -> int | None:
    text = request.POST.get("draft") or request.GET.get("draft") or ""
    return int(text) if text.isdigit() and len(text) < 20 else None
