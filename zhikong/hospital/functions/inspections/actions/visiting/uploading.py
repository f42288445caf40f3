"""A photo or a voice note comes in pieces: it can stop anywhere and go on, from any process, and is stored once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.files import actions as files
from zhikong.foundation.files import queries as stored
from zhikong.foundation.files.images.guarded import LARGEST_SIDE
from zhikong.foundation.files.rules import IMAGES, KINDS, Kind, readable_size
from zhikong.hospital.functions.inspections.actions.planning.steps import lock
from zhikong.hospital.functions.inspections.actions.visiting import blurring, retrying
from zhikong.hospital.functions.inspections.models.planning import Visit
from zhikong.hospital.functions.inspections.models.visiting import Media, MediaPiece
from zhikong.hospital.functions.inspections.queries.planning.visits import inspects
from zhikong.hospital.functions.inspections.queries.visiting import media as queries
from zhikong.hospital.functions.inspections.rules_sync import PIECE
from zhikong.hospital.functions.inspections.rules_visiting import TAKES_MEDIA

SOUNDS = tuple(kind for kind in Kind if KINDS[kind].types[0].startswith("audio/"))
PURPOSES = {
    Media.Kind.PHOTO: queries.PURPOSE,
    Media.Kind.SIGNATURE: queries.PURPOSE,
    Media.Kind.VOICE: queries.VOICE,
}
RETENTION = "quality_control"


class TooLarge(ValidationError):
    """More than is taken; the phone scales the picture down and begins again."""


class OutOfStep(Exception):
    """The piece does not go on where the last one ended; ``received`` says where that is."""

    def __init__(self, received: int) -> None:
        super().__init__(str(received))
        self.received = received


@dataclass(frozen=True)
class Announced:
    """What the headers of a piece say about the whole."""

    media_id: str
    kind: str
    total: int
    name: str
    type: str
    device_id: str | None = None
    wish: Any = None


def most_bytes(kind: str) -> int:
    """The largest photo or voice note that the hospital takes."""
    kinds = SOUNDS if kind == Media.Kind.VOICE else IMAGES
    return max(stored.limit_of(one).max_bytes for one in kinds)


@transaction.atomic
def receive(visit: Visit, said: Announced, *, by, now: datetime, offset: int, content: bytes) -> Media:
    """Take one piece; with the last one the file is stored and what waited for it is applied.

    Raises TooLarge, OutOfStep, ValidationError (the content is refused), PermissionDenied.
    """
    lock(visit)
    row = _row(visit, said, by=by, now=now)
    if row.file_id is not None:
        return row
    if row.total != said.total or row.why:
        _begin_again(row, said, offset)
    if offset + len(content) <= row.received:
        return row  # the same piece once more
    if offset != row.received or len(content) > PIECE or offset + len(content) > row.total:
        raise OutOfStep(row.received)
    MediaPiece.objects.create(institution_id=row.institution_id, media=row, offset=offset, content=content)
    row.received = offset + len(content)
    row.save(update_fields=["received"])
    if row.received == row.total:
        _whole(row, by=by, now=now)
    return row


def _row(visit: Visit, said: Announced, *, by, now: datetime) -> Media:
    if not inspects(by, visit):
        raise PermissionDenied(_("您不是这次检查的检查人。"))
    if visit.state not in TAKES_MEDIA:
        raise PermissionDenied(_("这次检查已经结束或取消，不再接收照片和录音。"))
    _check_size(said)
    row, _made = Media.objects.get_or_create(
        institution_id=visit.institution_id,
        media_id=said.media_id,
        defaults={
            "visit": visit,
            "kind": said.kind,
            "name": said.name[:120],
            "type": said.type[:80],
            "total": said.total,
            "by": by,
            "device_id": said.device_id,
            "started_at": now,
            "wish": said.wish,
        },
    )
    if row.visit_id != visit.pk or row.by_id != by.pk:
        raise PermissionDenied(_("这个编号已经用于另一张照片或录音。"))
    return row


def _check_size(said: Announced) -> None:
    if said.kind not in Media.Kind.values or said.total < 1:
        raise ValidationError(_("没有说明是照片还是录音，或没有内容。"))
    most = most_bytes(said.kind)
    if said.total <= most:
        return
    sizes = {"size": readable_size(said.total), "most": readable_size(most)}
    if said.kind == Media.Kind.VOICE:
        raise TooLarge(_("录音有 %(size)s，最大 %(most)s。请分段录制。") % sizes)
    sentence = _("照片有 %(size)s，最大 %(most)s。手机会先缩小到长边 %(side)d 像素再上传，原照片仍在手机里。")
    raise TooLarge(sentence % {**sizes, "side": LARGEST_SIDE})


def _begin_again(row: Media, said: Announced, offset: int) -> None:
    """Another size under the same id is the picture scaled down, or another attempt after a refusal."""
    if offset:
        raise OutOfStep(0)
    row.pieces.all().delete()
    row.total, row.received, row.why, row.name, row.type = said.total, 0, "", said.name[:120], said.type[:80]
    row.wish = said.wish if said.wish is not None else row.wish
    row.save()


@dataclass
class Upload:
    """The pieces as an upload that foundation/files takes."""

    row: Media
    name: str
    size: int
    content_type: str

    def chunks(self, size: int | None = None) -> Iterator[bytes]:
        for piece in self.row.pieces.order_by("offset").iterator(chunk_size=4):
            yield bytes(piece.content)


def _whole(row: Media, *, by, now: datetime) -> None:
    try:
        with transaction.atomic():
            row.file = _store(row, by=by, now=now)
    except ValidationError as refused:
        row.why = " ".join(refused.messages)[:400]
        row.received = 0
        row.save(update_fields=["why", "received"])
        row.pieces.all().delete()
        return
    row.done_at = now
    row.save(update_fields=["file", "done_at"])
    row.pieces.all().delete()
    if row.wish is not None and row.kind == Media.Kind.PHOTO:
        blurring.blur(row, by=by, now=now, wish=row.wish)
    retrying.retry_waiting(row.visit, now=now)


def _store(row: Media, *, by, now: datetime):
    """A file of the inspected department that all inspectors of the visit may read."""
    upload = Upload(row, row.name or f"{row.kind}.jpg", row.total, row.type)
    file = files.store(
        by=by,
        now=now,
        upload=upload,
        department_id=own_department(row.visit),
        purpose=PURPOSES[Media.Kind(row.kind)],
        retention=RETENTION,
    )
    return admit(file, row.visit, by=by, now=now)


def own_department(visit: Visit) -> int | None:
    """Where this person may put a file: into the inspected department, or for a moment into the own one."""
    scope = current_scope()
    if scope.covers(visit.department_id) or not scope.departments:
        return visit.department_id
    return min(scope.departments)


def admit(file, visit: Visit, *, by, now: datetime):
    """The file belongs to the inspected department; the visit's inspectors go on reading it."""
    named = visit.inspectors.values_list("user_id", flat=True)
    file.readers = sorted({*file.readers, *named})
    file.save(update_fields=["readers"])
    return files.use(
        file,
        by=by,
        now=now,
        used_for=f"inspections.visit:{visit.pk}",
        text=f"检查 {visit.number}",
        department_id=visit.department_id,
    )
