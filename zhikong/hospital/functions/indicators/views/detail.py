"""One indicator: chart, judgement, is it noise, departments, definition, where the number comes from."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from zhikong.engine.definitions import Definition
from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.findings.queries import findings
from zhikong.hospital.functions.indicators import charting, wording_pages
from zhikong.hospital.functions.indicators.actions import may_analyse
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.control import is_rate
from zhikong.hospital.functions.indicators.forms import AlertForm, CountedSourceForm
from zhikong.hospital.functions.indicators.forms_charts import DecisionForm
from zhikong.hospital.functions.indicators.icons import icons
from zhikong.hospital.functions.indicators.queries.alert_list import tested_sentence
from zhikong.hospital.functions.indicators.queries.alerts import open_alert
from zhikong.hospital.functions.indicators.queries.counting import Pair, counting, pairs
from zhikong.hospital.functions.indicators.queries.decisions import chart_decisions
from zhikong.hospital.functions.indicators.queries.detail import Detail, detail, value_history
from zhikong.hospital.functions.indicators.queries.figures import Frame, frame
from zhikong.hospital.functions.indicators.queries.targets import target_book
from zhikong.hospital.functions.indicators.rules import change_unit
from zhikong.hospital.functions.indicators.selection import Selection, selection, years
from zhikong.web.charts import bundle
from zhikong.web.charts import render as render_chart
from zhikong.web.charts.theme import THEMES


@needs(Permission.VIEW_INDICATORS)
def detail_page(request: HttpRequest, indicator_id: str) -> HttpResponse:
    definition, shown, chosen = _asked(request, indicator_id)
    compared = [department.id for department in chosen.places]
    seen = _seen(definition, shown, chosen, compared)
    chart = charting.chart(seen, place_name=chosen.place_name)
    context = {
        "definition": definition,
        "shown": shown,
        "chosen": chosen,
        "detail": seen,
        "chart": chart,
        "chart_spec": chart.spec(_theme(request)) if chart.data else None,
        "live_charts": (bundle.FOLDER / bundle.NAME).exists(),
        "noise": charting.noise_sentences(seen, chart),
        "icons": icons(seen, chart),
        "has_funnel": is_rate(definition),
        "change_unit": change_unit(definition.unit),
        "scale": _scale(seen),
        "years": years(shown),
        "month_numbers": range(1, 13),
        "here": chosen.query(status="", q=""),
        "wording": wording_pages.said(definition),
        "owner": _role(definition.owner),
        "checker": _role(definition.checker),
        "pair": seen_pair(definition, shown, chosen),
        "counted_form": CountedSourceForm(),
        **_around(request, definition, chosen),
    }
    return render(request, "indicators/detail.html", context)


@needs(Permission.VIEW_INDICATORS)
def picture(request: HttpRequest, indicator_id: str) -> HttpResponse:
    """The chart as SVG: ?theme=light|dark. Kept by the browser, because its address changes with its content."""
    theme = request.GET.get("theme", "light")
    definition, shown, chosen = _asked(request, indicator_id)
    chart = charting.chart(_seen(definition, shown, chosen, []), place_name=chosen.place_name)
    if theme not in THEMES or chart.data is None:
        raise Http404
    answer = HttpResponse(render_chart(chart.spec(theme)), content_type="image/svg+xml")
    if request.GET.get("v") == chart.stamp:
        answer["Cache-Control"] = "private, max-age=86400, immutable"
    return answer


def _asked(request: HttpRequest, indicator_id: str) -> tuple[Definition, Frame, Selection]:
    definition = definitions().get(indicator_id)
    if definition is None:
        raise Http404
    shown = frame()
    return definition, shown, selection(request, shown)


def _seen(definition: Definition, shown: Frame, chosen: Selection, compared: list[int]) -> Detail:
    return detail(
        shown,
        target_book(),
        definition=definition,
        place=chosen.place,
        month=chosen.month,
        compared=compared,
    )


def seen_pair(definition: Definition, shown: Frame, chosen: Selection) -> Pair | None:
    """The same thing counted by systems and by departments, side by side."""
    found = pairs(shown, counting(), definitions(), month=chosen.month, place=chosen.place)
    return found.get(definition.id)


def _theme(request: HttpRequest) -> str:
    chosen = request.COOKIES.get("theme")
    return chosen if chosen in THEMES else "light"


def _around(request: HttpRequest, definition: Definition, chosen: Selection) -> dict:
    """Alert, findings, history, decisions about the chart, and what the reader may do. Five queries."""
    may_answer = may_analyse(request.user, chosen.place)
    may_decide = can(request.user, Permission.MANAGE_TARGETS)
    return {
        "decisions": chart_decisions(indicator_id=definition.id, place=chosen.place),
        "decision_form": DecisionForm(notes_only=not may_decide) if may_answer or may_decide else None,
        "may_decide": may_decide,
        "alert": open_alert(indicator_id=definition.id, place=chosen.place),
        "alert_form": AlertForm(),
        "tested": tested_sentence(definition, place=chosen.place, month=chosen.month),
        "findings": list(findings(today=timezone.localdate(), show="all", indicator_id=definition.id)[:6]),
        "history": value_history(indicator_id=definition.id, place=chosen.place, month=chosen.month),
        "may_cases": can(request.user, Permission.VIEW_CASES, chosen.place),
        "may_raise": can(request.user, Permission.RAISE_FINDING, chosen.place),
        "may_answer": may_answer,
        "may_target": may_decide,
    }


def _scale(seen: Detail) -> float:
    """The right end of the departments' bars: the largest value or target."""
    values = [float(row.value) for row in seen.departments if row.value is not None]
    bounds = [b for row in seen.departments for b in (row.in_force.target.low, row.in_force.target.high)]
    return max([*values, *(float(b) for b in bounds if b is not None)], default=0.0)


def _role(code: str) -> str:
    return ROLES[code].title if code in ROLES else code
