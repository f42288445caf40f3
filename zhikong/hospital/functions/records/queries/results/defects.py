"""The list of record defects: filters, pages by key (never by offset), counts that stop counting, rows for export."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from zhikong.hospital.functions.records.facets import aspect_of, kind_of, stage_of, systems_of
from zhikong.hospital.functions.records.models import RecordVerdict
from zhikong.hospital.functions.records.queries.results.choosing import last_day

PAGE = 50
COUNT_UP_TO = 10_000
MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
FIELDS = (
    "month",
    "department",
    "verdict",
    "rule",
    "stage",
    "system",
    "aspect",
    "kind",
    "responsible",
    "stay",
)


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; an empty part narrows nothing."""

    month: str = ""
    department: str = ""
    verdict: str = RecordVerdict.Verdict.FAIL
    rule: str = ""
    stage: str = ""
    system: str = ""
    aspect: str = ""
    kind: str = ""
    responsible: str = ""
    stay: str = ""

    @classmethod
    def of(cls, query) -> Filters:
        """From a query string; unknown verdicts count as failures."""
        said = {name: query.get(name, "").strip()[:64] for name in FIELDS if name in query}
        if said.get("month") and not MONTH.fullmatch(said["month"]):
            said.pop("month")
        if said.get("verdict") not in {None, *RecordVerdict.Verdict.values}:
            said.pop("verdict")
        return cls(**said)

    def rules(self, known: dict) -> list[str] | None:
        """Ids of the rules of the chosen stage, system, aspect and kind; None when none of them is chosen."""
        if not (self.stage or self.system or self.aspect or self.kind):
            return None
        return [
            key
            for key, rule in known.items()
            if self.stage in ("", stage_of(rule))
            and self.aspect in ("", aspect_of(rule))
            and self.kind in ("", kind_of(rule))
            and (not self.system or self.system in systems_of(rule))
        ]


@dataclass(frozen=True)
class Page:
    """One page: its rows, the keys of the neighbours, and how many there are (at most COUNT_UP_TO, then `more`)."""

    rows: list[RecordVerdict]
    after: str
    first: bool
    count: int
    more: bool


def narrowed(filters: Filters, known: dict) -> QuerySet[RecordVerdict]:
    """Verdicts of the scope that the filters leave, the newest discharge first."""
    exact = {
        "month": filters.month, "place": filters.department, "verdict": filters.verdict, "rule": filters.rule,
        "responsible": filters.responsible, "stay_id": filters.stay,
    }  # fmt: skip
    rows = RecordVerdict.objects.filter(**{name: value for name, value in exact.items() if value})
    if filters.month:  # by day as well: the index of the newest rows ends where the month does
        rows = rows.filter(day__range=(_first_day(filters.month), last_day(filters.month)))
    rules = filters.rules(known)
    return (rows if rules is None else rows.filter(rule__in=rules)).order_by("-day", "-pk")


def _first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def page(filters: Filters, known: dict, *, after: str = "") -> Page:
    """The page that begins behind a key; a key that cannot be read gives the first page."""
    rows = narrowed(filters, known)
    key = _read(after)
    shown = rows.filter(_behind(*key)) if key else rows
    found = list(shown[: PAGE + 1])
    more = len(found) > PAGE
    found = found[:PAGE]
    count = rows.order_by()[: COUNT_UP_TO + 1].count()
    return Page(
        found,
        _key(found[-1]) if more else "",
        key is None,
        min(count, COUNT_UP_TO),
        count > COUNT_UP_TO,
    )


def _behind(day: date, pk: int) -> Q:
    """The row comparison (day, pk) < (day, pk), written so that the index serves it."""
    return Q(day__lte=day) & (Q(day__lt=day) | Q(pk__lt=pk))


def _key(row: RecordVerdict) -> str:
    return base64.urlsafe_b64encode(json.dumps([row.day.isoformat(), row.pk]).encode()).decode().rstrip("=")


def _read(text: str) -> tuple[date, int] | None:
    try:
        day, pk = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return date.fromisoformat(day), int(pk)
    except (ValueError, TypeError):
        return None


def rows_for_export(filters: Filters, known: dict, *, most: int) -> Iterator[RecordVerdict]:
    """All rows that the filters leave, up to a sheet's length."""
    return narrowed(filters, known)[:most].iterator(chunk_size=2000)
