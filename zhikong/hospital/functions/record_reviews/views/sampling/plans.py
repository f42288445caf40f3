"""Plans: made, looked at before anything is drawn, drawn from, ended."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.forms.definition.model import FormKind
from zhikong.hospital.functions.record_reviews.actions.sampling import drawing
from zhikong.hospital.functions.record_reviews.actions.sampling.plans import end_plan, make_plan
from zhikong.hospital.functions.record_reviews.forms_sampling import PlanForm
from zhikong.hospital.functions.record_reviews.models import SamplePlan
from zhikong.hospital.functions.record_reviews.queries.sampling import frames, plans
from zhikong.hospital.functions.record_reviews.views.sampling import common

STARTS = ("title", "frame", "method", "form_id", "per_group")


@require_http_methods(["GET", "POST"])
@needs(Permission.ASSIGN_REVIEWS)
def new(request: HttpRequest) -> HttpResponse:
    """A plan; a link may fill in some of it (a theme of the month)."""
    given = {name: request.GET[name] for name in STARTS if name in request.GET}
    form = PlanForm(
        request.POST or None,
        initial=given,
        departments=common.department_choices(),
        sheets=common.sheet_choices(FormKind.SCORE_SHEET, FormKind.CHECKLIST),
    )
    if request.method == "POST" and form.is_valid():
        made = common.attempt(
            request,
            lambda: make_plan(by=request.user, now=timezone.now(), **form.cleaned_data),
            _("方案已建立。请先核对抽样框，再抽取。"),
        )
        if made:
            return redirect("record_reviews:sample_plan", made.pk)
    return render(request, "record_reviews/sampling/plan_form.html", {"form": form})


@require_GET
@needs(Permission.ASSIGN_REVIEWS)
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan and its frame as it is today: sizes of every group, never the records."""
    plan = common.found_or_404(plans.plan(pk))
    frame = frames.frame_of(plan, by=request.user, today=timezone.localdate())
    names = common.names_by_code()
    context = {
        "plan": plan,
        "frame": frame,
        "lines": frames.lines_of(frame, names, top=plan.diseases),
        "samples": plans.samples().filter(plan=plan),
        "waiting": plan.samples.filter(state="drawn").first(),
        "place_names": [names.get(code, code) for code in plan.departments],
        "is_quota": plan.method == SamplePlan.Method.QUOTA,
    }
    return render(request, "record_reviews/sampling/plan.html", context)


@require_POST
@needs(Permission.ASSIGN_REVIEWS)
def draw(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw a sample of the plan."""
    plan = common.found_or_404(plans.plan(pk))
    made = common.attempt(
        request, lambda: drawing.draw(plan, by=request.user, now=timezone.now()), _("已抽取。请分派评审人。")
    )
    return (
        redirect("record_reviews:sample", made.pk)
        if made
        else redirect("record_reviews:sample_plan", plan.pk)
    )


@require_POST
@needs(Permission.ASSIGN_REVIEWS)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """No more draws from this plan."""
    plan = common.found_or_404(plans.plan(pk))
    common.attempt(request, lambda: end_plan(plan, by=request.user, now=timezone.now()), _("方案已停用。"))
    return redirect("record_reviews:samples")
