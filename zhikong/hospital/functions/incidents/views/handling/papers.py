"""The export for the authority's event system and the page that explains its layout."""

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.incidents import rules_handling_layout as rules
from zhikong.hospital.functions.incidents.queries.handling import exporting, scope

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@needs(Permission.HANDLE_INCIDENTS)
def export(request: HttpRequest) -> HttpResponse:
    """Accepted cases of a period as xlsx or XML; the name of the file says nothing but the day."""
    since, until = _period(request)
    found = exporting.chosen(
        request.user, since=since, until=until, statutory=request.GET.get("which") != "all"
    )
    code = request.GET.get("case", "")
    if code:
        one = scope.case(request.user, code)
        found = [one] if one is not None and hasattr(one, "handling") else []
    rows = [exporting.row_of(one) for one in found]
    today = timezone.localdate().isoformat()
    if request.GET.get("form") == "xml":
        made = timezone.localtime().isoformat(timespec="minutes")
        return _answer(rules.xml(rows, made_at=made), "application/xml", f"incidents-{today}.xml")
    return _answer(exporting.workbook(rows), XLSX, f"incidents-{today}.xlsx")


def _answer(content: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _period(request: HttpRequest) -> tuple[date, date]:
    """The asked period; without one the last 90 days."""
    today = timezone.localdate()
    return (
        _day(request.GET.get("since", ""), today - timedelta(days=90)),
        _day(request.GET.get("until", ""), today),
    )


def _day(text: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise


@require_GET
@needs(Permission.HANDLE_INCIDENTS)
def layout(request: HttpRequest) -> HttpResponse:
    """What each column means, and that this is our own layout, not the authority's."""
    since, until = _period(request)
    context = {
        "columns": rules.COLUMNS,
        "version": rules.VERSION,
        "namespace": rules.NAMESPACE,
        "since": since,
        "until": until,
        "tab": "layout",
        "office": True,
    }
    return render(request, "incidents/handling/layout.html", context)
