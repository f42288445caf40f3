"""Reads of photos and voice notes of a visit."""

from __future__ import annotations

from collections.abc import Iterable

from zhikong.hospital.functions.inspections.models.planning import Visit, VisitInspector
from zhikong.hospital.functions.inspections.models.visiting import Media

PURPOSE = "inspections.photo"
VOICE = "inspections.voice"


def of(visit: Visit) -> list[Media]:
    """Everything that became a file, the newest first."""
    rows = Media.objects.filter(visit=visit).exclude(file=None)
    return list(rows.select_related("file", "original", "by", "looked_by").order_by("-pk"))


def unseen(visit: Visit) -> int:
    """Photos of which nobody has said yet what must be hidden."""
    rows = Media.objects.filter(visit=visit, kind=Media.Kind.PHOTO, looked_at=None)
    return rows.exclude(file=None).count()


def one(media_id: str) -> Media | None:
    """A photo or voice note by its client-made id, of a visit in scope."""
    return Media.objects.select_related("visit", "file", "original").filter(media_id=media_id).first()


def unfinished(visit: Visit, media_ids: Iterable[str]) -> list[str]:
    """Those of the given media that have not arrived whole at this visit; without repetition."""
    wanted = list(dict.fromkeys(media_ids))
    if not wanted:
        return []
    rows = Media.objects.filter(visit=visit, media_id__in=wanted).exclude(file=None)
    here = {str(found) for found in rows.values_list("media_id", flat=True)}
    return [one for one in wanted if one not in here]


def file_of(visit: Visit, media_id: str) -> int | None:
    """The file that a media has become: the blurred one where there is one."""
    row = Media.objects.filter(visit=visit, media_id=media_id).values_list("file_id", flat=True).first()
    return row


def file_ids(visit: Visit) -> set[int]:
    """Files that phones brought to this visit."""
    rows = Media.objects.filter(visit=visit).exclude(file=None)
    return set(rows.values_list("file_id", flat=True))


def may_open(user, file) -> bool:
    """Voice notes, originals, and photos that nobody has looked at for blurring are for the visit's inspectors only."""
    row = Media.objects.filter(file_id=file.pk).first() or Media.objects.filter(original_id=file.pk).first()
    if row is None:
        return True
    looked_at = row.looked_at is not None or row.kind == Media.Kind.SIGNATURE
    return (row.file_id == file.pk and looked_at) or inspected_by(user, row.visit_id)


def inspected_by(user, visit_id: int) -> bool:
    """Whether this person is, or was, named to inspect; what he brought he may see."""
    return VisitInspector.objects.filter(visit_id=visit_id, user_id=user.pk).exists()
