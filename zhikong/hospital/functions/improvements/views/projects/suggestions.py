"""The suggestion box: propose, read, answer, take further."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.hospital.functions.improvements.actions.projects import suggesting
from zhikong.hospital.functions.improvements.forms_projects import AnswerForm, SuggestionForm
from zhikong.hospital.functions.improvements.models.suggestions import Suggestion
from zhikong.hospital.functions.improvements.queries.projects import kinds
from zhikong.hospital.functions.improvements.queries.projects import suggestions as queries
from zhikong.hospital.functions.improvements.views.projects import common

PAGE = 20


def _office(user) -> bool:
    return can(user, Permission.JUDGE_IMPROVEMENTS)


@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Everybody who is signed in reads what was proposed and what came of it."""
    mine = request.user if request.GET.get("mine") else None
    found = queries.suggestions(state=request.GET.get("state", ""), mine=mine)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page, "rows": [(one, queries.author(one, request.user)) for one in page.object_list],
        "thanks": [(one, queries.author(one, request.user)) for one in queries.thanked()],
        "states": Suggestion.State.choices, "state": request.GET.get("state", ""), "mine": mine, "tab": "suggestions", "alone": not can(request.user, Permission.VIEW_IMPROVEMENTS),
        "today": timezone.localdate(),
    }  # fmt: skip
    return render(request, "improvements/projects/suggestions.html", context)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Propose something."""
    form = SuggestionForm(
        request.POST or None, departments=common.departments(),
        office=can(request.user, Permission.JUDGE_IMPROVEMENTS, whole_hospital=True),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        made = common.attempt(
            request,
            lambda: suggesting.suggest(by=request.user, now=timezone.now(), **form.cleaned_data),
            _("谢谢您的建议，职能科室会在期限内答复。"),
        )
        if made:
            return redirect("improvements:suggestion", made.pk)
    return render(
        request,
        "improvements/projects/suggestion_new.html",
        {"form": form, "tab": "suggestions", "alone": not can(request.user, Permission.VIEW_IMPROVEMENTS)},
    )


@require_GET
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One suggestion with its answer."""
    found = queries.suggestion(pk)
    if found is None:
        raise Http404
    office = _office(request.user) and (found.made_by_id != request.user.pk or found.paper)
    open_now = found.state in (Suggestion.State.OPEN, Suggestion.State.ANSWERED, Suggestion.State.ADOPTED)
    context = {
        "one": found, "author": queries.author(found, request.user), "may_answer": office and open_now,
        "form": AnswerForm(initial={"state": Suggestion.State.ADOPTED}), "kinds": kinds.kinds(), "tab": "suggestions", "alone": not can(request.user, Permission.VIEW_IMPROVEMENTS),
        "departments": common.departments(), "today": timezone.localdate(), "names": common.names(),
        "place": common.names().get(found.department_id or 0, ""),
    }  # fmt: skip
    return render(request, "improvements/projects/suggestion.html", context)


@require_POST
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """answer, project, finding."""
    found, now, sent = queries.suggestion(pk), timezone.now(), request.POST
    if found is None or act not in ("answer", "project", "finding"):
        raise Http404
    place, thanks = sent.get("department", ""), sent.get("thanks", "")
    if act == "answer":
        form = AnswerForm(sent)
        if form.is_valid():
            told = form.cleaned_data
            common.attempt(
                request, lambda: suggesting.answer(found, by=request.user, now=now, **told), _("已答复。")
            )
        else:
            common.messages.error(request, _("请写明答复。"))
    elif not place.isdigit():
        common.messages.error(request, _("请选择科室。"))
    elif act == "project":
        made = common.attempt(
            request,
            lambda: suggesting.to_project(
                found,
                by=request.user,
                now=now,
                kind_id=sent.get("kind", ""),
                department_id=int(place),
                thanks=thanks,
            ),
            _("已转为改进项目。"),
        )
        if made:
            return redirect("improvements:project", made.pk)
    else:
        common.attempt(
            request,
            lambda: suggesting.to_finding(
                found, by=request.user, now=now, department_id=int(place), thanks=thanks
            ),
            _("已转为质量问题。"),
        )
    return redirect("improvements:suggestion", pk)
