"""The board of disputes with their countdowns, the calendar, and how a dispute is written down."""

from datetime import date, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from zhikong.foundation.access.permissions import Permission, can, require
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.organisation import queries as organisation
from zhikong.hospital.functions.complaints import forms_disputes as forms
from zhikong.hospital.functions.complaints.actions.disputes import opening
from zhikong.hospital.functions.complaints.models.disputes import Dispute
from zhikong.hospital.functions.complaints.models.intake import Complaint
from zhikong.hospital.functions.complaints.queries.disputes import people, reading
from zhikong.hospital.functions.complaints.queries.disputes.rules import rules
from zhikong.hospital.functions.complaints.views.disputes.acts import attempt

SHOWN = 200
WEEKS = 6


def may_look(user) -> bool:
    return can(user, Permission.HANDLE_DISPUTES) or can(user, Permission.ANSWER_COMPLAINTS)


def looked(request: HttpRequest) -> None:
    """The offices and the leaders of departments; others are refused with the sentence of the permission."""
    if not may_look(request.user):
        require(request.user, Permission.HANDLE_DISPUTES)


@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Every dispute in scope, the nearest deadline first."""
    looked(request)
    now, asked, known = timezone.now(), request.GET, rules()
    place = asked.get("department", "")
    found = reading.disputes(
        show=asked.get("show", "open"), text=asked.get("q", "").strip()[:60], cause=asked.get("cause", ""),
        route=asked.get("route", ""), department_id=int(place) if place.isascii() and place.isdigit() else None,
    )  # fmt: skip
    rows = reading.board(found, now=now)
    context = {
        "rows": rows[:SHOWN], "more": max(len(rows) - SHOWN, 0), "counts": reading.counts(now=now),
        "show": asked.get("show", "open"), "q": asked.get("q", ""), "cause": asked.get("cause", ""),
        "route": asked.get("route", ""), "causes": known.causes, "routes": known.routes,
        "states": Dispute.State.choices, "may_open": can(request.user, Permission.HANDLE_DISPUTES), "tab": "board",
    }  # fmt: skip
    return render(request, "complaints/disputes/board.html", context)


@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """Dates and deadlines of the next weeks, day by day."""
    looked(request)
    first = _day(request.GET.get("from", "")) or timezone.localdate()
    context = {
        "days": reading.calendar(first=first, days=WEEKS * 7), "first": first,
        "last": first + timedelta(days=WEEKS * 7 - 1), "earlier": first - timedelta(days=WEEKS * 7),
        "later": first + timedelta(days=WEEKS * 7), "today": timezone.localdate(), "now": timezone.now(),
        "tab": "calendar",
    }  # fmt: skip
    return render(request, "complaints/disputes/calendar.html", context)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def departments() -> list[tuple[int, str]]:
    return [(one.id, one.name) for one in organisation.departments(on=timezone.localdate())]


@require_http_methods(["GET", "POST"])
@needs(Permission.HANDLE_DISPUTES)
def new(request: HttpRequest) -> HttpResponse:
    """Write a dispute down that no complaint came before."""
    form = forms.OpenForm(
        request.POST or None,
        departments=departments(),
        officers=people.officers(),
        initial={"officer": request.user.pk},
    )
    if request.method == "POST" and form.is_valid():
        made = attempt(
            request,
            lambda: opening.open_dispute(by=request.user, now=timezone.now(), **form.cleaned_data),
            _("已立案，各项期限开始计算。"),
        )
        if made:
            return redirect("complaints:dispute", made.pk)
    return render(
        request, "complaints/disputes/new.html", {"form": form, "classes": rules().classes, "tab": "board"}
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.HANDLE_DISPUTES)
def from_complaint(request: HttpRequest, pk: int) -> HttpResponse:
    """Carry a complaint on as a dispute."""
    complaint = Complaint.objects.filter(pk=pk).first()
    if complaint is None:
        raise Http404
    if known := Dispute.objects.filter(complaint=complaint).first():
        return redirect("complaints:dispute", known.pk)
    form = forms.OpenForm(
        request.POST or None, complaint=complaint, officers=people.officers(complaint.department_id),
        initial={"officer": request.user.pk},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        made = attempt(
            request,
            lambda: opening.open_from_complaint(
                by=request.user, now=timezone.now(), complaint=complaint, **form.cleaned_data
            ),
            _("已转为医疗纠纷。"),
        )
        if made:
            return redirect("complaints:dispute", made.pk)
    context = {"form": form, "complaint": complaint, "classes": rules().classes, "tab": "board"}
    return render(request, "complaints/disputes/new.html", context)
