"""A copy of a picture in which rectangles are hidden: faces, bed cards, names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction

from zhikong.foundation.files.actions.reading import Unreadable, check_permission
from zhikong.foundation.files.actions.storing import place
from zhikong.foundation.files.actions.story import record
from zhikong.foundation.files.images import guarded
from zhikong.foundation.files.inspection.refusal import Refused
from zhikong.foundation.files.models import File
from zhikong.foundation.files.rules import Act, Kind
from zhikong.foundation.files.storage import blobs, keys


@transaction.atomic
def blurred(file: File, *, by, now: datetime, regions: Sequence[Mapping[str, float]]) -> File:
    """A new file like this one, with the regions (x, y, w, h, fractions of width and height) hidden; this one stays.

    Whoever may read the picture may have it. Raises ValidationError with a sentence.
    """
    check_permission(file, by)
    if not file.is_image or not file.is_readable or file.blob is None:
        raise ValidationError("只有打得开的照片才能遮挡。")
    try:
        with blobs.draft() as source, blobs.draft() as target, blobs.draft() as small, blobs.room_explained():
            _fetch(file, source)
            size = guarded.rewrite(source, Kind(file.kind), target=target, thumbnail=small, regions=regions)
            return _kept(file, target, small, size, by=by, now=now, hidden=len(regions))
    except (Refused, Unreadable, blobs.DiskFull, keys.KeyMissing) as problem:
        raise ValidationError(f"{file.name}：{problem}") from problem


def _fetch(file: File, target: Path) -> None:
    with open(target, "xb") as out:
        for piece in blobs.read(file.institution_id, file.blob.address):
            out.write(piece)


def _kept(file: File, target: Path, small: Path, size: guarded.Size, *, by, now, hidden: int) -> File:
    blob = place(target, institution_id=file.institution_id, now=now)
    made = File.objects.get(pk=file.pk)
    made.pk, made._state.adding = None, True
    made.blob, made.thumbnail = blob, place(small, institution_id=file.institution_id, now=now)
    made.size, made.digest, made.width, made.height = blob.size, blob.digest, size.width, size.height
    made.uploaded_at, made.uploaded_by, made.held, made.used_for = now, by, False, ""
    made.readers = sorted({*file.readers, *([by.pk] if by is not None else [])})
    made.save(force_insert=True)
    record(made, Act.STORED, by=by, now=now, text=f"由 {file.name}（{file.digest[:12]}）遮挡 {hidden} 处而成")
    return made
