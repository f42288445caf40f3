"""Comparison of periods: for the hospital, a department, or one indicator in all departments (IND-48, F-35)."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.indicators import sheets
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.periods import Against, Span
from zhikong.hospital.functions.indicators.queries.comparison import Asked, Compared, compared
from zhikong.hospital.functions.indicators.queries.figures import Frame, frame
from zhikong.hospital.functions.indicators.selection import Selection, selection, years

PAGE = 60
SPANS = {
    Span.MONTH: gettext_lazy("当月"),
    Span.QUARTER: gettext_lazy("本季累计"),
    Span.YEAR: gettext_lazy("本年累计"),
}
AGAINST = {Against.PREVIOUS: gettext_lazy("上一期"), Against.YEAR: gettext_lazy("上年同期")}
SHOW = {
    "": gettext_lazy("全部"),
    "beyond": gettext_lazy("变化超出偶然的"),
    "worse": gettext_lazy("变差的"),
}


@needs(Permission.VIEW_INDICATORS)
def comparison(request: HttpRequest) -> HttpResponse:
    shown = frame()
    chosen, asked, indicator, show = _asked(request, shown)
    everything = _lines(shown, chosen, asked, indicator)
    found = [line for line in everything if _matches(line, show)]
    context = {
        "shown": shown,
        "chosen": chosen,
        "asked": asked,
        "indicator": indicator,
        "show": show,
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "beyond": sum(line.tone in ("ok", "bad", "info") for line in everything),
        "worse": sum(line.tone == "bad" for line in everything),
        "total": len(everything),
        "names": {d.id: d.name for d in chosen.places},
        "spans": [(s.value, label) for s, label in SPANS.items()],
        "againsts": [(a.value, label) for a, label in AGAINST.items()],
        "shows": SHOW.items(),
        "choices": [(d.id, d.title()) for d in definitions().values()],
        "years": years(shown),
        "month_numbers": range(1, 13),
        "query": _query(chosen, asked, indicator, show),
    }
    return render(request, "indicators/comparison.html", context)


@needs(Permission.VIEW_INDICATORS)
def export(request: HttpRequest) -> HttpResponse:
    """The comparison as a workbook."""
    shown = frame()
    chosen, asked, indicator, show = _asked(request, shown)
    head = [
        _("指标"), _("科室"), _("单位"), _("本期值"), _("本期分子"), _("本期分母"), _("对比期值"), _("对比期分子"),
        _("对比期分母"), _("相差"), _("区间下限"), _("区间上限"), _("变化判断"),
    ]  # fmt: skip
    rows = [_row(line, chosen) for line in _lines(shown, chosen, asked, indicator) if _matches(line, show)]
    period = f"{asked.now[0]}—{asked.now[-1]} {_('对')} {asked.before[0]}—{asked.before[-1]}"
    title = f"{_('期间比较')} {chosen.place_name}"
    return sheets.response(sheets.sheet(title, period, head, rows), f"期间比较-{asked.until}.xlsx")


def _asked(request: HttpRequest, shown: Frame) -> tuple[Selection, Asked, str, str]:
    chosen = selection(request, shown)
    span, against = request.GET.get("span", Span.MONTH), request.GET.get("against", Against.YEAR)
    indicator, show = request.GET.get("indicator", ""), request.GET.get("show", "")
    known = not indicator or indicator in definitions()
    if span not in list(Span) or against not in list(Against) or show not in SHOW or not known:
        raise Http404
    return chosen, Asked(Span(span), Against(against), chosen.month), indicator, show


def _lines(shown: Frame, chosen: Selection, asked: Asked, indicator: str) -> list[Compared]:
    if indicator:
        hospital = [None] if chosen.whole_hospital else []
        places = [*hospital, *(d.id for d in chosen.places)]
        return compared(shown, asked, definitions=[definitions()[indicator]], places=places)
    return compared(shown, asked, definitions=definitions().values(), places=[chosen.place])


def _matches(line: Compared, show: str) -> bool:
    wanted = {"": True, "beyond": line.tone in ("ok", "bad", "info"), "worse": line.tone == "bad"}
    return wanted[show]


def _query(chosen: Selection, asked: Asked, indicator: str, show: str) -> str:
    return chosen.query(
        status="", q="", span=asked.span.value, against=asked.against.value, indicator=indicator, show=show
    )


def _row(line: Compared, chosen: Selection) -> list:
    return [
        line.definition.title(),
        chosen.name_of(line.place),
        line.definition.unit,
        line.now.value,
        line.hidden or line.now.numerator,
        line.now.denominator,
        line.before.value,
        line.hidden or line.before.numerator,
        line.before.denominator,
        line.gap,
        line.interval[0] if line.interval else None,
        line.interval[1] if line.interval else None,
        line.verdict,
    ]
