"""Preview, adopt, what was made, take back."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.plans.models import PlanDocument
from zhikong.hospital.overviews.adopting.actions import adopting, undoing
from zhikong.hospital.overviews.adopting.forms import UndoForm, choices_in
from zhikong.hospital.overviews.adopting.models import Adoption
from zhikong.hospital.overviews.adopting.queries import standing
from zhikong.hospital.overviews.adopting.showing import cards, sections, things_by_kind


@require_safe
@needs(Permission.VIEW_PLANS)
def listing(request: HttpRequest) -> HttpResponse:
    """All adoptions, the newest first."""
    return render(request, "adopting/list.html", {"adoptions": standing.adoptions()[:200]})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.ADOPT_PLANS)
def preview(request: HttpRequest, document: int) -> HttpResponse:
    """What adopting would do; a second look after choosing; adopting."""
    plan = PlanDocument.objects.filter(pk=document).first()
    if plan is None:
        raise Http404
    done = standing.standing_adoption(document)
    if done is not None and request.method != "POST":
        return redirect("adopting:adoption", done.pk)
    problems: list[str] = []
    if request.method == "POST" and request.POST.get("act") == "adopt":
        try:
            made = _adopted(request, document)
        except ValidationError as error:
            problems = list(error.messages)
        else:
            messages.success(request, _("计划已采纳，下面是它成为的全部事项。"))
            return redirect("adopting:adoption", made.pk)
    return _shown(request, plan, problems)


def _adopted(request: HttpRequest, document: int) -> Adoption:
    return adopting.adopt(
        by=request.user, now=timezone.now(), document=document, seen=request.POST.get("seen", "")[:40],
        choices=choices_in(request.POST), drop_gone=request.POST.get("drop") == "1",
    )  # fmt: skip


def _shown(request: HttpRequest, plan: PlanDocument, problems: list[str]) -> HttpResponse:
    choices = choices_in(request.POST) if request.method == "POST" else {}
    found = adopting.previewed(by=request.user, document=plan.pk, now=timezone.now(), choices=choices)
    context = {
        "plan": plan,
        "found": found,
        "cards": cards(found.counts),
        "sections": sections(found.steps, choices),
        "problems": problems,
        "open_items": plan.items.filter(state="open").count(),
        "ready": plan.state == PlanDocument.State.REVIEWED,
        "drop": request.POST.get("drop") == "1",
    }
    return render(request, "adopting/preview.html", context, status=422 if problems else 200)


@require_safe
@needs(Permission.VIEW_PLANS)
def adoption(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that came of a plan, each with its link and its sentence."""
    found = _found(pk)
    context = {
        "found": found,
        "cards": cards(found.counts),
        "sections": things_by_kind(standing.things_of(found)),
        "may_undo": can(request.user, Permission.ADOPT_PLANS, whole_hospital=True)
        and found.state != Adoption.State.UNDONE,
    }
    return render(request, "adopting/adoption.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.ADOPT_PLANS)
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """What would be taken back and what cannot be, and why; then the reason."""
    found = _found(pk)
    if found.state == Adoption.State.UNDONE:
        return redirect("adopting:adoption", pk)
    form = UndoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        part = request.POST.get("part") == "1"
        try:
            kept = undoing.undo(
                by=request.user, now=timezone.now(), adoption=found, reason=form.cleaned_data["reason"], part=part
            )  # fmt: skip
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("已撤销，有 %(n)d 项因已使用而保留。") % {"n": len(kept)} if kept else _("已全部撤销。"))  # fmt: skip
            return redirect("adopting:adoption", pk)
    things = standing.things_standing(found)
    kept = undoing.used(things)
    context = {
        "found": found,
        "form": form,
        "kept": kept,
        "count": len(things),
        "free": len(things) - len(kept),
    }
    return render(request, "adopting/undo.html", context, status=422 if form.errors else 200)


def _found(pk: int) -> Adoption:
    found = standing.adoption(pk)
    if found is None:
        raise Http404
    return found
