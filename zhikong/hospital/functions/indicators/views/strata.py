"""One month's result split by a coded column that the definition declares, computed when asked."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from zhikong.engine.definitions import Definition
from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.facts import gateway
from zhikong.hospital.functions.indicators.catalogue import definition_with_hash, definitions
from zhikong.hospital.functions.indicators.queries.figures import Frame, figures, frame
from zhikong.hospital.functions.indicators.queries.small_cells import restriction
from zhikong.hospital.functions.indicators.selection import Selection, selection, years
from zhikong.hospital.functions.indicators.stratifying import Stratum, labels, strata


@needs(Permission.VIEW_INDICATORS)
def strata_page(request: HttpRequest, indicator_id: str) -> HttpResponse:
    """?by= one of the declared strata; the first when none is named."""
    definition = definitions().get(indicator_id)
    if definition is None:
        raise Http404
    known = labels(definition)
    by = request.GET.get("by", next(iter(known), ""))
    if by and by not in known:
        raise Http404
    shown = frame()
    chosen = selection(request, shown)
    rows, why_none = _split(request, definition, by, shown, chosen) if by else ([], "")
    context = {
        "definition": definition,
        "shown": shown,
        "chosen": chosen,
        "by": by,
        "known": known.items(),
        "rows": rows,
        "why_none": why_none,
        "years": years(shown),
        "month_numbers": range(1, 13),
    }
    return render(request, "indicators/strata.html", context)


def _split(
    request: HttpRequest, definition: Definition, by: str, shown: Frame, chosen: Selection
) -> tuple[list[Stratum], str]:
    """The groups on the data and the text that made the month's figure; else why there are none."""
    found = figures(shown, months=[chosen.month], indicators=[definition.id], places=[chosen.place])
    figure = found.get((definition.id, chosen.place, chosen.month))
    if figure is None or figure.hidden:
        return [], figure.reason if figure else ""
    made_by = definition_with_hash(definition.id, figure.definition_hash) or definition
    if by not in labels(made_by):
        return [], ""
    code = next((d.code for d in chosen.places if d.id == chosen.place), None)
    results = gateway.compute(
        [made_by], months=(chosen.month, chosen.month), now=timezone.now(), by=request.user,
        snapshot=gateway.published(data_version=figure.data_version), stratum=by, department=code,
    )  # fmt: skip
    return strata(made_by, by, results.rows, restriction()), ""
