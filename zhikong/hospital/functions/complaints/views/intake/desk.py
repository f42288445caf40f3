"""The desk: what has come in, what is due first; and the form by which anybody writes a complaint down."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.patients import queries as patients
from zhikong.hospital.functions.complaints import forms_intake as forms
from zhikong.hospital.functions.complaints.actions.intake import adopting, arranging, registering
from zhikong.hospital.functions.complaints.queries.intake import complaints, people, rules
from zhikong.hospital.functions.complaints.rules_intake import Channel
from zhikong.hospital.functions.complaints.rules_intake_keys import grouped, new_nonce
from zhikong.hospital.functions.complaints.views.intake.common import number_in

SHOWN = 200


@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """The countdown board and the list; late ones stand first because what is due first does."""
    asked, now = request.GET, timezone.now()
    show = asked.get("show", "open")
    categories = dict(rules.categories())
    rows = complaints.found(
        show=show, text=asked.get("q", "").strip()[:60], channel=asked.get("channel", ""), category=asked.get("category", ""),
        department_id=number_in(asked.get("department", "")),
    )  # fmt: skip
    lines = complaints.lines(rows, now=now, titles=categories, most=SHOWN)
    context = {
        "lines": lines,
        "more": max(rows.count() - SHOWN, 0) if len(lines) == SHOWN else 0,
        "board": complaints.board(now=now),
        "show": show, "q": asked.get("q", ""), "channel": asked.get("channel", ""), "category": asked.get("category", ""),
        "department": asked.get("department", ""), "channels": Channel.choices, "categories": categories,
        "departments": people.departments(), "handles": complaints.handles(request.user),
        "sees_figures": complaints.sees_figures(request.user),
        "statements": complaints.statements_of(request.user).filter(submitted_at=None), "tab": "desk",
        "earlier": adopting.waiting().count() if complaints.handles(request.user) else 0,
    }  # fmt: skip
    return render(request, "complaints/intake/desk.html", context)


@require_POST
@needs(Permission.HANDLE_COMPLAINTS)
def adopt(request: HttpRequest) -> HttpResponse:
    """Take over what still lies in the flow of earlier releases."""
    count = adopting.adopt_all(by=request.user, now=timezone.now())
    messages.success(request, _("已转入 %(n)d 件。") % {"n": count})
    return redirect("complaints:desk")


@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write a complaint down: anybody may be the first recipient. The answer shows number and key once."""
    form = forms.RegisterForm(
        request.POST or None, departments=people.departments(), categories=rules.categories(),
        initial={"received_at": timezone.localtime(), "channel": request.GET.get("channel", Channel.COUNTER)},
    )  # fmt: skip
    nonce = request.POST.get("nonce", "")[:64] or new_nonce()
    if request.method == "POST" and form.is_valid():
        made = _register(request, form, nonce)
        if made is not None:
            context = {
                "complaint": made.complaint, "number": grouped(made.complaint.number), "key": grouped(made.key),
                "setting": rules.setting(), "handles": complaints.handles(request.user), "tab": "new",
            }  # fmt: skip
            return render(request, "complaints/intake/registered.html", context)
    return render(request, "complaints/intake/new.html", {"form": form, "nonce": nonce, "tab": "new"})


def _register(request: HttpRequest, form, nonce: str) -> registering.Registered | None:
    found = dict(form.cleaned_data)
    asked = forms.fen(found.pop("asked"))
    try:
        told = registering.Told(**found, asked_fen=asked, patient_key=_patient(request, found["stay_id"]))
        return registering.register(by=request.user, now=timezone.now(), told=told, nonce=nonce)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return None


def _patient(request: HttpRequest, stay_id: str) -> str:
    """The pseudonym of an open stay in the writer's sight; a closed one is linked by its number only."""
    if not stay_id.strip():
        return ""
    stay = patients.open_stays().filter(stay_id=stay_id.strip()).first()
    return stay.patient_key if stay else ""


@require_http_methods(["GET", "POST"])
@needs(Permission.HANDLE_COMPLAINTS)
def settings(request: HttpRequest) -> HttpResponse:
    """The public notice, the hospital's own limits, how long complaints are kept."""
    found, clocks = rules.setting(), rules.in_force().clocks
    counted = [clock for clock in clocks if clock.start != "letter"]
    initial = {name: getattr(found, name) for name in arranging.FIELDS} | {
        f"days_{code}": value for code, value in found.clock_days.items()
    }
    form = forms.SettingForm(request.POST or None, clocks=counted, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = {**form.cleaned_data, "clock_days": form.days()}
        try:
            arranging.save_setting(by=request.user, now=timezone.now(), values=values)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("已保存。"))
            return redirect("complaints:settings")
    context = {
        "form": form,
        "clocks": clocks,
        "rules": rules.in_force(),
        "handles": complaints.handles(request.user),
        "sees_figures": complaints.sees_figures(request.user),
        "tab": "settings",
    }
    return render(request, "complaints/intake/settings.html", context)
