"""The one 待办 page: what is due for the person who looks, overdue first."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from zhikong.foundation.access.models import User
from zhikong.foundation.tasks import actions, queries
from zhikong.foundation.tasks.forms import DelegateForm, TaskFilter


@login_required
@require_GET
def task_list(request):
    today = timezone.localdate()
    form = TaskFilter(request.GET)
    done = request.GET.get("show") == "done"
    tasks = queries.done_tasks(user=request.user) if done else _filtered(form, request.user, today)
    context = {
        "form": form,
        "done": done,
        "page": Paginator(tasks, 30).get_page(request.GET.get("page")),
        "today": today,
        "overdue": queries.overdue(user=request.user, today=today).count(),
        "open": queries.open_count(user=request.user),
    }
    return render(request, "tasks/list.html", context)


def _filtered(form: TaskFilter, user, today):
    tasks = queries.open_tasks(user=user)
    if not form.is_valid():
        return tasks
    if form.cleaned_data["q"]:
        tasks = tasks.filter(title__icontains=form.cleaned_data["q"])
    week = today + timedelta(days=7)
    ranges = {
        "overdue": {"due_on__lt": today},
        "week": {"due_on__range": (today, week)},
        "later": {"due_on__gt": week},
    }
    return tasks.filter(**ranges.get(form.cleaned_data["when"], {}))


@login_required
@require_http_methods(["GET", "POST"])
def delegate(request, pk: int):
    """Hand one's own open task to a colleague who can see the matter."""
    task = get_object_or_404(queries.open_tasks(user=request.user), pk=pk)
    form = DelegateForm(request.POST or None, people=_colleagues(request.user))
    if request.method == "POST" and form.is_valid():
        try:
            actions.delegate(task, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error("to", error)
        else:
            messages.success(request, _("已转给 %(name)s。") % {"name": form.cleaned_data["to"]})
            return redirect("tasks:list")
    return render(request, "tasks/delegate.html", {"form": form, "task": task})


def _colleagues(user):
    people = User.objects.filter(institution_id=user.institution_id, is_active=True)
    return people.exclude(pk=user.pk).order_by("last_name", "first_name", "username")
