"""Check-along training: rounds, who walks along, who came; and the theme of the month."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.record_reviews.actions.sampling import training as actions
from zhikong.hospital.functions.record_reviews.forms_sampling import RoundForm
from zhikong.hospital.functions.record_reviews.models import TrainingRound
from zhikong.hospital.functions.record_reviews.queries.sampling import people
from zhikong.hospital.functions.record_reviews.queries.sampling import themes as theme_queries
from zhikong.hospital.functions.record_reviews.queries.sampling import training as queries
from zhikong.hospital.functions.record_reviews.queries.sampling.frames import month_before, months_between
from zhikong.hospital.functions.record_reviews.views.sampling import common

MONTHS = 3


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def listed(request: HttpRequest) -> HttpResponse:
    """All rounds for who plans them; for a doctor, his own."""
    may_assign = can(request.user, Permission.ASSIGN_REVIEWS)
    rounds = queries.rounds() if may_assign else queries.rounds().filter(leader=request.user)
    context = {
        "rounds": rounds[:60],
        "own": queries.seats_of(request.user.person_id) if request.user.person_id else (),
        "may_assign": may_assign,
        "tab": "training",
    }
    return render(request, "record_reviews/sampling/training.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.ASSIGN_REVIEWS)
def new(request: HttpRequest) -> HttpResponse:
    """Plan a round: doctors with record problems first, then junior ones."""
    today = timezone.localdate()
    last = month_before(today)
    found = queries.candidates(_last_months(last), on=today)
    theme = theme_queries.of_month(today.month)
    form = RoundForm(
        request.POST or None, people=people.reviewers(), initial={"theme": theme.title if theme else ""}
    )
    if request.method == "POST" and form.is_valid():
        chosen = set(request.POST.getlist("person"))
        told = dict(form.cleaned_data)
        told["leader"] = next(one for one in people.reviewers() if one.pk == told["leader"])
        told["seats"] = [
            actions.Wanted(one.person.pk, one.department_id, one.why, one.evidence)
            for one in found
            if str(one.person.pk) in chosen
        ]
        made = common.attempt(
            request,
            lambda: actions.plan_round(by=request.user, now=timezone.now(), **told),
            _("已安排，带教人和学员会收到通知。"),
        )
        if made:
            return redirect("record_reviews:training_round", made.pk)
    names = common.department_names()
    context = {
        "form": form,
        "candidates": [(one, names.get(one.department_id, "")) for one in found],
        "chosen": request.POST.getlist("person"),
        "tab": "training",
    }
    return render(request, "record_reviews/sampling/training_form.html", context)


def _last_months(last: str) -> list[str]:
    number = int(last[:4]) * 12 + int(last[5:]) - MONTHS
    return months_between(f"{number // 12}-{number % 12 + 1:02d}", last)


@require_http_methods(["GET", "POST"])
@needs(Permission.VIEW_RECORD_CHECKS)
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One round; POST writes down who came, or cancels it (act=cancel)."""
    made = common.found_or_404(queries.round_of(pk))
    may_record = made.leader_id == request.user.pk or can(request.user, Permission.ASSIGN_REVIEWS)
    if not may_record:
        raise PermissionDenied("只有带教督导员和安排跟查代训的人可以看这一页。")
    seats = queries.seats(made)
    if request.method == "POST":
        common.attempt(request, lambda: _write(request, made, seats), _("已登记。"))
        return redirect("record_reviews:training_round", made.pk)
    names = common.department_names()
    context = {
        "made": made,
        "seats": [(one, names.get(one.department_id, "")) for one in seats],
        "open": made.state == TrainingRound.State.PLANNED,
        "due": made.held_on <= timezone.localdate(),
        "may_assign": can(request.user, Permission.ASSIGN_REVIEWS),
        "tab": "training",
    }
    return render(request, "record_reviews/sampling/training_round.html", context)


def _write(request: HttpRequest, made: TrainingRound, seats: list) -> TrainingRound:
    by, now, told = request.user, timezone.now(), request.POST
    made = TrainingRound.objects.get(pk=made.pk)
    if told.get("act") == "cancel":
        return actions.cancel_round(made, by=by, now=now, reason=told.get("reason", ""))
    came = {one.pk: told.get(f"came_{one.pk}") == "1" for one in seats}
    remarks = {one.pk: told.get(f"remark_{one.pk}", "") for one in seats}
    return actions.record_round(made, by=by, now=now, came=came, remarks=remarks, note=told.get("note", ""))


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def themes(request: HttpRequest) -> HttpResponse:
    """The twelve themes of the year, this month's first on the page, each with its check sheet."""
    today = timezone.localdate()
    context = {
        "themes": theme_queries.all_themes(),
        "now": theme_queries.of_month(today.month),
        "source": theme_queries.source(),
        "month": today.month,
        "may_assign": can(request.user, Permission.ASSIGN_REVIEWS),
        "tab": "themes",
    }
    return render(request, "record_reviews/sampling/themes.html", context)
