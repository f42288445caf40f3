"""Preparing a year: the list, the lines with their proposals, the preview, the plan as Word."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.organisation.queries import institution
from zhikong.hospital.overviews.years.actions import rolling as actions
from zhikong.hospital.overviews.years.documents import plan as plan_document
from zhikong.hospital.overviews.years.forms import BeginForm, ChooseForm
from zhikong.hospital.overviews.years.models import RollOver, RollOverLine
from zhikong.hospital.overviews.years.queries import rolling
from zhikong.hospital.overviews.years.queries.carrying import target_in
from zhikong.hospital.overviews.years.rules_proposing import RULE_WORDS
from zhikong.hospital.overviews.years.views.pages import file, tabs, tried
from zhikong.web.paper import WORD

Kind = RollOverLine.Kind


@require_http_methods(["GET", "POST"])
@needs(Permission.KEEP_YEAR)
def roll_overs(request: HttpRequest) -> HttpResponse:
    """All years prepared, and beginning one."""
    now = timezone.now()
    form = BeginForm(request.POST or None, today=timezone.localdate(now))
    if request.method == "POST" and form.is_valid():
        made = tried(
            request, _("已按所选时点提出建议，请逐项决定。"),
            lambda: actions.begin(by=request.user, now=now, year=form.cleaned_data["year"], as_of=form.moment(now)),
        )  # fmt: skip
        return redirect("years:roll_over", made.pk) if made else redirect("years:roll_overs")
    context = {"rows": rolling.roll_overs(), "form": form} | tabs(request, "roll_overs")
    return render(request, "years/roll_overs.html", context)


@require_GET
@needs(Permission.KEEP_YEAR)
def roll_over(request: HttpRequest, pk: int) -> HttpResponse:
    """The lines of one kind, with a decision for each."""
    found = _found(pk)
    kind = request.GET.get("kind", Kind.TARGET)
    if kind not in Kind.values:
        raise Http404
    every = list(rolling.lines(found))
    context = {
        "found": found,
        "kind": kind,
        "kinds": [(code, name, _tally(every, code), code == kind) for code, name in Kind.choices if _tally(every, code)[1]],
        "rows": [_row(line) for line in every if line.kind == kind],
        "waiting": sum(line.choice == "open" and line.can_propose for line in every),
        "cannot": sum(line.choice == "open" and not line.can_propose for line in every),
        "editing": found.state == RollOver.State.DRAFT,
        "may_apply": can(request.user, Permission.MANAGE_TARGETS),
    } | tabs(request, "roll_overs")  # fmt: skip
    return render(request, "years/roll_over.html", context)


def _tally(lines: list[RollOverLine], kind: str) -> tuple[int, int]:
    """(decided, all) of a kind."""
    of_kind = [line for line in lines if line.kind == kind]
    return sum(line.choice != "open" for line in of_kind), len(of_kind)


def _row(line: RollOverLine) -> dict:
    return {
        "line": line,
        "now": target_in(line.now).text(line.unit) if line.kind == Kind.TARGET else "",
        "proposed": target_in(line.proposed).text(line.unit)
        if line.proposed and line.kind == Kind.TARGET
        else "",
        "chosen": target_in(line.chosen).text(line.unit) if line.chosen else "",
        "low": line.now.get("low"),
        "high": line.now.get("high"),
        "rule": RULE_WORDS.get(line.rule, ""),
    }


@require_POST
@needs(Permission.KEEP_YEAR)
def choose(request: HttpRequest, pk: int, line_pk: int) -> HttpResponse:
    found = _found(pk)
    line = rolling.lines(found).filter(pk=line_pk).first()
    form = ChooseForm(request.POST)
    if line is None:
        raise Http404
    if not form.is_valid():
        tried(request, "", lambda: _refuse(_("目标值请填数字。")))
    else:
        said = form.cleaned_data
        tried(
            request,
            _("已记下。"),
            lambda: actions.choose(by=request.user, now=timezone.now(), line=line, **said),
        )
    answer = redirect("years:roll_over", pk)
    answer["Location"] += f"?kind={line.kind}#line-{line.pk}"
    return answer


def _refuse(words: str):
    from django.core.exceptions import ValidationError

    raise ValidationError(words)


@require_GET
@needs(Permission.KEEP_YEAR)
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What applying would write, line by line; what undoing meets."""
    found = _found(pk)
    changes = rolling.preview(found)
    shown = [change for change in changes if change.what != "kept"]
    context = {
        "found": found,
        "changes": [
            {"line": c.line, "what": c.what, "before": c.before.text(c.line.unit), "after": c.after.text(c.line.unit)}
            for c in shown
        ],
        "kept": len(changes) - len(shown),
        "waiting": sum(c.line.choice == "open" and c.line.can_propose for c in changes),
        "obstacles": rolling.obstacles_to_undo(found) if found.state == RollOver.State.APPLIED else [],
        "may_apply": can(request.user, Permission.MANAGE_TARGETS),
    } | tabs(request, "roll_overs")  # fmt: skip
    return render(request, "years/preview.html", context)


@require_POST
@needs(Permission.KEEP_YEAR)
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """accept: all that is open; apply; undo."""
    found, who = _found(pk), {"by": request.user, "now": timezone.now()}
    if act == "accept":
        kind = request.POST.get("kind", "")
        kinds = [kind] if kind in Kind.values else []
        tried(request, _("已接受 %(n)d 项。"), lambda: actions.accept_rest(**who, found=found, kinds=kinds))
        return redirect("years:roll_over", pk)
    if act == "apply":
        tried(request, _("已生效：目标值从明年 1 月起使用。"), lambda: actions.apply(**who, found=found))
    elif act == "undo":
        reason = request.POST.get("reason", "")
        tried(request, _("已整体撤销。"), lambda: actions.undo(**who, found=found, reason=reason))
    else:
        raise Http404
    return redirect("years:preview", pk)


@require_GET
@needs(Permission.KEEP_YEAR)
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft of the year's plan as Word."""
    found = _found(pk)
    data = plan_document.word(
        found, list(rolling.lines(found)), hospital=institution().name, now=timezone.now()
    )
    return file(data, WORD, f"{found.year}年医疗质量安全工作计划（草案）.docx", f"plan-{found.year}.docx")


def _found(pk: int) -> RollOver:
    found = rolling.roll_over(pk)
    if found is None:
        raise Http404
    return found
