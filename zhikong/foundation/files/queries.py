"""Reads of files. Row policies narrow every one of them to the departments in scope."""

from collections.abc import Iterable
from dataclasses import dataclass

from zhikong.foundation.files.models import File, Limit
from zhikong.foundation.files.rules import KINDS, Kind


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
