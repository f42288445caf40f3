"""The funnel across departments: picture, sentences, and the table behind it; small ones are marked, not judged."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.engine.definitions import Definition
from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.indicators import funnels, sheets
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.funnels import Drawn
from zhikong.hospital.functions.indicators.queries.figures import Frame, figures, frame
from zhikong.hospital.functions.indicators.selection import Selection, selection, years
from zhikong.web.charts import bundle
from zhikong.web.charts import render as render_chart
from zhikong.web.charts.theme import THEMES

SPANS = {"1": gettext_lazy("当月"), "3": gettext_lazy("近 3 个月"), "12": gettext_lazy("近 12 个月")}


@needs(Permission.VIEW_INDICATORS)
def funnel_page(request: HttpRequest, indicator_id: str) -> HttpResponse:
    definition, shown, chosen, span = _asked(request, indicator_id)
    drawn = _drawn(definition, shown, chosen, span)
    theme = request.COOKIES.get("theme")
    context = {
        "definition": definition,
        "shown": shown,
        "chosen": chosen,
        "drawn": drawn,
        "span": span,
        "spans": SPANS.items(),
        "years": years(shown),
        "month_numbers": range(1, 13),
        "here": chosen.query(status="", q="", department=None, span=span),
        "chart_spec": drawn.spec(theme if theme in THEMES else "light") if drawn.data else None,
        "live_charts": (bundle.FOLDER / bundle.NAME).exists(),
    }
    return render(request, "indicators/funnel.html", context)


@needs(Permission.VIEW_INDICATORS)
def funnel_picture(request: HttpRequest, indicator_id: str) -> HttpResponse:
    """The funnel as SVG: ?theme=light|dark."""
    theme = request.GET.get("theme", "light")
    drawn = _drawn(*_asked(request, indicator_id))
    if theme not in THEMES or drawn.data is None:
        raise Http404
    answer = HttpResponse(render_chart(drawn.spec(theme)), content_type="image/svg+xml")
    if request.GET.get("v") == drawn.stamp:
        answer["Cache-Control"] = "private, max-age=86400, immutable"
    return answer


@needs(Permission.VIEW_INDICATORS)
def funnel_export(request: HttpRequest, indicator_id: str) -> HttpResponse:
    """The table behind the funnel as a workbook."""
    definition, shown, chosen, span = _asked(request, indicator_id)
    drawn = _drawn(definition, shown, chosen, span)
    head = [
        _("科室"),
        _("分子"),
        _("分母"),
        _("值"),
        _("单位"),
        _("99.8% 下限"),
        _("99.8% 上限"),
        _("漏斗判断"),
        _("说明"),
    ]
    rows = [
        [
            row.unit.name, row.unit.hidden or row.unit.numerator, row.unit.denominator, row.value, definition.unit,
            row.lower, row.upper, row.state, row.sentence,
        ]
        for row in drawn.rows
    ]  # fmt: skip
    title = f"{definition.title()} {chosen.month} {SPANS[span]} {_('漏斗图')}"
    return sheets.response(sheets.sheet(title, drawn.sentence or drawn.why_none, head, rows), f"{title}.xlsx")


def _asked(request: HttpRequest, indicator_id: str) -> tuple[Definition, Frame, Selection, str]:
    definition, span = definitions().get(indicator_id), request.GET.get("span", "12")
    if definition is None or span not in SPANS:
        raise Http404
    shown = frame()
    return definition, shown, selection(request, shown), span


def _drawn(definition: Definition, shown: Frame, chosen: Selection, span: str) -> Drawn:
    months = calendar.last(int(span), chosen.month)
    names = {d.id: d.name for d in chosen.places}
    found = figures(shown, months=months, indicators=[definition.id], places=list(names))
    period = (
        f"{calendar.spoken(months[0])}—{calendar.spoken(months[-1])}"
        if len(months) > 1
        else calendar.spoken(months[0])
    )
    return funnels.drawn(
        definition, funnels.units(found, definition, names, months), place_name=_("各科室"), period=period
    )
