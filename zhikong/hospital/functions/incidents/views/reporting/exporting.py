"""Adverse drug reactions: the list for the pharmacy, the export in our own layout, and what that layout is."""

from __future__ import annotations

import io
from datetime import date, timedelta

import xlsxwriter
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhikong.foundation.access.permissions import Permission, require
from zhikong.hospital.functions.incidents.queries.reporting import adr
from zhikong.hospital.functions.incidents.rules_reporting_export import LAYOUT, as_csv, as_xml, columns

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"csv": "text/csv; charset=utf-8", "xml": "application/xml", "xlsx": XLSX}


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Reactions of a period, which are complete, and the columns of the export."""
    require(request.user, Permission.HANDLE_INCIDENTS)
    since, until = _period(request)
    found, form = adr.reactions(request.user, since=since, until=until), adr.form()
    context = {
        "since": since,
        "until": until,
        "reactions": found,
        "complete": sum(one.is_complete for one in found),
        "columns": columns(form) if form else [],
        "layout": LAYOUT,
        "formats": ("xlsx", "csv", "xml"),
    }
    return render(request, "incidents/reporting/adr.html", context)


@require_GET
def export(request: HttpRequest, layout: str) -> HttpResponse:
    """The complete reactions of a period. The file's name is a constant and a day."""
    require(request.user, Permission.HANDLE_INCIDENTS)
    form = adr.form()
    if layout not in TYPES:
        raise Http404
    if form is None:
        messages.error(request, _("没有可用的药品不良反应表，请先在内容库里发布。"))
        return redirect("incidents:adr")
    since, until = _period(request)
    records = adr.records(adr.reactions(request.user, since=since, until=until), form)
    made_at = timezone.localtime().isoformat(timespec="seconds")
    body = {
        "csv": lambda: as_csv(columns(form), records),
        "xml": lambda: as_xml(form, columns(form), records, made_at),
        "xlsx": lambda: _workbook(columns(form), records),
    }[layout]()
    name = f"adr-{timezone.localdate():%Y%m%d}.{layout}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(body, content_type=TYPES[layout], headers=headers)


def _workbook(cols, records) -> bytes:
    """What people typed is data: never a formula, never a link."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet, bold = (
        book.add_worksheet(LAYOUT),
        book.add_format({"bold": True, "bg_color": "#EEF2F7", "border": 1}),
    )
    for n, column in enumerate(cols):
        sheet.write_string(0, n, column.title, bold)
        sheet.write_string(1, n, column.name, bold)
    for line, one in enumerate(records, 2):
        for n, column in enumerate(cols):
            sheet.write_string(line, n, one.get(column.name, ""))
    sheet.freeze_panes(2, 1)
    sheet.set_column(0, len(cols) - 1, 18)
    book.close()
    return out.getvalue()


def _period(request: HttpRequest) -> tuple[date, date]:
    """From and until as asked; without them, or when they cannot be read, the last year."""
    today = timezone.localdate()
    try:
        since = date.fromisoformat(request.GET.get("from", ""))
        until = date.fromisoformat(request.GET.get("until", ""))
    except ValueError:
        return today - timedelta(days=365), today
    return min(since, until), max(since, until)
