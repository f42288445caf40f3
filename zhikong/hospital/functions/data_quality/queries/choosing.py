"""What a page of data quality is asked to show: month, department, table, kind. One reading of the query string."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, QueryDict
from django.utils.translation import gettext as _

from zhikong.engine import months as calendar
from zhikong.engine.quality.issues import HOSPITAL, days_of
from zhikong.foundation.access.scope import current_scope, once
from zhikong.foundation.organisation.models import DepartmentVersion
from zhikong.foundation.organisation.queries import DepartmentOn, departments
from zhikong.hospital.functions.data_quality.models import Run


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

    def query(self, **changes) -> str:
        """The same choice as a query string, some parts changed; an empty part is left out."""
        parts = {"month": self.month, "department": self.department} | changes
        address = QueryDict(mutable=True)
        address.update({name: value for name, value in parts.items() if value not in (None, "")})
        return address.urlencode()


def chosen(request: HttpRequest, run: Run | None) -> Chosen:
    """Reads ?month= and ?department=; 404 for a department outside the scope.

    Without a month the newest that has front pages: appointments reach further, and a page of dashes says nothing.
    """
    months = tuple(reversed(run.months)) if run else ()
    places = _places(months[0]) if months else ()
    asked = request.GET.get("department", "")
    if asked and asked not in {d.code for d in places}:
        raise Http404
    month = request.GET.get("month", "")
    whole = current_scope().whole_hospital
    default = max((m for m in run.verdicts if m in months), default=months[0]) if run and months else ""
    return Chosen(month if month in months else default, months, asked or None, places, whole)


def _places(month: str) -> tuple[DepartmentOn, ...]:
    """Departments in the scope, as they were called at the end of the month."""
    scope = current_scope()
    found = departments(on=days_of(month)[-1])
    return tuple(sorted((d for d in found if scope.covers(d.id)), key=lambda d: d.sort_key or d.code))


def place_names() -> dict[str, str]:
    """Code in the facts -> name, for codes of any time; the hospital and rows without a department too."""
    return once("data_quality.names", _names)


def _names() -> dict[str, str]:
    rows = DepartmentVersion.objects.order_by("department__code", "valid_from")
    names = dict(rows.values_list("department__code", "name"))
    return names | {HOSPITAL: _("全院"), "": _("科室不明")}


def last_months(month: str, most: int = 12) -> list[str]:
    """The month and those before it, oldest first."""
    number = calendar.number(month)
    return [calendar.named(n) for n in range(number - most + 1, number + 1)]


__all__ = ["Chosen", "chosen", "last_months", "place_names"]
