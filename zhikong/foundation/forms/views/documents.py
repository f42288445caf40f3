"""A sheet on paper, blank and filled, and a register as a workbook."""

from __future__ import annotations

from base64 import b64encode
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from zhikong.foundation.audit.actions import log_read
from zhikong.foundation.forms import printing, queries, workbook
from zhikong.foundation.forms.actions import rows
from zhikong.foundation.forms.exchange import set_aside, workbooks
from zhikong.foundation.forms.forms import FilterForm, ImportForm
from zhikong.foundation.forms.views import page, reading, registers
from zhikong.foundation.organisation.queries import institution

MOST_ERRORS = 100  # shown at once
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


@login_required
@require_GET
def template(request, form_id: str):
    """The workbook to fill in for an import."""
    found = registers.resolved(form_id)
    return _file(rows.template(found.obj), f"{found.title}-模板.xlsx", XLSX)


@login_required
@require_http_methods(["GET", "POST"])
def arrive(request, form_id: str):
    """Take a workbook of rows: looked at first, then all of them, or the sound ones; a sentence for each wrong cell."""
    found = registers.resolved(form_id)
    choices = registers.fillable(request, found.obj)
    form = ImportForm(
        request.POST or None,
        request.FILES or None,
        departments=choices,
        initial={"department": registers.own_department(request.user, choices), "how": rows.How.CHECK},
    )
    arrived = _take(request, found, form) if request.method == "POST" and form.is_valid() else None
    if arrived and arrived.sheets and not arrived.errors:
        messages.success(request, _("已登记 %(n)d 份。") % {"n": len(arrived.sheets)})
        return redirect("forms:register", form_id)
    context = {"form_id": form_id, "found": found, "form": form, **_told(arrived)}
    refused = form.errors or (arrived and arrived.errors and not arrived.sheets)
    return render(request, "forms/arrive.html", context, status=422 if refused else 200)


def _told(arrived: rows.Arrived | None) -> dict[str, Any]:
    """What the page says of a workbook that was not simply taken."""
    if arrived is None:
        return {"errors": [], "count": 0}
    return {
        "arrived": arrived,
        "stored": len(arrived.sheets),
        "errors": arrived.errors[:MOST_ERRORS],
        "count": len(arrived.errors),
        "faulty": len(arrived.faulty_rows),
        "aside": _aside(arrived),
    }


def _aside(arrived: rows.Arrived) -> str:
    """The rows that were not taken as a file within the page: they are nobody's data yet and are kept nowhere."""
    if not (arrived.sheets and arrived.errors):
        return ""
    file = set_aside.workbook(arrived.content, arrived.faulty_rows)
    return f"data:{XLSX};base64,{b64encode(file).decode()}"


def _take(request, found, form: ImportForm) -> rows.Arrived | None:
    upload = form.cleaned_data["file"]
    try:
        if upload.size > workbooks.MAX_BYTES:
            raise workbooks.Unreadable(_("文件超过 5 MB，请分开上传。"))
        return rows.enter(
            found.obj,
            upload.read(),
            by=request.user,
            now=timezone.now(),
            department_id=form.cleaned_data["department"],
            how=form.cleaned_data["how"],
        )
    except workbooks.Unreadable as problem:
        form.add_error("file", str(problem))
        return None


def _file(content: bytes, name: str, kind: str, *, inline: bool = False) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    how = "inline" if inline else "attachment"
    answer["Content-Disposition"] = f"{how}; filename*=UTF-8''{quote(name)}"
    answer["Cache-Control"] = "private, no-store"
    return answer
