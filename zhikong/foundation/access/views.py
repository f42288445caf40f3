"""One's own account, and the accounts of the hospital for the administrator."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhikong.foundation.access import actions, forms, queries
from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.organisation.queries import departments, names

ON_A_PAGE = 50


def own(request: HttpRequest) -> HttpResponse:
    """What the system knows of me: my roles, what they permit, which departments I see; my password and keys."""
    today = timezone.localdate()
    named = names(on=today)
    grants = [
        (grant.role, [named.get(d, "") for d in sorted(grant.departments or ())], _permissions(grant.role))
        for grant in request.user.grants(today)
    ]
    return render(request, "access/own.html", {"grants": grants})


def _permissions(role) -> list[str]:
    return [p.description for p in Permission if p in role.permissions]


@needs(Permission.MANAGE_ACCOUNTS)
def accounts(request: HttpRequest) -> HttpResponse:
    """All accounts, a page at a time; a hospital has thousands."""
    today, q = timezone.localdate(), request.GET.get("q", "").strip()[:40]
    page = Paginator(queries.accounts(search=q), ON_A_PAGE).get_page(request.GET.get("page"))
    named = names(on=today)
    held: dict[int, list[str]] = {}
    for assignment in queries.role_assignments(on=today, users=list(page)):
        held.setdefault(assignment.user_id, []).append(_described(assignment, named))
    rows = [(user, held.get(user.pk, [])) for user in page]
    return render(request, "access/accounts.html", {"rows": rows, "page": page, "q": q})


def _described(assignment, named) -> str:
    where = named.get(assignment.department_id, "") if assignment.department_id else ""
    title = ROLES[assignment.role].title if assignment.role in ROLES else assignment.role
    return f"{title}（{where}）" if where else title


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_ACCOUNTS)
def open_account(request: HttpRequest) -> HttpResponse:
    form = forms.AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = actions.open_account(by=request.user, **form.cleaned_data)
        except actions.Refused as refusal:
            form.add_error("username", str(refusal))
        except ValidationError as refusal:
            form.add_error("password", refusal)
        else:
            messages.success(request, _("账号已开通，请授予角色。"))
            return redirect("access:account", pk=user.pk)
    return render(request, "access/open.html", {"form": form})


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_ACCOUNTS)
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: its roles past and present, and granting a further one."""
    user = _account(pk)
    today = timezone.localdate()
    form = forms.RoleForm(request.POST or None, departments=departments(on=today), initial={"on": today})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.grant_role(
                by=request.user, user=user, role=data["role"], department_id=data["department"], on=data["on"]
            )
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已授予角色。"))
            return redirect("access:account", pk=pk)
    named = names(on=today)
    held = [(a, _described(a, named)) for a in queries.assignments_of(user=user)]
    return render(
        request, "access/account.html", {"account": user, "held": held, "form": form, "today": today}
    )


@require_POST
@needs(Permission.MANAGE_ACCOUNTS)
def end_role(request: HttpRequest, pk: int) -> HttpResponse:
    assignment = queries.assignment(pk=pk)
    if assignment is None:
        raise Http404
    actions.end_role(by=request.user, assignment=assignment, on=timezone.localdate())
    messages.success(request, _("角色已收回。"))
    return redirect("access:account", pk=assignment.user_id)


@require_POST
@needs(Permission.MANAGE_ACCOUNTS)
def set_active(request: HttpRequest, pk: int) -> HttpResponse:
    active = request.POST.get("active") == "yes"
    actions.set_active(by=request.user, user=_account(pk), active=active)
    messages.success(request, _("账号已启用。") if active else _("账号已停用。"))
    return redirect("access:account", pk=pk)


@require_POST
@needs(Permission.MANAGE_ACCOUNTS)
def reset_password(request: HttpRequest, pk: int) -> HttpResponse:
    """The new password is shown once, in this answer, and kept nowhere."""
    user = _account(pk)
    password = actions.reset_password(by=request.user, user=user)
    return render(request, "access/password.html", {"account": user, "password": password})


def _account(pk: int):
    user = queries.account(pk=pk)
    if user is None:
        raise Http404
    return user
