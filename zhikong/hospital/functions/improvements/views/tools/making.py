"""Choose a source, narrow it, see the picture, save it; or write the figures down."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.facts.countable import Shape, source, sources
from zhikong.foundation.organisation.queries import departments
from zhikong.hospital.functions.improvements.actions import tools as actions
from zhikong.hospital.functions.improvements.forms_tools import EnteredForm, WordsForm
from zhikong.hospital.functions.improvements.queries.tools import Fresh, behind, draw
from zhikong.hospital.functions.improvements.tools import sheets
from zhikong.hospital.functions.improvements.tools.asking import COUNT, Asked, Unanswerable
from zhikong.hospital.functions.improvements.tools.entered import BadRows
from zhikong.hospital.functions.improvements.tools.library import BY_CODE, Tool
from zhikong.hospital.functions.improvements.tools.showing import Shown
from zhikong.hospital.functions.improvements.views.tools.gallery import carried, project_of
from zhikong.hospital.functions.improvements.views.tools.pictures import svg_answer

PAGE = 50
TOLD = 60  # choices of a filter


def tool_of(kind: str) -> Tool:
    if kind not in BY_CODE:
        raise Http404
    return BY_CODE[kind]


@require_GET
@needs(Permission.VIEW_IMPROVEMENTS)
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """?source=&key= chooses whose rows; then the question and its picture. Nothing is written."""
    tool = tool_of(kind)
    if not tool.live:
        return enter(request, kind)
    asked = Asked.of(request.GET, today=timezone.localdate())
    found = source(asked.source)
    found = found if found is not None and found.may(request.user) else None
    things = list(found.things(request.user)) if found is not None and found.things is not None else []
    context = {
        "tool": tool, "asked": asked, "sources": sources(request.user), "found": found, "things": things,
        "needs_key": found is not None and found.things is not None,
        **carried(request, project_of(request)),
    }  # fmt: skip
    if found is not None and (found.things is None or asked.key in dict(things)):
        shape = found.shape(asked.key)
        asked = _with_defaults(kind, asked, shape)
        shape_y = found.shape(asked.key_y) if asked.key_y in dict(things) else shape
        asked = _with_second(asked, shape_y) if kind == "scatter" else asked
        context |= _question(tool, asked, shape) | _answer(request, tool, asked)
        context["measures_y"] = [(COUNT, shape_y.counted_title), *((one.id, one.title) for one in shape_y.measures)]  # fmt: skip
        context["asked"] = asked
    return render(request, "improvements/tools/new.html", context)


def _with_defaults(kind: str, asked: Asked, shape: Shape) -> Asked:
    """What is chosen before anybody chooses: the first groupings, and a measure where the tool needs one."""
    first = shape.dimensions[0].id
    second = next((d.id for d in shape.dimensions if d.id != (asked.by or first)), "")
    if kind in ("check_sheet", "stratification"):
        asked = replace(asked, by=asked.by or first, across=asked.across or second)
    if kind == "pareto":
        asked = replace(asked, by=asked.by or first)
    needs_one = kind in ("histogram", "scatter") or (asked.source == "indicators" and kind != "pareto")
    if needs_one and asked.measure == COUNT and shape.measures:
        asked = replace(asked, measure=shape.measures[0].id)
    return asked


def _with_second(asked: Asked, shape_y: Shape) -> Asked:
    """The second quantity of a scatter: the first that is not the other one, of the thing that stands upright."""
    ids = [one.id for one in shape_y.measures]
    if asked.measure_y in (*ids, COUNT):
        return asked
    taken = asked.measure if asked.key_y in ("", asked.key) else ""
    return replace(asked, measure_y=next((one for one in ids if one != taken), COUNT))


def _question(tool: Tool, asked: Asked, shape: Shape) -> dict:
    """The fields of the filter, as far as this tool asks for them."""
    scope = current_scope()
    places = [d for d in departments(on=timezone.localdate()) if scope.covers(d.id)]
    measures = [(one.id, one.title) for one in shape.measures]
    counted = [] if tool.code in ("histogram",) else [(COUNT, shape.counted_title)]
    return {
        "places": places,
        "dimensions": [(one.id, one.title) for one in shape.dimensions],
        "measures": [*counted, *measures],
        "fields": set(tool.live),
        "whole_hospital": scope.whole_hospital,
    }


def _answer(request: HttpRequest, tool: Tool, asked: Asked) -> dict:
    """The picture with its words and its form to save; or why there is none."""
    try:
        fresh = draw(tool.code, asked, user=request.user)
        seen = Shown(tool.code, fresh)
        assert seen.told
        seen.picture()
    except Unanswerable as why:
        return {"refused": str(why)}
    except LookupError:
        return {"refused": _("没有这个对象，请重新选择。")}
    project = project_of(request)
    words = WordsForm(
        user=request.user,
        initial={"title": seen.named[:120], "project": project, "step": request.GET.get("step", "")[:40]},
    )
    return {
        "shown": seen, "fresh": fresh, "only_values": _values(fresh),
        "words": words if can(request.user, Permission.RUN_IMPROVEMENTS) else None,
    }  # fmt: skip


def _values(fresh: Fresh) -> list[str]:
    """Values that the rows can be narrowed to: those of the table's first column."""
    links = Shown(fresh.kind, fresh).told.links
    return [one for one in links if one][:TOLD]


@require_GET
@needs(Permission.VIEW_IMPROVEMENTS)
def preview(request: HttpRequest, kind: str) -> HttpResponse:
    """The picture of a question that was not saved."""
    asked = Asked.of(request.GET, today=timezone.localdate())
    try:
        fresh = draw(tool_of(kind).code, asked, user=request.user)
    except (Unanswerable, LookupError):
        raise Http404 from None
    return svg_answer(request, Shown(kind, fresh))


@require_POST
@needs(Permission.RUN_IMPROVEMENTS)
def save(request: HttpRequest, kind: str) -> HttpResponse:
    """Count once more and keep it."""
    tool = tool_of(kind)
    form = WordsForm(request.POST, user=request.user)
    asked = Asked.of(_query(request), today=timezone.localdate())
    back = f"{_address('tool_new', kind)}?{asked.query()}"
    if not form.is_valid():
        messages.error(
            request,
            _("没有保存：%(why)s") % {"why": " ".join(why for whys in form.errors.values() for why in whys)},
        )
        return redirect(back)
    words = form.cleaned_data
    try:
        made = actions.save(
            by=request.user, now=timezone.now(), fresh=draw(tool.code, asked, user=request.user),
            title=words["title"], note=words["note"], project=words["project"], step=words["step"],
        )  # fmt: skip
    except (Unanswerable, ValidationError) as why:
        messages.error(request, " ".join(getattr(why, "messages", [str(why)])))
        return redirect(back)
    messages.success(request, _("已保存“%(title)s”。") % {"title": made.title})
    return redirect("improvements:tool", pk=made.pk)


def _query(request: HttpRequest):
    """The question of the page that the form stands on, which it sends along as one field."""
    from django.http import QueryDict

    return QueryDict(request.POST.get("question", "")[:4000])


def _address(name: str, *args) -> str:
    from django.urls import reverse

    return reverse(f"improvements:{name}", args=args)


@needs(Permission.VIEW_IMPROVEMENTS)
def enter(request: HttpRequest, kind: str) -> HttpResponse:
    """Figures that people write: kept when every line can be read, else told line by line."""
    tool = tool_of(kind)
    project = project_of(request)
    if request.method == "POST":
        form = EnteredForm(request.POST, request.FILES, user=request.user, tool=tool)
        if form.is_valid() and (made := _keep(request, form)) is not None:
            return redirect("improvements:tool", pk=made.pk)
    else:
        step = request.GET.get("step", "")[:40]
        form = EnteredForm(
            user=request.user, tool=tool, initial={"text": "", "project": project, "step": step}
        )
    context = {
        "tool": tool,
        "form": form,
        "may_save": can(request.user, Permission.RUN_IMPROVEMENTS),
        **carried(request, project),
    }
    return render(request, "improvements/tools/enter.html", context, status=422 if form.errors else 200)


def _keep(request: HttpRequest, form: EnteredForm):
    words = form.cleaned_data
    try:
        text = lines(form)
        made = actions.save_entered(
            by=request.user, now=timezone.now(), kind=form.tool.code, title=words["title"], text=text,
            options=form.options, note=words["note"], project=words["project"], step=words["step"],
        )  # fmt: skip
    except BadRows as wrong:
        tell(form, wrong)
        return None
    except (Unanswerable, ValidationError) as why:
        form.add_error(None, " ".join(getattr(why, "messages", [str(why)])))
        return None
    messages.success(request, _("已保存“%(title)s”。") % {"title": made.title})
    return made


def lines(form: EnteredForm) -> str:
    """The uploaded file's lines, else those that were written. Raises BadRows."""
    file = form.cleaned_data.get("file")
    return sheets.lines_of(file.name, file.read()) if file else form.cleaned_data["text"]


def tell(form: EnteredForm, wrong: BadRows) -> None:
    """Each wrong line with its number and reason, beside the lines."""
    for row, why in wrong.problems[:20]:
        form.add_error("text", _("第 %(row)d 行：%(why)s") % {"row": row, "why": why} if row else why)
    if len(wrong.problems) > 20:
        form.add_error("text", _("另有 %(n)d 处。") % {"n": len(wrong.problems) - 20})


@require_GET
@needs(Permission.VIEW_IMPROVEMENTS)
def rows(request: HttpRequest) -> HttpResponse:
    """The rows behind a number, in the reader's own scope: ?<question>&value=."""
    asked = Asked.of(request.GET, today=timezone.localdate())
    value = request.GET.get("value", "")[:200]
    try:
        found = behind(asked, user=request.user, value=value)
    except (Unanswerable, LookupError) as why:
        raise Http404(str(why)) from None
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "value": value, "asked": asked, "total": sum(row.count for row in found)}
    return render(request, "improvements/tools/rows.html", context)
