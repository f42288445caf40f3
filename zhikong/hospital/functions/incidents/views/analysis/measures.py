"""The page of one measure: for the post that carries it out, which sees nothing else of the case."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhikong.foundation.access.roles import ROLES
from zhikong.hospital.functions.incidents import forms_analysis as forms
from zhikong.hospital.functions.incidents.actions.analysis import measuring
from zhikong.hospital.functions.incidents.models.analysis import Analysis
from zhikong.hospital.functions.incidents.queries.analysis import reading
from zhikong.hospital.functions.incidents.queries.analysis.packs import hierarchy
from zhikong.hospital.functions.incidents.views.analysis.common import attempt, found_or_404, now


@require_GET
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One measure: what, by when, how its effect is measured, what came of it."""
    made = found_or_404(reading.measure(pk))
    case = Analysis.objects.filter(pk=made.analysis_id).first()  # None for who sees the measure only
    kind = hierarchy().get(made.kind)
    context = {
        "made": made, "case": case, "kind": kind.title if kind else made.kind, "post": ROLES[made.owner_post].title,
        "may_carry": measuring.may_carry(request.user, made) and made.done_at is None and made.dropped_at is None,
        "may_judge": made.done_at is not None and made.dropped_at is None and measuring.may_judge(request.user, made),
        "may_drop": case is not None and made.dropped_at is None and reading.rights(request.user, case).lead,
        "form": forms.JudgeForm(), "today": timezone.localdate(), "section": "analyses",
    }  # fmt: skip
    return render(request, "incidents/analysis/measure.html", context)


@require_POST
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """done, judge or drop."""
    made = found_or_404(reading.measure(pk))
    if act not in ACTS:
        raise Http404
    attempt(request, lambda: ACTS[act](request, made, {"by": request.user, "now": now()}), _("已保存。"))
    return redirect("incidents:measure", pk)


def _done(request, made, who):
    measuring.carry_out(made, text=request.POST.get("text", ""), **who)


def _judge(request, made, who):
    form = forms.JudgeForm(request.POST)
    if not form.is_valid():
        raise ValidationError(forms.first_error(form))
    measuring.judge(made, **form.cleaned_data, **who)


def _drop(request, made, who):
    measuring.drop(made, reason=request.POST.get("reason", ""), **who)


ACTS = {"done": _done, "judge": _judge, "drop": _drop}
