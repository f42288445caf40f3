"""A visit beside the last one with the same checklist in the same department, item by item."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from zhikong.hospital.functions.inspections.models.planning import Visit
from zhikong.hospital.functions.inspections.models.results import InspectionAnswer
from zhikong.hospital.functions.inspections.queries.results.forms import Clause, clause, form_title
from zhikong.hospital.functions.inspections.rules_results import Change, Count, change


@dataclass(frozen=True)
class Item:
    clause: Clause
    now: Count
    before: Count | None
    change: Change


@dataclass(frozen=True)
class Compared:
    """One checklist in one department: this visit's items beside those of the last visit; none before: it was the first."""

    form_id: str
    title: str
    department_id: int
    last: Visit | None
    version_changed: bool
    items: tuple[Item, ...]
    now: Count
    before: Count | None
    score: Decimal | None
    score_before: Decimal | None

    def of(self, *wanted: Change) -> list[Item]:
        return [item for item in self.items if item.change in wanted]

    @property
    def new(self) -> list[Item]:
        return self.of(Change.NEW, Change.WORSE)

    @property
    def still(self) -> list[Item]:
        return self.of(Change.STILL)

    @property
    def mended(self) -> list[Item]:
        return self.of(Change.MENDED, Change.BETTER)

    @property
    def wrong(self) -> list[Item]:
        return [item for item in self.items if item.now.wrong]


def compared(visit: Visit) -> list[Compared]:
    """Every checklist of a visit, in every department that it was about."""
    own = list(InspectionAnswer.objects.filter(visit=visit).order_by("pk"))
    pairs = dict.fromkeys((row.form_id, row.department_id) for row in own)
    return [
        _compared(visit, form_id, place, [r for r in own if (r.form_id, r.department_id) == (form_id, place)])
        for form_id, place in pairs
    ]


def _compared(visit: Visit, form_id: str, place: int, own: list[InspectionAnswer]) -> Compared:
    last = last_visit(visit, form_id, place, own[0].inspected_on)
    former = list(
        InspectionAnswer.objects.filter(visit=last, form_id=form_id, department_id=place) if last else ()
    )
    now, before = _by_item(own), _by_item(former)
    items = tuple(
        Item(clause(form_id, item), count, before.get(item), change(before.get(item), count))
        for item, count in now.items()
    )
    versions = {row.form_version for row in own} ^ {row.form_version for row in former}
    return Compared(
        form_id, form_title(form_id), place, last, bool(former and versions), items, _total(now.values()),
        _total(before.values()) if former else None, _score(own), _score(former),
    )  # fmt: skip


def last_visit(visit: Visit, form_id: str, place: int, day) -> Visit | None:
    """The newest earlier visit with answers of this checklist there."""
    found = (
        InspectionAnswer.objects.filter(form_id=form_id, department_id=place, inspected_on__lte=day)
        .exclude(visit=visit)
        .filter(visit__pk__lt=visit.pk)
        .select_related("visit")
        .order_by("-inspected_on", "-visit_id")
        .first()
    )
    return found.visit if found else None


def _by_item(rows: Iterable[InspectionAnswer]) -> dict[str, Count]:
    made: dict[str, Count] = {}
    for row in rows:
        had = made.get(row.item, Count())
        made[row.item] = Count(had.conforming + row.conforming, had.applicable + row.applicable)
    return made


def _total(counted: Iterable[Count]) -> Count:
    known = list(counted)
    return Count(sum(c.conforming for c in known), sum(c.applicable for c in known))


def _score(rows: Iterable[InspectionAnswer]) -> Decimal | None:
    scored = [row for row in rows if row.full]
    could = sum((row.full for row in scored), Decimal(0))
    return 100 * sum((row.points for row in scored), Decimal(0)) / could if could else None
