"""The page of a typed form, for the ward, for the office and for the reporter."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhikong.foundation.forms import answers, posted
from zhikong.hospital.functions.incidents import neutral
from zhikong.hospital.functions.incidents.actions import reporting
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.queries.handling import scope
from zhikong.hospital.functions.incidents.queries.reporting import reading
from zhikong.hospital.functions.incidents.queries.reporting import typed as queries
from zhikong.hospital.functions.incidents.rules_reporting_typed import parts


@require_http_methods(["GET", "POST"])
def typed(request: HttpRequest, code: str) -> HttpResponse:
    """The form that the category asks for; any part may be kept at any time."""
    one, mine = _found(request, code)
    with neutral.nobody():
        form = queries.form_of(one)
        kept = queries.typed(one, form.id) if form else None
    if form is None:
        messages.info(request, _("这个类别没有专项表，有要补充的直接写在补充里。"))
        return redirect(_back(one, mine))
    if request.method == "POST":
        return _posted(request, one, mine, form)
    return _page(request, one, mine, form, kept.values if kept else {}, {}, kept)


def _posted(request, one: Incident, mine: bool, form) -> HttpResponse:
    raw = posted.answers(form, request.POST, frozenset(item.id for item in form.items()))
    final = "done" in request.POST
    try:
        found = reporting.fill(
            by=request.user, now=timezone.now(), incident=one, form=form, raw=raw, final=final
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(_back(one, mine))
    if found.errors:
        return _page(request, one, mine, form, {**raw, **found.values}, found.errors, None, status=422)
    if not final:
        messages.success(request, _("已保存，可以以后接着填。"))
        return redirect("incidents:typed", one.code)
    messages.success(request, _("专项表已填完。"))
    return redirect(_back(one, mine))


def _page(request, one, mine, form, values, errors, kept, status=200) -> HttpResponse:
    visible = answers.visible_items(form, values, timezone.localdate())
    context = {
        "one": one,
        "form": form,
        "parts": parts(form, values, visible, errors),
        "errors": errors,
        "hidden": sum(1 for item in form.items() if item.id not in visible),
        "done_at": kept.done_at if kept else None,
        "back": _back(one, mine),
    }
    return render(request, "incidents/reporting/typed.html", context, status=status)


def _found(request: HttpRequest, code: str) -> tuple[Incident, bool]:
    """The incident, and whether it is the reader's own report."""
    one = scope.case(request.user, code)
    if one is not None and queries.may_fill(request.user, one):
        return one, False
    try:
        return reading.own_incident(by=request.user, code=code), True
    except Incident.DoesNotExist as error:
        raise Http404 from error


def _back(one: Incident, mine: bool) -> str:
    return reverse("incidents:own" if mine else "incidents:case", args=[one.code])
