"""A sheet on paper, blank and filled, and a register as a workbook."""

from __future__ import annotations

from urllib.parse import quote

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from zhikong.foundation.audit.actions import log_read
from zhikong.foundation.forms import printing, queries, workbook
from zhikong.foundation.forms.forms import FilterForm
from zhikong.foundation.forms.views import page, reading, registers
from zhikong.foundation.organisation.queries import institution

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_GET
def printed(request, pk: int):
    """The filled sheet as PDF."""
    sheet = page.find(pk)
    form, now = queries.definition(sheet), timezone.now()
    found = reading.parts(sheet, form, by=request.user, now=now)
    content = printing.filled(
        sheet, form, found, hospital=institution().name, by=request.user, now=now,
        subject=reading.subject_of(sheet, by=request.user, now=now),
    )  # fmt: skip
    return _file(content, f"{sheet.title}-{sheet.number}.pdf", "application/pdf", inline=True)


@login_required
@require_GET
def blank(request, form_id: str):
    """The empty form as PDF, for a ward without a screen at hand."""
    found = registers.resolved(form_id)
    content = printing.blank(found.obj, hospital=institution().name, now=timezone.now())
    return _file(content, f"{found.title}.pdf", "application/pdf", inline=True)


@login_required
@require_GET
def export(request, form_id: str):
    """The filtered rows of the register, every item a column; numbers as numbers."""
    found = registers.resolved(form_id)
    form = FilterForm(request.GET or None, departments=registers.departments_in_scope(request))
    sheets = list(registers.chosen(request, form_id, form)[: workbook.MOST_ROWS])
    content = workbook.register(found.obj, sheets, by=request.user, now=timezone.now())
    log_read(by=request.user, subject=f"forms.{form_id}"[:64], purpose="导出登记本", count=len(sheets))
    return _file(content, f"{found.title}.xlsx", XLSX)


def _file(content: bytes, name: str, kind: str, *, inline: bool = False) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    how = "inline" if inline else "attachment"
    answer["Content-Disposition"] = f"{how}; filename*=UTF-8''{quote(name)}"
    answer["Cache-Control"] = "private, no-store"
    return answer
