"""Kinds of projects in force, and the kind by which one project goes."""

from __future__ import annotations

from django.utils import timezone

from zhikong.foundation.access.scope import once
from zhikong.foundation.packstore.queries import packaged, resolve, resolve_all
from zhikong.hospital.functions.improvements.models.projects import Project
from zhikong.hospital.functions.improvements.rules_projects_kinds import Kind, KindStep

CODE = "improvement_kind"
ORDER = (
    "qcc_problem",
    "qcc_task",
    "pdca",
    "focus_pdca",
    "special_task",
    "rca2",
    "patient_need",
    "special_survey",
)


def kinds() -> list[Kind]:
    """All kinds in force today, the packaged ones in their order, a hospital's own after them."""
    return once("improvements.kinds", _kinds)


def _kinds() -> list[Kind]:
    found = [one.obj for one in resolve_all(CODE, on=timezone.localdate())]
    places = {name: index for index, name in enumerate(ORDER)}
    return sorted(found, key=lambda kind: (places.get(kind.id, len(places)), kind.id))


def kind(kind_id: str) -> Kind | None:
    """One kind as it is in force today; one that was taken away, as the package has it, for the projects begun by it."""
    found = resolve(CODE, kind_id, on=timezone.localdate()) or packaged(CODE, kind_id)
    return None if found is None else found.obj


def kind_of(project: Project) -> Kind | None:
    return once(f"improvements.kind.{project.kind_id}", lambda: kind(project.kind_id))


def step_of(project: Project, key: str) -> KindStep | None:
    """The description of one step of a project."""
    found = kind_of(project)
    return found.step(key) if found else None


def title_of(project: Project) -> str:
    """The kind's short name; its id when nobody knows it any more."""
    found = kind_of(project)
    return found.short if found else project.kind_id
