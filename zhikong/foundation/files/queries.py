"""Reads of files. Row policies narrow every one of them to the departments in scope."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Q, QuerySet, Sum

from zhikong.foundation.files.models import Blob, File, FileEvent, Hold, Limit, Sweep
from zhikong.foundation.files.rules import KINDS, UNUSED_DAYS, Kind, Scan


@dataclass(frozen=True)
class Allowed:
    """What the institution in scope takes of one kind: bytes of the largest file."""

    kind: Kind
    allowed: bool
    max_bytes: int


def limits() -> list[Allowed]:
    """Every kind with the institution's own limit, or the product's."""
    own = {row.kind: row for row in Limit.objects.all()}
    return [_allowed(kind, own.get(kind)) for kind in KINDS]


def limit_of(kind: Kind) -> Allowed:
    return _allowed(kind, Limit.objects.filter(kind=kind).first())


def _allowed(kind: Kind, own: Limit | None) -> Allowed:
    if own is None:
        return Allowed(kind, True, KINDS[kind].max_bytes)
    return Allowed(kind, own.allowed, min(own.max_bytes, KINDS[kind].max_bytes))


def file(pk: int) -> File | None:
    """A file in scope, or None."""
    return File.objects.select_related("blob", "thumbnail", "uploaded_by").filter(pk=pk).first()


def files(pks: Iterable[int]) -> list[File]:
    """Files in scope that still have their content, in the order of their ids as given."""
    wanted = list(dict.fromkeys(pks))
    found = File.objects.select_related("uploaded_by").filter(deleted_at=None).in_bulk(wanted)
    return [found[pk] for pk in wanted if pk in found]


def due_for_destruction(*, today: date) -> QuerySet[File]:
    """Files whose time is over and that nothing holds."""
    return File.objects.filter(deleted_at=None, held=False, retain_until__lt=today)


def is_shown(blob: Blob) -> bool:
    """Whether any file, of whichever department, still shows this content."""
    return blob.files.exists() or blob.thumbnail_of.exists()


def unused_blobs() -> QuerySet[Blob]:
    """Contents that no file shows."""
    return Blob.objects.filter(files=None, thumbnail_of=None)


def longest_unchecked(*, before: datetime) -> Iterator[Blob]:
    """Contents on disk, those first that were not read for longest; none twice in one night."""
    rows = Blob.objects.exclude(problem=Blob.Problem.MISSING).exclude(checked_at=before)
    return rows.order_by(F("checked_at").asc(nulls_first=True), "pk").iterator(chunk_size=200)


SHOW = {
    "kept": Q(deleted_at=None),
    "held": Q(held=True),
    "due": Q(deleted_at=None, held=False),
    "unused": Q(deleted_at=None, used_for=""),
    "waiting": Q(scan__in=[Scan.WAITING, Scan.INFECTED], deleted_at=None),
    "problem": ~Q(blob__problem="") & Q(blob__isnull=False),
    "deleted": Q(deleted_at__isnull=False),
}


def listed(*, today: date, show: str = "kept", text: str = "", kind: str = "") -> QuerySet[File]:
    """Files in scope for the list, the newest first; show: a key of SHOW."""
    rows = File.objects.select_related("uploaded_by", "blob").filter(SHOW.get(show, SHOW["kept"]))
    if show == "due":
        rows = rows.filter(retain_until__lt=today)
    if show == "unused":
        rows = rows.filter(uploaded_at__date__lt=today - timedelta(days=UNUSED_DAYS))
    if text:
        rows = rows.filter(name__icontains=text)
    if kind:
        rows = rows.filter(kind=kind)
    return rows.order_by("-uploaded_at", "-pk")


@dataclass(frozen=True)
class Counts:
    """The number cards of the page; bytes: what lies on disk, each content once."""

    kept: int
    held: int
    due: int
    waiting: int
    problem: int
    bytes: int


def counts(*, today: date) -> Counts:
    found = (
        File.objects.aggregate(  # not named like the fields, which the filters would then take for the counts
            n_kept=Count("pk", filter=SHOW["kept"]),
            n_held=Count("pk", filter=SHOW["held"]),
            n_due=Count("pk", filter=SHOW["due"] & Q(retain_until__lt=today)),
            n_waiting=Count("pk", filter=SHOW["waiting"]),
        )
    )
    found = {name.removeprefix("n_"): n for name, n in found.items()}
    stored = Blob.objects.aggregate(bytes=Sum("size"), problem=Count("pk", filter=~Q(problem="")))
    return Counts(**found, bytes=stored["bytes"] or 0, problem=stored["problem"])


def last_sweep() -> Sweep | None:
    return Sweep.objects.order_by("-at", "-pk").first()


def problems() -> list[Blob]:
    """Contents that are missing or damaged, with the files that show them."""
    return list(Blob.objects.exclude(problem="").prefetch_related("files").order_by("pk")[:200])


def story(file: File) -> QuerySet[FileEvent]:
    return file.events.select_related("by").order_by("-at", "-pk")


def open_holds(file: File) -> QuerySet[Hold]:
    return file.holds.filter(released_at=None).select_related("placed_by").order_by("placed_at")
