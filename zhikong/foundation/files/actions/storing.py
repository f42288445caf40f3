"""Taking an upload: to disk with a limit, looked at, pictures written anew, scanned, stored, told."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.files import queries, scanner
from zhikong.foundation.files.actions.story import record
from zhikong.foundation.files.images import guarded
from zhikong.foundation.files.inspection import Inspected, Refused, inspect
from zhikong.foundation.files.models import Blob, File
from zhikong.foundation.files.rules import (
    IMAGES,
    LARGEST,
    Act,
    Kind,
    Scan,
    readable_size,
    retention_classes,
)
from zhikong.foundation.files.storage import blobs, keys


@dataclass(frozen=True)
class Draft:
    """An upload on our own disk, not yet looked at."""

    path: Path
    name: str
    declared: str
    size: int
    digest: str


@dataclass(frozen=True)
class Ready:
    """A content that may be stored, with what is known of it."""

    found: Inspected
    path: Path
    thumbnail: Path | None
    size: guarded.Size | None
    scan: scanner.Verdict


def store(
    *, by, now: datetime, upload, department_id: int | None = None, purpose: str, retention: str = "default"
) -> File:
    """Take one upload and keep it.

    upload: anything with ``name``, ``size``, ``content_type`` and ``chunks()``, as Django's uploaded files have.
    department_id: whose file it is; without it the only department in scope, or the hospital when all are.
    purpose: what for, as app and thing: ``findings.evidence``. retention: a code of retention.yaml.
    Raises ValidationError with a Chinese sentence when the upload is refused or cannot be kept.
    """
    department_id = _department(department_id)
    require(by, Permission.USE_FILES, department_id)
    if retention not in retention_classes():
        raise ValueError(f"There is no retention class {retention!r}.")
    try:
        with blobs.draft() as path, blobs.draft() as second, blobs.draft() as third:
            draft = _receive(upload, path)
            ready = _prepare(draft, second, third)
            return _keep(
                draft,
                ready,
                by=by,
                now=now,
                department_id=department_id,
                purpose=purpose,
                retention=retention,
            )
    except (Refused, blobs.DiskFull, keys.KeyMissing, scanner.Infected, scanner.Unavailable) as problem:
        raise ValidationError(f"{_short(upload)}：{problem}") from problem


def _short(upload) -> str:
    from zhikong.foundation.files.inspection.names import safe_name

    return safe_name(upload.name or "")


def _department(department_id: int | None) -> int | None:
    """Where the file belongs; a place outside the scope is refused before anything is written."""
    scope = current_scope()
    if department_id is None and not scope.whole_hospital:
        if len(scope.departments) != 1:
            raise ValidationError("请说明文件属于哪个科室。")
        return next(iter(scope.departments))
    if department_id is not None and not scope.covers(department_id):
        raise ValidationError("不能把文件存到您权限范围以外的科室。")
    return department_id


def _receive(upload, path: Path) -> Draft:
    """Copy in pieces, never more than the largest size; the sum is that of what was received."""
    if (upload.size or 0) > LARGEST:
        raise Refused(f"文件超过 {readable_size(LARGEST)}，不能上传。")
    blobs.check_room(upload.size or 0)
    digest, size = hashlib.sha256(), 0
    with blobs.room_explained(), open(path, "xb") as file:
        for piece in upload.chunks(blobs.PIECE):
            size += len(piece)
            if size > LARGEST:
                raise Refused(f"文件超过 {readable_size(LARGEST)}，不能上传。")
            digest.update(piece)
            file.write(piece)
    return Draft(path, upload.name or "", upload.content_type or "", size, digest.hexdigest())


def _prepare(draft: Draft, rewritten: Path, thumbnail: Path) -> Ready:
    found = inspect(draft.path, name=draft.name, declared=draft.declared)
    _check_limit(found.kind, draft.size)
    verdict = scanner.scan(draft.path)
    if found.kind not in IMAGES:
        return Ready(found, draft.path, None, None, verdict)
    with blobs.room_explained():
        size = guarded.rewrite(draft.path, found.kind, target=rewritten, thumbnail=thumbnail)
    return Ready(found, rewritten, thumbnail, size, verdict)


def _check_limit(kind: Kind, size: int) -> None:
    limit = queries.limit_of(kind)
    if not limit.allowed:
        raise Refused(f"本院不接受 {kind.upper()} 文件。")
    if size > limit.max_bytes:
        raise Refused(
            f"{kind.upper()} 文件不能超过 {readable_size(limit.max_bytes)}，这个文件有 {readable_size(size)}。"
        )


@transaction.atomic
def _keep(draft: Draft, ready: Ready, *, by, now, department_id, purpose, retention) -> File:
    institution_id = current_scope().institution_id
    blob = place(ready.path, institution_id=institution_id, now=now)
    small = ready.thumbnail and place(ready.thumbnail, institution_id=institution_id, now=now)
    file = File.objects.create(
        institution_id=institution_id,
        department_id=department_id,
        name=ready.found.name,
        kind=ready.found.kind,
        size=blob.size,
        digest=blob.digest,
        received_digest=draft.digest,
        width=ready.size and ready.size.width,
        height=ready.size and ready.size.height,
        remark=ready.found.remark,
        blob=blob,
        thumbnail=small,
        purpose=purpose,
        uploaded_at=now,
        uploaded_by=by,
        readers=[by.pk] if by is not None else [],
        scan=ready.scan.scan,
        scanned_at=now if ready.scan.scan == Scan.CLEAN else None,
        retention=retention,
        retain_until=retention_classes()[retention].until(timezone.localdate(now)),
    )
    record(
        file,
        Act.STORED,
        by=by,
        now=now,
        text=f"{file.name}，{readable_size(file.size)}；{ready.scan.sentence}",
    )
    return file


def place(path: Path, *, institution_id: int, now: datetime) -> Blob:
    """The content on disk and its row; the row is locked, so that a destruction waits for us or we for it."""
    key = keys.key_for_writing(sealed_exist=Blob.objects.filter(sealed=True).exists())
    placed = blobs.place(path, institution_id=institution_id, key=key, broken=_is_damaged)
    row = Blob(
        institution_id=institution_id,
        address=placed.address,
        digest=placed.digest,
        size=placed.size,
        sealed=placed.sealed,
        stored_at=now,
    )
    while True:  # again when a destruction took the row between the two statements
        Blob.objects.bulk_create([row], ignore_conflicts=True)
        found = Blob.objects.select_for_update(no_key=True).filter(address=placed.address).first()
        if found is not None:
            return _restored(found, now)


def _is_damaged(address: str) -> bool:
    return Blob.objects.filter(address=address, problem=Blob.Problem.DAMAGED).exists()


def _restored(blob: Blob, now: datetime) -> Blob:
    """A content that was missing or damaged lies there whole again, now that somebody has brought it once more."""
    if blob.problem != Blob.Problem.NONE:
        blob.problem, blob.checked_at = Blob.Problem.NONE, now
        blob.save(update_fields=["problem", "checked_at"])
    return blob


@transaction.atomic
def use(
    file: File, *, by, now: datetime, used_for: str, text: str = "", department_id: int | None = None
) -> File:
    """Note what a file serves, such as ``findings.evidence:12``; the first use stays on the file, all are in its story.

    text: the use in words for the story, such as 整改证据 ZG-2026-0005. Whoever keeps a file's id calls this: a file
    that nothing uses may be destroyed before its time. department_id: whose it becomes, when what it serves belongs
    to another department than the uploader's; the uploader goes on reading it.
    """
    file.used_for = file.used_for or used_for
    file.department_id = department_id or file.department_id
    file.save(update_fields=["used_for", "department"])
    record(file, Act.USED, by=by, now=now, text=text or used_for)
    return file
