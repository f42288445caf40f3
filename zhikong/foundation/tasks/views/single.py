"""One task: its story, why it is due on its day, and handing it on; and giving one to a colleague."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.organisation.models import Department
from zhikong.foundation.organisation.queries import names
from zhikong.foundation.tasks import actions, queries, sources
from zhikong.foundation.tasks.forms import DelegateForm, NewTaskForm
from zhikong.foundation.tasks.models import Task
from zhikong.foundation.tasks.views.showing import colleagues, rows


@login_required
@require_GET
def detail(request, pk: int):
    """For the owner, who gave it, for whom it is held, and who leads the department."""
    task, user = _concerning(request.user, pk), request.user
    is_open, source = task.state == Task.State.OPEN, sources.source(task.source_kind)
    context = {
        **rows([task], names(on=timezone.localdate()))[0],
        "why": queries.explanations([task])[pk],
        "story": queries.history([task]).get(pk, ()),
        "today": timezone.localdate(),
        "elsewhere": task.url and task.url != reverse("tasks:detail", args=[task.pk]),
        "may_tick": is_open and task.owner_id == user.pk and source.tick,
        "may_delegate": is_open and task.owner_id == user.pk,
        "may_extend": is_open and source.extend and actions.may_extend(task, by=user),
        "may_remind": is_open and task.owner_id != user.pk,
    }
    return render(request, "tasks/detail.html", context)


def _concerning(user, pk: int) -> Task:
    found = Task.objects.select_related("owner", "created_by", "delegated_from", "held_for", "done_by")
    task = get_object_or_404(found, pk=pk)
    concerned = user.pk in (task.owner_id, task.created_by_id, task.held_for_id, task.delegated_from_id)
    if not concerned and not can(user, Permission.MANAGE_TASKS, task.department_id):
        raise Http404
    return task


@login_required
@require_GET
def why(request, pk: int):
    """How the date of a task came about; the lists ask for it when somebody opens the disclosure."""
    task = _concerning(request.user, pk)
    context = {
        "task": task,
        "why": queries.explanations([task])[pk],
        "story": queries.history([task]).get(pk, ()),
    }
    return render(request, "tasks/why_more.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def delegate(request, pk: int):
    """Hand one's own open task to a colleague who can see the matter."""
    task = get_object_or_404(queries.open_tasks(user=request.user), pk=pk)
    form = DelegateForm(request.POST or None, people=colleagues(request.user))
    if request.method == "POST" and form.is_valid():
        try:
            actions.delegate(task, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error("to", error)
        else:
            messages.success(request, _("已转给 %(name)s。") % {"name": task.owner})
            return redirect("tasks:list")
    return render(request, "tasks/delegate.html", {"form": form, "task": task})


@needs(Permission.MANAGE_TASKS)
@require_http_methods(["GET", "POST"])
def new(request):
    """Give a colleague something to do."""
    whole = current_scope().whole_hospital
    departments = Department.objects.order_by("code")
    if not whole:
        departments = departments.filter(pk__in=current_scope().departments)
    form = NewTaskForm(
        request.POST or None, people=colleagues(request.user), departments=departments, whole_hospital=whole
    )
    if request.method == "POST" and form.is_valid():
        try:
            task = _given(request.user, form.cleaned_data)
        except (ValidationError, PermissionDenied) as error:
            form.add_error(None, error if isinstance(error, ValidationError) else str(error))
        else:
            messages.success(request, _("已布置给 %(name)s。") % {"name": task.owner})
            return redirect("tasks:given")
    return render(request, "tasks/new.html", {"form": form})


def _given(user, values: dict) -> Task:
    department = values.pop("department")
    return actions.give(
        by=user, now=timezone.now(), department_id=department.pk if department else None, **values
    )
