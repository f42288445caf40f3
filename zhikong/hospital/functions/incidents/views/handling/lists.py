"""The list of cases, the countdown board, acceptance of several at once."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.organisation import queries as organisation
from zhikong.hospital.functions.incidents.actions.handling import receiving
from zhikong.hospital.functions.incidents.queries.handling import figures, inbox, packs, running, scope
from zhikong.hospital.functions.incidents.queries.reporting import categories
from zhikong.hospital.functions.incidents.views.handling.common import enter

SHOWN = 200


@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Cases in the reader's scope with filters, search and proposals of duplicates."""
    enter(request)
    now, asked = timezone.now(), _asked(request)
    receiving.catch_up(now=now)
    counts = inbox.counts(request.user)
    if "show" not in request.GET and not counts["new"] and counts["work"]:
        asked = inbox.Asked("work", *_rest(asked))
    rows = inbox.listed(request.user, asked, now=now)
    context = {
        "rows": rows[:SHOWN],
        "more": max(len(rows) - SHOWN, 0),
        "asked": asked,
        "tabs": [(code, word, counts[code]) for code, word in _tabs()],
        "categories": categories.all_in_force(),
        "levels": packs.levels(),
        "departments": organisation.departments(on=timezone.localdate()),
        "waiting": figures.waiting(request.user, now=now),
        "may_accept": can(request.user, Permission.HANDLE_INCIDENTS) and asked.show == "new",
        "now": now,
        "tab": "inbox",
        "office": can(request.user, Permission.HANDLE_INCIDENTS),
    }
    return render(request, "incidents/handling/list.html", context)


def _tabs() -> tuple[tuple[str, str], ...]:
    return (
        ("new", _("待受理")), ("work", _("办理中")), ("returned", _("退回补充")), ("closed", _("已办结")),
        ("all", _("全部")),
    )  # fmt: skip


def _asked(request: HttpRequest) -> inbox.Asked:
    get = request.GET.get
    department = get("department", "")
    show = get("show", "new")
    return inbox.Asked(
        show if show in inbox.SHOW else "new",
        get("category", ""),
        get("level", ""),
        int(department) if department.isascii() and department.isdigit() else None,
        get("office", ""),
        get("q", "").strip(),
    )


def _rest(asked: inbox.Asked) -> tuple:
    return (asked.category, asked.level, asked.department, asked.office, asked.text)


@require_POST
def accept_many(request: HttpRequest) -> HttpResponse:
    """Accept the ticked ones; those that could not be are named with the reason."""
    enter(request)
    done, refused = receiving.accept_many(request.POST.getlist("case"), by=request.user, now=timezone.now())
    if done:
        messages.success(request, _("已受理 %(n)d 件。") % {"n": done})
    for told in refused[:5]:
        messages.error(request, told)
    if not done and not refused:
        messages.error(request, _("请先勾选要受理的报告。"))
    return redirect("incidents:inbox")


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Who must do what until when; what is past stands first and red. One page, also on a telephone."""
    enter(request)
    now = timezone.now()
    receiving.catch_up(now=now)
    lines = running.board(running.at_work(scope.visible(request.user)), now=now)
    context = {
        "lines": lines[:SHOWN],
        "statutory": [one for one in lines if one.run.clock.statutory],
        "late": sum(one.late for one in lines),
        "soon": sum(one.state.value == "soon" for one in lines),
        "running": sum(one.state.value == "running" for one in lines),
        "now": now,
        "tab": "clocks",
        "office": can(request.user, Permission.HANDLE_INCIDENTS),
        "clocks": packs.clocks(),
    }
    template = "incidents/handling/_board.html" if request.htmx else "incidents/handling/board.html"
    return render(request, template, context)
