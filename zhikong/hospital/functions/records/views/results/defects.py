"""Record defects: the list with its export, one record with its text, and what could not be checked."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.facts import gateway
from zhikong.foundation.facts.charts import NoSuchChart, chart_of
from zhikong.foundation.facts.sealing import sealed_since
from zhikong.foundation.facts.visits import visit_of
from zhikong.foundation.organisation.models import Department
from zhikong.hospital.functions.records import facets, sheets_results
from zhikong.hospital.functions.records.actions.results import raising, sealing
from zhikong.hospital.functions.records.models import RecordVerdict
from zhikong.hospital.functions.records.queries.results import chart_verdicts, defects, in_force
from zhikong.hospital.functions.records.queries.results.choosing import chosen, place_names
from zhikong.hospital.functions.records.queries.results.compliance import never_passed, tallies
from zhikong.hospital.functions.records.queries.results.screenings import screening_of
from zhikong.hospital.functions.records.queries.results.systems import system_names

AT_ONCE = 100_000
"""Rows of one workbook; more are told to be narrowed first."""


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def listing(request: HttpRequest) -> HttpResponse:
    """Verdicts that are not a pass, the newest discharge first, a page at a time by key."""
    asked, known = chosen(request), in_force.all_rules(on=timezone.localdate())
    filters = _filters(request, asked)
    page = defects.page(filters, known, after=request.GET.get("after", ""))
    run = screening_of(asked.month)
    context = {
        "chosen": asked,
        "filters": filters,
        "page": page,
        "lines": [(row, known.get(row.rule)) for row in page.rows],
        "names": place_names(),
        "run": run,
        "unmet": len(run.unmet) if run else 0,
        "broken": len(run.broken) if run else 0,
        "verdicts": RecordVerdict.Verdict.choices,
        "rules": sorted(((key, rule.title) for key, rule in known.items()), key=lambda pair: pair[1]),
        "stages": list(facets.STAGES.items()),
        "aspects": list(facets.ASPECTS.items()),
        "kinds": list(facets.KINDS.items()),
        "systems": sorted(system_names().items()),
        "may_see": can(request.user, Permission.VIEW_CASES) or can(request.user, Permission.REVIEW_RECORDS),
        "may_screen": can(request.user, Permission.MANAGE_RECORD_RULES, whole_hospital=True),
        "may_raise": can(request.user, Permission.RAISE_FINDING),
    }
    return render(request, "records/results/defects.html", context)


def _filters(request: HttpRequest, asked) -> defects.Filters:
    """The list begins with the newest judged month; an empty month asks for all."""
    query = request.GET.copy()
    if "month" not in query and asked.month:
        query["month"] = asked.month
    return defects.Filters.of(query)


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def export(request: HttpRequest) -> HttpResponse:
    """What the filters leave, as a workbook; the pseudonymous numbers stand as on the screen."""
    known = in_force.all_rules(on=timezone.localdate())
    filters = _filters(request, chosen(request))
    rows = defects.rows_for_export(filters, known, most=AT_ONCE)
    book = sheets_results.defects(rows, known, place_names())
    return sheets_results.response(book, _("病历缺陷") + f"{filters.month}.xlsx")


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def record(request: HttpRequest, stay: str) -> HttpResponse:
    """One record: its verdicts with reasons, and the documents with the places that the verdicts stand on."""
    sealed = sealed_since(stay)
    chart = _chart(request, stay, _("查阅封存的病历") if sealed else _("查看病历缺陷"))
    found = sorted(chart_verdicts.findings_of(stay), key=lambda one: (one.verdict != "fail", one.rule))
    numbered = list(enumerate(found, 1))
    documents = chart_verdicts.shown(chart, numbered)
    lost = sum((one.points for one in found if one.verdict == "fail" and one.points), start=0)
    unknown = sum((one.points for one in found if one.verdict != "fail" and one.points), start=0)
    context = {
        "chart": chart,
        "sealed": sealed,
        "may_seal": not sealed and can(request.user, Permission.VIEW_CASES),
        "stay": stay,
        "numbered": [(n, one, _words(one)) for n, one in numbered],
        "failed": sum(one.verdict == "fail" for one in found),
        "unknown": sum(one.verdict != "fail" for one in found),
        "documents": documents,
        "names": place_names(),
        "score_high": max(100 - lost, 0),
        "score_low": max(100 - lost - unknown, 0),
        "judged": RecordVerdict.objects.filter(stay_id=stay)
        .values_list("screening__finished_at", flat=True)
        .first(),
        "may_raise": can(request.user, Permission.RAISE_FINDING),
    }
    return render(request, "records/results/record.html", context)


def _chart(request: HttpRequest, stay: str, purpose: str):
    """The chart of a stay, or a visit's record; 404 with a sentence for neither."""
    try:
        return chart_of(stay, by=request.user, purpose=purpose)
    except NoSuchChart as error:
        visit = visit_of(stay, by=request.user, purpose=purpose)
        if visit is None:
            raise Http404(str(error)) from error
        return visit


def _words(one) -> dict[str, Any]:
    tones = {"fail": "bad" if one.severity == "error" else "warn", "error": "bad"}
    return {
        "tone": tones.get(one.verdict, "none"),
        "word": dict(RecordVerdict.Verdict.choices).get(one.verdict, one.verdict),
        "aspect": facets.ASPECTS.get(one.aspect, ""),
    }


@require_POST
@needs(Permission.RAISE_FINDING)
def raise_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a finding of one verdict."""
    row = RecordVerdict.objects.filter(pk=pk, verdict=RecordVerdict.Verdict.FAIL).first()
    if row is None:
        raise Http404
    return _raised(request, lambda: raising.raise_from_verdict(by=request.user, now=timezone.now(), verdict=row),
                   back=f"{reverse('records:record', args=[row.stay_id])}")  # fmt: skip


@require_POST
@needs(Permission.RAISE_FINDING)
def raise_rule(request: HttpRequest, rule: str) -> HttpResponse:
    """Make one finding of a rule's failures in a department and month."""
    asked = chosen(request)
    place = asked.place
    back = f"{reverse('records:rule', args=[rule])}?{asked.query()}"
    if place is None:
        messages.error(request, _("请先选择科室。"))
        return redirect(back)
    return _raised(
        request,
        lambda: raising.raise_from_rule(
            by=request.user, now=timezone.now(), rule=rule, month=asked.month, department=place
        ),
        back=back,
    )


@require_POST
@needs(Permission.VIEW_CASES)
def seal(request: HttpRequest, stay: str) -> HttpResponse:
    """Ask for the record to be sealed; the flow of sealing goes on from there."""
    chart = _chart(request, stay, _("提出封存病历"))
    place = Department.objects.filter(code=chart.department).first()
    try:
        case = sealing.ask_for_sealing(
            by=request.user, now=timezone.now(), stay_id=stay, department_id=place.pk if place else None
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("records:record", stay)
    messages.success(request, _("已提出封存，案件 %(number)s。") % {"number": case.number})
    return redirect("records:record", stay)


def _raised(request: HttpRequest, work, *, back: str) -> HttpResponse:
    try:
        finding = work()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(back)
    messages.success(request, _("已转为问题 %(number)s，科室会收到整改通知。") % {"number": finding.number})
    return redirect("findings:detail", finding.pk)


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def unchecked(request: HttpRequest) -> HttpResponse:
    """What could not be checked in the month, and why: missing data, crashed rules, single records."""
    asked = chosen(request)
    run, known = screening_of(asked.month), in_force.all_rules(on=timezone.localdate())
    counts = tallies("rule", months=[asked.month], department=asked.department) if run else {}
    rows = sorted(
        (
            (known.get(key), key, tally, (run.unmet.get(key) or run.broken.get(key) or "") if run else "")
            for (key,), tally in counts.items()
            if tally.not_assessable or tally.error
        ),
        key=lambda row: (-row[2].error, -row[2].not_assessable, row[1]),
    )
    off = [
        rule
        for key, rule in known.items()
        if getattr(rule, "needs_limit", False) and key not in (run.rules if run else {})
    ]
    context = {
        "chosen": asked, "run": run, "rows": rows, "no_limit": off,
        "errors": sum(row[2].error for row in rows), "unknown": sum(row[2].not_assessable for row in rows),
        "undelivered": run.undelivered if run else [], "never": never_passed(known) if run else [],
        "titles": {key: rule.title for key, rule in known.items()}, "earlier": _unscreened(request, asked.months),
    }  # fmt: skip
    return render(request, "records/results/unchecked.html", context)


def _unscreened(request: HttpRequest, screened: tuple[str, ...]) -> list[str]:
    """Months with discharges that nobody has judged yet, the newest first; for who may start the screening."""
    if not can(request.user, Permission.MANAGE_RECORD_RULES, whole_hospital=True):
        return []
    found = gateway.published(tables=["stays"])
    months = found.months("stays") if "stays" in found.versions else []
    return [month for month in reversed(months) if month not in screened]


@require_POST
@needs(Permission.MANAGE_RECORD_RULES)
def screen(request: HttpRequest) -> HttpResponse:
    """Ask the worker to judge a month, or whatever has changed."""
    from zhikong.hospital.functions.records.jobs_results import start

    if not can(request.user, Permission.MANAGE_RECORD_RULES, whole_hospital=True):
        raise PermissionDenied
    start(request.user.institution_id, month=request.POST.get("month", ""))
    messages.success(request, _("已开始筛查，完成后结果会更新。"))
    return redirect("records:defects")
