"""What is not kept: the unblurred photo a month after the blurring, and pieces of uploads that never became whole."""

from __future__ import annotations

from datetime import datetime, timedelta

from zhikong.hospital.functions.inspections.actions.visiting import blurring
from zhikong.hospital.functions.inspections.models.visiting import Media, MediaPiece

ORIGINAL_DAYS = 30
HALF_SENT_DAYS = 30
REASON = f"遮挡满 {ORIGINAL_DAYS} 天，自动删除"


def delete_old_originals(*, now: datetime) -> int:
    """Destroy originals that were blurred long ago, unless somebody holds them; gives how many."""
    before = now - timedelta(days=ORIGINAL_DAYS)
    due = Media.objects.filter(original__held=False, original_deleted_at=None, looked_at__lt=before)
    found = list(due.select_related("visit", "file", "original").order_by("pk")[:500])
    for row in found:
        blurring.delete_original(row, by=None, now=now, reason=REASON)
    return len(found)


def drop_half_sent(*, now: datetime) -> int:
    """Forget pieces of uploads that stopped a month ago; what they belong to says so, and may be sent anew."""
    before = now - timedelta(days=HALF_SENT_DAYS)
    stopped = Media.objects.filter(file=None, started_at__lt=before, received__gt=0)
    for row in stopped:
        MediaPiece.objects.filter(media=row).delete()
        row.received, row.why = 0, "上传中断超过 30 天，已收到的部分不再保留，可以重新上传。"
        row.save(update_fields=["received", "why"])
    return len(stopped)
