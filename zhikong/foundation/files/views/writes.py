"""Decisions on a file, and the limits of the institution."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.files import actions, queries
from zhikong.foundation.files.rules import MB
from zhikong.foundation.files.views.decisions import (
    HoldForm,
    LimitForm,
    ReasonForm,
    RetentionForm,
    release_form,
)
from zhikong.foundation.files.views.pages import render_detail
from zhikong.foundation.files.views.transfer import find


@login_required
@needs(Permission.HOLD_FILES)
@require_POST
def hold(request, pk: int):
    return _decide(request, pk, "hold_form", HoldForm(request.POST), actions.hold, _("文件已封存。"))


@login_required
@needs(Permission.HOLD_FILES)
@require_POST
def release(request, pk: int, hold_pk: int):
    found = find(pk).holds.filter(pk=hold_pk).first()
    if found is None:
        raise Http404
    form = release_form(hold_pk, request.POST)
    return _decide(request, pk, "release_form", form, actions.release, _("已解封。"), thing=found)


@login_required
@needs(Permission.HOLD_FILES)
@require_POST
def retention(request, pk: int):
    form = RetentionForm(request.POST)
    return _decide(request, pk, "retention_form", form, actions.set_retention, _("保存类别已更改。"))


@login_required
@needs(Permission.HOLD_FILES)
@require_POST
def destroy(request, pk: int):
    form = ReasonForm(request.POST, prefix="destroy")
    return _decide(request, pk, "destroy_form", form, actions.destroy, _("文件内容已销毁，记录保留。"))


def _decide(request, pk: int, name: str, form, action, done: str, *, thing=None):
    """Run one action on the file (or on ``thing`` of it); what a rule refuses stands above the form."""
    file = find(pk)
    if form.is_valid():
        try:
            with transaction.atomic():
                action(thing or file, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, done)
            return redirect("files:detail", pk)
    return render_detail(request, find(pk), **{name: form})


@login_required
@needs(Permission.MANAGE_FILES)
@require_http_methods(["GET", "POST"])
def limits(request):
    """Which kinds are taken, and how large."""
    forms = [LimitForm(request.POST or None, limit=limit) for limit in queries.limits()]
    if request.method == "POST" and all(form.is_valid() for form in forms):
        with transaction.atomic():
            for form in filter(LimitForm.has_changed, forms):
                values = form.cleaned_data
                actions.set_limit(
                    by=request.user,
                    kind=form.kind.value,
                    allowed=values["allowed"],
                    max_bytes=values["megabytes"] * MB,
                )
        messages.success(request, _("已保存。"))
        return redirect("files:limits")
    return render(request, "files/limits.html", {"forms": forms})
