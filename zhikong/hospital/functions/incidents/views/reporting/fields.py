"""What the short report offers to choose from, and how one of its pages is filled before anything is typed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access import queries as access
from zhikong.foundation.organisation import queries as organisation
from zhikong.foundation.patients import queries as patients
from zhikong.hospital.functions.incidents.queries.reporting import categories
from zhikong.hospital.functions.incidents.rules_reporting import Outcome, Place, Shift, shift_of
from zhikong.hospital.functions.incidents.rules_reporting_categories import Category
from zhikong.hospital.functions.incidents.rules_reporting_report import (
    ELSEWHERE,
    SIGNED_IN,
    UNSURE_OUTCOME,
    Judged,
    judge,
)

GROUP_WORDS = {
    "care": _("护理安全"),
    "medication": _("用药与输血"),
    "procedure": _("手术、操作与诊疗"),
    "tests": _("检查、检验与标本"),
    "safety": _("患者与场所安全"),
    "staff": _("职工安全"),
    "support": _("设备、信息、后勤与其他"),
}
BLANK = {"privacy": "", "what": "", "harm": "", "category": "", "place": "", "where": "", "done": "", "patient_told": "", "stay": ""}  # fmt: skip


@dataclass(frozen=True)
class Option:
    value: str
    label: Any


def blank(user, *, now: datetime, asked_department: str = "") -> dict[str, str]:
    """Fields before anything is typed: the ward of the QR code or the writer's own, today, this part of the day."""
    local = timezone.localtime(now)
    return BLANK | {
        "department": asked_department or own_department(user),
        "occurred_on": local.date().isoformat(),
        "shift": str(shift_of(local.time())),
    }


def own_department(user) -> str:
    """The code of the department of the writer's first post; '' for posts of the whole hospital."""
    today = timezone.localdate()
    posts = [
        one.department_id
        for one in access.assignments_of(user=user)
        if one.department_id and one.valid_from <= today and (one.valid_to is None or one.valid_to > today)
    ]
    found = organisation.department_on(department_id=posts[0], on=today) if posts else None
    return found.code if found else ""


def options(user, fields: Mapping[str, str]) -> dict[str, Any]:
    """All that the page offers to choose from."""
    return {
        "departments": [Option(one.code, one.name) for one in departments()],
        "elsewhere": ELSEWHERE,
        "shifts": [Option(*pair) for pair in Shift.choices],
        "places": [Option(*pair) for pair in Place.choices],
        "outcomes": [Option(*pair) for pair in Outcome.choices] + [Option(UNSURE_OUTCOME, _("不清楚"))],
        "groups": grouped(),
        "stays": stays(user),
    }


def departments() -> list[organisation.DepartmentOn]:
    """What may be named: departments and no wards, because a ward with a shift names few people."""
    return organisation.departments(on=timezone.localdate(), kinds=("clinical", "medtech", "functional"))


def grouped() -> list[tuple[Any, list[Category]]]:
    """Categories under their headings, in the order of the page."""
    found: dict[str, list[Category]] = {}
    for one in categories.all_in_force():
        found.setdefault(one.group, []).append(one)
    return [(word, found[code]) for code, word in GROUP_WORDS.items() if code in found]


def stays(user) -> list[Option]:
    """Patients who lie in the writer's departments, by bed, with the first letter of the name; for choosing one."""
    found = list(patients.open_stays())[:80]
    without_bed = _("无床号")
    names = patients.initials_of(stay.patient_key for stay in found)
    return [
        Option(stay.stay_id, f"{stay.bed or without_bed} {names.get(stay.patient_key, '')}".strip())
        for stay in sorted(found, key=lambda stay: str(stay.bed or "~"))
    ]


def judged(posted: Mapping[str, Any], *, now: datetime, source: str) -> Judged:
    """The posted report, or a sentence for each field that is wrong."""
    known = departments()
    found = judge(
        posted,
        now=timezone.localtime(now).replace(tzinfo=None),
        departments={one.code: one.id for one in known},
        categories=frozenset(one.id for one in categories.all_in_force()),
        allowed=SIGNED_IN,
        source=source,
    )
    if found.report is not None and (stay := found.report.patient.get("stay")):
        _add_patient(found, stay)
    return found


def _add_patient(found: Judged, stay: str) -> None:
    """A stay that the writer may see brings its pseudonym along; any other is an error."""
    row = patients.open_stays().filter(stay_id=stay).first()
    if row is None:
        found.report, found.errors = None, {"stay": str(_("没有这位在院患者，请重新选择，或在旁边写床号。"))}
        return
    found.report.patient["key"] = row.patient_key  # type: ignore[index]


def once() -> str:
    """A random mark of an empty form: what is sent with it twice is one report."""
    return str(uuid.uuid4())
