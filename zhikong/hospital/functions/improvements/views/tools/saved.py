"""One saved picture: look, draw again, change its words or its lines, take it away."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.facts.countable import source
from zhikong.hospital.functions.improvements.actions import tools as actions
from zhikong.hospital.functions.improvements.forms_tools import EnteredForm, WordsForm
from zhikong.hospital.functions.improvements.models.tools import SavedTool
from zhikong.hospital.functions.improvements.queries.tools import drawing_of, may_change, tool
from zhikong.hospital.functions.improvements.queries.tools.drawing import ENTERED
from zhikong.hospital.functions.improvements.tools.asking import Asked, Unanswerable
from zhikong.hospital.functions.improvements.tools.entered import BadRows
from zhikong.hospital.functions.improvements.tools.library import BY_CODE
from zhikong.hospital.functions.improvements.tools.showing import Shown, shown
from zhikong.hospital.functions.improvements.views.tools.making import lines, tell
from zhikong.hospital.functions.improvements.views.tools.pictures import svg_answer


def found_or_404(pk: int) -> SavedTool:
    found = tool(pk)
    if found is None:
        raise Http404
    return found


def seen_of(request: HttpRequest, found: SavedTool) -> Shown:
    """As it was drawn last, or the n-th time: ?drawing=n."""
    number = request.GET.get("drawing", "")
    if not number:
        return shown(found)
    drawn = drawing_of(found, int(number)) if number.isdigit() else None
    if drawn is None:
        raise Http404
    return Shown(found.kind, drawn, found.title, found.note, drawn.number)


@require_GET
@needs(Permission.VIEW_IMPROVEMENTS)
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Picture, what it says, figures with the rows behind them, footnote, earlier drawings."""
    found = found_or_404(pk)
    seen, may = seen_of(request, found), may_change(request.user, found)
    live = found.source != ENTERED
    kept = source(found.source) if live else None
    words = WordsForm(
        user=request.user,
        initial={"title": found.title, "note": found.note, "project": found.project_id, "step": found.step},
    )
    words.fields["title"].help_text = ""
    context = {
        "found": found, "shown": seen, "may": may, "live": live, "tool": BY_CODE[found.kind],
        "drawings": list(found.drawings.select_related("drawn_by").order_by("-number")[:20]),
        "words": words if may else None,
        "asked": Asked.of(found.query, today=timezone.localdate()) if live else None,
        "may_rows": kept is not None and kept.may(request.user),
        "exports": _exports(found),
        "which": f"drawing={seen.number}" if seen.number else "",
    }  # fmt: skip
    return render(request, "improvements/tools/tool.html", context)


def _exports(found: SavedTool) -> list[tuple[str, str]]:
    """What it can be taken away as."""
    picture = [] if found.kind in ("affinity", "relation") else [("png", "PNG"), ("svg", "SVG")]
    blank = [("blank", _("空白表"))] if found.kind == "check_sheet" else []
    return [*picture, ("docx", "Word"), ("pptx", "PowerPoint"), ("xlsx", "Excel"), *blank]


@require_GET
@needs(Permission.VIEW_IMPROVEMENTS)
def picture(request: HttpRequest, pk: int) -> HttpResponse:
    """The picture as SVG: ?drawing=n&theme=."""
    return svg_answer(request, seen_of(request, found_or_404(pk)))


@require_POST
@needs(Permission.RUN_IMPROVEMENTS)
def redraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Count again; the earlier drawing can still be seen."""
    found = found_or_404(pk)
    try:
        _drawn, other = actions.redraw(by=request.user, now=timezone.now(), found=found)
    except (Unanswerable, ValidationError, LookupError) as why:
        messages.error(request, _("没有重画：%(why)s") % {"why": " ".join(getattr(why, "messages", [str(why)]))})  # fmt: skip
        return redirect("improvements:tool", pk=pk)
    said = _("已按现在的数据重画，数据和上次不同。") if other else _("已重新计数，数据和上次完全相同。")
    messages.success(request, said)
    return redirect("improvements:tool", pk=pk)


@require_POST
@needs(Permission.RUN_IMPROVEMENTS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Title, note, project."""
    found = found_or_404(pk)
    form = WordsForm(request.POST, user=request.user)
    try:
        if not form.is_valid():
            raise ValidationError([why for whys in form.errors.values() for why in whys])
        words = form.cleaned_data
        project = words["project"].pk if words["project"] else None
        actions.edit(
            by=request.user, now=timezone.now(), found=found, title=words["title"], note=words["note"],
            project=project, step=words["step"] if project else "",
        )  # fmt: skip
        messages.success(request, _("已保存。"))
    except ValidationError as why:
        messages.error(request, _("没有保存：%(why)s") % {"why": " ".join(why.messages)})
    return redirect("improvements:tool", pk=pk)


@needs(Permission.RUN_IMPROVEMENTS)
def data(request: HttpRequest, pk: int) -> HttpResponse:
    """The lines of an entered picture, to be corrected."""
    found = found_or_404(pk)
    if found.source != ENTERED or not may_change(request.user, found):
        raise Http404
    known = BY_CODE[found.kind]
    initial = {"text": found.query.get("text", ""), **found.query.get("options", {})}
    form = EnteredForm(request.POST or None, request.FILES or None, user=request.user, tool=known, initial=initial)  # fmt: skip
    for name in ("title", "note", "project", "step"):
        form.fields.pop(name)
    if request.method == "POST" and form.is_valid():
        try:
            actions.rewrite(
                by=request.user, now=timezone.now(), found=found, text=lines(form), options=form.options
            )
            messages.success(request, _("已按新的数据重画。"))
            return redirect("improvements:tool", pk=pk)
        except BadRows as wrong:
            tell(form, wrong)
        except (Unanswerable, ValidationError) as why:
            form.add_error(None, " ".join(getattr(why, "messages", [str(why)])))
    context = {"tool": known, "form": form, "found": found, "may_save": True}
    return render(request, "improvements/tools/enter.html", context, status=422 if form.errors else 200)


@require_POST
@needs(Permission.RUN_IMPROVEMENTS)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    found = found_or_404(pk)
    actions.remove(by=request.user, now=timezone.now(), found=found)
    messages.success(request, _("已删除“%(title)s”。") % {"title": found.title})
    return redirect("improvements:tools")
