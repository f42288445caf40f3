"""Which phone an account inspects with, and how far its clock is off."""

from __future__ import annotations

from datetime import datetime

from zhikong.foundation.access.scope import current_scope
from zhikong.hospital.functions.inspections.models.visiting import Device


def seen(*, by, now: datetime, device_id: str, label: str = "", drift: int | None = None) -> Device:
    """The row of this account's phone, made when it is new. drift: seconds that its clock is ahead."""
    device, made = Device.objects.get_or_create(
        institution_id=current_scope().institution_id,
        user=by,
        device_id=device_id,
        defaults={"first_seen_at": now, "last_seen_at": now, "label": label[:80], "drift": _within(drift)},
    )
    if not made:
        device.last_seen_at, device.label = now, label[:80] or device.label
        device.drift = device.drift if drift is None else _within(drift)
        device.save(update_fields=["last_seen_at", "label", "drift"])
    return device


def _within(drift: int | None) -> int | None:
    """A clock of 1971 is 1.7 billion seconds off; the column holds no more than two."""
    return None if drift is None else max(-2_000_000_000, min(2_000_000_000, drift))
