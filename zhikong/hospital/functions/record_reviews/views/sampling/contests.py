"""Contests: announced, watched, ranked, approved, shown, objected to, closed."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.flows.queries import cases_of_source
from zhikong.foundation.forms.definition.model import FormKind
from zhikong.hospital.functions.record_reviews.actions.sampling import contests as actions
from zhikong.hospital.functions.record_reviews.forms_sampling import ContestForm
from zhikong.hospital.functions.record_reviews.models import Contest
from zhikong.hospital.functions.record_reviews.queries.sampling import exhibits, people, plans, results
from zhikong.hospital.functions.record_reviews.views.sampling import common
from zhikong.hospital.functions.record_reviews.words_sampling import STEPS, short_words


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def listed(request: HttpRequest) -> HttpResponse:
    """All contests; who does not run them sees those that are published."""
    may_assign = can(request.user, Permission.ASSIGN_REVIEWS)
    found = plans.contests()
    if not may_assign and not can(request.user, Permission.ARBITRATE_REVIEWS):
        found = found.filter(state__in=[Contest.State.OBJECTION, Contest.State.CLOSED])
    context = {"contests": found, "may_assign": may_assign, "tab": "contests"}
    return render(request, "record_reviews/sampling/contests.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.ASSIGN_REVIEWS)
def new(request: HttpRequest) -> HttpResponse:
    """Announce a contest: its records are drawn and given out at once."""
    able = people.reviewers()
    form = ContestForm(
        request.POST or None, people=able, departments=common.department_choices(),
        sheets=common.sheet_choices(FormKind.SCORE_SHEET),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        told = dict(form.cleaned_data)
        told["jury"] = [one for one in able if one.pk in told["jury"]]
        made = common.attempt(
            request,
            lambda: actions.make_contest(by=request.user, now=timezone.now(), **told),
            _("评比已开始：病历已抽取并分给评委。"),
        )
        if made:
            return redirect("record_reviews:contest", made.pk)
    return render(request, "record_reviews/sampling/contest_form.html", {"form": form})


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One contest: progress for who runs it, the ranking for everybody once it is published."""
    contest = common.found_or_404(plans.contest(pk))
    runs = can(request.user, Permission.ASSIGN_REVIEWS) or can(request.user, Permission.ARBITRATE_REVIEWS)
    shown = contest.state in (Contest.State.OBJECTION, Contest.State.CLOSED)
    if not runs and not shown:
        raise Http404
    names = common.names_by_code()
    context = {
        "contest": contest,
        "runs": runs,
        "may_assign": can(request.user, Permission.ASSIGN_REVIEWS),
        "may_approve": can(request.user, Permission.ARBITRATE_REVIEWS) and contest.ranked_by_id != request.user.pk,
        "ranking": [(line, names.get(line["department"], line["department"])) for line in contest.ranking],
        "objectable": exhibits.open_for_objection(contest.objection_until, timezone.localdate()) and shown,
        "objections": cases_of_source(source_kind=actions.SOURCE, source_key=str(contest.pk)),
        "exhibits": contest.exhibits.filter(state="published"),
        "tab": "contests",
    }  # fmt: skip
    if runs:
        context |= _running(contest, names)
    return render(request, "record_reviews/sampling/contest.html", context)


def _running(contest: Contest, names: dict[str, str]) -> dict:
    by_id, points = common.department_names(), results.points_by_row(contest.sample)
    return {
        "progress": results.progress(contest.sample),
        "short": short_words(contest.sample.short, names),
        "lines": [
            (row, by_id.get(row.department_id, ""), STEPS.get(row.step, ""), len(points.get(row.pk, [])),
             sum(points[row.pk]) / len(points[row.pk]) if points.get(row.pk) else None)
            for row in results.drawn_rows(contest.sample)
        ],
    }  # fmt: skip


@require_POST
@needs(Permission.VIEW_RECORD_CHECKS)
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """rank, publish, close, object: each asks for its own permission."""
    contest = common.found_or_404(plans.contest(pk))
    now = timezone.now()
    if act == "object":
        return _object(request, contest)
    steps = {
        "rank": (actions.rank, _("已排名，等另一位批准公示。")),
        "publish": (actions.publish, _("已公示，异议期开始。")),
        "close": (actions.close, _("评比已结束。")),
    }
    if act not in steps:
        raise Http404
    step, done = steps[act]
    common.attempt(request, lambda: step(contest, by=request.user, now=now), done)
    return redirect("record_reviews:contest", contest.pk)


def _object(request: HttpRequest, contest: Contest) -> HttpResponse:
    here = reverse("record_reviews:contest", args=[contest.pk])
    try:
        case = common.attempt(
            request,
            lambda: actions.object_to(
                by=request.user, now=timezone.now(), source=actions.SOURCE, key=contest.pk,
                until=contest.objection_until, title=contest.title, reason=request.POST.get("reason", ""),
                department_id=own_department(request.user),
            ),
        )  # fmt: skip
    except PermissionDenied as refused:
        messages.error(request, str(refused))
        return redirect(here)
    if case:
        messages.success(request, _("异议已受理登记：%(number)s") % {"number": case.number})
    return redirect(here)


def own_department(user) -> int | None:
    """The department in whose name somebody objects: the only one of a department role, else none."""
    found = {pk for grant in user.grants() if grant.departments for pk in grant.departments}
    return min(found) if found else None
