"""Two runs side by side: what is new, what is gone, what stayed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhikong.engine.quality.model import Kind
from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.data_quality.models import Issue, Run
from zhikong.hospital.functions.data_quality.queries.choosing import place_names
from zhikong.hospital.functions.data_quality.queries.runs import Line, compared, runs
from zhikong.hospital.functions.data_quality.rules import KIND_WORDS, field_name, percent_text, table_name

MOST = 500  # of each list on the page; the whole list is on the page of issues


@require_GET
@needs(Permission.VIEW_DATA_QUALITY)
def page(request: HttpRequest) -> HttpResponse:
    """?earlier= and ?later= are runs; the last two when nothing is said."""
    known = runs()
    later = _run(request, "later", known, 0)
    earlier = _run(request, "earlier", known, 1)
    context = {"runs": known, "later": later, "earlier": earlier, "parts": ()}
    if earlier is not None and later is not None:
        found = compared(earlier, later)
        numbers = dict(_numbers())
        context["parts"] = [
            (code, title, len(lines), [_words(line, numbers) for line in lines[:MOST]])
            for code, title, lines in (
                ("new", _("新出现"), found.new),
                ("resolved", _("已消失"), found.resolved),
                ("persisting", _("仍存在"), found.persisting),
            )
        ]
    return render(request, "data_quality/compare.html", context)


def _run(request: HttpRequest, name: str, known: list[Run], otherwise: int) -> Run | None:
    asked = request.GET.get(name, "")
    found = next((run for run in known if str(run.pk) == asked), None)
    return found or (known[otherwise] if len(known) > otherwise else None)


def _numbers():
    rows = Issue.objects.values_list("table", "column", "place", "kind", "pk")
    return (((table, column, place, kind), pk) for table, column, place, kind, pk in rows)


def _words(line: Line, numbers: dict) -> dict:
    table, column, place, kind = line.identity
    return {
        "table": table_name(table),
        "field": field_name((table, column)),
        "place": place_names().get(place, place),
        "kind": KIND_WORDS[Kind(kind)],
        "earlier": percent_text(line.earlier),
        "later": percent_text(line.later),
        "pk": numbers.get((table, column, place, str(kind))),
    }
