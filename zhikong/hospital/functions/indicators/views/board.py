"""The indicator list, its fragment and its export."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.indicators import sheets
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.queries.board import Line, counts, lines
from zhikong.hospital.functions.indicators.queries.counting import counting, pairs
from zhikong.hospital.functions.indicators.queries.figures import Frame, frame
from zhikong.hospital.functions.indicators.queries.targets import target_book
from zhikong.hospital.functions.indicators.rules import WORDS, Status
from zhikong.hospital.functions.indicators.selection import Selection, selection, years

CARDS = (
    ("met", _("达标"), "ok"),
    ("alert", _("预警"), "warn"),
    ("missed", _("未达标"), "bad"),
    ("unknown", _("无法计算"), "none"),
    ("signal", _("出现信号"), "warn"),
)


@needs(Permission.VIEW_INDICATORS)
def board(request: HttpRequest) -> HttpResponse:
    shown = frame()
    chosen = selection(request, shown)
    everything = _lines(shown, chosen)
    context = _context(request, shown, chosen, everything)
    if request.htmx and not request.htmx.boosted:
        return render(request, "indicators/_board.html", context)
    return render(request, "indicators/list.html", context)


@needs(Permission.VIEW_INDICATORS)
def export(request: HttpRequest) -> HttpResponse:
    """The filtered list as a workbook with numbers as numbers."""
    shown = frame()
    chosen = selection(request, shown)
    rows = _filtered(_lines(shown, chosen), chosen)
    return sheets.response(
        sheets.board(rows, chosen, shown), f"指标监测-{chosen.place_name}-{chosen.month}.xlsx"
    )


def _lines(shown: Frame, chosen: Selection) -> list[Line]:
    """Every indicator that matches the words; without a result in a place it is left out for departments."""
    wanted = [d for d in definitions().values() if _matches(d, chosen.words)]
    found = lines(shown, target_book(), month=chosen.month, places=[chosen.place], definitions=wanted)
    return found if chosen.place is None else [line for line in found if line.figure is not None]


def _matches(definition, words: str) -> bool:
    text = f"{definition.id} {' '.join(definition.name.values())}".lower()
    return all(word in text for word in words.lower().split())


def _filtered(everything: list[Line], chosen: Selection) -> list[Line]:
    if chosen.status == "signal":
        return [line for line in everything if line.found]
    return [line for line in everything if chosen.status in ("", line.status.value)]


def _context(request: HttpRequest, shown: Frame, chosen: Selection, everything: list[Line]) -> dict:
    total = counts(everything)
    return {
        "shown": shown,
        "chosen": chosen,
        "lines": _filtered(everything, chosen),
        "total": len(everything),
        "cards": [
            (code, label, tone, total[code], chosen.query(status="" if chosen.status == code else code))
            for code, label, tone in CARDS
        ],
        "statuses": [(status.value, WORDS[status]) for status in Status] + [("signal", _("出现信号"))],
        "twins": pairs(shown, counting(), definitions(), month=chosen.month, place=chosen.place),
        "years": years(shown),
        "month_numbers": range(1, 13),
        "closed": shown.closed.get(chosen.month),
        "owners": {code: role.title for code, role in ROLES.items()},
        "may_close": can(request.user, Permission.ANALYSE_MONTH),
    }
