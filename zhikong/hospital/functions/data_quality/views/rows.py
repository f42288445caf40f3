"""The rows behind an issue: key, value and what the rule compared, with pseudonyms; each look is logged."""

from datetime import date

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhikong.engine.quality.model import COUNTED, Kind
from zhikong.engine.quality.profile import Wanted
from zhikong.engine.quality.query import Reader
from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.facts import gateway, quality
from zhikong.hospital.functions.data_quality import sheets
from zhikong.hospital.functions.data_quality.library import known_codes, rulebook
from zhikong.hospital.functions.data_quality.models import Issue, Run
from zhikong.hospital.functions.data_quality.queries import issues as queries
from zhikong.hospital.functions.data_quality.queries.choosing import place_names
from zhikong.hospital.functions.data_quality.queries.runs import shown_run
from zhikong.hospital.functions.data_quality.rowwords import Listing, listing

PAGE = 50
AT_ONCE = 1_000_000  # a sheet holds no more rows


class _Window:
    """Lets the paginator count rows that were fetched a page at a time."""

    def __init__(self, total: int):
        self.total = total

    def __len__(self) -> int:
        return self.total

    def __getitem__(self, _part) -> tuple:
        return ()


@require_GET
@needs(Permission.VIEW_CASES)
def listed(request: HttpRequest, pk: int) -> HttpResponse:
    """A page of the rows of one month, or of one day of it."""
    issue, run = _asked(pk)
    month, day = _month(request, issue, run), _day(request)
    number = max(int(text), 1) if (text := request.GET.get("page", "1")).isdigit() else 1
    found = _fetch(request, issue, run, month, day, limit=PAGE, offset=(number - 1) * PAGE)
    (one,) = queries.shown([issue])
    context = {
        "issue": issue,
        "one": one,
        "month": month,
        "months": list(reversed(run.months)),
        "day": day,
        "page": Paginator(_Window(found.total), PAGE).get_page(number),
        "listing": listing(issue, found.rows, place_names()),
    }
    return render(request, "data_quality/rows.html", context)


@require_GET
@needs(Permission.VIEW_CASES)
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """All rows of the month as a workbook, pseudonyms as on the screen."""
    issue, run = _asked(pk)
    month = _month(request, issue, run)
    found = _fetch(request, issue, run, month, _day(request), limit=AT_ONCE, offset=0)
    (one,) = queries.shown([issue])
    made: Listing = listing(issue, found.rows, place_names())
    name = f"{one.table}-{one.field}-{one.kind}-{one.place}-{month}.xlsx"
    return sheets.response(sheets.rows(made, f"{one.sentence} {month}"), name)


def _asked(pk: int) -> tuple[Issue, Run]:
    issue, run = get_object_or_404(Issue, pk=pk), shown_run()
    if run is None or Kind(issue.kind) not in COUNTED:
        raise Http404
    return issue, run


def _month(request: HttpRequest, issue: Issue, run: Run) -> str:
    month = request.GET.get("month", "")
    return month if month in run.months else issue.newest


def _day(request: HttpRequest) -> date | None:
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return None


def _fetch(
    request: HttpRequest, issue: Issue, run: Run, month: str, day: date | None, **window
) -> quality.Behind:
    """From the state that the run inspected, so that the list adds up to the count."""
    from zhikong.engine.quality.issues import HOSPITAL

    places = None if issue.place == HOSPITAL else (issue.place,)
    return quality.rows(
        by=request.user,
        snapshot=gateway.published(data_version=run.data_version),
        reader=Reader(rulebook(), known_codes()),
        now=timezone.now(),
        table=issue.table,
        month=month,
        wanted=Wanted(issue.column, Kind(issue.kind), places, day),
        purpose=_("核对数据质量问题 %(issue)d（%(month)s）") % {"issue": issue.pk, "month": month},
        **window,
    )
