"""What a page of indicators is asked to show: month, place, status, words. One reading of the query string."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import Http404, HttpRequest, QueryDict

from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.organisation.queries import DepartmentOn, departments
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.queries.figures import Frame, Place

MEASURED = ("clinical", "medtech")  # the classes of departments whose figures are listed


@dataclass(frozen=True)
class Selection:
    """Month, place and filters of a page; `places` are the departments that the reader may choose."""

    month: str
    place: Place
    status: str
    words: str
    places: tuple[DepartmentOn, ...]
    whole_hospital: bool

    @property
    def year(self) -> int:
        return calendar.first_day(self.month).year

    @property
    def month_number(self) -> int:
        return calendar.first_day(self.month).month

    @property
    def place_name(self) -> str:
        return self.name_of(self.place)

    def name_of(self, place: Place) -> str:
        if place is None:
            return "全院"
        return next((d.name for d in self.places if d.id == place), f"#{place}")

    def query(self, **changes) -> str:
        """The same selection as a query string, with some parts changed; an empty part is left out."""
        parts = {
            "month": self.month,
            "department": self.place,
            "status": self.status,
            "q": self.words,
        } | changes
        address = QueryDict(mutable=True)
        address.update({name: value for name, value in parts.items() if value not in (None, "")})
        return address.urlencode()


def selection(request: HttpRequest, shown: Frame) -> Selection:
    """Reads ?month=2026-10 or ?year=2026&mm=10, ?department=, ?status=, ?q=. One query (departments)."""
    asked = request.GET
    month = _month(asked, shown)
    places = covered_departments(month)
    return Selection(
        month=month,
        place=_place(asked.get("department", ""), places),
        status=asked.get("status", ""),
        words=asked.get("q", "").strip(),
        places=places,
        whole_hospital=current_scope().whole_hospital,
    )


def covered_departments(month: str) -> tuple[DepartmentOn, ...]:
    """Departments with figures, as they were called at the end of the month, within the reader's scope."""
    last_day = calendar.first_day(calendar.shifted(month, 1)) - timedelta(days=1)
    scope = current_scope()
    return tuple(d for d in departments(on=last_day, kinds=MEASURED) if scope.covers(d.id))


def newest_month(shown: Frame) -> str:
    """The newest month that is over by the newest computation; this month when nothing is computed."""
    if shown.current is None:
        return calendar.month_of(date.today())  # noqa: DTZ011 — only a label of an empty page
    last, computed = shown.current.last_month, calendar.month_of(shown.current.computed_at)
    running = last >= computed and shown.current.first_month < last
    return calendar.shifted(last, -1) if running else last


def _month(asked: QueryDict, shown: Frame) -> str:
    text = asked.get("month", "")
    if asked.get("year") and asked.get("mm"):
        text = f"{asked['year']}-{asked['mm'].zfill(2)}"
    return text if calendar.is_month(text) else newest_month(shown)


def _place(text: str, places: tuple[DepartmentOn, ...]) -> Place:
    """The asked department; else the whole hospital, or for a department's reader the first of theirs."""
    if text:
        chosen = next((d.id for d in places if str(d.id) == text or d.code == text), None)
        if chosen is None:
            raise Http404
        return chosen
    if current_scope().whole_hospital:
        return None
    return places[0].id if places else -1  # -1: no department of the reader has figures


def years(shown: Frame) -> list[int]:
    """The years that can be chosen."""
    if shown.current is None:
        return []
    first, last = (calendar.first_day(m).year for m in (shown.current.first_month, shown.current.last_month))
    return list(range(last, first - 1, -1))
