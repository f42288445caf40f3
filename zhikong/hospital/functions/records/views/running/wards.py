"""病区看板, 住院超过 30 天, 重点病历, and one open stay with everything that is asked of it."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.facts.charts import NoSuchChart, chart_of
from zhikong.foundation.facts.sealing import sealed_since
from zhikong.foundation.organisation.queries import names as department_names
from zhikong.foundation.patients.models import Stay
from zhikong.foundation.patients.queries import names_for
from zhikong.hospital.functions.records.actions.running import mending, watching
from zhikong.hospital.functions.records.forms_running import DefectForm, KeyRecordForm
from zhikong.hospital.functions.records.models import KeyRecord, Obligation
from zhikong.hospital.functions.records.queries.results.in_force import rules_in_force
from zhikong.hospital.functions.records.queries.running import board, lists
from zhikong.hospital.functions.records.queries.running.people import accounts_of, names_of
from zhikong.hospital.functions.records.views.running.support import attempt, first_error

PAGE = 50
LONG_STAY_ROW = "T-11"
"""REC-19 in the register of clocks: rules that name this row speak of stays of more than 30 days."""


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def ward_board(request: HttpRequest) -> HttpResponse:
    """Beds with lights, one department at a time; without a choice, where most is overdue or due in the reader's scope."""
    now = timezone.now()
    places = _places(now)
    asked = request.GET.get("department", "")
    chosen = next((one for one in places if str(one[0]) == asked), None) or _worst(places, now)
    wards = board.ward_board(by=request.user, now=now, department_id=chosen[0]) if chosen else []
    beds = [bed for ward in wards for bed in ward.beds if bed.stay]
    tones = {tone: sum(bed.tone == tone for bed in beds) for tone in ("bad", "warn", "ok", "none")}
    context = {
        "tab": "board",
        "places": places,
        "chosen": chosen,
        "wards": wards,
        "tones": tones,
        "beds": len(beds),
    }
    return render(request, "records/running/ward_board.html", context)


def _worst(places: list[tuple[int, str]], now) -> tuple[int, str] | None:
    """The department in which most is to be done; the first by name where nothing is."""
    by_id = dict(places)
    found = next((place for place in board.departments_by_need(now=now) if place in by_id), None)
    return (found, by_id[found]) if found is not None else next(iter(places), None)


def _places(now) -> list[tuple[int, str]]:
    """Departments in scope that have patients, by name."""
    names = department_names(on=timezone.localdate(now))
    found = set(Stay.objects.order_by().values_list("department_id", flat=True).distinct())
    covered = [place for place in found if current_scope().covers(place)]
    return sorted(((place, names.get(place, "")) for place in covered), key=lambda one: one[1])


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def long_stays(request: HttpRequest) -> HttpResponse:
    """Patients of more than 30 days with the assessment and grand round that are required (REC-19)."""
    now = timezone.now()
    rules = [
        rule
        for rule in rules_in_force(on=timezone.localdate(now))
        if LONG_STAY_ROW in getattr(rule, "rows", ())
    ]
    page = Paginator(board.long_stays(now=now), PAGE).get_page(request.GET.get("page"))
    context = {
        "tab": "long",
        "rules": rules,
        "page": page,
        "lines": board.long_stay_lines(
            page.object_list, by=request.user, now=now, rules=[rule.id for rule in rules],
            places=department_names(on=timezone.localdate(now)),
        ),
    }  # fmt: skip
    return render(request, "records/running/long_stays.html", context)


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def key_records(request: HttpRequest) -> HttpResponse:
    """Records that somebody wants watched, with what is open in each."""
    now = timezone.now()
    marks = list(KeyRecord.objects.filter(ended_at=None).select_related("picked_by").order_by("-picked_at"))
    stays = {
        stay.stay_id: stay
        for stay in Stay.objects.select_related("bed").filter(stay_id__in=[m.stay_id for m in marks])
    }
    keys = [stay.patient_key for stay in stays.values()]
    people = names_for(by=request.user, patient_keys=keys, purpose=_("重点病历"), now=now) if keys else {}
    places = department_names(on=timezone.localdate(now))
    rows = [
        {
            "mark": mark,
            "stay": stay,
            "patient": people.get(stay.patient_key) if stay else None,
            "department": places.get(mark.department_id, ""),
            "counts": lists.counts(lists.running().filter(stay_id=mark.stay_id), now=now),
        }
        for mark in marks
        for stay in [stays.get(mark.stay_id)]
    ]
    return render(request, "records/running/key_records.html", {"tab": "key", "rows": rows})


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def running_stay(request: HttpRequest, stay_id: str) -> HttpResponse:
    """Everything that is asked of one open stay, its defects, its timeline; here a checker adds a defect."""
    stay = get_object_or_404(Stay.objects.select_related("bed"), stay_id=stay_id)
    now, by = timezone.now(), request.user
    purpose = _("运行病历")
    rows = (
        Obligation.objects.filter(stay_id=stay_id, ended_at=None)
        .select_related("user")
        .order_by("due_at", "pk")
    )
    defects = lists.defects({"state": "all", "stay": stay_id})
    try:
        chart = chart_of(stay_id, by=by, purpose=purpose)
    except NoSuchChart:
        chart = None
    may_check = can(by, Permission.REMIND_WRITERS, stay.department_id)
    context = {
        "stay": stay,
        "patient": names_for(by=by, patient_keys=[stay.patient_key], purpose=purpose, now=now)[
            stay.patient_key
        ],
        "department": department_names(on=timezone.localdate(now)).get(stay.department_id, ""),
        "doctor": names_of([stay.attending_doctor]).get(stay.attending_doctor, stay.attending_doctor),
        "days": (now - stay.admitted_at).days,
        "lines": lists.lines(rows, by=by, now=now, purpose=purpose),
        "counts": lists.counts(rows, now=now),
        "defects": lists.lines(defects, by=by, now=now, purpose=purpose),
        "chart": chart,
        "events": list(reversed(chart.events))[:40] if chart else [],
        "may_check": may_check,
        "sealed": sealed_since(stay_id),
        "mark": KeyRecord.objects.filter(stay_id=stay_id, ended_at=None).select_related("picked_by").first(),
        "defect_form": _defect_form(stay, chart) if may_check else None,
        "key_form": KeyRecordForm(),
    }
    return render(request, "records/running/stay.html", context)


def _defect_form(stay: Stay, chart, data=None) -> DefectForm:
    documents = [(one.id, one.title) for one in chart.documents] if chart else []
    codes = (
        [stay.attending_doctor, *(one.author for one in chart.documents if one.author)]
        if chart
        else [stay.attending_doctor]
    )
    wanted = list(dict.fromkeys(code for code in codes if code))
    names, accounts = names_of(wanted), accounts_of(wanted)
    unreached = _("%(name)s（无账号）")
    doctors = [
        (code, names.get(code, code) if code in accounts else unreached % {"name": names.get(code, code)})
        for code in wanted
    ]
    return DefectForm(data, documents=documents, doctors=doctors)


@require_POST
@needs(Permission.REMIND_WRITERS)
def report_defect(request: HttpRequest, stay_id: str) -> HttpResponse:
    """A checker's defect goes to the writer at once."""
    stay = get_object_or_404(Stay, stay_id=stay_id)
    try:
        chart = chart_of(stay_id, by=request.user, purpose=_("登记病历缺陷"))
    except NoSuchChart:
        chart = None
    form = _defect_form(stay, chart, request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form).messages[0])
        return redirect("records:running_stay", stay_id)
    attempt(
        request,
        lambda: mending.report_defect(by=request.user, now=timezone.now(), stay=stay, **form.cleaned_data),
        done=_("已登记，并通知书写医师修改。"),
    )
    return redirect("records:running_stay", stay_id)


@require_POST
@needs(Permission.REMIND_WRITERS)
def key_record(request: HttpRequest, stay_id: str) -> HttpResponse:
    """Watch a record, or stop watching it."""
    stay, now = get_object_or_404(Stay, stay_id=stay_id), timezone.now()
    if "stop" in request.POST:
        mark = get_object_or_404(KeyRecord, stay_id=stay_id, ended_at=None)
        attempt(request, lambda: watching.unpick(mark, by=request.user, now=now), done=_("已取消重点病历。"))
        return redirect("records:running_stay", stay_id)
    form = KeyRecordForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    attempt(
        request,
        lambda: watching.pick(stay, by=request.user, now=now, reason=reason),
        done=_("已标为重点病历。"),
    )
    return redirect("records:running_stay", stay_id)
