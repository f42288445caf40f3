"""What is missing among the policies, the diseases that want a guideline, what was made public."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.organisation.queries import department_on
from zhikong.hospital.functions.policies import actions, forms, queries
from zhikong.hospital.functions.policies.actions_asking import LEAD
from zhikong.hospital.functions.policies.models import Policy
from zhikong.hospital.functions.policies.views import done


@login_required
@require_GET
def coverage(request):
    """What is missing: by duty division and kind, by specialty and disease; whose review is due."""
    today = timezone.localdate()
    context = {
        "divisions": queries.completeness(), "kinds": Policy.Kind.choices, "specialties": queries.coverage(on=today),
        "due": queries.due_for_review(on=today + LEAD), "may_keep": can(request.user, Permission.KEEP_POLICIES),
    }  # fmt: skip
    return render(request, "policies/coverage.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@needs(Permission.KEEP_POLICIES)
def diseases(request, pk: int):
    """The diseases of a specialty that need a guideline."""
    place = department_on(department_id=pk, on=timezone.localdate())
    if place is None:
        raise Http404
    start = "\n".join(queries.Disease.objects.filter(department_id=pk).values_list("name", flat=True))
    form = forms.DiseasesForm(request.POST or None, initial={"names": start})
    if request.method == "POST" and form.is_valid():
        kept = partial(actions.keep_diseases, by=request.user, department=place, **form.cleaned_data)
        if done(request, form, lambda: kept() or True, _("已保存。")):
            return redirect("policies:coverage")
    title = _("%(name)s：病种") % {"name": place.name}
    return render(request, "policies/form.html", {"form": form, "title": title})


@login_required
@require_http_methods(["GET", "POST"])
def public(request):
    """What the hospital makes public, and a line more."""
    may_keep = can(request.user, Permission.KEEP_POLICIES, whole_hospital=True)
    form = forms.PublicForm(request.POST or None) if may_keep else None
    if request.method == "POST":
        if form is None:
            raise Http404
        if form.is_valid():
            actions.make_public(by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("已登记。"))
            return redirect("policies:public")
    page = Paginator(queries.public_items(), 30).get_page(request.GET.get("page"))
    return render(
        request, "policies/public.html", {"page": page, "form": form, "today": timezone.localdate()}
    )
