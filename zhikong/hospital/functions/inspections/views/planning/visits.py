"""One visit: who, when, what is drawn, what is to be filled, what changed; begin, move, reassign, cancel."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import select_template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhikong.foundation.access.models import User
from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.inspections.actions import planning as actions
from zhikong.hospital.functions.inspections.actions.planning.planning import may_inspect
from zhikong.hospital.functions.inspections.forms_planning import MoveForm
from zhikong.hospital.functions.inspections.models.planning import Visit
from zhikong.hospital.functions.inspections.queries.planning import people, programmes, samples
from zhikong.hospital.functions.inspections.queries.planning import visits as queries
from zhikong.hospital.functions.inspections.rules_planning import FINISHED, STATE_TAGS, UPCOMING, State
from zhikong.hospital.functions.inspections.views.planning import common

DONE = 20
ACTS = {
    "planned": gettext_lazy("安排"),
    "open": gettext_lazy("开始"),
    "comment": gettext_lazy("听取意见"),
    "concluded": gettext_lazy("下结论"),
    "notified": gettext_lazy("通报"),
    "closed": gettext_lazy("结束"),
    "cancelled": gettext_lazy("取消"),
    "moved": gettext_lazy("改期"),
    "reassigned": gettext_lazy("调整检查人"),
    "changed": gettext_lazy("情况变化"),
    "replaced": gettext_lazy("替换抽样对象"),
}
PARTS = ("inspections/visiting/_on_visit.html", "inspections/results/_on_visit.html")
NOTHING = "inspections/planning/_nothing.html"


@require_GET
@needs(Permission.INSPECT)
def mine(request: HttpRequest) -> HttpResponse:
    """What this person has to inspect, the next first, and what was inspected lately."""
    context = {
        "visits": [(one, STATE_TAGS[State(one.state)]) for one in queries.mine(request.user)],
        "done": queries.mine(request.user, states=FINISHED).order_by("-planned_on")[:DONE],
        "today": timezone.localdate(),
        "show_tabs": can(request.user, Permission.VIEW_INSPECTIONS),
        "tab": "mine",
    }
    return render(request, "inspections/planning/mine.html", context)


@require_GET
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The visit for whoever may see it: inspectors, who plans, and the inspected side once it is told."""
    visit = common.found_or_404(queries.visit(pk))
    named, plans = queries.inspects(request.user, visit), queries.may_plan(request.user, visit)
    labels, titles = samples.labels(visit), {one.id: one.title for one in common.checklists()}
    context = {
        "visit": visit,
        "state_tag": STATE_TAGS[State(visit.state)],
        "inspectors": queries.inspectors(visit),
        "left": queries.left(visit),
        "inspects": named,
        "may_plan": plans and visit.state in UPCOMING,
        "may_start": visit.state == State.PLANNED and queries.may_start(request.user, visit),
        "sheets": queries.sheets(visit),
        "planned_forms": [titles.get(one, one) for one in visit.form_ids],
        "stops": visit.stops.select_related("place"),
        "drawn": [(one, labels[one.pk]) for one in samples.drawn(visit)],
        "replaced": [(one, labels[one.pk]) for one in samples.replaced(visit)],
        "reserves": len(samples.reserves(visit)),
        "may_replace": named and visit.state in UPCOMING,
        "steps": [(one, ACTS.get(one.act, one.act)) for one in visit.steps.select_related("by")],
        "move_form": MoveForm(initial={"planned_on": visit.planned_on}),
        "parts": [select_template([part, NOTHING]) for part in PARTS],
        "tab": "mine" if named else "calendar",
    }
    return render(request, "inspections/planning/visit.html", context)


@require_POST
@needs(Permission.INSPECT)
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the visit."""
    visit = common.found_or_404(queries.visit(pk))
    common.attempt(
        request,
        lambda: actions.start_visit(visit, by=request.user, now=timezone.now()),
        _("检查已开始，检查表已经打开。"),
    )
    return redirect("inspections:visit", visit.pk)


@require_POST
@needs(Permission.PLAN_INSPECTIONS)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel with a reason."""
    visit = common.found_or_404(queries.visit(pk))
    common.attempt(
        request,
        lambda: actions.cancel_visit(
            visit, by=request.user, now=timezone.now(), reason=request.POST.get("reason", "")
        ),
        _("检查已取消，检查人已收到通知。"),
    )
    return redirect("inspections:visit", visit.pk)


@require_POST
@needs(Permission.PLAN_INSPECTIONS)
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Another day."""
    visit, form = common.found_or_404(queries.visit(pk)), MoveForm(request.POST)
    if form.is_valid():
        common.attempt(
            request,
            lambda: actions.move_visit(visit, by=request.user, now=timezone.now(), **form.cleaned_data),
            _("已改期，检查人已收到通知。"),
        )
    else:
        for errors in form.errors.values():
            common.say_bad(request, errors)
    return redirect("inspections:visit", visit.pk)


@require_http_methods(["GET", "POST"])
@needs(Permission.PLAN_INSPECTIONS)
def reassign(request: HttpRequest, pk: int) -> HttpResponse:
    """Other inspectors; those whom the rules keep away say so."""
    visit = common.found_or_404(queries.visit(pk))
    if not queries.may_plan(request.user, visit):
        return redirect("inspections:visit", visit.pk)
    if request.method == "POST":
        users = {one.pk: one for one in User.objects.filter(pk__in=common.numbers(request, "users"))}
        raw = request.POST.get("lead", "")
        lead = users.get(int(raw)) if raw.isdigit() else next(iter(users.values()), None)
        if lead is None:
            common.say_bad(request, [_("请选择检查人，并指定组长。")])
        elif common.attempt(
            request,
            lambda: actions.reassign(
                visit, by=request.user, now=timezone.now(), users=users.values(), lead=lead,
                reason=request.POST.get("reason", ""),
            ),
            _("检查人已调整，相关的人都已收到通知。"),
        ):  # fmt: skip
            return redirect("inspections:visit", visit.pk)
    return render(request, "inspections/planning/reassign.html", _able(visit))


def _able(visit: Visit) -> dict:
    """Everybody who may inspect, by the programme's pool first; with what stands against each."""
    today = timezone.localdate()
    here = {one.user_id: one for one in queries.inspectors(visit)}
    definition = programmes.definition(visit.programme, on=today) if visit.programme else None
    pool = (
        people.inspectors(definition.who, on=today, first=visit.planned_on, last=visit.planned_on)
        if definition and definition.who.pool != "own"
        else []
    )
    known = {one.user.pk: one for one in pool}
    more = User.objects.filter(institution_id=current_scope().institution_id, is_active=True).exclude(
        pk__in=known
    )
    others = [one for one in more if may_inspect(one)]
    kept = {}
    if definition and definition.who.pool != "own" and visit.department_id:
        users = [*(one.user for one in pool), *others]
        kept = people.against(
            users, department_id=visit.department_id, months=definition.who.months_apart, on=today
        )
    rows = [
        {"user": one.user, "words": one.role, "home": one.home, "load": one.candidate.load} for one in pool
    ]
    rows += [{"user": one, "words": "", "home": "", "load": None} for one in others]
    for row in rows:
        row["here"] = row["user"].pk in here
        row["against"] = [kept[row["user"].pk]] if row["user"].pk in kept else []
        row["lead"] = row["user"].pk == visit.lead_id
    return {
        "visit": visit,
        "rows": sorted(rows, key=lambda row: (not row["here"], bool(row["against"]))),
        "tab": "calendar",
    }


@require_POST
@needs(Permission.INSPECT)
def replace(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """The next in reserve stands in for one that cannot be looked at."""
    visit = common.found_or_404(queries.visit(pk))
    found = common.found_or_404(visit.sample.filter(pk=item).first())
    if queries.inspects(request.user, visit):
        common.attempt(
            request,
            lambda: actions.replace_sample(
                found, by=request.user, now=timezone.now(), reason=request.POST.get("reason", "")
            ),
            _("已由备用对象替换，理由已留存。"),
        )
    return redirect("inspections:visit", visit.pk)
