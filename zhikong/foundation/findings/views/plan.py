"""The plan of a finding on a page of its own, and a measure that is done."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhikong.foundation.findings import actions, policy, rules
from zhikong.foundation.findings.forms import PlanForms
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.findings.permissions import may
from zhikong.foundation.findings.rules import Act, State
from zhikong.foundation.findings.views.pages import find, people_of
from zhikong.foundation.findings.views.parts import picture, sheet_parts, theme_of


@login_required
@require_http_methods(["GET", "POST"])
def plan(request, pk: int):
    """Causes and measures; kept, then handed in, by the department's head at once approved."""
    finding = find(pk)
    if not may(request.user, Act.PLAN, finding) or State(finding.state) not in rules.PLANNED_IN:
        raise PermissionDenied(_("整改方案由科室质控小组或责任人在答复时填写，现在不能由您修改。"))
    more = min(int(request.GET["more"]), 10) if request.GET.get("more", "").isdigit() else 0
    given = {"people": people_of(finding), "categories": policy.in_force().categories, "more": more}
    forms = PlanForms(finding, data=request.POST or None, **given)
    problem = ""
    if request.method == "POST" and forms.is_valid():
        try:
            return _kept(request, finding, forms.values())
        except ValidationError as error:
            problem = " ".join(error.messages)
    return render(request, "findings/plan.html", _context(request, finding, forms, problem))


def _context(request, finding: Finding, forms: PlanForms, problem: str) -> dict:
    parts = sheet_parts(finding)
    return parts | {
        "finding": finding,
        "forms": forms,
        "problem": problem,
        "picture": picture(finding.title, parts["bones"], theme_of(request)),
        "may_approve": may(request.user, Act.APPROVE, finding),
    }


@transaction.atomic
def _kept(request, finding: Finding, values: dict):
    """Save; hand in when that button was pressed. All of it or nothing."""
    common = {"by": request.user, "now": timezone.now()}
    actions.save_plan(finding, **values, **common)
    if "more" in request.POST:
        return redirect(reverse("findings:plan", args=[finding.pk]) + "?more=2")
    if "submit" not in request.POST:
        messages.success(request, _("方案已保存，还没有提交。"))
        return redirect("findings:plan", finding.pk)
    actions.submit_plan(finding, **common)
    if request.POST.get("approve") and may(request.user, Act.APPROVE, finding):
        actions.approve(finding, **common)
    messages.success(request, _("整改方案已提交。"))
    return redirect("findings:detail", finding.pk)


@login_required
@require_POST
def measure_done(request, pk: int, measure: int):
    """One measure was carried out."""
    finding = find(pk)
    found = get_object_or_404(finding.measures, pk=measure)
    try:
        actions.complete_measure(
            finding, found, by=request.user, now=timezone.now(), text=request.POST.get("text", "")
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已记为完成。"))
    return redirect("findings:detail", pk)
