"""Safety alerts: read and acknowledged by one tap, written and published by the offices, who has not read them."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.incidents import forms_analysis_wards as forms
from zhikong.hospital.functions.incidents.actions.analysis import lessons as actions
from zhikong.hospital.functions.incidents.models.analysis_lessons import SafetyAlert, Teaching
from zhikong.hospital.functions.incidents.queries.analysis import lessons as queries
from zhikong.hospital.functions.incidents.queries.analysis.packs import policy
from zhikong.hospital.functions.incidents.queries.reporting import categories
from zhikong.hospital.functions.incidents.views.analysis.common import (
    attempt,
    departments,
    found_or_404,
    names,
    now,
)


@require_GET
@needs(Permission.LEARN_FROM_INCIDENTS)
def listed(request: HttpRequest) -> HttpResponse:
    """Alerts in force, what the reader has not acknowledged first; past ones by ?show=past."""
    today, show = timezone.localdate(), request.GET.get("show", "open")
    unread = {one.alert_id for one in queries.unread_for(request.user, today=today)}
    rows = sorted(queries.alerts(today=today, show=show)[:100], key=lambda one: one.pk not in unread)
    publishes = can(request.user, Permission.PUBLISH_LESSONS)
    context = {
        "rows": [(one, one.pk in unread, categories.title(one.category) if one.category else "") for one in rows],
        "show": show, "publishes": publishes, "waiting": queries.waiting(SafetyAlert) if publishes else [],
        "today": today, "section": "alerts",
    }  # fmt: skip
    return render(request, "incidents/analysis/alerts.html", context)


def _shown(request: HttpRequest, code: str) -> SafetyAlert:
    one = found_or_404(queries.alert(code))
    if one.state in (Teaching.State.PUBLISHED, Teaching.State.WITHDRAWN):
        return one
    if not can(request.user, Permission.PUBLISH_LESSONS):
        raise Http404
    return one


@require_GET
@needs(Permission.LEARN_FROM_INCIDENTS)
def page(request: HttpRequest, code: str) -> HttpResponse:
    """One alert on a phone or on paper; for leaders and offices also who has not read it."""
    one = _shown(request, code)
    today, leads = timezone.localdate(), _leads(request.user)
    known = names()
    context = {
        "one": one, "today": today, "receipt": queries.receipt(one, request.user), "leads": leads,
        "running": one.state == Teaching.State.PUBLISHED and one.expires_on >= today,
        "readings": queries.readings(one) if leads and one.published_at else [],
        "places": [known.get(pk, "") for pk in one.departments],
        "leaks": queries.leaks_of(one) if one.state in (Teaching.State.DRAFT, Teaching.State.READING) else [],
        "publishes": can(request.user, Permission.PUBLISH_LESSONS), "mine": one.written_by_id == request.user.pk,
        "section": "alerts",
    }  # fmt: skip
    return render(request, "incidents/analysis/alert.html", context)


def _leads(user) -> bool:
    return can(user, Permission.PUBLISH_LESSONS) or can(user, Permission.ANALYSE_INCIDENTS)


@require_http_methods(["GET", "POST"])
@needs(Permission.PUBLISH_LESSONS)
def edit(request: HttpRequest, code: str = "") -> HttpResponse:
    """A draft, new (?lesson= its code) or changed."""
    row = _shown(request, code) if code else None
    lessons = list(queries.published()[:200])
    form = forms.AlertForm(
        request.POST or None, departments=departments(), lessons=lessons, initial=_initial(request, row)
    )
    if request.method == "POST" and form.is_valid():
        made = attempt(
            request, lambda: actions.write(SafetyAlert, by=request.user, now=now(), values=form.cleaned_data, row=row),
            _("草稿已保存。"),
        )  # fmt: skip
        if made:
            return redirect("incidents:alert", made.code)
    return render(
        request, "incidents/analysis/alert_edit.html", {"form": form, "one": row, "section": "alerts"}
    )


def _initial(request: HttpRequest, row: SafetyAlert | None) -> dict:
    if row is not None:
        known = ("title", "category", "body", "do_now", "expires_on", "departments")
        return {name: getattr(row, name) for name in known} | {"lesson": row.lesson_id}
    lesson = queries.lesson(request.GET.get("lesson", ""))
    days = timedelta(days=policy().alert_days)
    found = {"expires_on": timezone.localdate() + days}
    if lesson is not None and lesson.state == Teaching.State.PUBLISHED:
        found |= {
            "title": lesson.title, "category": lesson.category, "body": lesson.happened, "do_now": lesson.advice,
            "lesson": lesson.pk,
        }  # fmt: skip
    return found


@needs(Permission.LEARN_FROM_INCIDENTS)
@require_POST
def act(request: HttpRequest, code: str, act: str) -> HttpResponse:
    """read (one tap), send, back, publish, urgent, afterwards, remind, withdraw."""
    one = _shown(request, code)
    if act not in ACTS:
        raise Http404
    do, done = ACTS[act]
    found = attempt(
        request,
        lambda: do(one, request.POST.get("text", ""), {"by": request.user, "now": now()}),
        done and _(done),
    )
    if act == "remind" and found is not None:
        messages.success(request, _("已提醒 %(n)d 人。") % {"n": 0 if found is True else found})
    return redirect("incidents:alert", code)


def _read(one, text, who):
    if one.state != Teaching.State.PUBLISHED:
        raise ValidationError("这份警示已经撤下，不用再读。")
    actions.acknowledge(one, **who)


ACTS = {
    "read": (_read, "已记录：已读。"),
    "send": (lambda one, text, who: actions.send(one, **who), "已送审，等第二个人审读。"),
    "back": (lambda one, text, who: actions.give_back(one, text=text, **who), "已退回起草人。"),
    "publish": (lambda one, text, who: actions.publish(one, **who), "已发布并通知。"),
    "urgent": (
        lambda one, text, who: actions.publish_urgent(one, reason=text, **who),
        "已先行发布，请尽快补审。",
    ),
    "afterwards": (lambda one, text, who: actions.read_afterwards(one, **who), "已补审。"),
    "remind": (lambda one, text, who: actions.remind(one, **who), ""),
    "withdraw": (lambda one, text, who: actions.withdraw(one, reason=text, **who), "已撤下。"),
}
