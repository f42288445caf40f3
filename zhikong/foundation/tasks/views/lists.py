"""Lists of tasks: what is due for me, what I gave to others, what is due in my departments."""

from django.contrib.auth.decorators import login_not_required, login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.tasks import queries
from zhikong.foundation.tasks.views.showing import filtered, rows

PAGE = 30


@login_required
@require_GET
def task_list(request):
    """What is due for the person who looks, overdue first; or what has been done."""
    today = timezone.localdate()
    mine = queries.open_tasks(user=request.user)
    done = request.GET.get("show") == "done"
    form, found, named = filtered(request, mine)
    page = Paginator(queries.done_tasks(user=request.user) if done else found, PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "form": form,
        "done": done,
        "page": page,
        "rows": (shown := rows(page, named)),
        "tickable": any(row["tick"] for row in shown),
        "today": today,
        "counts": queries.counts(mine, today=today),
        "leaves": queries.hand_overs_of(user=request.user, on=today),
        "away": list(queries.away_tasks(user=request.user)[:10]),
        "narrowed": bool(form.conditions()),
        "leads": can(request.user, Permission.MANAGE_TASKS),
        "tab": "mine",
    }
    return render(request, "tasks/list.html", context)


@login_required
@require_GET
def given(request):
    """What I gave to others and is not done yet."""
    return _others(request, queries.given_tasks(user=request.user), "given")


@needs(Permission.MANAGE_TASKS)
@require_GET
def team(request):
    """Open tasks of everybody in the departments that I lead, and who has how many."""
    return _others(request, queries.team_tasks(), "team")


def _others(request, tasks, tab: str):
    today = timezone.localdate()
    loads = queries.loads(tasks, today=today)
    form, found, named = filtered(request, tasks, owners=[load.person for load in loads])
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": rows(page, named),
        "today": today,
        "counts": queries.counts(tasks, today=today),
        "loads": loads[:12],
        "more": max(len(loads) - 12, 0),
        "narrowed": bool(form.conditions()),
        "leads": can(request.user, Permission.MANAGE_TASKS),
        "tab": tab,
    }
    return render(request, "tasks/others.html", context)


@login_not_required
@never_cache
@require_GET
def badge(request):
    """The number in the top bar, asked each minute while the page is in sight; one count, nothing else.

    After the session has ended it answers with nothing, so that no login page lands in the top bar.
    """
    if not request.user.is_authenticated or not hasattr(request, "scope"):
        return HttpResponse(status=204)
    return render(request, "tasks/badge.html")
