"""What a sample may be drawn from, at this moment: who lies in the department, its places, its people."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.utils import timezone

from zhikong.engine.tables.event_codes import CONDITION_KIND
from zhikong.foundation.organisation import rosters
from zhikong.foundation.organisation.models import Appointment
from zhikong.foundation.patients import live
from zhikong.foundation.patients.models import Stay
from zhikong.foundation.patients.queries import open_stays
from zhikong.hospital.functions.inspections.models.planning import KeyPoint, Place, Visit
from zhikong.hospital.functions.inspections.rules_planning_sampling import Unit
from zhikong.hospital.functions.inspections.rules_planning_visits import SampleRule

WORDS = dict(CONDITION_KIND.values)
WEIGHTS = {
    "critical": 4.0,
    "serious": 3.0,
    "nursing_special": 3.0,
    "nursing_1": 2.0,
    "transfused": 2.0,
    "operated": 2.0,
}
"""How much more often than others a patient is looked at (CLN-04, CLN-27: 重点环节); the largest one counts."""
LEVELS = ("nursing_special", "nursing_1", "nursing_2", "nursing_3")
MORE_WORDS = {"transfused": "输血", "operated": "手术"}
TABLES = ("condition_periods", "transfusions", "operations")


def frame(rule: SampleRule, *, visit: Visit, today: date) -> list[Unit]:
    """The units of a rule for a visit; the caller's scope decides what is seen."""
    if visit.department_id is None:
        return []
    makers = {"patient": _patients, "record": _patients, "place": _places, "person": _people}
    return makers[rule.of](rule, visit, today)


def _patients(rule: SampleRule, visit: Visit, today: date) -> list[Unit]:
    stays = open_stays(department_id=visit.department_id)
    marks = marks_of(visit.department_id)
    units = [_patient(stay, marks.get(stay.stay_id, ()), rule.by) for stay in stays]
    if rule.only:
        kept = {stay_id for stay_id, found in marks.items() if rule.only in found}
        units = [unit for unit in units if unit.key in kept]
    return units


def _patient(stay: Stay, marks, by: str) -> Unit:
    weights = {mark: WEIGHTS[mark] for mark in marks if mark in WEIGHTS}
    heaviest = max(weights, key=weights.get) if weights else ""
    words = WORDS | MORE_WORDS
    level = next((WORDS[one] for one in LEVELS if one in marks), "护理级别不详")
    stratum = {"level": level, "doctor": stay.attending_doctor or "医师不详"}.get(by, "")
    return Unit(
        stay.stay_id,
        bed_words(stay),
        stratum,
        weights.get(heaviest, 1.0),
        stay.patient_key,
        f"重点：{words[heaviest]}，权重 {weights[heaviest]:g}" if heaviest else "",
    )


def bed_words(stay: Stay) -> str:
    """The bed as it is called; hospitals write 12 or 12床."""
    if not stay.bed:
        return "床号未登记"
    return str(stay.bed) if str(stay.bed).endswith("床") else f"{stay.bed} 床"


def marks_of(department_id: int) -> dict[str, set[str]]:
    """Stay → what is special about it now: condition, level of nursing, transfused, operated."""
    found: dict[str, set[str]] = defaultdict(set)
    rows = live.live_rows(department_id=department_id, tables=TABLES)
    for row in rows.get("condition_periods", ()):
        if row.get("ended_at") is None and row.get("kind"):
            found[row["stay_id"]].add(row["kind"])
    for table, mark in (("transfusions", "transfused"), ("operations", "operated")):
        for row in rows.get(table, ()):
            found[row["stay_id"]].add(mark)
    return dict(found)


def _places(rule: SampleRule, visit: Visit, today: date) -> list[Unit]:
    rows = Place.objects.filter(department_id=visit.department_id, ended_at=None)
    words = dict(Place.Kind.choices)
    return [
        Unit(
            str(one.pk),
            one.name,
            str(words[one.kind]) if rule.by == "kind" else "",
            float(one.weight),
            why=f"重点检查点，权重 {one.weight}" if one.weight > 1 else "",
        )
        for one in rows
    ]


def _people(rule: SampleRule, visit: Visit, today: date) -> list[Unit]:
    posts = dict(Appointment.Post.choices)
    key_posts = _key_posts(visit.department_id)
    best: dict[int, Unit] = {}
    for one in rosters.staff(department_id=visit.department_id, on=today):
        word = str(posts.get(one.post, one.post))
        weight = max((w for item, w in key_posts.items() if item in (word, one.title)), default=1)
        unit = Unit(
            str(one.person_id),
            one.person.name,
            word if rule.by == "post" else "",
            float(weight),
            why=f"重点岗位：{word}，权重 {weight}" if weight > 1 else "",
        )
        if one.person_id not in best or unit.weight > best[one.person_id].weight:
            best[one.person_id] = unit
    return list(best.values())


def _key_posts(department_id: int) -> dict[str, int]:
    rows = KeyPoint.objects.filter(what=KeyPoint.What.POST, ended_at=None)
    return {one.item: one.weight for one in rows if one.department_id in (None, department_id)}


def still_there(visit: Visit, refs: list[str]) -> set[str]:
    """Which of the drawn stays are still in this department's beds."""
    return set(
        open_stays(department_id=visit.department_id)
        .filter(stay_id__in=refs)
        .values_list("stay_id", flat=True)
    )


def night(now) -> bool:
    """Between 18:00 and 6:00 by the hospital's clock."""
    return not 6 <= timezone.localtime(now).hour < 18
