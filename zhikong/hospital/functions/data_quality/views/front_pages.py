"""Front pages: scores by department, verdicts by rule, failing records; and a finding made of them."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from zhikong.engine.record_rules import RecordRule
from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.data_quality import actions
from zhikong.hospital.functions.data_quality.front_page_rules import rules, tallies
from zhikong.hospital.functions.data_quality.queries import front_pages as queries
from zhikong.hospital.functions.data_quality.queries.choosing import Chosen, chosen, place_names
from zhikong.hospital.functions.data_quality.queries.runs import shown_run

PAGE = 50


@require_GET
@needs(Permission.VIEW_DATA_QUALITY)
def page(request: HttpRequest) -> HttpResponse:
    """The month's scores and rules."""
    run = shown_run()
    asked = chosen(request, run)
    found = queries.verdicts(run, asked.month, by=request.user)
    before = queries.verdicts(run, queries.month_before(asked.month), by=request.user) if found else None
    context = {
        "run": run,
        "chosen": asked,
        "pages": queries.pages(found, before, names=place_names(), department=asked.department)
        if found
        else None,
        "any_rules": bool(rules()),
        "may_see": can(request.user, Permission.VIEW_CASES),
    }
    return render(request, "data_quality/front_pages.html", context)


@require_GET
@needs(Permission.VIEW_CASES)
def records(request: HttpRequest) -> HttpResponse:
    """Every record of the month with its score, the lowest first; pseudonymous, each look logged."""
    run = shown_run()
    asked = chosen(request, run)
    found = queries.verdicts(run, asked.month, by=request.user)
    if found is None:
        return redirect("data_quality:front_pages")  # which says that nothing is judged yet
    page = Paginator(queries.scores(found, department=asked.department), PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "chosen": asked,
        "page": page,
        "records": queries.record_scores(list(page), found),
        "names": place_names(),
    }
    return render(request, "data_quality/records.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.VIEW_DATA_QUALITY)
def rule_page(request: HttpRequest, rule: str) -> HttpResponse:
    """One rule: its clause, departments, failing records; POST makes a finding for a department."""
    known, run = rules().get(rule), shown_run()
    asked = chosen(request, run)
    found = queries.verdicts(run, asked.month, by=request.user)
    if known is None:
        raise Http404
    if run is None or found is None:
        return redirect("data_quality:front_pages")
    rows = queries.failing(found, rule, department=asked.department)
    if request.method == "POST":
        return _raise(request, known, asked, rows)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    may_see = can(request.user, Permission.VIEW_CASES)
    context = {
        "rule": known,
        "chosen": asked,
        "page": page,
        "records": queries.records(list(page), run, known, month=asked.month, by=request.user)
        if may_see
        else (),
        "may_see": may_see,
        "tally": tallies(found.counts, by="rule", department=asked.department).get(rule),
        "departments": _departments(found, rule, asked),
        "why": found.unmet.get(rule, ""),
        "broken": found.errors.get(rule, ""),
        "made": queries.findings_of(asked.month, rule),
        "names": place_names(),
        "may_raise": can(request.user, Permission.RAISE_FINDING),
    }
    return render(request, "data_quality/front_page_rule.html", context)


def _departments(found, rule: str, asked: Chosen) -> list[tuple]:
    """(department on the month's last day or None, its code, tally), the most failures first."""
    import pyarrow.compute as pc

    places = {place.code: place for place in asked.places}
    by_code = tallies(found.counts.filter(pc.equal(found.counts["rule"], rule)), by="department")
    lines = [
        (places.get(code), code, tally) for code, tally in by_code.items() if tally.failed or tally.error
    ]
    return sorted(lines, key=lambda line: (-line[2].failed, line[1]))


def _raise(request: HttpRequest, rule: RecordRule, asked: Chosen, rows: list[dict]) -> HttpResponse:
    here = f"{reverse('data_quality:front_page_rule', args=[rule.id])}?{asked.query()}"
    place = next((d for d in asked.places if d.code == asked.department), None)
    if place is None:
        messages.error(request, _("请先选择科室。"))
        return redirect(here)
    stays = [row["stay_id"] for row in rows if row["verdict"] == "fail"]
    try:
        finding = actions.raise_from_rule(
            by=request.user, now=timezone.now(), rule=rule, month=asked.month, department=place, stays=stays
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(here)
    messages.success(request, _("已转为问题 %(number)s，科室会收到整改通知。") % {"number": finding.number})
    return redirect("findings:detail", finding.pk)
