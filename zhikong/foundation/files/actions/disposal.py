"""Destruction at the end of retention. The row and its story stay: what was destroyed, when, by whom, under which rule."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import job_scope, scoped
from zhikong.foundation.files import queries
from zhikong.foundation.files.actions.holding import locked, reasoned
from zhikong.foundation.files.actions.story import record
from zhikong.foundation.files.models import Blob, File
from zhikong.foundation.files.rules import UNUSED_DAYS, Act, Scan, retention_classes
from zhikong.foundation.files.storage import blobs

GRACE_SECONDS = (
    24 * 3600
)  # a blob that was stored within a day may belong to a transaction that is still open
AT_ONCE = 500


@transaction.atomic
def destroy(file: File, *, by, now: datetime, reason: str) -> File:
    """A person's decision: the time is over (or the content is infected) and nothing holds the file."""
    require(by, Permission.HOLD_FILES, file.department_id)
    return _destroy(locked(file), by=by, now=now, reason=reasoned(reason))


def destroy_due(*, now: datetime, limit: int = AT_ONCE) -> int:
    """The nightly job: destroys what may go without a person's decision; returns how many files."""
    require(None, Permission.HOLD_FILES)
    automatic = [c.code for c in retention_classes().values() if not c.approval]
    due = queries.due_for_destruction(today=timezone.localdate(now)).filter(retention__in=automatic)
    count = 0
    for file in due.order_by("retain_until", "pk")[:limit]:
        with transaction.atomic():
            _destroy(locked(file), by=None, now=now, reason=_("保存期满，自动销毁"))
        count += 1
    return count


@transaction.atomic
def destroy_superseded(file: File, *, by, now: datetime, reason: str, copy: File) -> File:
    """A picture of which a copy with something hidden took the place goes at once; the app says who may ask for it.

    copy: what is kept instead, for as long; its content must be another one. Held files stay.
    """
    file = locked(file)
    if copy.deleted_at is not None or copy.digest == file.digest or copy.pk == file.pk:
        raise ValidationError(_("没有可以代替它的另一份，不能销毁。"))
    if file.deleted_at is not None or file.held:
        raise ValidationError(_("文件已经销毁，或在封存中。"))
    return _gone(
        file, by=by, now=now, reason=f"{reasoned(reason)}；已由 {copy.name}（{copy.digest[:12]}）代替"
    )


def _destroy(file: File, *, by, now: datetime, reason: str) -> File:
    _check(file, now)
    return _gone(file, by=by, now=now, reason=reason)


def _gone(file: File, *, by, now: datetime, reason: str) -> File:
    kept = retention_classes()[file.retention]
    gone = {file.blob_id, file.thumbnail_id} - {None}  # a small picture is its own thumbnail
    file.blob = file.thumbnail = None
    file.deleted_at, file.deleted_by = now, by
    file.save(update_fields=["blob", "thumbnail", "deleted_at", "deleted_by"])
    until = file.retain_until or _("永久")
    text = f"{reason}；{kept.title}，保存到 {until}；SHA-256 {file.digest}"
    record(file, Act.DELETED, by=by, now=now, text=text)
    for blob_id in sorted(gone):
        _drop(blob_id)
    return file


def _check(file: File, now: datetime) -> None:
    if file.deleted_at is not None:
        raise ValidationError(_("文件已经销毁。"))
    if file.held:
        raise ValidationError(_("文件在封存中，不能销毁。请先解封。"))
    if not may_go(file, now):
        raise ValidationError(_("保存期未满，不能销毁。"))


def may_go(file: File, now: datetime) -> bool:
    """Its time is over; or it is infected; or it was uploaded long ago and nothing ever used it."""
    over = file.retain_until is not None and file.retain_until < timezone.localdate(now)
    unused = not file.used_for and now - file.uploaded_at > timedelta(days=UNUSED_DAYS)
    return over or unused or file.scan == Scan.INFECTED


def _drop(blob_id: int) -> None:
    """Forget a content that no file shows any more; its place on disk is cleared after the commit."""
    blob = Blob.objects.select_for_update().get(pk=blob_id)
    with scoped(job_scope(blob.institution_id, job="files.destroy")):  # files of every department count
        if queries.is_shown(blob):
            return
    institution_id, address = blob.institution_id, blob.address
    blob.delete()
    transaction.on_commit(lambda: purge(institution_id, address))


def purge(institution_id: int, address: str) -> bool:
    """Take a content from the disk, unless a row knows it or it has just been stored; returns whether it went."""

    def wanted() -> bool:
        with scoped(job_scope(institution_id, job="files.purge")):
            return Blob.objects.filter(address=address).exists()

    return blobs.remove_if_old(institution_id, address, grace=GRACE_SECONDS, wanted=wanted)


def drop_unused() -> int:
    """Contents that no file shows, left by an accident; part of the sweep."""
    unused = list(queries.unused_blobs()[:AT_ONCE])
    for blob in unused:
        with transaction.atomic():
            _drop(blob.pk)
    return len(unused)
