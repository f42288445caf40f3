"""Emergency plans and their drills."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.files.forms import settle
from zhikong.hospital.functions.risks import forms
from zhikong.hospital.functions.risks.actions.plans import drilling
from zhikong.hospital.functions.risks.models.plans import Drill
from zhikong.hospital.functions.risks.queries.plans import plans as queries
from zhikong.hospital.functions.risks.queries.register import people
from zhikong.hospital.functions.risks.views.common import (
    attempt,
    departments_for,
    first_error,
    found_or_404,
)

EMPTY_SINCE = 1  # January: a plan that was never drilled is due within its months from the year's beginning


@require_GET
@needs(Permission.VIEW_RISKS)
def listed(request: HttpRequest) -> HttpResponse:
    """All plans: when last drilled, when next, when to be read through again."""
    today = timezone.localdate()
    own = current_scope().departments
    department = next(iter(own)) if own is not None and len(own) == 1 else None
    may_plan = can(request.user, Permission.MANAGE_EMERGENCY_PLANS)
    rows = queries.standings(
        since=today.replace(month=EMPTY_SINCE, day=1), department_id=department, surprises=may_plan
    )
    context = {
        "rows": [(one, one.drill_state(today), one.review_due < today) for one in rows],
        "waiting": queries.drills_waiting(today=today)[:20] if may_plan else (),
        "may_plan": may_plan,
        "today": today,
    }
    return render(request, "risks/plans/list.html", context)


@require_GET
@needs(Permission.VIEW_RISKS)
def page(request: HttpRequest, plan_id: str) -> HttpResponse:
    """A plan as a card to act by, printable; its drills and reviews."""
    plan = found_or_404(queries.plan(plan_id))
    may_plan = can(request.user, Permission.MANAGE_EMERGENCY_PLANS)
    context = {
        "plan": plan,
        "drills": queries.drills_of(plan_id, surprises=may_plan)[:40],
        "reviews": queries.reviews_of(plan_id)[:10],
        "may_plan": may_plan,
        "may_review": can(request.user, Permission.MANAGE_EMERGENCY_PLANS, whole_hospital=True),
        "form": forms.PlanReviewForm(auto_id="review_%s"),
        "change_url": reverse("packstore:definition", args=[queries.CODE, plan_id])
        if can(request.user, Permission.EDIT_DEFINITIONS)
        else "",
    }
    return render(request, "risks/plans/plan.html", context)


@require_POST
@needs(Permission.MANAGE_EMERGENCY_PLANS)
def review(request: HttpRequest, plan_id: str) -> HttpResponse:
    """A plan was read through."""
    form = forms.PlanReviewForm(request.POST)
    if form.is_valid():
        attempt(
            request,
            lambda: drilling.review_plan(
                by=request.user, now=timezone.now(), plan_id=plan_id, **form.cleaned_data
            ),
            _("评审已登记。"),
        )
    else:
        messages.error(request, first_error(form))
    return redirect("risks:plan", plan_id)


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_EMERGENCY_PLANS)
def plan_drill(request: HttpRequest, plan_id: str) -> HttpResponse:
    """Arrange a drill; the plan's own scenario is proposed."""
    plan = found_or_404(queries.plan(plan_id))
    whole = can(request.user, Permission.MANAGE_EMERGENCY_PLANS, whole_hospital=True)
    form = forms.DrillForm(
        request.POST or None,
        departments=departments_for(request.user, Permission.MANAGE_EMERGENCY_PLANS),
        whole=whole and plan.scope == "hospital",
        people=people.leaders(),
        initial={"scenario": plan.scenario, "leader": request.user.pk},
    )
    if request.method == "POST" and form.is_valid():
        made = attempt(
            request,
            lambda: drilling.plan_drill(
                by=request.user, now=timezone.now(), plan_id=plan_id, **form.cleaned_data
            ),
            _("已安排，负责人会收到待办。"),
        )
        if made:
            return redirect("risks:drill", made.pk)
    return render(request, "risks/plans/drill_form.html", {"form": form, "plan": plan})


@require_GET
@needs(Permission.VIEW_RISKS)
def drill(request: HttpRequest, pk: int) -> HttpResponse:
    """One drill. An unannounced one is hidden from those who are to be surprised until it was held."""
    found = found_or_404(queries.drill(pk))
    may_tell = _may_tell(request.user, found)
    if found.kind == Drill.Kind.UNANNOUNCED and found.state == Drill.State.PLANNED and not may_tell:
        raise PermissionDenied("这是不通知演练，演练之后才能查看。")
    context = {
        "drill": found,
        "files": found.files.select_related("file"),
        "may_tell": may_tell,
        "due": found.planned_on <= timezone.localdate(),
        "held_form": forms.HeldForm(initial={"held_on": timezone.localdate()}, auto_id="held_%s"),
        "summary_form": forms.SummaryForm(auto_id="sum_%s"),
        "raise_url": _raise_url(request.user, found),
    }
    return render(request, "risks/plans/drill.html", context)


def _may_tell(user, found: Drill) -> bool:
    return user.pk == found.leader_id or can(
        user,
        Permission.MANAGE_EMERGENCY_PLANS,
        found.department_id,
        whole_hospital=found.department_id is None,
    )


def _raise_url(user, found: Drill) -> str:
    wrong = found.state == Drill.State.CLOSED and (found.problems or found.in_time is False)
    if not wrong or not can(user, Permission.RAISE_FINDING, found.department_id):
        return ""
    return f"{reverse('findings:raise')}?source=drill&key={found.pk}"


@require_POST
@needs(Permission.VIEW_RISKS)
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """hold, sum_up or cancel; the actions ask for the permission."""
    found = found_or_404(queries.drill(pk))
    found_or_404(ACTS.get(act))(request, found)
    return redirect("risks:drill", pk)


def _hold(request: HttpRequest, found: Drill) -> None:
    form = forms.HeldForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return
    told = dict(form.cleaned_data)
    given, by, now = told.pop("files"), request.user, timezone.now()

    def do():
        held = drilling.hold(found, by=by, now=now, **told)
        if given:
            kept = settle(
                given, by=by, now=now, department_id=found.department_id or by_department(by), purpose="drill"
            )
            drilling.attach(held, by=by, now=now, kept=kept)
        return held

    attempt(request, do, _("已登记，请在七天内总结。"))


def by_department(user) -> int | None:
    """The department whose files a user's uploads are; the hospital's drills lie with who led them."""
    found = departments_for(user, Permission.USE_FILES)
    return found[0][0] if found else None


def _sum_up(request: HttpRequest, found: Drill) -> None:
    form = forms.SummaryForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return
    attempt(
        request,
        lambda: drilling.sum_up(found, by=request.user, now=timezone.now(), **form.cleaned_data),
        _("已总结。"),
    )


def _cancel(request: HttpRequest, found: Drill) -> None:
    reason = request.POST.get("reason", "")
    attempt(
        request,
        lambda: drilling.cancel(found, by=request.user, now=timezone.now(), reason=reason),
        _("已取消。"),
    )


ACTS = {"hold": _hold, "sum_up": _sum_up, "cancel": _cancel}
