"""What a page of learning is asked to show: months, department, category, level. One reading of the query string."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Min
from django.http import Http404, HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.engine import months as calendar
from zhikong.foundation.access.scope import once
from zhikong.foundation.facts.bed_days import known_until
from zhikong.hospital.functions.incidents import neutral
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.queries.learning.readers import Reader, place_names, reader, wards
from zhikong.hospital.functions.incidents.queries.reporting import categories
from zhikong.hospital.functions.incidents.rules_reporting import LEVELS, SHOWN_LEVELS

SPANS = (3, 6, 12, 24)
MOST_MONTHS = 48
HOSPITAL = "all"


@dataclass(frozen=True)
class Chosen:
    """Months first to last (both count); department None: the whole hospital; category, level '': every one."""

    last: str
    span: int
    available: tuple[str, ...]
    department: int | None
    category: str
    level: str
    reader: Reader
    beds_until: date | None

    @property
    def first(self) -> str:
        return calendar.named(calendar.number(self.last) - self.span + 1)

    @property
    def months(self) -> list[str]:
        return calendar.span(self.first, self.last)

    @property
    def first_day(self) -> date:
        return date.fromisoformat(calendar.first_day(self.first))

    @property
    def last_day(self) -> date:
        return last_day(self.last)

    @property
    def open(self) -> bool:
        """Whether the reader may open the cases that are counted."""
        return self.reader.may_open(self.department)

    @property
    def place_name(self) -> str:
        return _("全院") if self.department is None else place_names().get(self.department, "")

    @property
    def places(self) -> list[tuple[int, str]]:
        """Departments that the reader may choose."""
        return [(one.id, one.name) for one in wards() if self.reader.may_open(one.id)]

    @property
    def categories(self) -> list[tuple[str, str]]:
        return [(one.id, one.title) for one in categories.all_in_force()]

    @property
    def levels(self) -> list[tuple[str, str]]:
        return [(one, SHOWN_LEVELS[one]) for one in LEVELS]

    @property
    def query(self) -> str:
        return self.with_query()

    def with_query(self, **changes) -> str:
        """The same choice as a query string, some parts changed; an empty part is left out."""
        parts = {
            "month": self.last, "span": self.span, "department": self.department or HOSPITAL,
            "category": self.category, "level": self.level,
        } | changes  # fmt: skip
        address = QueryDict(mutable=True)
        address.update({name: value for name, value in parts.items() if value not in (None, "")})
        return address.urlencode()


def chosen(request: HttpRequest, *, span: int = 12) -> Chosen:
    """Reads ?month=, ?span=, ?department=, ?category=, ?level=; 404 for a department whose cases are closed to one.

    Without a department a reader of one ward begins with that ward, everybody else with the hospital.
    """
    who, until = reader(request.user), known_until()
    available = available_months(until)
    last = request.GET.get("month", "")
    if last not in available:
        last = f"{until:%Y-%m}" if until and f"{until:%Y-%m}" in available else available[0]
    asked, level = request.GET.get("span", ""), request.GET.get("level", "")
    return Chosen(
        last, int(asked) if asked.isdigit() and int(asked) in SPANS else span, available,
        _department(request.GET.get("department", ""), who), request.GET.get("category", "")[:48],
        level if level in LEVELS else "", who, until,
    )  # fmt: skip


def _department(asked: str, who: Reader) -> int | None:
    if not asked and not who.whole and len(who.places) == 1:
        return next(iter(who.places))
    if asked in ("", HOSPITAL):
        return None
    if not asked.isdigit() or not who.may_open(int(asked)) or int(asked) not in place_names():
        raise Http404
    return int(asked)


def available_months(until: date | None) -> tuple[str, ...]:
    """From this month back to the oldest incident (of the whole hospital), at most four years."""
    today = timezone.localdate()
    oldest = once("incidents.learning.oldest", _oldest) or until or today
    newest = calendar.number(f"{today:%Y-%m}")
    start = max(min(calendar.number(f"{oldest:%Y-%m}"), newest), newest - MOST_MONTHS + 1)
    return tuple(calendar.named(n) for n in range(newest, start - 1, -1))


def _oldest() -> date | None:
    with neutral.nobody():
        return Incident.objects.aggregate(first=Min("occurred_on"))["first"]


def last_day(month: str) -> date:
    """The last day of a month."""
    after = calendar.named(calendar.number(month) + 1)
    return date.fromisoformat(calendar.first_day(after)) - timedelta(days=1)
