"""A simulated year of inspections as the product keeps it: visits, sheets, answers, and the findings that came of them.

What is old is written in bulk, as rows that the actions would have left; the counting, the publishing and the
recurrence of findings are the product's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from zhikong.foundation.access.models import User
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.forms import answers as judging
from zhikong.foundation.forms import numbering
from zhikong.foundation.forms.actions.steps import note_figures
from zhikong.foundation.forms.definition import FormDefinition, ItemType
from zhikong.foundation.forms.kind import FORM
from zhikong.foundation.forms.models import Series, Sheet
from zhikong.foundation.organisation.queries import departments
from zhikong.foundation.packstore import actions as packstore
from zhikong.foundation.packstore.queries import Resolved
from zhikong.hospital.functions.inspections.actions.results import noting
from zhikong.hospital.functions.inspections.models.planning import (
    Programme,
    Visit,
    VisitInspector,
    VisitNumber,
    VisitSheet,
)
from zhikong.hospital.functions.inspections.models.results import InspectionAnswer
from zhikong.hospital.functions.inspections.rules_planning import SOURCE, Kind, State
from zhikong.hospital.functions.inspections.rules_results import can_be_wrong
from zhikong.simulator import hospital
from zhikong.simulator.clock import Window, month_number
from zhikong.simulator.inspections import Answer, Checklist, Given, Plants, Year, year

HANDS, DRUGS, SYSTEMS = "hand_hygiene_observation", "drug_storage_check", "core_system_supervision_check"
FORMS = ((HANDS, 1), (DRUGS, 1), (SYSTEMS, 3))
"""Checklists of the year, and how many months lie between two visits with each."""
IMPROVED, IMPROVED_IN = (HANDS, "after_surroundings"), "GSUR"
RECURRING_IN = "ORTH"
MONTHS = 12
SEED = 1
INSPECTORS = ("zhikong", "yiwu", "huli", "yuangan", "zhuangbei")
BATCH = 1000


@dataclass
class Written:
    """What was stored: visits and sheets by the number of the simulated visit."""

    year: Year
    window: Window
    visits: dict[int, Visit] = field(default_factory=dict)
    sheets: dict[int, Sheet] = field(default_factory=dict)


def tell(*, now: datetime) -> Written | None:
    """Tell it once, in the scope of a whole hospital; None when it was told before."""
    if InspectionAnswer.objects.exists():
        return None
    forms, window = checklists(timezone.localdate(now), now), window_before(now)
    users = [User.objects.get(username=name) for name in INSPECTORS]
    codes = [one.code for one in hospital.admitting()]
    made = simulated(forms, window, seed=SEED, inspectors=len(users), codes=codes)
    return write(made, forms=forms, window=window, now=now, inspectors=users)


def window_before(now: datetime, months: int = MONTHS) -> Window:
    """The finished months before now."""
    return Window(month_number(f"{timezone.localdate(now):%Y-%m}") - months, months)


def checklists(on: date, now: datetime) -> dict[str, Resolved]:
    """The forms of the year that are in force, their text kept."""
    return {form_id: packstore.pin(FORM, form_id, on=on, now=now) for form_id, _every in FORMS}


def described(forms: Mapping[str, Resolved]) -> tuple[Checklist, ...]:
    """The forms as the simulator wants them: their items, and which of them are counted."""
    every = dict(FORMS)
    return tuple(_described(found.obj, every[form_id]) for form_id, found in forms.items())


def _described(form: FormDefinition, every: int) -> Checklist:
    items = [item for item in form.items() if can_be_wrong(item)]
    counted = frozenset(item.id for item in items if item.type is ItemType.OBSERVATION)
    return Checklist(form.id, tuple(item.id for item in items), counted, every)


def simulated(
    forms: Mapping[str, Resolved], window: Window, *, seed: int, inspectors: int, codes: Sequence[str]
) -> Year:
    """The year, with a defect that comes back in one department and a measure that works in another."""
    drugs = next(one for one in described(forms) if one.form == DRUGS)
    plants = Plants((DRUGS, drugs.items[1]), RECURRING_IN, IMPROVED, IMPROVED_IN)
    return year(seed, window, described(forms), plants, inspectors=inspectors, departments=codes)


@transaction.atomic
def write(
    made: Year, *, forms: Mapping[str, Resolved], window: Window, now: datetime, inspectors: Sequence[User],
    programme: Programme | None = None,
) -> Written:  # fmt: skip
    """Store the year: closed visits with accepted sheets, their answers counted and published as facts."""
    found = Written(made, window)
    places = {place.code: place for place in departments(on=timezone.localdate(now))}
    _visits(found, places, inspectors, programme, forms)
    _sheets(found, places, inspectors, forms)
    _join(found, forms)
    InspectionAnswer.objects.bulk_create(
        (
            row
            for number, sheet in found.sheets.items()
            for row in noting.rows_of(sheet, found.visits[number])
        ),
        batch_size=BATCH,
    )
    noting.publish_noted(by=None, now=now)
    return found


def moment(day: int, hour: int = 10) -> datetime:
    """A moment of a simulated day."""
    return datetime.combine(
        date(1970, 1, 1) + timedelta(days=day), time(hour), tzinfo=timezone.get_default_timezone()
    )


def _visits(found: Written, places, inspectors: Sequence[User], programme, forms) -> None:
    last: dict[int, int] = dict(VisitNumber.objects.values_list("year", "last"))
    rows = []
    for one in found.year.visits:
        at, place = moment(one.day), places[one.department]
        last[at.year] = last.get(at.year, 0) + 1
        who = inspectors[one.inspector]
        rows.append(
            Visit(
                institution_id=current_scope().institution_id, programme=programme, kind=Kind.MONTHLY,
                number=f"JC-{at.year}-{last[at.year]:04d}", title=forms[one.form].title[:120],
                department_id=place.id, department_name=place.name, planned_on=at.date(), state=State.CLOSED,
                lead=who, form_ids=[one.form], readers=[who.pk], planned_at=at - timedelta(days=5),
                planned_by=None, started_at=at, started_by=who, commented_at=at + timedelta(hours=1),
                commented_by=who, concluded_at=at + timedelta(hours=4), concluded_by=who,
                notified_at=at + timedelta(days=1), notified_by=who, closed_at=at + timedelta(days=30), closed_by=who,
            )
        )  # fmt: skip
    stored = Visit.objects.bulk_create(rows, batch_size=BATCH)
    found.visits = {one.number: visit for one, visit in zip(found.year.visits, stored, strict=True)}
    for year_, number in last.items():
        VisitNumber.objects.update_or_create(
            institution_id=current_scope().institution_id, year=year_, defaults={"last": number}
        )


def _sheets(found: Written, places, inspectors: Sequence[User], forms: Mapping[str, Resolved]) -> None:
    given: dict[int, list[Given]] = {}
    for one in found.year.given:
        given.setdefault(one.visit, []).append(one)
    last: dict[tuple[str, int], int] = {
        (form_id, year_): number
        for form_id, year_, number in Series.objects.values_list("definition_id", "year", "last")
    }
    rows = []
    for one in found.year.visits:
        at, resolved = moment(one.day), forms[one.form]
        last[one.form, at.year] = last.get((one.form, at.year), 0) + 1
        who = inspectors[one.inspector]
        sheet = Sheet(
            institution_id=current_scope().institution_id, definition_id=one.form,
            definition_version=resolved.version, definition_hash=resolved.hash, title=resolved.title[:120],
            number=numbering.number(resolved.obj.number, year=at.year, serial=last[one.form, at.year]),
            department_id=places[one.department].id, department_name=places[one.department].name,
            source_kind=SOURCE, source_key=str(found.visits[one.number].pk), state="accepted",
            readers=[who.pk], opened_at=at, opened_by=who, changed_at=at, submitted_at=at + timedelta(hours=4),
            submitted_by=who, decided_at=at + timedelta(days=1), decided_by=who,
        )  # fmt: skip
        _answer(sheet, resolved.obj, given[one.number], at, who)
        rows.append(sheet)
    stored = Sheet.objects.bulk_create(rows, batch_size=BATCH)
    found.sheets = {one.number: sheet for one, sheet in zip(found.year.visits, stored, strict=True)}
    for (form_id, year_), number in last.items():
        Series.objects.update_or_create(
            institution_id=current_scope().institution_id, definition_id=form_id, year=year_,
            defaults={"last": number},
        )  # fmt: skip


def _answer(sheet: Sheet, form: FormDefinition, given: Sequence[Given], at: datetime, who: User) -> None:
    raw = {one.item: _raw(one) for one in given if one.answer is not Answer.UNKNOWN} | _about(form, at, who)
    cleaned = judging.clean(form, raw, final=False, today=at.date())
    sheet.answers = cleaned.values
    sheet.unknown = {one.item: "当时无法查看" for one in given if one.answer is Answer.UNKNOWN}
    note_figures(sheet, form, cleaned)


def _raw(one: Given):
    return {"n": one.conforming, "m": one.applicable} if one.counted else str(one.answer)


def _about(form: FormDefinition, at: datetime, who: User) -> dict:
    """Day, time and observer, where a form asks for them."""
    said = {
        ItemType.DATE: f"{at:%Y-%m-%d}", ItemType.TIME: f"{at:%H:%M}", ItemType.DATETIME: f"{at:%Y-%m-%d %H:%M}",
        ItemType.PERSON: who.person_id,
    }  # fmt: skip
    return {item.id: said[item.type] for item in form.items() if said.get(item.type)}


def _join(found: Written, forms: Mapping[str, Resolved]) -> None:
    """Who inspected, and which sheet belongs to which visit."""
    institution_id = current_scope().institution_id
    VisitInspector.objects.bulk_create(
        (
            VisitInspector(
                institution_id=institution_id, visit=visit, user=visit.lead, part="lead", named_at=visit.planned_at
            )
            for visit in found.visits.values()
        ),
        batch_size=BATCH,
    )  # fmt: skip
    VisitSheet.objects.bulk_create(
        (
            VisitSheet(
                institution_id=institution_id, visit=found.visits[number], position=1, form_id=sheet.definition_id,
                title=sheet.title, inspector=found.visits[number].lead, sheet=sheet,
            )
            for number, sheet in found.sheets.items()
        ),
        batch_size=BATCH,
    )  # fmt: skip


def newest_day() -> date | None:
    """The last day of what is stored; None while there is nothing."""
    return InspectionAnswer.objects.aggregate(day=Max("inspected_on"))["day"]
