"""Patients in hospital as the feeds tell it: the list of open stays, their beds, who treats them, whose rows they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from zhikong.engine.tables import TABLES
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.organisation.models import Department
from zhikong.foundation.patients import actions
from zhikong.foundation.patients.live_events import typed
from zhikong.foundation.patients.live_rules import State
from zhikong.foundation.patients.models import Bed, LiveRow, Stay

_MOVE_ROWS = """
    UPDATE patients_liverow AS r SET department_id = p.department
    FROM unnest(%s::text[], %s::bigint[]) AS p (stay, department)
    WHERE r.institution_id = %s AND r.stay_id = p.stay AND r.department_id IS DISTINCT FROM p.department"""


@dataclass(frozen=True)
class Known:
    """What is known of one live stay: its columns, where it is now, and when the bed was told."""

    stay_id: str
    row: Mapping[str, Any]
    department: str | None
    bed_told: int

    @property
    def open(self) -> bool:
        """In hospital: admitted, not discharged, and it is known who and where."""
        needed = (self.row.get("patient_key"), self.row.get("admitted_at"), self.department)
        return all(needed) and self.row.get("discharged_at") is None


def follow(*, by, now: datetime, stay_ids: Iterable[str], zone: str) -> None:
    """Bring open stays, beds, treating departments and the rows' departments in step with what was told of stays."""
    wanted = sorted(stay_ids)
    if not wanted:
        return
    codes = dict(Department.objects.values_list("code", "pk"))
    known = _known(wanted)
    _move_rows({one.stay_id: codes[one.department] for one in known if one.department in codes})
    actions.note_treating_departments(
        by=by,
        pairs={
            (k.row["patient_key"], k.department) for k in known if k.department and k.row.get("patient_key")
        },
    )
    here = [one for one in known if one.open and one.department in codes]
    _show(by, now, wanted, here, codes, ZoneInfo(zone))


def _known(stay_ids: list[str]) -> list[Known]:
    found: dict[str, State] = {}
    moves: dict[str, list[tuple[str, int, str]]] = {}
    rows = LiveRow.objects.filter(stay_id__in=stay_ids, table__in=("stays", "transfers"), late=False)
    for table, stay, row, stamps, version in rows.values_list("table", "stay_id", "row", "stamps", "version"):
        if table == "stays":
            found[stay] = State(row, stamps, version)
        elif row.get("to_department"):
            moves.setdefault(stay, []).append((row["at"], version, row["to_department"]))
    return [_one(stay, state, moves.get(stay, [])) for stay, state in found.items()]


def _one(stay: str, state: State, moves: list[tuple[str, int, str]]) -> Known:
    """Now in: what was told last, the last transfer or the present place; else where it was admitted or discharged."""
    _at, told, place = max(moves, default=("", -1, None))
    present = state.values.get("current_department")
    if present and (state.stamp("current_department") or 0) >= told:
        place = present
    place = place or state.values.get("discharge_department") or state.values.get("admission_department")
    return Known(stay, typed("stays", state.values), place, state.stamp("current_bed") or 0)


def _move_rows(places: Mapping[str, int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_MOVE_ROWS, [list(places), list(places.values()), current_scope().institution_id])


def _show(by, now: datetime, touched: list[str], here: list[Known], codes, zone: ZoneInfo) -> None:
    """The list of patients in hospital, for the touched stays only; what is as it was is not written."""
    lying = [
        {"department": one.department, "ward": one.row.get("current_ward"), "bed": one.row.get("current_bed")}
        for one in here
    ]
    actions.register_beds(by=by, on=now.astimezone(zone).date(), stays=lying)
    beds = {(b.department_id, b.ward, b.number): b.pk for b in Bed.objects.filter(valid_to__isnull=True)}
    wanted = {one.stay_id: _stay(one, codes[one.department], beds, now, zone) for one in here}
    _last_claim(here, wanted)
    shown = {stay.stay_id: stay for stay in Stay.objects.filter(stay_id__in=touched)}
    same = {key for key, stay in wanted.items() if key in shown and not actions.differs(stay, shown[key])}
    changed = [stay for key, stay in wanted.items() if key not in same]
    Stay.objects.filter(stay_id__in=[key for key in shown if key not in same]).delete()
    # who was told to lie there before has gone elsewhere, though nobody has said so yet
    Stay.objects.filter(bed_id__in=[s.bed_id for s in changed if s.bed_id]).update(bed=None, updated_at=now)
    Stay.objects.bulk_create(changed, batch_size=1_000)


def _stay(one: Known, department_id: int, beds: Mapping, now: datetime, zone: ZoneInfo) -> Stay:
    place = (department_id, one.row.get("current_ward") or "", one.row.get("current_bed") or "")
    return Stay(
        institution_id=current_scope().institution_id,
        stay_id=one.stay_id,
        patient_key=one.row["patient_key"],
        department_id=department_id,
        bed_id=beds.get(place),
        admitted_at=one.row["admitted_at"].replace(tzinfo=zone),
        attending_doctor=one.row.get("attending_doctor") or "",
        updated_at=now,
    )


def _last_claim(here: list[Known], wanted: Mapping[str, Stay]) -> None:
    """Of two patients in one bed the one who was told last lies there."""
    taken: set[int] = set()
    for one in sorted(here, key=lambda k: (k.bed_told, k.stay_id), reverse=True):
        stay = wanted[one.stay_id]
        if stay.bed_id in taken:
            stay.bed_id = None
        elif stay.bed_id is not None:
            taken.add(stay.bed_id)


def numbered(table: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of a table whose number is their order, with that number."""
    spec = TABLES[table].numbered
    if spec is None:
        return rows
    number, by = spec
    counts: dict[str, int] = {}
    for row in sorted(rows, key=lambda r: (r["stay_id"], r[by])):
        counts[row["stay_id"]] = row[number] = counts.get(row["stay_id"], 0) + 1
    return sorted(rows, key=lambda r: (r["stay_id"], r[number]))
