"""Importing departments, staff and bodies from a hospital's own files: upload, look, decide, confirm."""

from pathlib import Path
from tempfile import TemporaryDirectory

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.organisation import forms
from zhikong.foundation.organisation.importing import actions, queries, roles, templates, words
from zhikong.foundation.organisation.models import OrganisationImport
from zhikong.foundation.organisation.queries import departments
from zhikong.foundation.organisation.rules import NotInOrder
from zhikong.intake.reasons import FileRefused

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ON_A_PAGE = 100
SAYS = {
    "departments": gettext_lazy("科室、病区和它们在各种文件里的别名。最先导入，其余清单都要用到。"),
    "staff": gettext_lazy("工号、姓名、科室、职称、职务。人事科的花名册可以直接上传，身份证号等列不会读取。"),
    "committees": gettext_lazy("每位成员一行：委员会、科室质控小组，职务和起始日期。先导入人员。"),
}
TABS = (
    ("held", gettext_lazy("需处理")),
    ("new", gettext_lazy("新增")),
    ("changed", gettext_lazy("变更")),
    ("missing", gettext_lazy("不在表里")),
    ("skipped", gettext_lazy("已跳过")),
)


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_ORGANISATION)
def index(request: HttpRequest) -> HttpResponse:
    """The three lists; a file that cannot be read is refused beside its list."""
    kind = request.POST.get("kind", "")
    form = forms.ImportForm(
        request.POST or None, request.FILES or None, initial={"on": timezone.localdate()}, auto_id=False
    )
    refused = ""
    if request.method == "POST":
        if kind not in queries.KINDS:
            raise BadRequest(_("没有这种清单。"))
        if form.is_valid():
            try:
                return redirect("organisation:import_one", pk=_stage(request, kind, form.cleaned_data).pk)
            except (FileRefused, NotInOrder) as refusal:
                refused = str(refusal)
        else:
            refused = _("请选择一个不超过 20 MB 的文件，并填写生效日期。")
    last = queries.last_imports()
    context = {
        "lists": [
            (k, OrganisationImport.Kind(k).label, SAYS[k], last[k], refused if k == kind else "")
            for k in queries.KINDS
        ],
        "form": form if request.method == "GET" else forms.ImportForm(initial={"on": timezone.localdate()}, auto_id=False),
        "recent": queries.recent(),
        "may_grant": can(request.user, Permission.MANAGE_ACCOUNTS),
    }  # fmt: skip
    return render(request, "organisation/imports.html", context, status=400 if refused else 200)


def _stage(request: HttpRequest, kind: str, data: dict) -> OrganisationImport:
    """The upload lies in a folder of its own while it is read, then it is gone."""
    upload = data["file"]
    with TemporaryDirectory(prefix="zhikong-list-") as folder:
        path = Path(folder, "list")
        with path.open("wb") as file:
            for chunk in upload.chunks():
                file.write(chunk)
        return actions.stage(
            by=request.user, now=timezone.now(), kind=kind, path=path, name=upload.name, on=data["on"]
        )


@needs(Permission.MANAGE_ORGANISATION)
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """The Excel file to fill in."""
    if kind not in queries.KINDS:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="{kind}.xlsx"'}
    return HttpResponse(templates.template(kind), content_type=XLSX, headers=headers)


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_ORGANISATION)
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """What a waiting list would change; or what became of it."""
    staged = queries.one(pk=pk)
    if staged is None:
        raise Http404
    if request.method == "POST":
        return _acted(request, staged)
    if staged.state != OrganisationImport.State.PROPOSED:
        return render(request, "organisation/import_done.html", {"staged": staged})
    made = actions.proposal(staged)
    tab = request.GET.get("show") if request.GET.get("show") in dict(TABS) else _first_tab(made)
    lines = [*made.leaving, *made.missing] if tab == "missing" else getattr(made, tab)
    context = {
        "staged": staged,
        "made": made,
        "tab": tab,
        "tabs": [(key, label, _count(made, key)) for key, label in TABS],
        "page": Paginator(lines, ON_A_PAGE).get_page(request.GET.get("page")),
        "leaving": {line.key for line in made.leaving},
        "places": departments(on=timezone.localdate()) if made.unknown else (),
        "columns": words.understood(staged.kind, made.notes.get("columns", {})),
    }
    return render(request, "organisation/import_one.html", context)


def _first_tab(made) -> str:
    return next((key for key, _label in TABS if _count(made, key)), "new")


def _count(made, key: str) -> int:
    return len(made.leaving) + len(made.missing) if key == "missing" else len(getattr(made, key))


def _acted(request: HttpRequest, staged: OrganisationImport) -> HttpResponse:
    back = redirect("organisation:import_one", pk=staged.pk)
    try:
        match request.POST.get("action"):
            case "apply":
                counts = actions.apply(by=request.user, now=timezone.now(), pk=staged.pk)
                said = _("已导入：新增 %(new)d，变更 %(changed)d，无变化 %(same)d。")
                messages.success(request, said % counts)
            case "discard":
                actions.discard(by=request.user, now=timezone.now(), pk=staged.pk)
                messages.success(request, _("已放弃这份清单，没有改动任何数据。"))
                return redirect("organisation:imports")
            case _:
                actions.decide(by=request.user, pk=staged.pk, decisions=_decisions(request, staged.decisions))
                messages.success(request, _("已保存您的选择，还没有导入。"))
                tab = request.POST.get("show", "")
                where = reverse("organisation:import_one", args=[staged.pk])
                return redirect(f"{where}?show={tab}" if tab in dict(TABS) else where)
    except NotInOrder as refusal:
        messages.error(request, str(refusal))
    return back


def _decisions(request: HttpRequest, before: dict) -> dict:
    """What the page shows is decided anew; what stands on other pages stays."""
    names, choices = request.POST.getlist("unknown"), request.POST.getlist("means")
    if len(names) != len(choices):
        raise BadRequest(_("表单不完整，请刷新页面后重试。"))
    places = {n: c for n, c in zip(names, choices, strict=True) if c == "skip" or c.isdigit()}
    kept = {n: c for n, c in before.get("departments", {}).items() if n not in names}
    made = {"departments": {**kept, **places}}
    shown, ticked = set(request.POST.getlist("shown")), set(request.POST.getlist("tick"))
    for key, prefix in (("left", "left:"), ("renames", "rename:"), ("accept", "accept:")):
        on_page = {s.removeprefix(prefix) for s in shown if s.startswith(prefix)}
        yes = {t.removeprefix(prefix) for t in ticked if t.startswith(prefix)}
        made[key] = sorted((set(before.get(key, ())) - on_page) | yes)
    return made


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_ACCOUNTS)
def propose_roles(request: HttpRequest) -> HttpResponse:
    """Roles that posts suggest, to confirm in bulk; accounts of people who have left, to close."""
    today = timezone.localdate()
    if request.method == "POST":
        return _roles_acted(request, today)
    found = roles.proposals(on=today)
    context = {
        "wide": [p for p in found if p.whole_hospital],
        "groups": _by_role([p for p in found if not p.whole_hospital]),
        "total": len(found),
        "leavers": roles.leavers(on=today),
    }
    return render(request, "organisation/import_roles.html", context)


def _by_role(found):
    """[(role's title, role, proposals)]: thousands are confirmed role by role, not one by one."""
    groups: dict[str, list] = {}
    for proposal in found:
        groups.setdefault(proposal.role, []).append(proposal)
    return [(of_role[0].title, role, of_role) for role, of_role in groups.items()]


def _roles_acted(request: HttpRequest, today) -> HttpResponse:
    try:
        if request.POST.get("action") == "lock":
            users = [int(u) for u in request.POST.getlist("user") if u.isdigit()]
            n = roles.lock_leavers(by=request.user, user_ids=users, on=today)
            messages.success(request, _("已停用 %(n)d 个账号。") % {"n": n})
        else:
            n = roles.grant(
                by=request.user, now=timezone.now(), keys=_keys(request, roles.proposals(on=today)), on=today
            )
            messages.success(request, _("已授予 %(n)d 个角色。下一步：打印初始密码条。") % {"n": n})
    except NotInOrder as refusal:
        messages.error(request, str(refusal))
    return redirect("organisation:import_roles")


def _keys(request: HttpRequest, found) -> set[str]:
    """Ticked people, and everybody of ticked roles of departments; whole-hospital roles only one by one."""
    by_role = set(request.POST.getlist("role"))
    return set(request.POST.getlist("key")) | {
        p.key for p in found if p.role in by_role and not p.whole_hospital
    }
