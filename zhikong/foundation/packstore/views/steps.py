"""The steps of a version that its page offers, and taking one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhikong.foundation.access.models import User
from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.packstore import actions, queries
from zhikong.foundation.packstore.actions.reviewing import may_review
from zhikong.foundation.packstore.forms import PublishForm, ReviewForm, SubmitForm, WithdrawForm
from zhikong.foundation.packstore.models import Version
from zhikong.foundation.packstore.rules import State
from zhikong.foundation.packstore.views.support import find, reading


@dataclass(frozen=True)
class Step:
    """One step on the page: its words, its form (None: a button is enough), what it does."""

    key: str
    title: str
    button: str
    form: Any
    run: Callable[..., Any]
    leading: bool = True
    danger: bool = False


def offered(user, version: Version, *, key: str = "", bound: Any = None) -> list[Step]:
    """The steps that this person can take now; the bound form stands in for a fresh one under its key."""
    made = _made(user, version, None)
    return [Step(**{**vars(s), "form": bound}) if s.key == key and bound is not None else s for s in made]


def _made(user, version: Version, data) -> list[Step]:
    state = version.state
    if state == State.DRAFT:
        return [*_submit(version, data), _discard()]
    if state == State.SUBMITTED:
        return [*([_review(data)] if may_review(user, version) else []), _recall()]
    if state == State.REVIEWED:
        return [_publish(data), _recall()]
    return [_withdraw(data)] if state == State.PUBLISHED else []


def _submit(version: Version, data) -> list[Step]:
    if reading(version).problems:
        return []
    form = SubmitForm(
        data,
        reviewers=queries.reviewers(version),
        initial={"reason": version.reason},
        prefix="submit",
    )
    return [Step("submit", _("送审"), _("送审"), form, _run_submit)]


def _run_submit(version, *, by, now, reviewer, reason):
    person = User.objects.get(pk=reviewer)
    actions.submit_for_review(version, by=by, now=now, reviewer=person, reason=reason)


def _review(data) -> Step:
    return Step("review", _("审核"), _("提交审核结论"), ReviewForm(data, prefix="review"), actions.review)


def _publish(data) -> Step:
    form = PublishForm(data, initial={"effective_from": timezone.localdate()}, prefix="publish")
    return Step("publish", _("发布"), _("发布"), form, actions.publish)


def _recall() -> Step:
    return Step("recall", _("收回修改"), _("收回，继续修改"), None, actions.recall, leading=False)


def _discard() -> Step:
    return Step(
        "discard", _("放弃草稿"), _("放弃这份草稿"), None, actions.discard, leading=False, danger=True
    )


def _withdraw(data) -> Step:
    form = WithdrawForm(data, prefix="withdraw")
    return Step("withdraw", _("撤回"), _("从今天起撤回"), form, actions.withdraw, leading=False, danger=True)


@login_required
@needs(Permission.EDIT_DEFINITIONS)
@require_POST
def take(request, pk: int, key: str):
    """Take one step; when the form or a rule refuses it, show the page again with what was typed."""
    from zhikong.foundation.packstore.views.pages import render_version

    version = find(pk)
    step = next((s for s in _made(request.user, version, request.POST) if s.key == key), None)
    if step is None:
        raise PermissionDenied(_("这一步现在不能由您来做：可能已经有人做过，或者这一版是您写的。"))
    if step.form is not None and not step.form.is_valid():
        return render_version(request, find(pk), key=key, bound=step.form)
    try:
        with transaction.atomic():
            step.run(
                version, by=request.user, now=timezone.now(), **(step.form.cleaned_data if step.form else {})
            )
    except ValidationError as error:
        return _refused(request, find(pk), step, error)
    messages.success(request, _("已完成：%(step)s。") % {"step": step.title})
    return redirect("packstore:version", pk)


def _refused(request, version: Version, step: Step, error: ValidationError):
    from zhikong.foundation.packstore.views.pages import render_version

    if step.form is None:
        messages.error(request, "；".join(error.messages))
        return redirect("packstore:version", version.pk)
    step.form.add_error(None, error)
    return render_version(request, version, key=step.key, bound=step.form)
