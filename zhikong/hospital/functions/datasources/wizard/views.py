"""The wizard's pages: send a file, match its columns, match its codes, try it, keep the mapping."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhikong.engine.tables import TABLES
from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.packstore.queries import resolve
from zhikong.hospital.functions.datasources.mappings import KIND
from zhikong.hospital.functions.datasources.models import ImportDraft
from zhikong.hospital.functions.datasources.wizard import actions, queries
from zhikong.hospital.functions.datasources.wizard.forms import SaveForm, StartForm
from zhikong.intake.proposing import NUMBERS
from zhikong.intake.reasons import FileRefused

UNKNOWN = "?"
"""In a list of codes: the text means that nothing is known."""


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_DATA)
def start(request: HttpRequest) -> HttpResponse:
    """Send a file whose columns are not known yet; continue with one that was begun."""
    form = StartForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            draft = actions.begin(
                by=request.user, now=timezone.now(), chunks=file.chunks(), file_name=file.name
            )
        except FileRefused as refused:
            form.add_error("file", f"{refused.message}{refused.remedy}")
        else:
            return redirect("datasources:wizard_columns", pk=draft.pk)
    context = {
        "form": form,
        "drafts": ImportDraft.objects.filter(state=ImportDraft.State.OPEN).order_by("-pk")[:10],
        "tables": [(name, TABLES[name].meaning) for name in queries.TABLES_OFFERED],
    }
    return render(request, "datasources/wizard/start.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_DATA)
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Which column of the file is which column of the contract."""
    draft = _draft(pk)
    if request.method == "POST":
        try:
            return _chosen(request, draft)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("datasources:wizard_columns", pk=pk)
    lines = queries.lines(draft)
    used = {line.chosen for line in lines}
    context = {
        "draft": draft,
        "step": 1,
        "lines": [line for line in lines if line.shown],
        "folded": [line for line in lines if not line.shown],
        "layout": queries.known_layout(draft),
        "tables": [(name, TABLES[name].meaning.split("：")[0]) for name in queries.TABLES_OFFERED],
        "unused": [name for name in draft.header if name and name not in used],
        "missing": queries.still_missing(draft),
    }
    return render(request, "datasources/wizard/columns.html", context)


def _chosen(request: HttpRequest, draft: ImportDraft) -> HttpResponse:
    said = {"by": request.user, "now": timezone.now()}
    if "sheet" in request.POST and request.POST["sheet"] != draft.sheet:
        actions.choose_sheet(draft, sheet=request.POST["sheet"], **said)
    elif request.POST.get("table", draft.table) != draft.table:
        actions.choose_table(draft, table=request.POST["table"], **said)
    else:
        keys = [c.name for c in TABLES[draft.table].columns]
        actions.choose_columns(
            draft,
            columns={key: request.POST.get(f"column-{key}", "") for key in keys},
            numbers={key: request.POST.get(f"column-{key}", "") for key in NUMBERS},
            **said,
        )
        if not queries.still_missing(draft):
            return redirect("datasources:wizard_codes", pk=draft.pk)
        messages.warning(
            request, _("还没有指定：%(what)s。") % {"what": "、".join(queries.still_missing(draft))}
        )
    return redirect("datasources:wizard_columns", pk=draft.pk)


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_DATA)
def codes(request: HttpRequest, pk: int) -> HttpResponse:
    """Which code each text of the file means; a file with codes of the contract has nothing to choose here."""
    draft = _draft(pk)
    found = queries.code_columns(draft)
    if request.method == "POST":
        actions.choose_codes(
            draft, by=request.user, now=timezone.now(), codes=_codes_from(request, draft, found)
        )
        return redirect("datasources:wizard_check", pk=pk)
    context = {
        "draft": draft,
        "step": 2,
        "groups": [_group(draft, one) for one in found],
        "departments": queries.unknown_departments(draft),
        "unknown": UNKNOWN,
    }
    return render(request, "datasources/wizard/codes.html", context)


def _group(draft: ImportDraft, one: queries.Unmapped) -> dict:
    chosen = draft.codes.get(one.column.name, {})
    rows = []
    for number, (text, count) in enumerate(one.texts):
        said = chosen[text] or UNKNOWN if text in chosen else queries.proposed_code(one.column, text)
        rows.append({"name": f"code-{one.column.name}-{number}", "text": text, "count": count, "said": said})
    return {"column": one.column, "header": one.header, "rows": rows, "more": one.more}


def _codes_from(request: HttpRequest, draft: ImportDraft, found: list[queries.Unmapped]) -> dict:
    said: dict[str, dict[str, str | None]] = {}
    for one in found:
        pairs = said.setdefault(one.column.name, {})
        for number, (text, _count) in enumerate(one.texts):
            code = request.POST.get(f"code-{one.column.name}-{number}", "")
            if code == UNKNOWN:
                pairs[text] = None
            elif code in one.column.domain.codes:
                pairs[text] = code
    return said


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_DATA)
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Try the file without keeping anything; then keep the mapping, and load once it is published."""
    draft = get_object_or_404(ImportDraft, pk=pk)
    form = SaveForm(request.POST or None, initial={"name": draft.file_name.rsplit(".", 1)[0]})
    if request.method == "POST":
        try:
            return _finished(request, draft, form)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
    is_open = draft.state == ImportDraft.State.OPEN
    published = bool(draft.mapping_id) and resolve(KIND, draft.mapping_id, on=timezone.localdate())
    context = {
        "draft": draft,
        "step": 3 if is_open else 4,
        "is_open": is_open,
        "trial": queries.trial(draft, now=timezone.now()) if is_open else None,
        "form": form,
        "may_save": can(request.user, Permission.EDIT_DEFINITIONS),
        "published": bool(published),
    }
    return render(request, "datasources/wizard/check.html", context)


def _finished(request: HttpRequest, draft: ImportDraft, form: SaveForm) -> HttpResponse:
    now = timezone.now()
    if "run" in request.POST:
        load = actions.run(draft, by=request.user, now=now, on=timezone.localdate(now))
        return redirect("datasources:load", pk=load.pk)
    if form.is_valid():
        actions.save_mapping(draft, by=request.user, now=now, name=form.cleaned_data["name"])
        messages.success(request, _("映射已存入内容库，请送审；另一位同事审核发布后即可导入。"))
    return redirect("datasources:wizard_check", pk=draft.pk)


@require_POST
@needs(Permission.MANAGE_DATA)
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the draft up; its file is removed."""
    actions.discard(_draft(pk), by=request.user, now=timezone.now())
    messages.success(request, _("已放弃，上传的文件已删除。"))
    return redirect("datasources:wizard")


def _draft(pk: int) -> ImportDraft:
    return get_object_or_404(ImportDraft, pk=pk, state=ImportDraft.State.OPEN)
