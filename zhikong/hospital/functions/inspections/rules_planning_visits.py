"""What a planned visit consists of, before it is one: plain values that the wizard, the calendar and jobs all make."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from zhikong.hospital.functions.inspections.rules_planning import Kind, Notice


@dataclass(frozen=True)
class Named:
    """Somebody named for a visit, and why."""

    user_id: int
    lead: bool = False
    reason: str = ""


@dataclass(frozen=True)
class StopPlan:
    """One stop of a tracer. words: the department is the one whose name or alias holds one of them."""

    title: str
    department_id: int | None = None
    place_id: int | None = None
    questions: tuple[str, ...] = ()
    form_id: str = ""
    reason: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class VisitPlan:
    """One visit to be planned.

    sample: rules of drawing, as ``SampleRule.as_data`` gives them. chosen: what is drawn already, as rows of the sample. until_on: the last day on which it may be done.
    """

    planned_on: date
    inspectors: tuple[Named, ...]
    department_id: int | None = None
    title: str = ""
    kind: str = Kind.AD_HOC
    form_ids: tuple[str, ...] = ()
    place_id: int | None = None
    until_on: date | None = None
    at_night: bool = False
    notice: str = Notice.ANNOUNCED
    route_order: int = 1
    stops: tuple[StopPlan, ...] = ()
    sample: tuple[dict[str, Any], ...] = ()
    chosen: tuple[dict[str, Any], ...] = ()
    seed: str = ""
    occurrence_id: int | None = None
    notes: tuple[str, ...] = field(default=())


PER = ("visit", "patient", "record", "place", "person")
METHODS = ("random", "risk", "all")


@dataclass(frozen=True)
class SampleRule:
    """How many of what are drawn for a visit, and whether each gets its own checklist.

    method: ``random`` simple random, ``risk`` with chances by weight (CLN-04), ``all``. by: strata, such as ``level`` of
    nursing or ``doctor``; '' for none. form: the checklist that each drawn one gets; '' draws for looking only.
    only: narrows patients and records to those ``transfused``, ``operated`` or ``critical`` (INS-18).
    """

    of: str
    n: int = 3
    method: str = "random"
    by: str = ""
    form: str = ""
    only: str = ""

    def as_data(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> SampleRule:
        known = cls.__dataclass_fields__
        return cls(**{name: value for name, value in data.items() if name in known})
