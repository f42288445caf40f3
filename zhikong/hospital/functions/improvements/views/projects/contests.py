"""The contest: announced, entered, drawn, scored, ranked, published; certificates."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.improvements.actions.projects import competing
from zhikong.hospital.functions.improvements.forms_projects import ContestForm
from zhikong.hospital.functions.improvements.models.competitions import Competition
from zhikong.hospital.functions.improvements.queries.projects import contests as queries
from zhikong.hospital.functions.improvements.queries.projects import register
from zhikong.hospital.functions.improvements.reports_projects import certificates as papers
from zhikong.hospital.functions.improvements.views.projects import common
from zhikong.web.paper import WORD


def _runs(user) -> bool:
    return can(user, Permission.JUDGE_IMPROVEMENTS, whole_hospital=True)


def _contest(pk: int) -> Competition:
    found = queries.contest(pk)
    if found is None:
        raise Http404
    return found


@require_GET
@needs(Permission.VIEW_IMPROVEMENTS)
def listed(request: HttpRequest) -> HttpResponse:
    """All contests."""
    context = {"contests": queries.contests(), "runs": _runs(request.user), "tab": "contests"}
    return render(request, "improvements/projects/contests.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.JUDGE_IMPROVEMENTS)
def new(request: HttpRequest) -> HttpResponse:
    """Announce a contest."""
    pool = queries.people()
    form = ContestForm(request.POST or None, people=pool, initial={"year": timezone.localdate().year})
    if request.method == "POST" and form.is_valid():
        told = {key: form.cleaned_data[key] for key in ("title", "year", "due_on", "per_entry", "trim")}
        judges = [one for one in pool if one.pk in form.cleaned_data["judges"]]
        made = common.attempt(
            request,
            lambda: competing.announce(
                by=request.user, now=timezone.now(), judges=judges, prizes=form.prizes(), **told
            ),
            _("竞赛已建立，可以报名了。"),
        )
        if made:
            return redirect("improvements:contest", made.pk)
    return render(request, "improvements/projects/contest_new.html", {"form": form, "tab": "contests"})


@require_GET
@needs(Permission.VIEW_IMPROVEMENTS)
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One contest: what the reader may enter or has to score; the ranking once it is public."""
    contest, runs = _contest(pk), _runs(request.user)
    shown = contest.state == Competition.State.PUBLISHED or (runs and contest.ranking)
    context = {
        "contest": contest, "runs": runs, "entries": contest.entries.all(), "mine": queries.mine(contest, request.user),
        "ranking": queries.ranked(contest) if shown else [], "progress": queries.progress(contest) if runs else [],
        "able": queries.able(contest) if contest.state == Competition.State.ENTRY else [], "tab": "contests",
        "may_publish": runs and contest.ranked_by_id != request.user.pk, "pool": contest.judges.count(),
    }  # fmt: skip
    return render(request, "improvements/projects/contest.html", context)


@require_POST
@needs(Permission.VIEW_IMPROVEMENTS)
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """enter, draw, rank, publish: each asks for its own permission."""
    contest, now = _contest(pk), timezone.now()
    if act == "enter":
        chosen = request.POST.get("project", "")
        project = register.project(int(chosen)) if chosen.isdigit() else None
        if project is None:
            raise Http404
        common.attempt(
            request, lambda: competing.enter(contest, project, by=request.user, now=now), _("已报名。")
        )
        return redirect("improvements:contest", pk)
    acts = {
        "draw": (competing.draw, _("已抽签，评委已收到评分待办。")),
        "rank": (competing.rank, _("已排名，等另一位批准公布。")),
        "publish": (competing.publish, _("已公布。")),
    }
    if act not in acts:
        raise Http404
    what, done = acts[act]
    common.attempt(request, lambda: what(contest, by=request.user, now=now), done)
    return redirect("improvements:contest", pk)


@require_POST
@needs(Permission.VIEW_IMPROVEMENTS)
def reading(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """open: the judge's sheet; recuse: step back from an entry."""
    found, now = queries.reading(pk), timezone.now()
    if found is None or act not in ("open", "recuse"):
        raise Http404
    contest = found.entry.competition_id
    if act == "recuse":
        reason = request.POST.get("reason", "")
        common.attempt(
            request, lambda: competing.recuse(found, by=request.user, now=now, reason=reason), _("已回避。")
        )
    elif opened := common.attempt(request, lambda: competing.open_reading(found, by=request.user, now=now)):
        return redirect("forms:fill", opened.sheet_id)
    return redirect("improvements:contest", contest)


@require_GET
@needs(Permission.VIEW_IMPROVEMENTS)
def certificates(request: HttpRequest, pk: int) -> HttpResponse:
    """The list of certificates in Word, once the result is public."""
    contest = _contest(pk)
    if contest.state != Competition.State.PUBLISHED:
        raise Http404
    answer = HttpResponse(papers(contest, queries.ranked(contest)), content_type=WORD)
    answer["Content-Disposition"] = f'attachment; filename="certificates-{contest.year}-{contest.pk}.docx"'
    return answer
