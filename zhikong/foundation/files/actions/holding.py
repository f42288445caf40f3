"""封存, 解封, and another retention class: acts of a named person with a reason."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.files.actions.story import record
from zhikong.foundation.files.models import File, Hold
from zhikong.foundation.files.rules import Act, retention_classes


def locked(file: File) -> File:
    """The file as it stands now, kept from others until the end of the transaction."""
    return File.objects.select_for_update(no_key=True).get(pk=file.pk)


def reasoned(reason: str) -> str:
    """The reason without blanks around it; an empty one is refused."""
    if not (said := reason.strip()):
        raise ValidationError(_("请写明理由。"))
    return said[:300]


@transaction.atomic
def hold(file: File, *, by, now: datetime, reason: str) -> Hold:
    """Keep a file from destruction until somebody releases it; several holds may stand side by side."""
    require(by, Permission.HOLD_FILES, file.department_id)
    reason, file = reasoned(reason), locked(file)
    if file.deleted_at is not None:
        raise ValidationError(_("文件已经销毁，不能再封存。"))
    made = Hold.objects.create(
        institution_id=file.institution_id,
        file=file,
        reason=reason,
        placed_at=now,
        placed_by=by,
    )
    file.held = True
    file.save(update_fields=["held"])
    record(file, Act.HELD, by=by, now=now, text=reason)
    return made


@transaction.atomic
def release(hold: Hold, *, by, now: datetime, reason: str) -> File:
    """End one hold; the file may be destroyed again when none is left and its time is over."""
    require(by, Permission.HOLD_FILES, hold.file.department_id)
    reason, file = reasoned(reason), locked(hold.file)
    hold = Hold.objects.select_for_update().get(pk=hold.pk)
    if hold.released_at is not None:
        raise ValidationError(_("这次封存已经解除。"))
    hold.released_at, hold.released_by, hold.release_reason = now, by, reason
    hold.save()
    file.held = file.holds.filter(released_at=None).exists()
    file.save(update_fields=["held"])
    record(file, Act.RELEASED, by=by, now=now, text=reason)
    return file


@transaction.atomic
def set_retention(file: File, *, by, now: datetime, retention: str, reason: str) -> File:
    """Another class: its time counts from the upload as well."""
    require(by, Permission.HOLD_FILES, file.department_id)
    reason, file = reasoned(reason), locked(file)
    if retention not in retention_classes():
        raise ValidationError(_("没有这个保存类别。"))
    if file.deleted_at is not None:
        raise ValidationError(_("文件已经销毁。"))
    before, after = retention_classes()[file.retention], retention_classes()[retention]
    file.retention = retention
    file.retain_until = after.until(timezone.localdate(file.uploaded_at))
    file.save(update_fields=["retention", "retain_until"])
    record(file, Act.RETENTION, by=by, now=now, text=f"{before.title} → {after.title}：{reason}")
    return file
