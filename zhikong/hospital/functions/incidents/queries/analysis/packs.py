"""The definitions in force for analyses: the hospital's own version before the packaged one."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from zhikong.foundation.access.scope import once
from zhikong.foundation.packstore.queries import resolve
from zhikong.hospital.functions.incidents import rules_analysis_packs as packs

IDS = {
    packs.FACTORS: "hospital_contributory_factors",
    packs.HIERARCHY: "hospital_action_hierarchy",
    packs.POLICY: "hospital_incident_analysis",
}


def factors() -> packs.Factors:
    """Contributory factors in force."""
    return _in_force(packs.FACTORS)


def hierarchy() -> packs.Hierarchy:
    """Kinds of measures with their strength."""
    return _in_force(packs.HIERARCHY)


def policy() -> packs.Policy:
    """What the hospital demands of analyses, lessons, alerts, key patients and defects."""
    return _in_force(packs.POLICY)


def _in_force(code: str) -> Any:
    """Raises ValidationError when a hospital has withdrawn a definition without another."""
    found = once(f"incidents.{code}", lambda: resolve(code, IDS[code], on=timezone.localdate()))
    if found is None:
        raise ValidationError(f"没有生效的“{IDS[code]}”。请在内容库里发布它，再进行分析。")
    return found.obj
