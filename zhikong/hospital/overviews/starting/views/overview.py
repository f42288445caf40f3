"""The steps on one page, a person's word on one of them, and what a month still lacks."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from zhikong.foundation.access.permissions import Permission, can
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.queries.figures import frame
from zhikong.hospital.overviews.reports.queries import brief_of
from zhikong.hospital.overviews.starting.actions import first_month, marking
from zhikong.hospital.overviews.starting.models import FirstMonth
from zhikong.hospital.overviews.starting.queries import readiness, standing, timing
from zhikong.hospital.overviews.starting.rules import readiness as rules
from zhikong.hospital.overviews.starting.rules import steps as step_rules
from zhikong.hospital.overviews.starting.rules.timing import spoken
from zhikong.hospital.overviews.starting.views import leading, may_follow, may_work, of_the_house
from zhikong.web.panels import CardRow, HomeCard


@require_safe
@of_the_house
def index(request: HttpRequest) -> HttpResponse:
    """All steps, what is wrong with each, and what the first month still lacks in one line."""
    now = timezone.now()
    month = readiness.chosen_month(request.GET.get("month", ""), now=now)
    steps = [leading(request.user, one) for one in standing.steps(now=now, month=month)]
    over = sum(one.state in (step_rules.State.DONE, step_rules.State.LEFT_OUT) for one in steps)
    context = {
        "steps": steps,
        "mine": {one.key for one in steps if may_work(request.user, one.key)},
        "over": over,
        "next": next((one for one in steps if one.state in (step_rules.State.NOT_BEGUN, step_rules.State.UNDER_WAY)), None),
        "month": month,
        "ready": readiness.of_month(month),
        "estimate": timing.until_the_month(month),
        "spoken": spoken(timing.until_the_month(month).total),
        "brief": _brief(request, month),
        "may_mark": can(request.user, Permission.MANAGE_ORGANISATION, whole_hospital=True),
    }  # fmt: skip
    return render(request, "starting/index.html", context)


@require_safe
@of_the_house
def card(request: HttpRequest) -> HttpResponse:
    """The steps that are not over, as rows of the card on the home page."""
    steps = standing.steps(now=timezone.now())
    left = [one for one in steps if one.state in (step_rules.State.NOT_BEGUN, step_rules.State.UNDER_WAY)]
    rows = tuple(_row(one) for one in left)
    shown = HomeCard(_("启用向导"), rows, empty=_("各步都已完成，可以生成首月简报。"))
    return render(request, "components/card_rows.html", {"card": shown})


def _row(one: standing.StepShown) -> CardRow:
    trouble = next((t.text for t in one.troubles if t.blocks), "")
    url = f"{redirect('starting:index').url}#{one.key}"
    return CardRow(f"{one.number}. {one.title}", url, state=one.tone, word=one.word, detail=trouble)


@require_POST
@of_the_house
def mark(request: HttpRequest, step: str) -> HttpResponse:
    """Done, left out with a reason, open again."""
    if step not in step_rules.STEPS:
        raise Http404
    try:
        marking.mark(
            by=request.user, now=timezone.now(), step=step, kind=request.POST.get("kind", ""),
            reason=request.POST.get("reason", ""),
        )  # fmt: skip
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已记下。"))
    return redirect(f"{redirect('starting:index').url}#{step}")


@require_safe
@of_the_house
def month(request: HttpRequest) -> HttpResponse:
    """What a month lacks, by door, by national document, by indicator; how long it takes; the button that makes it."""
    now = timezone.now()
    chosen = readiness.chosen_month(request.GET.get("month", ""), now=now)
    found, known = readiness.of_month(chosen), definitions()
    estimate = timing.until_the_month(chosen)
    context = {
        "month": chosen,
        "months": list(reversed(readiness.months_with_data(now=now))),
        "found": found,
        "share": round(100 * len(found.ready) / found.total) if found.total else 0,
        "doors": [_door(request.user, one) for one in rules.unlocks(found, readiness.door_of)],
        "documents": rules.by_document(known, found),
        "blocked": [(known[name].title(), name, [rules.sentence(x) for x in lacks]) for name, lacks in found.blocked.items()],
        "silent": step_rules.listed(readiness.silent_departments(chosen), 12),
        "untargeted": readiness.without_target(chosen, found.ready) if may_work(request.user, "targets") else 0,
        "reporters": readiness.silent_reporters(chosen),
        "computed": readiness.computed(chosen),
        "current": readiness.is_computed(chosen),
        "estimate": estimate,
        "loading": spoken(estimate.loading),
        "computing": spoken(estimate.computing),
        "writing": spoken(estimate.writing),
        "total": spoken(estimate.total),
        "asked": FirstMonth.objects.select_related("asked_by").first(),
        "brief": _brief(request, chosen),
        "closed": chosen in frame().closed,
        "may_see": can(request.user, Permission.VIEW_INDICATORS),
        "may_see_reports": may_follow(request.user, reverse("reporting:list")),
        "may_make": can(request.user, Permission.EDIT_BRIEF, whole_hospital=True),
        "whole": calendar.is_month(chosen) and chosen in readiness.months_with_data(now=now),
    }  # fmt: skip
    return render(request, "starting/month.html", context)


def _brief(request: HttpRequest, month: str):
    """The month's brief for whom its page opens while it is a draft."""
    return brief_of(month) if can(request.user, Permission.EDIT_BRIEF) else None


def _door(user, one: rules.Unlock) -> tuple:
    """(a door, what to do, where or '' for whom it does not open, the tables that come in by it)."""
    words, url = readiness.door_words(one.door)
    return one, words, url if may_follow(user, url) else "", _named(one.tables)


def _named(tables: tuple[str, ...]) -> str:
    return step_rules.listed([rules.table_name(table) for table in tables], 6)


@require_POST
@of_the_house
def make(request: HttpRequest) -> HttpResponse:
    """The first month: computed, closed if it may be, its brief drafted; by the worker."""
    chosen = request.POST.get("month", "")
    try:
        first_month.ask(by=request.user, now=timezone.now(), month=chosen)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("正在生成首月，可以离开本页，完成后这里会显示简报。"))
    return redirect(f"{redirect('starting:month').url}?month={chosen if calendar.is_month(chosen) else ''}")
