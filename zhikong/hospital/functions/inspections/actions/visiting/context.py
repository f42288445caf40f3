"""What applying an op needs to know, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from zhikong.foundation.forms.models import Sheet
from zhikong.hospital.functions.inspections.models.planning import Visit
from zhikong.hospital.functions.inspections.models.visiting import Device, Op
from zhikong.hospital.functions.inspections.rules_sync import Envelope, Status
from zhikong.hospital.functions.inspections.rules_sync_clock import Timed


@dataclass(slots=True)
class Context:
    """One op about to be applied: for which visit, from which phone, of whom, when by the server's clock.

    now: the moment of its arrival; when.at: when it happened.
    """

    visit: Visit
    device: Device
    author: Any
    one: Envelope
    when: Timed
    now: datetime

    def sheet(self) -> Sheet:
        """The sheet that the op names; only one of this very visit. Raises ValidationError."""
        found = sheet_of(self.visit, self.one.sheet)
        if found is None:
            raise ValidationError(_("这份表不属于这次检查，没有记入。"))
        return found


@dataclass(slots=True)
class Outcome:
    """What became of an op. current: the other answer of a conflict. then: what to write once the op has its row."""

    status: Status
    why: str = ""
    revision: int | None = None
    current: dict[str, Any] | None = None
    then: list[Callable[[Op], None]] = field(default_factory=list)


def sheet_of(visit: Visit, sheet_id: int | None) -> Sheet | None:
    """A sheet of the visit that was not dropped, or None."""
    if sheet_id is None:
        return None
    return Sheet.objects.filter(
        pk=sheet_id, visit_sheet__visit=visit, visit_sheet__dropped_at__isnull=True
    ).first()
