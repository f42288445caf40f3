"""Campaigns and special rectification; what is known before an official inspection."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.inspections.permissions_results import may_compare_inspectors
from zhikong.hospital.functions.inspections.queries.results import campaigns, preparing
from zhikong.hospital.functions.inspections.queries.results.choosing import chosen
from zhikong.hospital.functions.inspections.views.results.overview import context_of


@require_GET
@needs(Permission.VIEW_INSPECTIONS)
def listing(request: HttpRequest) -> HttpResponse:
    """Programmes that have a list of departments and a closing rate."""
    today = timezone.localdate()
    found = [(one, campaigns.campaign(one, today=today)) for one in campaigns.programmes()[:30]]
    context = {
        "lines": found, "tab": "campaigns", "may_see_inspectors": may_compare_inspectors(request.user)
    }  # fmt: skip
    return render(request, "inspections/results/campaigns.html", context)


@require_GET
@needs(Permission.VIEW_INSPECTIONS)
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One campaign: department by department."""
    found = campaigns.programme(pk)
    if found is None:
        raise Http404
    today = timezone.localdate()
    context = {"campaign": campaigns.campaign(found, today=today), "programme": found, "today": today}
    return render(request, "inspections/results/campaign.html", context)


@require_GET
@needs(Permission.VIEW_INSPECTIONS)
def prepare(request: HttpRequest) -> HttpResponse:
    """Earlier findings, weak clauses, key points: what to look at next time, or before somebody else looks."""
    asked = chosen(request)
    found = preparing.prepared(asked, today=timezone.localdate())
    return render(
        request, "inspections/results/prepare.html", context_of(request, asked, "prepare", found=found)
    )
