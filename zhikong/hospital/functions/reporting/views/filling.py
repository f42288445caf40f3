"""The grid: type, paste, save row by row, submit."""

from dataclasses import replace

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhikong.hospital.functions.reporting import actions, pasting, permissions, queries, rules, workbooks
from zhikong.hospital.functions.reporting.forms import EvidenceForm, PasteForm, Typed, read_row
from zhikong.hospital.functions.reporting.models import FigureSheet
from zhikong.hospital.functions.reporting.queries import Grid, Row
from zhikong.hospital.functions.reporting.rules import STOP, Cell, Remark
from zhikong.hospital.functions.reporting.views.offers import offers
from zhikong.hospital.functions.reporting.views.overview import check_look


def find(request: HttpRequest, pk: int) -> FigureSheet:
    """The sheet, or 404 when it is not in scope."""
    check_look(request.user)
    return get_object_or_404(queries.sheet(pk))


@require_GET
def page(request: HttpRequest, pk: int) -> HttpResponse:
    return show(request, find(request, pk))


def show(request: HttpRequest, sheet: FigureSheet, *, typed: dict[str, Typed] | None = None,
         step: str = "", form=None, evidence=None, status: int = 200) -> HttpResponse:  # fmt: skip
    """The sheet's page; with what was typed when it could not be kept, or with a step's form that had errors."""
    grid = queries.grid(sheet)
    context = {
        **_shared(request, grid, typed),
        "today": timezone.localdate(),
        "evidence": evidence
        or EvidenceForm(items=grid.set.items, department_id=sheet.department_id, prefix="evidence"),
        "has_files": any(row.files for row in grid.rows),
        "story": queries.story(sheet),
        "versions": queries.versions(sheet),
        "offers": offers(request.user, grid, step=step, form=form),
        "steps": _progress(sheet),
    }
    return render(request, "reporting/sheet.html", context, status=status)


def _shared(request: HttpRequest, grid: Grid, typed: dict[str, Typed] | None = None) -> dict:
    may_fill = permissions.may_fill(request.user, grid.set, grid.sheet.department_id)
    return {
        "sheet": grid.sheet,
        "grid": grid,
        "rows": [_shown(row, (typed or {}).get(row.item.id)) for row in grid.rows],
        "typing": may_fill and grid.sheet.is_open,
        "tone": rules.TONES[rules.State(grid.sheet.state)],
    }


def _shown(row: Row, typed: Typed | None) -> tuple[Row, Typed | None]:
    """A row, with the unreadable text that somebody typed into it."""
    if typed is None or not typed.faults:
        return row, None
    return replace(row, remarks=(*typed.faults, *(r for r in row.remarks if r.level != STOP))), typed


def _progress(sheet: FigureSheet) -> list[tuple[str, str]]:
    """The steps of the way with done, now or to come."""
    reached = {"draft": 0, "returned": 0, "submitted": 1, "accepted": 3}[sheet.state]
    names = (_("科室填报"), _("职能部门审核"), _("接收并计入指标"))
    return [(n, "done" if i < reached else "now" if i == reached else "") for i, n in enumerate(names)]


@require_POST
def save_row(request: HttpRequest, pk: int, item: str) -> HttpResponse:
    """One row, as soon as a cell is left; answers with its value and remarks."""
    sheet = find(request, pk)
    known = queries.set_of(sheet).item(item)
    typed = known and read_row(request.POST, known)
    if typed is None:
        raise Http404
    try:
        if not typed.faults:
            actions.save_row(
                sheet, by=request.user, now=timezone.now(), item=item, cell=typed.cell, edits=typed.edits
            )
    except ValidationError as error:
        typed = replace(typed, faults=(Remark(STOP, "numerator", " ".join(error.messages)),))
    grid = queries.grid(sheet)
    row, _raw = _shown(grid.row(item), typed)
    context = {"row": row, "grid": grid, "saved": not typed.faults, "now": timezone.now(), "swap": True}
    return render(request, "reporting/_saved.html", context)  # fmt: skip


@require_POST
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """All rows of the page at once: without script, and after a block was pasted into the grid."""
    sheet = find(request, pk)
    typed = {i.id: t for i in queries.set_of(sheet).items if (t := read_row(request.POST, i)) is not None}
    kept = {code: row.cell for code, row in typed.items() if not row.faults}
    try:
        changed = actions.save_rows(sheet, by=request.user, now=timezone.now(), cells=kept)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("reporting:sheet", pk=pk)
    if request.htmx:
        grid = queries.grid(sheet)
        return render(request, "reporting/_grid.html", {**_shared(request, grid, typed), "changed": changed})
    if any(row.faults for row in typed.values()):
        return show(request, sheet, typed=typed, status=422)
    if request.POST.get("then") == "submit":
        return submit(request, pk)
    messages.success(request, _("已保存。"))
    return redirect("reporting:sheet", pk=pk)


@require_http_methods(["GET", "POST"])
def paste(request: HttpRequest, pk: int) -> HttpResponse:
    """Paste as text: shows how each line was understood; a second press takes it over."""
    sheet = find(request, pk)
    found = queries.set_of(sheet)
    permissions.require_fill(request.user, found, sheet.department_id)
    form = PasteForm(request.POST or None)
    rows = (
        pasting.understand(form.cleaned_data["text"], found.items)
        if form.is_bound and form.is_valid()
        else []
    )
    if rows and "take" in request.POST:
        return _take_over(request, sheet, rows)
    grid = queries.grid(sheet)
    context = {
        "sheet": sheet, "grid": grid, "form": form, "understood": [_judged(row, grid) for row in rows],
        "usable": sum(row.usable for row in rows), "asked": form.is_bound,
    }  # fmt: skip
    return render(request, "reporting/paste.html", context, status=422 if form.errors else 200)


def _judged(row: pasting.Row, grid: Grid) -> tuple[pasting.Row, list[Remark], str]:
    """A pasted line with what the checks would say, and its value."""
    if not row.usable:
        return row, [], ""
    past = [p for p in grid.row(row.item.id).past if p]
    value = rules.value(row.item, row.numerator, row.denominator)
    shown = _("本月无") if row.nothing else rules.shown(row.item, value)
    return row, rules.check(row.item, _cell(row, Cell()), past), shown


def _cell(row: pasting.Row, before: Cell) -> Cell:
    """Pasted words replace typed ones only where something was pasted."""
    return Cell(
        row.numerator,
        row.denominator,
        row.nothing,
        row.explanation or before.explanation,
        row.evidence or before.evidence,
    )


def _take_over(request: HttpRequest, sheet: FigureSheet, rows: list[pasting.Row]) -> HttpResponse:
    before = {entry.item: entry.cell() for entry in sheet.entries.all()}
    cells = {r.item.id: _cell(r, before.get(r.item.id, Cell())) for r in rows if r.usable}
    try:
        changed = actions.save_rows(sheet, by=request.user, now=timezone.now(), cells=cells)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已填入 %(n)d 项，请核对。") % {"n": changed})
    return redirect("reporting:sheet", pk=sheet.pk)


@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    sheet = find(request, pk)
    try:
        actions.submit(sheet, by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已提交，职能部门会在 3 个工作日内接收或退回。"))
    return redirect("reporting:sheet", pk=pk)


@require_GET
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet as a workbook: also the template to fill in Excel and paste back."""
    return workbooks.response(queries.grid(find(request, pk)))
