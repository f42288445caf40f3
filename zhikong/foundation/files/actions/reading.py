"""Opening a file. Every look leaves a trace in the audit trail."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.audit.actions import log_read
from zhikong.foundation.files import guards
from zhikong.foundation.files.actions.story import record
from zhikong.foundation.files.models import Blob, File
from zhikong.foundation.files.rules import Act, Scan
from zhikong.foundation.files.storage import blobs
from zhikong.foundation.files.storage.framing import Unreadable

__all__ = ["Unreadable", "read", "thumbnail"]


def read(file: File, *, by, now: datetime, purpose: str) -> blobs.Content:
    """The content, to be iterated over once in pieces of bytes; audited with its purpose.

    Raises PermissionDenied without permission, ValidationError for a file that is quarantined or destroyed,
    Unreadable with a Chinese sentence when the disk does not give it.
    """
    _check(file, by)
    log_read(by=by, subject=f"file:{file.pk}", purpose=purpose, count=1)
    return _open(file, file.blob, by=by, now=now)


def thumbnail(file: File, *, by, now: datetime) -> blobs.Content | None:
    """The small picture of a picture, or None; audited as well."""
    _check(file, by)
    if file.thumbnail is None:
        return None
    log_read(by=by, subject=f"file:{file.pk}", purpose="thumbnail", count=1)
    return _open(file, file.thumbnail, by=by, now=now)


def _check(file: File, by) -> None:
    check_permission(file, by)
    if not guards.may_read(by, file):
        raise PermissionDenied("您没有权限：查看这个文件。如需查看，请联系上传人或职能部门。")
    if file.deleted_at is not None:
        raise ValidationError("文件的保存期已满，内容已按规定销毁。")
    if not file.is_readable:
        raise ValidationError(f"文件现在不能打开：{Scan(file.scan).label}。")


def check_permission(file: File, by) -> None:
    """The permission in the file's department; who was let in needs it in the own one."""
    own = by is not None and by.pk in file.readers
    require(by, Permission.USE_FILES, None if own else file.department_id)


def _open(file: File, blob: Blob, *, by, now: datetime) -> blobs.Content:
    try:
        return blobs.read(file.institution_id, blob.address)
    except blobs.Missing:
        _note_missing(file, blob, by=by, now=now)
        raise


def _note_missing(file: File, blob: Blob, *, by, now: datetime) -> None:
    """Once per blob: the administrator's list shows it until the sweep finds it again."""
    if blob.problem == Blob.Problem.NONE:
        blob.problem, blob.checked_at = Blob.Problem.MISSING, now
        blob.save(update_fields=["problem", "checked_at"])
        record(file, Act.MISSING, by=by, now=now, text="打开时发现磁盘上没有内容")
