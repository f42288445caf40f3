"""The library of lessons, for everybody; writing, second reading and publication, for those who may."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.incidents import forms_analysis_wards as forms
from zhikong.hospital.functions.incidents.actions.analysis import lessons as actions
from zhikong.hospital.functions.incidents.models.analysis_lessons import Lesson, Teaching
from zhikong.hospital.functions.incidents.queries.analysis import lessons as queries
from zhikong.hospital.functions.incidents.queries.analysis import reading
from zhikong.hospital.functions.incidents.queries.analysis.packs import factors
from zhikong.hospital.functions.incidents.queries.reporting import categories
from zhikong.hospital.functions.incidents.views.analysis.common import attempt, found_or_404, now


@require_GET
@needs(Permission.LEARN_FROM_INCIDENTS)
def listed(request: HttpRequest) -> HttpResponse:
    """What has been learnt: searched by words and category; drafts for those who write."""
    asked = request.GET
    rows = list(queries.published(category=asked.get("category", ""), text=asked.get("q", "").strip())[:100])
    writes = actions.may_write(request.user)
    context = {
        "rows": [(one, _title(one.category)) for one in rows], "q": asked.get("q", ""), "category": asked.get("category", ""),
        "categories": [(one.id, one.title) for one in categories.all_in_force()], "writes": writes,
        "waiting": _waiting(request) if writes else [], "section": "lessons",
    }  # fmt: skip
    return render(request, "incidents/analysis/lessons.html", context)


def _title(category: str) -> str:
    return categories.title(category) if category else ""


def _waiting(request: HttpRequest):
    """Drafts: the offices see all, others their own."""
    rows = queries.waiting(Lesson)
    if not can(request.user, Permission.PUBLISH_LESSONS):
        rows = rows.filter(written_by=request.user)
    return rows


def _shown(request: HttpRequest, one: Lesson | None) -> Lesson:
    """Published ones for all; others for their writer and the offices."""
    one = found_or_404(one)
    if one.state == Teaching.State.PUBLISHED or one.written_by_id == request.user.pk:
        return one
    if not can(request.user, Permission.PUBLISH_LESSONS):
        raise Http404
    return one


@require_GET
@needs(Permission.LEARN_FROM_INCIDENTS)
def page(request: HttpRequest, code: str) -> HttpResponse:
    """One lesson; while it is no publication, what the machine still finds in it."""
    one = _shown(request, queries.lesson(code))
    published = one.state == Teaching.State.PUBLISHED
    context = {
        "one": one, "category": _title(one.category), "factors": [factors().title_of(each) for each in one.factors],
        "leaks": [] if published else queries.leaks_of(one), "receipt": queries.receipt(one, request.user),
        "mine": one.written_by_id == request.user.pk, "publishes": can(request.user, Permission.PUBLISH_LESSONS),
        "section": "lessons",
    }  # fmt: skip
    return render(request, "incidents/analysis/lesson.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.LEARN_FROM_INCIDENTS)
def edit(request: HttpRequest, code: str = "") -> HttpResponse:
    """A draft, new (?from= the code of a finished analysis) or changed."""
    if not actions.may_write(request.user):
        raise PermissionDenied("您没有权限：起草安全警示与经验。")
    row = _shown(request, queries.lesson(code)) if code else None
    origin = reading.analysis(request.GET.get("from", "")) if row is None else None
    form = forms.LessonForm(request.POST or None, initial=_initial(row, origin))
    if request.method == "POST" and form.is_valid():
        made = attempt(
            request,
            lambda: actions.write(
                Lesson, by=request.user, now=now(), values=form.cleaned_data, row=row, origin=origin
            ),
            _("草稿已保存。"),
        )
        if made:
            return redirect("incidents:lesson", made.code)
    return render(
        request, "incidents/analysis/lesson_edit.html", {"form": form, "one": row, "section": "lessons"}
    )


def _initial(row: Lesson | None, origin) -> dict:
    if row is not None:
        names = ("title", "category", "happened", "why", "changed", "advice", "factors")
        return {name: getattr(row, name) for name in names}
    if origin is None:
        return {}
    incidents = reading.incidents_of(origin)
    return {
        "title": origin.title, "why": origin.cause_text, "advice": origin.lesson_text, "happened": origin.summary,
        "category": incidents[0].category if incidents else "",
    }  # fmt: skip


@needs(Permission.LEARN_FROM_INCIDENTS)
@require_POST
def act(request: HttpRequest, code: str, act: str) -> HttpResponse:
    """send, back, publish, withdraw, read."""
    one = _shown(request, queries.lesson(code))
    if act not in ACTS:
        raise Http404
    do, done = ACTS[act]
    attempt(
        request, lambda: do(one, request.POST.get("text", ""), {"by": request.user, "now": now()}), _(done)
    )
    return redirect("incidents:lesson", code) if act != "withdraw" else redirect("incidents:lessons")


def _read(one, text, who):
    if one.state != Teaching.State.PUBLISHED:
        raise ValidationError("还没有发布。")
    actions.acknowledge(one, **who)


ACTS = {
    "send": (lambda one, text, who: actions.send(one, **who), "已送审，等第二个人审读。"),
    "back": (lambda one, text, who: actions.give_back(one, text=text, **who), "已退回起草人。"),
    "publish": (lambda one, text, who: actions.publish(one, **who), "已发布。"),
    "withdraw": (lambda one, text, who: actions.withdraw(one, reason=text, **who), "已撤下。"),
    "read": (_read, "已记录：已读。"),
}
