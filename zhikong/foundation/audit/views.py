"""The audit trail: who did what, when, and who looked at what."""

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.audit import forms, queries

PAGE = 50
DAYS = 7  # shown at first; the trail grows by thousands of events a day


@needs(Permission.VIEW_AUDIT)
def index(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    first = {"since": today - timedelta(days=DAYS - 1), "until": today}
    form = forms.FilterForm(request.GET if "since" in request.GET else first)
    found = queries.events(**form.cleaned_data) if form.is_valid() else queries.events(**first).none()
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    named = queries.subjects()
    people = queries.actors()
    rows = [
        (event, queries.actor_label(event, people), named.get(event.subject, event.subject), _changes(event))
        for event in page
    ]
    context = {"form": form, "page": page, "rows": rows, "seal": queries.last_seal()}
    return render(request, "audit/list.html", context)


def _changes(event) -> list[tuple[str, object, object]]:
    """[(column, before, after)] of an event."""
    before, after = event.before or {}, event.after or {}
    return [(name, before.get(name), after.get(name)) for name in sorted(before.keys() | after.keys())]
