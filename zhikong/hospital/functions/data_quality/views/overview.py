"""The overview: tables by kinds with their trend; and a table: its fields by departments or by days."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhikong.engine.quality.model import COUNTED, Kind
from zhikong.engine.tables import TABLES
from zhikong.foundation.access.permissions import Permission, can, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.data_quality import jobs
from zhikong.hospital.functions.data_quality.library import rulebook
from zhikong.hospital.functions.data_quality.models import Issue
from zhikong.hospital.functions.data_quality.queries import issues as issue_queries
from zhikong.hospital.functions.data_quality.queries import matrix
from zhikong.hospital.functions.data_quality.queries.choosing import chosen, place_names
from zhikong.hospital.functions.data_quality.queries.runs import runs, shown_run
from zhikong.hospital.functions.data_quality.rules import KIND_WORDS, table_name

HEAVIEST = 8
_KINDS = {str(kind): kind for kind in COUNTED}


@require_GET
@needs(Permission.VIEW_DATA_QUALITY)
def overview(request: HttpRequest) -> HttpResponse:
    """Tables by kinds of a month, the heaviest open issues, and what the last run changed."""
    run = shown_run()
    asked = chosen(request, run)
    heaviest = issue_queries.issues(
        {"state": Issue.State.OPEN, "present": "1", "department": asked.department or ""}
    )[:HEAVIEST]
    context = {
        "run": run,
        "chosen": asked,
        "kinds": [(kind, KIND_WORDS[kind]) for kind in COUNTED],
        "lines": matrix.overview(run, asked) if run else [],
        "tally": issue_queries.tally(),
        "heaviest": issue_queries.shown(heaviest),
        "runs": runs()[:6],
        "rulebook": rulebook(),
        "may_inspect": can(request.user, Permission.MANAGE_DATA),
    }
    return render(request, "data_quality/overview.html", context)


@require_GET
@needs(Permission.VIEW_DATA_QUALITY)
def table(request: HttpRequest, table: str) -> HttpResponse:
    """The fields of one table: a heat table by department or by day, of one kind of fault."""
    run = shown_run()
    if table not in TABLES or run is None:
        raise Http404
    asked = chosen(request, run)
    kind = _KINDS.get(request.GET.get("kind", ""), Kind.MISSING)
    wish = matrix.Asked(table, kind, request.GET.get("by") == "day", request.GET.get("all") == "1")
    context = {
        "run": run,
        "chosen": asked,
        "table": table,
        "name": table_name(table),
        "meaning": TABLES[table].meaning,
        "kind": kind,
        "kinds": [(kind, KIND_WORDS[kind]) for kind in COUNTED],
        "by_day": wish.by_day,
        "everything": wish.everything,
        "grid": matrix.grid(run, asked, wish, names=place_names()),
        "issues": issue_queries.shown(issue_queries.issues({"table": table, "present": "1"})[:12]),
        "tables": [table],
    }
    return render(request, "data_quality/table.html", context)


@require_POST
@needs(Permission.MANAGE_DATA)
def inspect_now(request: HttpRequest) -> HttpResponse:
    """Ask the worker for an inspection at once."""
    require(request.user, Permission.MANAGE_DATA)
    jobs.start(current_scope().institution_id)
    messages.success(request, _("已安排检查，完成后本页会更新。"))
    return redirect("data_quality:overview")
