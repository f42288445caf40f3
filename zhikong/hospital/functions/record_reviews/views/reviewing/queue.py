"""The queue of records under review, the quarter's summary, and bringing a month's discharges in."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.facts.gateway import published
from zhikong.foundation.organisation.queries import departments
from zhikong.foundation.patients.queries import names_for
from zhikong.hospital.functions.record_reviews.actions.reviewing.assigning import fill_queue
from zhikong.hospital.functions.record_reviews.queries.reviewing import outcomes
from zhikong.hospital.functions.record_reviews.queries.reviewing import queue as queries

PAGE = 30


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def page(request: HttpRequest) -> HttpResponse:
    """One tab of the queue; names of patients as this reader may see them, each look logged."""
    today, tab = timezone.localdate(), request.GET.get("tab")
    tab = tab if tab in queries.TABS else _first_tab(request)
    rows = Paginator(_rows(request, tab, today), PAGE).get_page(request.GET.get("page"))
    cases = [row if tab == "archive" else row.case for row in rows]
    context = {
        "tab": tab,
        "page": rows,
        "names": names_for(
            by=request.user,
            patient_keys=[c.patient_key for c in cases],
            purpose="病历评审队列",
            now=timezone.now(),
        ),
        "counts": queries.counts(request.user, today=today),
        "months": queries.months(),
        "month": request.GET.get("month", ""),
        "places": {one.id: one.name for one in departments(on=today)},
        "department": request.GET.get("department", ""),
        "today": today,
        **_may(request),
    }
    return render(request, "record_reviews/reviewing/queue.html", context)


@require_POST
@needs(Permission.ASSIGN_REVIEWS)
def fill(request: HttpRequest) -> HttpResponse:
    """Bring the newest published month of discharges into review."""
    months = published(tables=["stays"]).months()[-1:]
    try:
        made = fill_queue(by=request.user, now=timezone.now(), months=months)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        told = (
            _("%(month)s 出院的 %(n)d 份病历已进入评审。")
            if made
            else _("%(month)s 没有新的出院病历要进入评审。")
        )
        messages.success(request, told % {"month": "、".join(months), "n": made})
    return redirect("record_reviews:review_queue")


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def quarter(request: HttpRequest) -> HttpResponse:
    """Grades, defects, corrections and appeals of a quarter, for the written summary."""
    quarters = _quarters()
    chosen = (
        request.GET.get("quarter") if request.GET.get("quarter") in quarters else next(iter(quarters), "")
    )
    context = {
        "quarters": list(quarters),
        "chosen": chosen,
        "found": outcomes.quarter(quarters[chosen]) if chosen else None,
        "reviewers": outcomes.reviewers_told(),
        "rules": outcomes.overturned_by_rule(),
    }
    return render(request, "record_reviews/reviewing/quarter.html", context)


def _quarters() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for month in queries.months():
        name = f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}"
        first = 3 * int(name[-1]) - 2
        found[name] = tuple(f"{month[:4]}-{first + n:02d}" for n in range(3))
    return found


def _first_tab(request: HttpRequest) -> str:
    if queries.reviews("mine", request.user).exists():
        return "mine"
    return "pool" if queries.pool_of(request.user) else "returned"


def _rows(request: HttpRequest, tab: str, today):
    if tab == "returned":
        return queries.corrections(request.user)
    if tab == "appeals":
        return queries.appeals(request.user)
    if tab == "archive":
        return queries.to_archive(today=today)
    department = request.GET.get("department", "")
    return queries.reviews(
        tab,
        request.user,
        month=request.GET.get("month", ""),
        department_id=int(department) if department.isdigit() else None,
    )


def _may(request: HttpRequest) -> dict[str, bool]:
    return {
        "may_review": queries.pool_of(request.user),
        "may_assign": can(request.user, Permission.ASSIGN_REVIEWS, whole_hospital=True),
        "may_set": can(request.user, Permission.MANAGE_RECORD_RULES, whole_hospital=True),
    }
