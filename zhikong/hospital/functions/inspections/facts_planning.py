"""What inspections announce: a visit was planned, began, was concluded, was cancelled."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from zhikong.foundation.outbox.registry import Fact, fact


@fact("inspections.visit_planned", _("安排了一次检查"))
@dataclass(frozen=True)
class VisitPlanned(Fact):
    visit_id: int
    kind: str
    department_id: int | None


@fact("inspections.visit_started", _("一次检查开始"))
@dataclass(frozen=True)
class VisitStarted(Fact):
    visit_id: int
    kind: str
    department_id: int | None


@fact("inspections.visit_concluded", _("一次检查有了结论"))
@dataclass(frozen=True)
class VisitConcluded(Fact):
    """programme: the packaged programme's id, or ''. occurrence_id: the duty from which the visit was begun, or 0."""

    visit_id: int
    kind: str
    programme: str
    department_id: int | None
    occurrence_id: int = 0


@fact("inspections.visit_cancelled", _("一次检查被取消"))
@dataclass(frozen=True)
class VisitCancelled(Fact):
    visit_id: int
    kind: str
    department_id: int | None
