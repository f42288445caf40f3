"""What a page of results is asked to show: months, department and checklist. One reading of the query string."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max, Min
from django.http import Http404, HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.engine import months as calendar
from zhikong.foundation.access.scope import current_scope, once
from zhikong.foundation.organisation.models import DepartmentVersion
from zhikong.foundation.organisation.queries import DepartmentOn, departments
from zhikong.hospital.functions.inspections.models.results import InspectionAnswer

SPANS = (1, 3, 6, 12)
MOST_MONTHS = 36


@dataclass(frozen=True)
class Chosen:
    """Months `first` to `last` (both count), department (None: everything in the scope), checklist ('' every one)."""

    last: str
    span: int
    available: tuple[str, ...]
    department: int | None
    form_id: str
    places: tuple[DepartmentOn, ...]
    whole_hospital: bool

    @property
    def first(self) -> str:
        return calendar.named(calendar.number(self.last) - self.span + 1)

    @property
    def months(self) -> list[str]:
        start = calendar.number(self.first)
        return [calendar.named(start + n) for n in range(self.span)]

    @property
    def first_day(self) -> date:
        return date.fromisoformat(calendar.first_day(self.first))

    @property
    def last_day(self) -> date:
        return last_day(self.last)

    @property
    def place_name(self) -> str:
        if self.department is None:
            return _("全院") if self.whole_hospital else _("我的科室")
        return next((d.name for d in self.places if d.id == self.department), str(self.department))

    def query(self, **changes) -> str:
        """The same choice as a query string, some parts changed; an empty part is left out."""
        parts = {
            "month": self.last, "span": self.span, "department": self.department, "form": self.form_id
        } | changes  # fmt: skip
        address = QueryDict(mutable=True)
        address.update({name: value for name, value in parts.items() if value not in (None, "")})
        return address.urlencode()


def chosen(request: HttpRequest, *, span: int = 12) -> Chosen:
    """Reads ?month=, ?span=, ?department= and ?form=; 404 for a department outside the scope."""
    available = tuple(months_with_answers())
    last = request.GET.get("month", "")
    if last not in available:
        last = available[0] if available else f"{timezone.localdate():%Y-%m}"
    asked = request.GET.get("span", "")
    span = int(asked) if asked.isdigit() and int(asked) in SPANS else span
    places = places_on(last_day(last))
    department = request.GET.get("department", "")
    if department and department not in {str(d.id) for d in places}:
        raise Http404
    return Chosen(
        last, span, available, int(department) if department else None, request.GET.get("form", "")[:60], places,
        current_scope().whole_hospital,
    )  # fmt: skip


def months_with_answers() -> list[str]:
    """From the newest month with answers back to the oldest, the months between included."""
    found = InspectionAnswer.objects.aggregate(first=Min("inspected_on"), last=Max("inspected_on"))
    if found["first"] is None:
        return []
    first, last = (calendar.number(f"{found[name]:%Y-%m}") for name in ("first", "last"))
    return [calendar.named(n) for n in range(last, max(first, last - MOST_MONTHS) - 1, -1)]


def last_day(month: str) -> date:
    """The last day of a month."""
    after = calendar.named(calendar.number(month) + 1)
    return date.fromisoformat(calendar.first_day(after)) - timedelta(days=1)


def places_on(on: date) -> tuple[DepartmentOn, ...]:
    """Departments in the scope, as they were called on a day."""
    scope = current_scope()
    found = (d for d in departments(on=on) if scope.covers(d.id))
    return tuple(sorted(found, key=lambda d: d.sort_key or d.code))


def place_names() -> dict[int, str]:
    """Department -> its latest name, for departments of any time."""
    return once("inspections.place_names", _names)


def _names() -> dict[int, str]:
    rows = DepartmentVersion.objects.order_by("department_id", "valid_from")
    return dict(rows.values_list("department_id", "name"))
