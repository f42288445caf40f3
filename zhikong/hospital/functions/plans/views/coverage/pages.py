"""The audit of keeping: an overview by document, place and month, one sentence with its evidence, the Word report."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.duties import periods
from zhikong.foundation.duties.periods import Every
from zhikong.foundation.organisation.queries import institution
from zhikong.hospital.functions.plans import rules_coverage as rules
from zhikong.hospital.functions.plans.documents_coverage import audit_report
from zhikong.hospital.functions.plans.queries.coverage import auditing
from zhikong.hospital.functions.plans.queries.coverage.auditing import Asked
from zhikong.hospital.functions.plans.rules_coverage import State
from zhikong.web.paper import WORD

TABS = {
    Every.MONTH: gettext_lazy("月"),
    Every.QUARTER: gettext_lazy("季度"),
    Every.HALF_YEAR: gettext_lazy("半年"),
    Every.YEAR: gettext_lazy("年"),
}
PAGE = 40


def asked_of(request, today: date) -> Asked:
    """What the address asks for. Raises Http404 for a period or day that is none."""
    key, every = request.GET.get("period", ""), request.GET.get("every", "")
    try:
        usual = periods.period_of(Every(every) if every in tuple(TABS) else Every.MONTH, today)
        period = periods.parse(key) if key else usual
        on = date.fromisoformat(request.GET["on"]) if request.GET.get("on") else today
    except ValueError as error:
        raise Http404(_("没有这个周期或日期。")) from error
    if period.every not in TABS or not 2000 <= on.year <= 2100:
        raise Http404(_("没有这个周期或日期。"))
    return Asked(
        period, min(on, today), request.GET.get("document", "")[:40], request.GET.get("place", "")[:24]
    )


@login_required
@needs(Permission.VIEW_PLANS)
@require_GET
def overview(request):
    """Which sentences have evidence in a period, which have none; by document, body, department and month."""
    now, today = timezone.now(), timezone.localdate()
    asked = asked_of(request, today)
    found = auditing.audit(asked, now=now)
    only = request.GET.get("state", "")
    lines = [line for line in found.lines if only in ("", line.state)]
    order = list(rules.WORDS)
    lines.sort(key=lambda line: (not line.sentence.document.own, order.index(line.state)))
    context = {
        "asked": asked, "found": found, "total": found.total, "today": today, "only": only if only in tuple(State) else "",
        "tabs": [(every.value, word, every is asked.period.every) for every, word in TABS.items()],
        "cards": [card for card in found.states if card[3] or card[0] in (State.NONE, State.KEPT)],
        "page": Paginator(lines, PAGE).get_page(request.GET.get("page")), "shares": found.shares(),
        "trend": found.trend, "line": [one.per_cent for one in found.trend],
        "place_name": dict((one.key, one.name) for one in found.places).get(asked.place, ""),
        "is_past": asked.on < today, "every": asked.period.every.value,
    }  # fmt: skip
    return render(request, "plans/coverage/overview.html", context)


@login_required
@needs(Permission.VIEW_PLANS)
@require_GET
def sentence(request, key: str):
    """One sentence: each turn of its duties in the period, with what shows that it was kept."""
    today = timezone.localdate()
    asked = asked_of(request, today)
    found = auditing.audit(replace(asked, document=""), now=timezone.now())
    line = next((one for one in found.lines if one.sentence.key == key), None)
    if line is None:
        known = auditing.sentences(on=asked.on)
        line = next((rules.Line(one) for one in known if one.key == key), None)
    if line is None:
        raise Http404(_("没有这句话。"))
    months = rules.by_month(_year_of(line, asked), rules.months_to(min(asked.period.end, asked.on)))
    context = {
        "asked": asked,
        "line": line,
        "months": months,
        "today": today,
        "places": rules.by_place(line.standings),
    }
    return render(request, "plans/coverage/sentence.html", context)


def _year_of(line: rules.Line, asked: Asked) -> list:
    months = rules.months_to(min(asked.period.end, asked.on))
    return auditing.asof.standings(
        start=months[0].start, end=months[-1].end, moment=auditing.moment_of(asked.on, now=timezone.now()),
        today=asked.on, duty_ids=line.sentence.duty_ids,
    )  # fmt: skip


@login_required
@needs(Permission.VIEW_PLANS)
@require_GET
def report(request):
    """The audit as a Word document in the layout of official papers."""
    now = timezone.now()
    asked = asked_of(request, timezone.localdate(now))
    found = auditing.audit(asked, now=now)
    content = audit_report(found, hospital=institution().name, by=request.user, now=now)
    name = f"coverage-{asked.period.key}.docx"
    return HttpResponse(
        content, content_type=WORD, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
