"""A sheet on paper, blank and filled, and a register as a workbook."""

from __future__ import annotations

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
from zhikong.foundation.forms.exchange import workbooks
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
    """Take a workbook of rows: all of them, or none with a sentence for each cell that is wrong."""
    found = registers.resolved(form_id)
    choices = registers.fillable(request, found.obj)
    form = ImportForm(
        request.POST or None,
        request.FILES or None,
        departments=choices,
        initial={"department": registers.own_department(request.user, choices)},
    )
    errors: list[rows.RowError] = []
    if request.method == "POST" and form.is_valid():
        errors = _take(request, found, form)
        if not errors and not form.errors:
            return redirect("forms:register", form_id)
    context = {
        "form_id": form_id,
        "found": found,
        "form": form,
        "errors": errors[:MOST_ERRORS],
        "count": len(errors),
    }
    return render(request, "forms/arrive.html", context, status=422 if errors or form.errors else 200)


def _take(request, found, form: ImportForm) -> list[rows.RowError]:
    upload = form.cleaned_data["file"]
    try:
        if upload.size > workbooks.MAX_BYTES:
            raise workbooks.Unreadable(_("文件超过 5 MB，请分开上传。"))
        arrived = rows.enter(
            found.obj,
            upload.read(),
            by=request.user,
            now=timezone.now(),
            department_id=form.cleaned_data["department"],
        )
    except workbooks.Unreadable as problem:
        form.add_error("file", str(problem))
        return []
    if not arrived.errors:
        messages.success(request, _("已登记 %(n)d 份。") % {"n": len(arrived.sheets)})
    return arrived.errors


def _file(content: bytes, name: str, kind: str, *, inline: bool = False) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    how = "inline" if inline else "attachment"
    answer["Content-Disposition"] = f"{how}; filename*=UTF-8''{quote(name)}"
    answer["Cache-Control"] = "private, no-store"
    return answer
