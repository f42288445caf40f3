"""What a page of results is asked to show: month and department. One reading of the query string."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import Http404, HttpRequest, QueryDict
from django.utils.translation import gettext as _

from zhikong.engine import months as calendar
from zhikong.foundation.access.scope import current_scope, once
from zhikong.foundation.organisation.models import DepartmentVersion
from zhikong.foundation.organisation.queries import DepartmentOn, departments
from zhikong.hospital.functions.records.queries.results.screenings import screened_months


@dataclass(frozen=True)
class Chosen:
    """Month and department of a page. department: its code in the facts; None for everything in the scope."""

    month: str
    months: tuple[str, ...]
    department: str | None
    places: tuple[DepartmentOn, ...]
    whole_hospital: bool

    @property
    def place_name(self) -> str:
        if self.department is None:
            return _("全院") if self.whole_hospital else _("我的科室")
        return next((d.name for d in self.places if d.code == self.department), self.department)

    @property
    def place(self) -> DepartmentOn | None:
        """The chosen department; None for everything in the scope."""
        return next((d for d in self.places if d.code == self.department), None)

    def query(self, **changes) -> str:
        """The same choice as a query string, some parts changed; an empty part is left out."""
        parts = {"month": self.month, "department": self.department} | changes
        address = QueryDict(mutable=True)
        address.update({name: value for name, value in parts.items() if value not in (None, "")})
        return address.urlencode()


def chosen(request: HttpRequest) -> Chosen:
    """Reads ?month= and ?department=; 404 for a department outside the scope. The newest judged month by default."""
    months = tuple(screened_months())
    places = places_on(last_day(months[0])) if months else ()
    asked = request.GET.get("department", "")
    if asked and asked not in {d.code for d in places}:
        raise Http404
    month = request.GET.get("month", "")
    if month not in months:
        month = months[0] if months else ""
    return Chosen(month, months, asked or None, places, current_scope().whole_hospital)


def last_day(month: str) -> date:
    """The last day of a month."""
    after = calendar.named(calendar.number(month) + 1)
    return date.fromisoformat(calendar.first_day(after)) - timedelta(days=1)


def places_on(on: date) -> tuple[DepartmentOn, ...]:
    """Departments in the scope, as they were called on a day."""
    scope = current_scope()
    found = (d for d in departments(on=on) if scope.covers(d.id))
    return tuple(sorted(found, key=lambda d: d.sort_key or d.code))


def place_names() -> dict[str, str]:
    """Code in the facts -> name, for codes of any time; rows without a department too."""
    return once("records.names", _names)


def _names() -> dict[str, str]:
    rows = DepartmentVersion.objects.order_by("department__code", "valid_from")
    return dict(rows.values_list("department__code", "name")) | {"": _("科室不明")}


def last_months(month: str, most: int = 12) -> list[str]:
    """The month and those before it, oldest first."""
    number = calendar.number(month)
    return [calendar.named(n) for n in range(number - most + 1, number + 1)]
