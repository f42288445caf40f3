"""The short report: its few fields, and one judge of what was typed, for the page with an account and for the one without.

Five fields are required, each with a plain sentence when it is wrong; all else may come later (EVT-01). No ORM.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from zhikong.hospital.functions.incidents.rules_reporting import (
    Outcome,
    Place,
    Privacy,
    Shift,
    in_the_future,
    suggested_level,
)

LONGEST = 4000
SHORT = 200
OLDEST = timedelta(days=3 * 366)
UNSURE_OUTCOME = "unsure"  # posted by "not sure"; stored as ''
FIELDS = (
    "privacy", "what", "department", "occurred_on", "shift", "harm", "category", "place", "where", "done",
    "patient_told", "stay",
)  # fmt: skip
REQUIRED = ("privacy", "what", "department", "occurred_on", "harm")


@dataclass(frozen=True)
class Report:
    """What one short report says. harm, level, category, place: '' when unknown. patient: {"key", "stay", "told"}.

    department_id: where it happened; None: elsewhere in the hospital. source: menu, qr, speak, demo.
    """

    privacy: str
    what: str
    occurred_on: date
    department_id: int | None = None
    shift: str = Shift.UNKNOWN
    harm: str = ""
    category: str = ""
    place: str = ""
    where: str = ""
    done: str = ""
    patient: Mapping[str, str] = field(default_factory=dict)
    source: str = "menu"

    @property
    def level(self) -> str:
        """The level that the outcome suggests."""
        return suggested_level(self.harm)

    def words(self) -> dict[str, Any]:
        """What is sealed."""
        return {
            "what": self.what,
            "done": self.done,
            "where": self.where,
            "patient": dict(self.patient),
            "source": self.source,
        }


@dataclass
class Judged:
    """A report, or a sentence by field. report is None while there are errors."""

    report: Report | None
    errors: dict[str, str] = field(default_factory=dict)


def judge(
    posted: Mapping[str, Any],
    *,
    now: datetime,
    departments: Mapping[str, int],
    categories: frozenset[str],
    allowed: tuple[str, ...],
    source: str,
) -> Judged:
    """Read the fields of a posted page.

    now: local wall time. departments: code -> id, of those that may be named. categories: ids in force.
    allowed: the ways of reporting that this page offers. A field that is not among FIELDS is not looked at.
    """
    said = {name: str(posted.get(name, "") or "").replace("\x00", "").strip() for name in FIELDS}
    errors = dict(_errors(said, now, departments, categories, allowed))
    if errors:
        return Judged(None, errors)
    return Judged(
        Report(
            privacy=said["privacy"],
            what=said["what"],
            occurred_on=date.fromisoformat(said["occurred_on"]),
            department_id=departments.get(said["department"]),
            shift=said["shift"] or Shift.UNKNOWN,
            harm="" if said["harm"] == UNSURE_OUTCOME else said["harm"],
            category=said["category"],
            place=said["place"],
            where=said["where"],
            done=said["done"],
            patient={k: v for k, v in (("told", said["patient_told"]), ("stay", said["stay"])) if v},
            source=source,
        )
    )


def _errors(said, now, departments, categories, allowed):
    if said["privacy"] not in allowed:
        yield "privacy", _("请选择怎样报告。")
    if not said["what"]:
        yield "what", _("请用一两句话写下发生了什么。")
    for name, longest in (("what", LONGEST), ("done", LONGEST), ("where", SHORT), ("patient_told", SHORT)):
        if len(said[name]) > longest:
            yield (
                name,
                _("最多 %(most)s 个字，现在有 %(has)s 个。") % {"most": longest, "has": len(said[name])},
            )
    if said["department"] != ELSEWHERE and said["department"] not in departments:
        yield "department", _("请选择发生的科室；不在科室里的选“医院其他地方”。")
    if wrong := _wrong_day(said["occurred_on"], said["shift"], now):
        yield "occurred_on", wrong
    if said["harm"] not in (UNSURE_OUTCOME, *Outcome.values):
        yield "harm", _("请选择患者怎么样了；不清楚就选“不清楚”。")
    yield from _unknown(said, categories)


def _unknown(said, categories):
    if said["category"] and said["category"] not in categories:
        yield "category", _("没有这个类别，请重新选择，或选“不清楚”。")
    if said["shift"] and said["shift"] not in Shift.values:
        yield "shift", _("请从列出的时段里选择。")
    if said["place"] and said["place"] not in Place.values:
        yield "place", _("请从列出的地点里选择。")


def _wrong_day(text: str, shift: str, now: datetime) -> str:
    """Why a day cannot be right, '' when it can."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return _("请写发生的日期，如 2026-11-22。")
    if in_the_future(day, shift, now):
        return _("发生的时间还没有到，请检查日期和时段。")
    if now.date() - day > OLDEST:
        return _("三年以前的事请直接联系质控科。")
    return ""


ELSEWHERE = "-"
SIGNED_IN = (Privacy.NAMED.value, Privacy.CONFIDENTIAL.value)
WITHOUT_LOGIN = (Privacy.ANONYMOUS.value,)
