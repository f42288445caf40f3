"""Places with a printed code, and what is watched more closely."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.hospital.functions.inspections.models.planning import KeyPoint, Place

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # without those that look alike
LENGTH = 8
FIELDS = ("name", "kind", "building", "floor", "route_order", "weight")


def _code() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def _values(given: dict[str, Any]) -> dict[str, Any]:
    values = {name: given[name] for name in FIELDS if name in given}
    return values | {"name": values.get("name", "").strip(), "form_ids": list(given.get("form_ids", ()))}


@transaction.atomic
def add_place(*, by, now: datetime, department_id: int, **given: Any) -> Place:
    """A new place; its code is made by chance and never changes, so that a printed square stays right."""
    require(by, Permission.PLAN_INSPECTIONS, department_id)
    return Place.objects.create(
        institution_id=current_scope().institution_id,
        department_id=department_id,
        code=_code(),
        made_at=now,
        made_by=by,
        **_values(given),
    )


@transaction.atomic
def change_place(place: Place, *, by, now: datetime, department_id: int, **given: Any) -> Place:
    """Another name, way or department; the code stays."""
    for one in {place.department_id, department_id}:
        require(by, Permission.PLAN_INSPECTIONS, one)
    if place.ended_at is not None:
        raise ValidationError("这个检查点已停用。")
    place.department_id = department_id
    for name, value in _values(given).items():
        setattr(place, name, value)
    place.save()
    return place


@transaction.atomic
def end_place(place: Place, *, by, now: datetime) -> Place:
    """No longer inspected; its code says so when it is scanned."""
    require(by, Permission.PLAN_INSPECTIONS, place.department_id)
    if place.ended_at is None:
        place.ended_at, place.ended_by = now, by
        place.save(update_fields=["ended_at", "ended_by"])
    return place


@transaction.atomic
def watch(
    *,
    by,
    now: datetime,
    what: str,
    item: str,
    weight: int,
    department_id: int | None = None,
    source: str = "",
) -> KeyPoint:
    """Watch a department, a post or a link more closely; for the whole hospital or one department (CLN-04, CLN-27)."""
    require(by, Permission.PLAN_INSPECTIONS, department_id, whole_hospital=department_id is None)
    known = KeyPoint.objects.filter(what=what, item=item.strip(), department_id=department_id, ended_at=None)
    if known.exists():
        raise ValidationError("这一项已经在重点清单里。要改权重，请先取消再设定。")
    return KeyPoint.objects.create(
        institution_id=current_scope().institution_id, what=what, item=item.strip()[:80], weight=weight,
        department_id=department_id, source=source.strip()[:160], made_at=now, made_by=by,
    )  # fmt: skip


@transaction.atomic
def stop_watching(point: KeyPoint, *, by, now: datetime) -> KeyPoint:
    place = point.department_id
    require(by, Permission.PLAN_INSPECTIONS, place, whole_hospital=place is None)
    if point.ended_at is None:
        point.ended_at, point.ended_by = now, by
        point.save(update_fields=["ended_at", "ended_by"])
    return point
