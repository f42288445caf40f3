"""Levels, clocks and matrices in force: the hospital's own version before the packaged one."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from zhikong.foundation.access.scope import once
from zhikong.foundation.packstore.queries import resolve
from zhikong.hospital.functions.incidents.rules_handling_clocks import Clocks
from zhikong.hospital.functions.incidents.rules_handling_levels import Level, Levels
from zhikong.hospital.functions.incidents.rules_handling_sac import Matrix

STANDARD = "standard"


def levels() -> Levels:
    """Levels and degrees of harm in force."""
    return _in_force("incident_levels", STANDARD)


def clocks() -> Clocks:
    """All limits in force."""
    return _in_force("incident_clocks", STANDARD)


def matrix(id: str = "") -> Matrix:
    """The SAC matrix of an id; without one that which the hospital uses."""
    return _in_force("sac_matrix", id or levels().sac)


def level(code: str) -> Level | None:
    """A level by its code; None for '' or an unknown one."""
    return levels().level(code)


def plan(id: str) -> Any | None:
    """The emergency plan of an id as another function keeps it, or None: title, aim, call, parts."""
    found = resolve("emergency_plan", id, on=timezone.localdate()) if id else None
    return None if found is None else found.obj


def _in_force(code: str, id: str) -> Any:
    """Raises ValidationError when a hospital has withdrawn it without another."""
    found = once(f"incidents.{code}.{id}", lambda: resolve(code, id, on=timezone.localdate()))
    if found is None:
        raise ValidationError(f"没有生效的“{id}”（{code}）。请在内容库里发布它，再办理不良事件。")
    return found.obj
