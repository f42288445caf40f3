"""A visit begins: what changed since it was planned is looked at and said, the sample is drawn, the sheets are opened."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from zhikong.foundation.forms import queries as forms
from zhikong.foundation.forms.actions import open_sheet
from zhikong.foundation.forms.definition.model import Subject
from zhikong.foundation.outbox.actions import announce
from zhikong.hospital.functions.inspections import facts_planning as facts
from zhikong.hospital.functions.inspections.actions.planning import drawing, mending, steps
from zhikong.hospital.functions.inspections.models.planning import SampleItem, Stop, Visit, VisitSheet
from zhikong.hospital.functions.inspections.queries.planning import visits as queries
from zhikong.hospital.functions.inspections.rules_planning import SOURCE, State


@transaction.atomic
def prepare_visit(visit: Visit, *, by, now: datetime) -> list[VisitSheet]:
    """Draw the sample and open the sheets, so that a phone can take them along; the visit stays planned.

    Calling it again changes nothing. Sheets of a visit that the inspected side must not know yet are confidential.
    """
    steps.lock(visit)
    if visit.state not in (State.PLANNED, State.OPEN, State.COMMENT):
        raise ValidationError("这次检查已经结束或取消，不能再打开检查表。")
    if not queries.may_start(by, visit):
        raise PermissionDenied("您不在这次检查的检查人名单里。如需参加，请联系安排检查的人。")
    mending.look_again(visit, by=by, now=now)
    drawing.draw(visit, now=now)
    _list_sheets(visit)
    _open_sheets(visit, by=by, now=now)
    steps.keep_readers(visit, now=now)
    return queries.sheets(visit)


@transaction.atomic
def start_visit(visit: Visit, *, by, now: datetime) -> Visit:
    """Begin: sheets are open, the inspected side sees it from now on (a covert one: when it is concluded).

    Starting what has begun already changes nothing, so that two inspectors, or one phone twice, may both do it.
    """
    prepare_visit(visit, by=by, now=now)
    if visit.state != State.PLANNED:
        return visit
    steps.step(visit, State.OPEN, by=by, now=now)
    announce(facts.VisitStarted(visit.pk, visit.kind, visit.department_id), now=now)
    return visit


def _list_sheets(visit: Visit) -> None:
    """One line per checklist: for the visit, for each stop, for each drawn object."""
    if visit.visit_sheets.exists():
        return
    titles = {one.id: one.title for one in forms.forms(on=timezone.localdate())}
    VisitSheet.objects.bulk_create(
        VisitSheet(
            institution_id=visit.institution_id,
            visit=visit,
            position=number,
            form_id=form_id,
            title=" · ".join(
                part for part in (titles.get(form_id, form_id), str(item or stop or "")) if part
            )[:160],
            item=item,
            stop=stop,
        )
        for number, (form_id, item, stop) in enumerate(_wanted(visit), start=1)
    )


def _wanted(visit: Visit) -> list[tuple[str, SampleItem | None, Stop | None]]:
    """What is to be filled: a form about a patient or a person once for each that was drawn, any other once."""
    drawn = list(visit.sample.filter(state=SampleItem.State.DRAWN).order_by("position"))
    found: list[tuple[str, SampleItem | None, Stop | None]] = []
    for form_id in visit.form_ids:
        of = ABOUT.get(_subject_of(form_id))
        if of is None:
            found.append((form_id, None, None))
            continue
        items = [one for one in drawn if one.of in of and not one.form_id]
        found += [(form_id, one, None) for one in items]
        if not items:
            visit.notes = [*visit.notes, f"检查表 {form_id} 要按抽到的对象填写，这次没有抽到，没有列入。"]
            visit.save(update_fields=["notes"])
    found += [(stop.form_id, None, stop) for stop in visit.stops.all() if stop.form_id]
    return found + [(one.form_id, one, None) for one in drawn if one.form_id]


ABOUT = {Subject.PATIENT: ("patient", "record"), Subject.PERSON: ("person",)}


def _subject_of(form_id: str) -> Subject | None:
    found = forms.form(form_id, on=timezone.localdate())
    return found.obj.subject if found else None


def _open_sheets(visit: Visit, *, by, now: datetime) -> None:
    lines = visit.visit_sheets.filter(sheet=None, dropped_at=None).select_related("item", "stop")
    with steps.widened():
        for line in lines:
            line.sheet = _open(visit, line, by=by, now=now)
            line.save(update_fields=["sheet"])


def _open(visit: Visit, line: VisitSheet, *, by, now: datetime):
    department = line.stop.department_id if line.stop and line.stop.department_id else visit.department_id
    return open_sheet(
        by=by,
        now=now,
        form_id=line.form_id,
        department_id=department,
        subject=_subject(visit, line),
        source_kind=SOURCE,
        source_key=str(visit.pk),
        confidential=visit.confidential,
        filler=by,
    )


def _subject(visit: Visit, line: VisitSheet):
    """Forms about a patient or a person are about the drawn one; at a stop about the traced patient."""
    subject = _subject_of(line.form_id)
    if subject is Subject.PATIENT:
        item = (
            line.item or visit.sample.filter(of=SampleItem.Of.PATIENT, state=SampleItem.State.DRAWN).first()
        )
        return item.patient_key if item else None
    return int(line.item.ref) if subject is Subject.PERSON and line.item else None
