"""Special checks: the lists, the theme of the month, and one list with its rules and records."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.records import facets, sheets_results
from zhikong.hospital.functions.records.queries.results import in_force, lists
from zhikong.hospital.functions.records.queries.results.choosing import chosen, place_names
from zhikong.hospital.functions.records.queries.results.screenings import screening_of
from zhikong.hospital.functions.records.queries.results.talks import talk_templates

TALK = "谈话"
"""A list that looks for this word leads to the library of talk records."""


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def listing(request: HttpRequest) -> HttpResponse:
    """Every special check with the month's compliance; the theme of the month first; then the library of talk records."""
    asked, known = chosen(request), in_force.all_rules(on=timezone.localdate())
    month = asked.month or f"{timezone.localdate():%Y-%m}"
    theme = lists.theme_of(f"{timezone.localdate():%Y-%m}", on=timezone.localdate())
    run = screening_of(asked.month)
    shown = []
    for one in lists.lists(on=timezone.localdate()).values():
        found = lists.results(
            one,
            known,
            months=lists.span(one, month),
            department=asked.department,
            unmet=run.unmet if run else {},
        )
        shown.append((one, len(found), facets.total(x.tally for x in found)))
    context = {
        "chosen": asked,
        "theme": theme,
        "lists": shown,
        "run": run,
        "talks": [
            (one, facets.MARKS.get(one.mark, one.mark))
            for one in talk_templates(request.user, on=timezone.localdate())
        ],
        "this_month": f"{timezone.localdate():%Y-%m}",
    }
    return render(request, "records/results/lists.html", context)


def _asked(request: HttpRequest, name: str):
    one = lists.lists(on=timezone.localdate()).get(name)
    if one is None:
        raise Http404
    asked = chosen(request)
    months = lists.span(one, asked.month) if asked.month else []
    return one, asked, months, in_force.all_rules(on=timezone.localdate())


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def page(request: HttpRequest, name: str) -> HttpResponse:
    """One list: its rules with counts, by aspect, and the records that lack something."""
    one, asked, months, known = _asked(request, name)
    run = screening_of(asked.month)
    found = (
        lists.results(one, known, months=months, department=asked.department, unmet=run.unmet if run else {})
        if months
        else []
    )
    rows, count = lists.stays(one, known, months=months, department=asked.department) if months else ([], 0)
    context = {
        "one": one, "chosen": asked, "months": months, "found": found, "run": run, "names": place_names(),
        "mark": facets.MARKS.get(one.source.mark, one.source.mark), "whole": facets.total(x.tally for x in found),
        "aspects": lists.by_aspect(found), "rows": rows, "count": count,
        "titles": {key: rule.title for key, rule in known.items()},
        "talks": TALK in one.choose.get("words", ()),
    }  # fmt: skip
    return render(request, "records/results/list.html", context)


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def export(request: HttpRequest, name: str) -> HttpResponse:
    """The records of a list as a workbook: one row for each thing that is lacking."""
    one, asked, months, known = _asked(request, name)
    rows, _count = lists.stays(one, known, months=months, department=asked.department, most=None)
    names = place_names()
    lines = (
        (
            line.stay_id,
            f"{line.day:%Y-%m-%d}",
            names.get(line.place, line.place),
            known[row.rule].title,
            row.reason,
            row.responsible,
        )
        for line in rows
        for row in line.failed
    )
    heads = [_("住院编号"), _("出院日"), _("科室"), _("规则"), _("原因"), _("责任人工号")]
    return sheets_results.response(
        sheets_results.book(one.title, heads, lines), f"{one.title}{asked.month}.xlsx"
    )
