"""The planner of a year, what is decided about it, and the settlement."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.organisation.queries import institution
from zhikong.hospital.functions.event_quotas import actions, documents, queries, rules
from zhikong.hospital.functions.event_quotas.forms import PlanForm
from zhikong.hospital.functions.event_quotas.models import Plan
from zhikong.web.paper import WORD

LOOK = (Permission.PLAN_EVENT_QUOTAS, Permission.APPROVE_EVENT_QUOTAS)


def _may_look(user) -> None:
    if not any(can(user, one) for one in LOOK):
        raise PermissionDenied(_("您没有权限：查看报告指标。"))


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    _may_look(request.user)
    return redirect("event_quotas:plan", timezone.localdate().year)


@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, year: int) -> HttpResponse:
    """The quotas of a year against the bed-based target; saved by who plans."""
    _may_look(request.user)
    today = timezone.localdate()
    if not today.year - 10 <= year <= today.year + 2:
        raise Http404
    found = queries.plan_of(year)
    shown = queries.planner(plan=found, today=today)
    form = PlanForm(request.POST or None, planner=shown, plan=found)
    if request.method == "POST" and form.is_valid() and _saved(request, form, year):
        return redirect("event_quotas:plan", year)
    return render(request, "event_quotas/plan.html", _context(request, year, found, shown, form, today))


def _saved(request: HttpRequest, form: PlanForm, year: int) -> bool:
    return _tried(
        request, _("已保存。请用上一年的报告数试算，再提交批准。"),
        lambda: actions.save_plan(
            by=request.user, now=timezone.now(), year=year, quotas=form.quotas(),
            per_100_beds=form.cleaned_data["per_100_beds"], short_fen=form.fen("short"), over_fen=form.fen("over"),
        ),
    )  # fmt: skip


def _context(request, year: int, found, shown, form, today) -> dict:
    lines = (
        queries.simulated(found, counted_year=year - 1, today=today) if found and found.simulated_at else []
    )
    settlement = queries.settlement_of(found)
    return {
        "year": year, "years": (today.year - 1, today.year, today.year + 1), "plan": found, "planner": shown, "form": form,
        "seed_total": rules.seed_total(), "seed_covers": rules.beds_covered(rules.seed_total()),
        "simulated": [(line, rules.yuan(line.amount)) for line in lines], "counted_year": year - 1,
        "total": rules.yuan(sum(line.amount for line in lines)), "total_reports": sum(line.reports for line in lines),
        "settlement": settlement, "settled": _settled(settlement), "switch": queries.switch(),
        "may_plan": can(request.user, Permission.PLAN_EVENT_QUOTAS) and settlement is None,
        "may_decide": can(request.user, Permission.APPROVE_EVENT_QUOTAS), "over": today.year > year,
        "states": Plan.State,
    }  # fmt: skip


def _settled(settlement) -> list[tuple]:
    lines = settlement.lines.order_by("amount", "pk") if settlement else ()
    return [(line, line.reports - line.quota, rules.yuan(line.amount)) for line in lines]


@require_POST
def act(request: HttpRequest, year: int, act: str) -> HttpResponse:
    """One step: simulate, submit, approve, return, settle, confirm."""
    _may_look(request.user)
    found = queries.plan_of(year)
    if found is None or act not in STEPS:
        raise Http404
    _tried(request, *_steps(found, request, timezone.now())[act])
    return redirect("event_quotas:plan", year)


STEPS = ("simulate", "submit", "approve", "return", "settle", "confirm")


def _steps(found: Plan, request: HttpRequest, now) -> dict:
    """What is said when it is done, and what to do."""
    who, remark = {"by": request.user, "now": now}, request.POST.get("remark", "")
    return {
        "simulate": (_("已按上一年的报告数试算。"), lambda: actions.simulate(found, **who)),
        "submit": (_("已提交批准。"), lambda: actions.submit(found, **who)),
        "approve": (_("已批准。"), lambda: actions.decide(found, **who, approved=True, remark=remark)),
        "return": (_("已退回。"), lambda: actions.decide(found, **who, approved=False, remark=remark)),
        "settle": (_("已结算，待另一人批准。"), lambda: actions.settle(found, **who)),
        "confirm": (_("结算已批准。"), lambda: _confirm(found, request, now)),
    }


def _confirm(found, request, now) -> None:
    settlement = queries.settlement_of(found)
    if settlement is None:
        raise ValidationError(_("还没有结算。"))
    actions.approve_settlement(settlement, by=request.user, now=now)


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """On or off, with a reason."""
    _may_look(request.user)
    on = request.POST.get("on") == "1"
    _tried(
        request, _("报告指标结算已启用。") if on else _("报告指标结算已停用。"),
        lambda: actions.set_switch(
            by=request.user, now=timezone.now(), on=on, reason=request.POST.get("reason", "")
        ),
    )  # fmt: skip
    return redirect("event_quotas:index")


@require_GET
def sheet(request: HttpRequest, year: int) -> HttpResponse:
    """The settlement as Word."""
    _may_look(request.user)
    settlement = queries.settlement_of(queries.plan_of(year))
    if settlement is None:
        raise Http404
    data = documents.sheet(settlement, hospital=institution().name, now=timezone.now())
    response = HttpResponse(data, content_type=WORD)
    response["Content-Disposition"] = f'attachment; filename="event-quotas-{year}.docx"'
    return response


def _tried(request: HttpRequest, done: str, what) -> bool:
    try:
        what()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return False
    messages.success(request, done)
    return True
