"""Pages of the data office: what was delivered, what was set aside, and bringing in a file."""

from urllib.parse import quote

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from zhikong.engine.tables import TABLES
from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.facts import raw, raw_keys
from zhikong.foundation.facts.models import Load
from zhikong.foundation.facts.queries import loads, quarantined
from zhikong.foundation.patients.settling import SOURCE as SETTLED
from zhikong.hospital.functions.datasources import actions, feed_queries, queries, sheets
from zhikong.hospital.functions.datasources.forms import QuarantineFilter, UploadForm
from zhikong.hospital.functions.datasources.mappings import mappings
from zhikong.intake import templates
from zhikong.intake.reasons import FileRefused

IN_PROGRESS = (Load.State.WAITING, Load.State.RUNNING)


@require_GET
@needs(Permission.MANAGE_DATA)
def load_list(request: HttpRequest) -> HttpResponse:
    """The feeds and how they fare, all deliveries, the newest first, and until when the data reach."""
    page = Paginator(loads(), 30).get_page(request.GET.get("page"))
    names = {key: file.mapping.name for key, file in mappings().items()}
    names[actions.TABLES_MAPPING] = _("数据契约表")
    names[SETTLED] = _("在院数据")
    context = {
        "page": page,
        "fresh": queries.freshness(today=queries.local_today()),
        "in_progress": any(load.state in IN_PROGRESS for load in page),
        "standings": feed_queries.standings(timezone.now()),
        "names": names,
    }
    return render(request, "datasources/list.html", context)


@require_GET
@needs(Permission.MANAGE_DATA)
def load_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One delivery: what became of its rows, and its problems by reason."""
    load = get_object_or_404(loads(), pk=pk)
    context = {
        "load": load,
        "troubles": queries.troubles(load),
        "share": queries.share_good(load),
        "tables": queries.tables_of(load),
        "in_progress": load.state in IN_PROGRESS,
    }
    return render(request, "datasources/load.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_DATA)
def upload(request: HttpRequest) -> HttpResponse:
    """Send a file; the worker loads it."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            load = actions.request_load(
                by=request.user,
                now=timezone.now(),
                chunks=file.chunks(),
                file_name=file.name,
                mapping=form.cleaned_data["mapping"],
            )
        except FileRefused as refused:
            form.add_error("file", f"{refused.message}{refused.remedy}")
        except (raw.RawProblem, raw_keys.KeyMissing) as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("已收到 %(name)s，正在导入。") % {"name": load.source_name})
            return redirect("datasources:load", pk=load.pk)
    return render(request, "datasources/upload.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
@needs(Permission.MANAGE_DATA)
def quarantine(request: HttpRequest) -> HttpResponse:
    """The rows that a delivery set aside; without ?load= those of the newest delivery that has any."""
    load = _chosen(request)
    if load is None:
        return render(request, "datasources/quarantine.html", {"load": None})
    form, rows = _filtered(request, load)
    context = {
        "load": load,
        "form": form,
        "page": Paginator(rows, 50).get_page(request.GET.get("page")),
        "titles": dict(queries.reason_choices(load)),
    }
    return render(request, "datasources/quarantine.html", context)


@require_GET
@needs(Permission.MANAGE_DATA)
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """The filtered quarantine as xlsx or csv."""
    load = _chosen(request)
    if load is None:
        raise Http404
    _form, rows = _filtered(request, load)
    titles, name = dict(queries.reason_choices(load)), f"{_('隔离的行')}-{load.pk}.{kind}"
    if kind == "csv":
        answer = StreamingHttpResponse(
            sheets.lines(list(rows), titles), content_type="text/csv; charset=utf-8"
        )
    else:
        answer = HttpResponse(sheets.workbook(load, rows.iterator(), titles), content_type=sheets.XLSX)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer


@require_GET
@needs(Permission.MANAGE_DATA)
def template(request: HttpRequest, table: str) -> HttpResponse:
    """An empty workbook in the contract's form."""
    if table not in TABLES:
        raise Http404
    answer = HttpResponse(templates.workbook(table), content_type=sheets.XLSX)
    name = f"{TABLES[table].meaning.split('：')[0]}.xlsx"
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer


def _chosen(request: HttpRequest) -> Load | None:
    number = request.GET.get("load", "")
    if number:
        return get_object_or_404(loads(), pk=number) if number.isdecimal() else _missing()
    return loads().filter(quarantined__isnull=False).first()


def _missing() -> Load:
    raise Http404


def _filtered(request: HttpRequest, load: Load):
    form = QuarantineFilter(request.GET, reasons=queries.reason_choices(load))
    found = form.cleaned_data if form.is_valid() else {}
    return form, quarantined(load, reason=found.get("reason", ""), text=found.get("q", ""))
