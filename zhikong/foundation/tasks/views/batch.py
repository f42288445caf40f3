"""One act on the chosen tasks: asks what it needs, does each by itself, and says what became of each."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from zhikong.foundation.tasks import actions, queries
from zhikong.foundation.tasks.forms import DelegateForm, ExtendForm, RemindForm
from zhikong.foundation.tasks.views.showing import colleagues

FORMS = {"delegate": DelegateForm, "remind": RemindForm, "extend": ExtendForm}
TITLES = {
    "done": gettext_lazy("办结"),
    "delegate": gettext_lazy("转办"),
    "remind": gettext_lazy("催办"),
    "extend": gettext_lazy("延期"),
}
MOST = 200
KEPT = "tasks_batch"


@login_required
@require_POST
def batch(request):
    act, tasks = request.POST.get("act", ""), _chosen(request)
    back = _back(request)
    if act not in TITLES or not tasks:
        messages.error(request, _("请先勾选待办，再选择要做的操作。"))
        return redirect(back)
    form = None
    if act in FORMS:
        confirmed = "confirmed" in request.POST
        form = FORMS[act](request.POST if confirmed else None, people=colleagues(request.user))
        if not confirmed or not form.is_valid():
            context = {"form": form, "act": act, "title": TITLES[act], "tasks": tasks, "back": back}
            return render(request, "tasks/batch.html", context)
    values = form.cleaned_data if form else {}
    outcomes = actions.in_batch(tasks, act=act, by=request.user, now=timezone.now(), **values)
    rows = [[one.title, one.reason] for one in outcomes]
    request.session[KEPT] = {"act": act, "back": back, "rows": rows}
    return redirect("tasks:outcome")


def _chosen(request) -> list:
    """The open tasks that were ticked and that the person may see at all, in the order of the page."""
    ids = [int(pk) for pk in request.POST.getlist("task") if pk.isdecimal() and len(pk) < 19][:MOST]
    user = request.user
    if not ids:
        return []
    return list(queries.team_tasks().filter(pk__in=ids).filter(_touches(request, user)))


def _touches(request, user) -> Q:
    from zhikong.foundation.access.permissions import Permission, can

    if can(user, Permission.MANAGE_TASKS):
        return Q()
    return Q(owner=user) | Q(created_by=user)


def _back(request) -> str:
    to = request.POST.get("back", "")
    return to if url_has_allowed_host_and_scheme(to, allowed_hosts=None) else "/tasks/"


@login_required
@require_GET
def outcome(request):
    """3 成功 1 未成功, and why."""
    kept = request.session.get(KEPT)
    if not kept:
        return redirect("tasks:list")
    good = [title for title, reason in kept["rows"] if not reason]
    bad = [(title, reason) for title, reason in kept["rows"] if reason]
    context = {"title": TITLES[kept["act"]], "good": good, "bad": bad, "back": kept["back"]}
    return render(request, "tasks/outcome.html", context)
