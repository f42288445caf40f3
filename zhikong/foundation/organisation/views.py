"""The organisation as of a day; its changes by the quality office and the administrator."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.organisation import actions, forms, queries, rosters
from zhikong.foundation.organisation.rules import NotInOrder


def index(request: HttpRequest) -> HttpResponse:
    """Institution, levels, departments, QC groups and committees of a chosen day (ORG-25)."""
    on = _day(request)
    found = queries.departments(on=on)
    context = {
        "on": on,
        "today": timezone.localdate(),
        "form": forms.DayForm(initial={"on": on}),
        "institution": queries.institution(),
        "profile": queries.institution_on(on=on),
        "levels": rosters.levels(),
        "kinds": _by_kind(found, queries.aliases()),
        "groups": rosters.groups(on=on),
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
        "groups": rosters.groups(on=on, department_id=pk),
        "staff": rosters.staff(department_id=pk, on=on),
        "wards": [d for d in queries.departments(on=on, kinds=("ward",)) if d.parent_id == pk],
        "may_edit": can(request.user, Permission.MANAGE_ORGANISATION),
    }
    return render(request, "organisation/department.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_ORGANISATION)
def change(request: HttpRequest, pk: int) -> HttpResponse:
    latest = _latest(pk)
    today = timezone.localdate()
    initial = {"name": latest.name, "kind": latest.kind, "open_beds": latest.open_beds, "on": today}
    form = forms.ChangeForm(request.POST or None, initial=initial)
    return _edit(
        request,
        pk,
        form,
        _("变更科室：%s") % latest.name,
        lambda data: actions.change_department(by=request.user, department_id=pk, **data),
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_ORGANISATION)
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    latest = _latest(pk)
    others = [d for d in queries.departments(on=timezone.localdate()) if d.id != pk]
    form = forms.MergeForm(request.POST or None, departments=others, initial={"on": timezone.localdate()})
    return _edit(
        request,
        pk,
        form,
        _("撤销或合并：%s") % latest.name,
        lambda data: actions.close_department(
            by=request.user, department_id=pk, on=data["on"], successor_id=data["successor"]
        ),
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_ORGANISATION)
def alias(request: HttpRequest, pk: int) -> HttpResponse:
    latest = _latest(pk)
    form = forms.AliasForm(request.POST or None)
    return _edit(
        request,
        pk,
        form,
        _("添加别名：%s") % latest.name,
        lambda data: actions.add_alias(by=request.user, department_id=pk, alias=data["alias"]),
    )


@require_POST
@needs(Permission.MANAGE_ORGANISATION)
def remove_alias(request: HttpRequest, pk: int) -> HttpResponse:
    actions.remove_alias(by=request.user, department_id=pk, alias=request.POST.get("alias", ""))
    messages.success(request, _("已删除别名。"))
    return redirect("organisation:department", pk=pk)


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_ORGANISATION)
def members(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is in a QC group, from a day on."""
    body = rosters.body(pk=pk)
    if body is None or body.department_id is None:
        raise Http404
    today = timezone.localdate()
    [group] = rosters.groups(on=today, department_id=body.department_id) or [None]
    seats = {m.person_id: m.seat for m in group.members} if group else {}
    people = rosters.people_of(department_id=body.department_id, on=today)
    form = forms.MembersForm(request.POST or None, people=people, seats=seats, initial={"on": today})
    return _edit(
        request,
        body.department_id,
        form,
        _("调整成员：%s") % body.name,
        lambda data: actions.set_members(
            by=request.user, now=timezone.now(), body_id=pk, on=data["on"], seats=form.seats()
        ),
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_ORGANISATION)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """A person leaves a post."""
    found = rosters.appointment(pk=pk)
    if found is None:
        raise Http404
    form = forms.EndForm(request.POST or None, initial={"on": timezone.localdate()})
    return _edit(
        request,
        found.department_id,
        form,
        _("离任：%(name)s（%(post)s）") % {"name": found.person.name, "post": found.get_post_display()},
        lambda data: actions.end_appointment(
            by=request.user, now=timezone.now(), appointment_id=pk, on=data["on"]
        ),
    )


def _edit(request: HttpRequest, department_id: int, form, heading: str, act) -> HttpResponse:
    """Show a form; on a valid answer act and return to the department. A rule that refuses speaks in the form."""
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except NotInOrder as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已保存。"))
            return redirect("organisation:department", pk=department_id)
    context = {"form": form, "heading": heading, "department_id": department_id}
    return render(request, "organisation/edit.html", context)


def _latest(pk: int):
    versions = queries.history(department_id=pk)
    if not versions:
        raise Http404
    return versions[0]


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
