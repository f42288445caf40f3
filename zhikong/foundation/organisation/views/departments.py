"""Changes of departments, by the quality office and the administrator."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.organisation import actions, forms, queries
from zhikong.foundation.organisation.views.support import edit, latest_version


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_ORGANISATION)
def open_department(request: HttpRequest) -> HttpResponse:
    form = forms.OpenForm(request.POST or None, initial={"on": timezone.localdate()})
    return edit(
        request,
        form,
        _("新设科室"),
        lambda data: actions.open_department(by=request.user, valid_from=data.pop("on"), **data),
        department_id=None,
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_ORGANISATION)
def change(request: HttpRequest, pk: int) -> HttpResponse:
    latest = latest_version(pk)
    today = timezone.localdate()
    initial = {"name": latest.name, "kind": latest.kind, "open_beds": latest.open_beds, "on": today}
    form = forms.ChangeForm(request.POST or None, initial=initial)
    return edit(
        request,
        form,
        _("变更科室：%s") % latest.name,
        lambda data: actions.change_department(by=request.user, department_id=pk, **data),
        department_id=pk,
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_ORGANISATION)
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    latest = latest_version(pk)
    others = [d for d in queries.departments(on=timezone.localdate()) if d.id != pk]
    form = forms.MergeForm(request.POST or None, departments=others, initial={"on": timezone.localdate()})
    return edit(
        request,
        form,
        _("撤销或合并：%s") % latest.name,
        lambda data: actions.close_department(
            by=request.user, department_id=pk, on=data["on"], successor_id=data["successor"]
        ),
        department_id=pk,
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_ORGANISATION)
def alias(request: HttpRequest, pk: int) -> HttpResponse:
    latest = latest_version(pk)
    form = forms.AliasForm(request.POST or None)
    return edit(
        request,
        form,
        _("添加别名：%s") % latest.name,
        lambda data: actions.add_alias(by=request.user, department_id=pk, alias=data["alias"]),
        department_id=pk,
    )


@require_POST
@needs(Permission.MANAGE_ORGANISATION)
def remove_alias(request: HttpRequest, pk: int) -> HttpResponse:
    actions.remove_alias(by=request.user, department_id=pk, alias=request.POST.get("alias", ""))
    messages.success(request, _("已删除别名。"))
    return redirect("organisation:department", pk=pk)
