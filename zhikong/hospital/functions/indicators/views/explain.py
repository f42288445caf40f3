"""这个数怎么来的: definition, data version, what was counted, which files; and which other results there were (F-32)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from zhikong.engine.definitions import Definition
from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.facts import gateway
from zhikong.hospital.functions.indicators.catalogue import definition_with_hash, definitions
from zhikong.hospital.functions.indicators.queries.detail import value_history
from zhikong.hospital.functions.indicators.queries.figures import Figure, Frame, figures, frame
from zhikong.hospital.functions.indicators.selection import Selection, selection
from zhikong.hospital.functions.indicators.wording_pages import said


@needs(Permission.VIEW_INDICATORS)
def explain(request: HttpRequest, indicator_id: str) -> HttpResponse:
    """The trail of one stored number; ?recount=1 counts it anew on the data of its version and lists what was read."""
    definition = definitions().get(indicator_id)
    if definition is None:
        raise Http404
    shown = frame()
    chosen = selection(request, shown)
    figure = _figure(shown, chosen, indicator_id)
    made_by = definition_with_hash(indicator_id, figure.definition_hash) if figure else definition
    context = {
        "definition": definition,
        "made_by": made_by,
        "said": said(made_by or definition),
        "shown": shown,
        "chosen": chosen,
        "figure": figure,
        "here": chosen.query(status="", q=""),
        "history": value_history(indicator_id=indicator_id, place=chosen.place, month=chosen.month),
        "run": shown.computation(chosen.month),
        **_recounted(request, made_by, chosen, figure),
    }
    return render(request, "indicators/explain.html", context)


def _figure(shown: Frame, chosen: Selection, indicator_id: str) -> Figure | None:
    found = figures(shown, months=[chosen.month], indicators=[indicator_id], places=[chosen.place])
    return found.get((indicator_id, chosen.place, chosen.month))


def _recounted(
    request: HttpRequest, made_by: Definition | None, chosen: Selection, figure: Figure | None
) -> dict:
    """The engine's own trail on the version of the data that made the figure; never of a hidden one."""
    if not request.GET.get("recount") or figure is None or figure.hidden or made_by is None:
        return {"trail": None}
    try:
        snapshot = gateway.published(data_version=figure.data_version)
    except LookupError:
        return {"trail": None, "gone": True}
    code = next((d.code for d in chosen.places if d.id == chosen.place), None)
    trail = gateway.explain(
        made_by, month=chosen.month, department=code, snapshot=snapshot, others=list(definitions().values()),
        now=timezone.now(), by=request.user,
    )  # fmt: skip
    same = (trail.numerator, trail.denominator) == (figure.numerator, figure.denominator)
    return {"trail": trail, "agrees": same}
