"""Key patients: the ward declares, the office arranges a joint round, both follow until the end."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.incidents import forms_analysis as base
from zhikong.hospital.functions.incidents import forms_analysis_wards as forms
from zhikong.hospital.functions.incidents.actions.analysis import patients as actions
from zhikong.hospital.functions.incidents.models.analysis_wards import KeyPatient
from zhikong.hospital.functions.incidents.queries.analysis import patients as queries
from zhikong.hospital.functions.incidents.queries.analysis import reading
from zhikong.hospital.functions.incidents.queries.analysis.packs import policy
from zhikong.hospital.functions.incidents.views.analysis.common import (
    attempt,
    departments,
    found_or_404,
    names,
    now,
)


@require_GET
@needs(Permission.LEARN_FROM_INCIDENTS)
def listed(request: HttpRequest) -> HttpResponse:
    """The office's list with its clocks, the ward's own part of it; what is declared and what it brings (EVT-15)."""
    show, at, today = request.GET.get("show", "open"), now(), timezone.localdate()
    rows = [
        (one, queries.lateness(one, now=at, today=today)) for one in queries.key_patients(show=show)[:200]
    ]
    context = {
        "rows": rows, "show": show, "policy": policy(), "now": at, "today": today, "section": "key_patients",
        "may_declare": bool(departments(request.user, Permission.LEARN_FROM_INCIDENTS)), "office": actions.is_office(request.user),
        "waiting": sum(one.state == KeyPatient.State.DECLARED for one, _late in rows), "late": sum(bool(late) for _one, late in rows),
    }  # fmt: skip
    return render(request, "incidents/analysis/key_patients.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.LEARN_FROM_INCIDENTS)
def new(request: HttpRequest) -> HttpResponse:
    """Declare: choose the bed, the reason, say what worries you."""
    places = departments(request.user, Permission.LEARN_FROM_INCIDENTS)
    known, stays = names(), queries.stays()
    for one in stays:
        one.department_name = known.get(one.department_id, "")
    first = {"department_id": places[0][0]} if len(places) == 1 else {}
    form = forms.DeclareForm(request.POST or None, departments=places, stays=stays, initial=first)
    if request.method == "POST" and form.is_valid():
        made = attempt(
            request, lambda: _declare(request, form.cleaned_data), _("已申报，医务科和护理部已收到通知。")
        )
        if made:
            return redirect("incidents:key_patient", made.code)
    context = {"form": form, "policy": policy(), "section": "key_patients"}
    return render(request, "incidents/analysis/key_patient_new.html", context)


def _declare(request: HttpRequest, told: dict) -> KeyPatient:
    stay = told.pop("stay")
    if stay is not None:
        told |= {"bed": str(stay.bed), "department_id": stay.department_id}
    return actions.declare(by=request.user, now=now(), stay=stay, **told)


@require_GET
@needs(Permission.LEARN_FROM_INCIDENTS)
def page(request: HttpRequest, code: str) -> HttpResponse:
    """One key patient: why, rounds, notes, the end."""
    one = found_or_404(queries.key_patient(code))
    at = now()
    rounds = list(one.rounds.select_related("arranged_by", "held_by"))
    context = {
        "one": one, "name": queries.name_of(one, by=request.user, now=at), "late": queries.lateness(one, now=at, today=timezone.localdate()),
        "rounds": [(row, reading.users(row.people)) for row in rounds], "notes": one.notes.select_related("by"),
        "office": actions.is_office(request.user), "open": one.state != KeyPatient.State.CLOSED,
        "writes": actions.is_office(request.user) or actions.may_declare(request.user, one.department_id),
        "leads": actions.is_office(request.user) or can(request.user, Permission.ANALYSE_INCIDENTS, one.department_id),
        "round_form": forms.RoundForm(people=reading.candidates(), initial={"planned_at": timezone.localtime(one.round_by)}, auto_id="round_%s"),
        "held_form": forms.HeldForm(auto_id="held_%s"), "note_form": forms.NoteForm(auto_id="note_%s"),
        "outcome_form": forms.OutcomeForm(auto_id="end_%s"), "section": "key_patients",
    }  # fmt: skip
    return render(request, "incidents/analysis/key_patient.html", context)


@needs(Permission.LEARN_FROM_INCIDENTS)
@require_POST
def act(request: HttpRequest, code: str, act: str) -> HttpResponse:
    """round, held, note, close."""
    one = found_or_404(queries.key_patient(code))
    if act not in ACTS:
        raise Http404
    attempt(request, lambda: ACTS[act](request, one, {"by": request.user, "now": now()}), _("已保存。"))
    return redirect("incidents:key_patient", code)


def _clean(form) -> dict:
    if not form.is_valid():
        raise ValidationError(base.first_error(form))
    return form.cleaned_data


def _round(request, one, who):
    told = _clean(forms.RoundForm(request.POST, people=reading.candidates()))
    told["people"] = reading.users(told["people"])
    actions.arrange(one, **told, **who)


def _held(request, one, who):
    asked = request.POST.get("row", "")
    row = one.rounds.filter(pk=asked, held_at=None).first() if asked.isascii() and asked.isdigit() else None
    actions.hold(found_or_404(row), **_clean(forms.HeldForm(request.POST)), **who)


def _note(request, one, who):
    actions.note(one, **_clean(forms.NoteForm(request.POST)), **who)


def _close(request, one, who):
    actions.close(one, **_clean(forms.OutcomeForm(request.POST)), **who)


ACTS = {"round": _round, "held": _held, "note": _note, "close": _close}
