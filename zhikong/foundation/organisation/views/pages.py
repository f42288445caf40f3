"""The organisation as of a day: for everybody to look at."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.organisation import forms, queries, rosters


def index(request: HttpRequest) -> HttpResponse:
    """Institution, levels, departments, QC groups and committees of a chosen day (ORG-25)."""
    on = _day(request)
    found = queries.departments(on=on)
    context = {
        "on": on,
        "today": timezone.localdate(),
        "may_edit": can(request.user, Permission.MANAGE_ORGANISATION),
        "form": forms.DayForm(initial={"on": on}),
        "institution": queries.institution(),
        "profile": queries.institution_on(on=on),
        "levels": rosters.levels(),
        "kinds": _by_kind(found, queries.aliases()),
        "groups": sorted(rosters.groups(on=on), key=lambda group: group.complete),
        "ungrouped": rosters.departments_without_group(on=on),
        "committees": rosters.committees(on=on),
    }
    return render(request, "organisation/list.html", context)


def department(request: HttpRequest, pk: int) -> HttpResponse:
    """One department: its versions, aliases, group and staff on a day."""
    on = _day(request)
    versions = queries.history(department_id=pk)
    if not versions:
        raise Http404
    names = queries.names(on=timezone.localdate())
    context = {
        "on": on,
        "versions": [(v, names.get(v.successor_id)) for v in versions],
        "department": queries.department_on(department_id=pk, on=on),
        "latest": versions[0],
        "aliases": queries.aliases().get(pk, []),
        "groups": rosters.groups(on=on, departments=(pk,)),
        "staff": rosters.staff(department_id=pk, on=on),
        "wards": [d for d in queries.departments(on=on, kinds=("ward",)) if d.parent_id == pk],
        "may_edit": can(request.user, Permission.MANAGE_ORGANISATION),
    }
    return render(request, "organisation/department.html", context)


def _day(request: HttpRequest) -> date:
    form = forms.DayForm(request.GET)
    chosen = form.cleaned_data["on"] if form.is_valid() else None
    return chosen or timezone.localdate()


def _by_kind(departments, aliases):
    """[(class, [(department, aliases, wards)])] in the order of the classes; wards are shown with their departments."""
    kinds = queries.DEPARTMENT_KINDS
    wards: dict[int, list] = {}
    for ward in (d for d in departments if d.kind == "ward"):
        wards.setdefault(ward.parent_id, []).append(ward)
    rows: dict[str, list] = {}
    for d in departments:
        rows.setdefault(d.kind, []).append((d, aliases.get(d.id, []), wards.get(d.id, [])))
    return [(label, rows[kind]) for kind, label in kinds if kind in rows and kind != "ward"]
