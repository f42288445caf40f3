"""The working calendar of a year, and the days that the hospital sets itself."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.calendar import actions, queries
from zhikong.foundation.calendar.forms import DayForm
from zhikong.foundation.calendar.rules import announced_years

YEARS = range(2004, 2101)
WEEKDAYS = (
    gettext_lazy("一"),
    gettext_lazy("二"),
    gettext_lazy("三"),
    gettext_lazy("四"),
    gettext_lazy("五"),
    gettext_lazy("六"),
    gettext_lazy("日"),
)


def this_year(request: HttpRequest) -> HttpResponse:
    return redirect("calendar:year", year=timezone.localdate().year)


@require_http_methods(["GET", "POST"])
def year(request: HttpRequest, year: int) -> HttpResponse:
    """Everybody may look; who may edit sets a day with the form below."""
    if year not in YEARS:
        raise Http404
    form = DayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        moved = actions.set_day(by=request.user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("已保存，%(n)d 个到期日随之调整。") % {"n": len(moved)})
        return redirect("calendar:year", year=form.cleaned_data["day"].year)
    months = queries.year_of(year)
    context = {
        "year": year,
        "weekdays": WEEKDAYS,
        "months": [(days[0].day, _weeks(days)) for days in months],
        "working_days": sum(day.working for days in months for day in days),
        "provisional": year not in announced_years(),
        "set_days": queries.set_days(year=year),
        "form": form if can(request.user, Permission.EDIT_CALENDAR) else None,
    }
    return render(request, "calendar/year.html", context)


def _weeks(days):
    """Days of a month in rows of seven from Monday; None fills the ends."""
    cells = [None] * days[0].day.weekday() + list(days)
    cells += [None] * (-len(cells) % 7)
    return [cells[n : n + 7] for n in range(0, len(cells), 7)]


@require_POST
@needs(Permission.EDIT_CALENDAR)
def unset(request: HttpRequest, pk: int) -> HttpResponse:
    found = queries.calendar_day(pk=pk)
    if found is None:
        raise Http404
    actions.unset_day(by=request.user, now=timezone.now(), pk=pk)
    messages.success(request, _("已撤销调整。"))
    return redirect("calendar:year", year=found.day.year)
