"""The end of raw input: deletion when its retention is over, and the holds that forbid it."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Max, Min, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.facts import raw
from zhikong.foundation.facts.models import RawDisposal, RawHold, RawItem

AT_ONCE = 5_000


@transaction.atomic
def delete_due(*, now: datetime, limit: int = AT_ONCE) -> int:
    """Delete contents whose retention is over and that nothing holds; returns how many. For the nightly job.

    Rows stay and say what was kept; each source gets an audited line of what went. What still waits to be brought in
    is not deleted. Files go with the next ``sweep``.
    """
    require(None, Permission.HOLD_FILES)
    due = RawItem.objects.filter(deleted_at=None, held=False, retain_until__lt=timezone.localdate(now))
    ids = list(
        due.exclude(receipts__state="waiting")
        .order_by("retain_until", "pk")
        .values_list("pk", flat=True)[:limit]
    )
    gone = RawItem.objects.filter(pk__in=ids, held=False)
    lines = (
        gone.order_by()
        .values("source")
        .annotate(
            items=Count("pk"),
            bytes=Sum("size"),
            first=Min("received_at"),
            last=Max("received_at"),
        )
    )
    for line in lines:
        RawDisposal.objects.create(
            institution_id=current_scope().institution_id,
            at=now,
            source=line["source"],
            items=line["items"],
            size=line["bytes"],
            first_received_at=line["first"],
            last_received_at=line["last"],
        )
    return gone.update(sealed=None, deleted_at=now)


@transaction.atomic
def hold(item: RawItem, *, by, now: datetime, reason: str) -> RawHold:
    """封存: the content stays until the hold is released, whatever its retention says."""
    require(by, Permission.HOLD_FILES)
    found = RawItem.objects.select_for_update().get(pk=item.pk)
    if found.deleted_at is not None:
        raise ValidationError(_("原始数据已经到期删除，无法封存。"))
    if not reason.strip():
        raise ValidationError(_("请填写理由。"))
    found.held = True
    found.save(update_fields=["held"])
    return RawHold.objects.create(
        institution_id=found.institution_id,
        item=found,
        reason=reason.strip()[:300],
        placed_at=now,
        placed_by=by,
    )


@transaction.atomic
def release(item: RawItem, *, by, now: datetime) -> None:
    """解封: all open holds of an item end."""
    require(by, Permission.HOLD_FILES)
    found = RawItem.objects.select_for_update().get(pk=item.pk)
    for one in found.holds.filter(released_at=None):
        one.released_at, one.released_by = now, by
        one.save(update_fields=["released_at", "released_by"])
    found.held = False
    found.save(update_fields=["held"])


def sweep() -> int:
    """Remove what no row needs any more, of the scope's institution, and uploads that a crash left open."""
    incoming = Path(settings.RAW_FOLDER) / "incoming"
    gone = 0
    for path in sorted(incoming.glob("*")):
        if time.time() - path.stat().st_mtime > raw.GRACE_SECONDS:
            path.unlink(missing_ok=True)
            gone += 1
    return gone + raw.sweep(institution_id=current_scope().institution_id)
