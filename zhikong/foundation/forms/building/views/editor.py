"""The editor: one page, and the acts on it. With htmx the parts of the page are exchanged; without it the page."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.forms.building import desk as desks
from zhikong.foundation.forms.building import documents, editing, presentable
from zhikong.foundation.forms.building.acts import Act
from zhikong.foundation.forms.building.desk import Desk
from zhikong.foundation.forms.building.documents import NotADefinition
from zhikong.foundation.forms.building.editing import FORM, Outcome
from zhikong.foundation.forms.building.outline import EditError
from zhikong.foundation.forms.building.saving import Saving
from zhikong.foundation.packstore import kinds
from zhikong.foundation.packstore.models import Version
from zhikong.foundation.packstore.rules import State


def find(pk: int) -> Version:
    return get_object_or_404(Version.objects.select_related("changed_by", "author"), pk=pk, kind=FORM)


@login_required
@needs(Permission.EDIT_DEFINITIONS)
@require_GET
def edit(request, pk: int):
    """The page; by htmx only its middle and what depends on the chosen place."""
    version = find(pk)
    if version.state != State.DRAFT:
        messages.info(request, _("这一版已经不是草稿；要修改请先收回，或从它新建草稿。"))
        return redirect("packstore:version", pk)
    try:
        desk = desks.of(version, request.user, request.GET.get("at", "form"))
    except NotADefinition as problem:
        return render(request, "forms/building/unreadable.html", {"version": version, "problem": problem})
    return (
        answer(request, desk) if request.htmx else render(request, "forms/building/edit.html", {"desk": desk})
    )


@login_required
@needs(Permission.EDIT_DEFINITIONS)
@require_POST
def act(request, pk: int):
    """One of the outline's buttons, or undo and redo."""
    name, _colon, what = (request.POST.get("press") or request.POST.get("pressed", "")).partition(":")
    at = request.POST.get("at", "form")
    doing = Act(name, what, request.POST, at)
    now, seen = timezone.now(), _seen(request)
    try:
        if name in ("undo", "redo"):
            outcome = (editing.undo if name == "undo" else editing.redo)(pk, by=request.user, now=now)
        else:
            outcome = editing.apply(pk, doing, by=request.user, now=now, seen=seen)
    except (EditError, NotADefinition, ValidationError, Version.DoesNotExist) as problem:
        return _refused(request, pk, at, problem)
    desk = _desk(request, outcome, doing.at, said=doing.said)
    desk.focus = doing.begun
    return answer(request, desk, draw=True)


@login_required
@needs(Permission.EDIT_DEFINITIONS)
@require_POST
def save(request, pk: int):
    """The fields in the middle, saved after each change."""
    at = request.POST.get("at", "form")
    saving = Saving(at, request.POST)
    try:
        outcome = editing.apply(pk, saving, by=request.user, now=timezone.now(), seen=_seen(request))
    except (EditError, NotADefinition, ValidationError, Version.DoesNotExist) as problem:
        return _refused(request, pk, at, problem)
    desk = _desk(request, outcome, saving.at)
    desk.bound, desk.hint, desk.post = saving.form, saving.hint, request.POST
    return answer(request, desk, draw=saving.redraw or bool(desk.warned), quiet=saving.valid)


@login_required
@needs(Permission.EDIT_DEFINITIONS)
@require_GET
def preview(request, pk: int):
    """The fill page of the draft as far as it can be shown; nothing that is filled in there is stored."""
    version = find(pk)
    found = presentable.of(version.definition_id, version.text, documents.read(version.text))
    drawn = mark_safe(kinds.get(FORM).preview(request, found.form)) if found.form else ""
    context = {"version": version, "drawn": drawn, "left_out": found.left_out}
    template = "forms/building/_preview.html" if request.htmx else "forms/building/preview.html"
    return render(request, template, context)


@login_required
@needs(Permission.EDIT_DEFINITIONS)
@require_GET
def news(request, pk: int):
    """Whether somebody else wrote since the page was shown; asked now and then by the page itself."""
    version = find(pk)
    seen = request.GET.get("seen", "")
    steps = editing.changes_since(version, int(seen), request.user) if seen.isdigit() else []
    if not steps and version.state == State.DRAFT:
        return HttpResponse(status=204)
    return render(request, "forms/building/_news.html", {"version": version, "steps": steps})


def answer(request, desk: Desk, *, draw: bool = False, quiet: bool = False):
    """After an act: the changed parts for htmx, or the page anew.

    draw: the middle is drawn too; when only something was chosen to look at, it always is.
    quiet: saving went well, so without htmx a toast says it.
    """
    if not request.htmx:
        return _page(request, desk, quiet)
    drawn = draw or request.method == "GET"
    response = render(request, "forms/building/_parts.html", {"desk": desk, "drawn": drawn})
    if not drawn:
        response["HX-Reswap"] = "none"
    if request.method == "POST":
        response["HX-Trigger-After-Settle"] = "draft-changed"
        response["HX-Replace-Url"] = f"{reverse('forms:build', args=[desk.version.pk])}?at={desk.at}"
    return response


def _page(request, desk: Desk, quiet: bool):
    for line in desk.warned:
        messages.warning(request, line)
    for line in desk.said:
        messages.success(request, line)
    if (desk.bound is not None and desk.bound.errors) or desk.hint:
        return render(request, "forms/building/edit.html", {"desk": desk})
    if quiet and not desk.warned:
        messages.success(request, _("已保存。"))
    return redirect(f"{reverse('forms:build', args=[desk.version.pk])}?at={desk.at}")


def _desk(request, outcome: Outcome, at: str, said=()) -> Desk:
    desk = Desk(outcome.version, outcome.data, request.user, at, list(said), list(outcome.conflicts))
    desk.others = outcome.others
    return desk


def _refused(request, pk: int, at: str, problem: Exception):
    """An act that is not possible: the page as it stands now, with the reason."""
    version = find(pk)
    reason = "；".join(problem.messages) if isinstance(problem, ValidationError) else str(problem)
    if version.state != State.DRAFT or isinstance(problem, NotADefinition):
        messages.error(request, reason)
        target = reverse("packstore:version", args=[pk])
        return HttpResponse(headers={"HX-Redirect": target}) if request.htmx else redirect(target)
    desk = desks.of(version, request.user, at)
    desk.warned.append(reason)
    return answer(request, desk, draw=True)


def _seen(request) -> int | None:
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isdigit() else None
