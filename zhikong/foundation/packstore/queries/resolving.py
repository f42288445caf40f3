"""Which definition holds on a day, and what a hash stands for. All answers of one request or job are of one moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from zhikong.engine.definitions.located import Located, read_text
from zhikong.engine.definitions.problems import Problem
from zhikong.foundation.access.scope import current_scope, once
from zhikong.foundation.organisation.queries import institution
from zhikong.foundation.packstore import kinds, rules, shelf
from zhikong.foundation.packstore.models import Content, Version
from zhikong.foundation.packstore.rules import HOSPITAL

MOMENT = "packstore.versions"


@dataclass(frozen=True)
class Resolved:
    """A definition in force, or one that a row of the past points at.

    obj: what the kind's parse gives; shared by the whole process and never to be changed.
    effective_from: the first day of a hospital's version when asked by day; None for packaged ones and by_hash.
    """

    kind: str
    id: str
    version: int
    hash: str
    origin: str
    title: str
    obj: Any
    text: str
    effective_from: date | None = None

    @property
    def is_own(self) -> bool:
        """True for what the hospital published itself."""
        return self.origin == HOSPITAL


class Broken(LookupError):
    """A definition that was published but can no longer be read by this release."""

    def __init__(self, kind: str, definition_id: str, problems: Sequence[Problem]) -> None:
        first = problems[0]
        super().__init__(f"{definition_id} 第 {first.line} 行：{first.message} {first.remedy}")
        self.kind, self.id, self.problems = kind, definition_id, tuple(problems)


class UnknownHash(LookupError):
    """No packaged or kept definition has this hash."""


def resolve(kind: str, id: str, *, on: date) -> Resolved | None:
    """The definition in force on a day: the hospital's version, else the strongest pack's; None when there is none.

    Raises Broken when the text in force cannot be read: a broken override is never passed over in silence.
    """
    own = rules.in_force(published().get((kind, id), ()), on)
    if own is not None:
        return replace(by_hash(kind, own.hash), version=own.number, effective_from=own.effective_from)
    found = packaged(kind, id)
    holds = kinds.get(kind).holds
    return found if found is None or holds is None or holds(found.obj) else None


def own_in_force(kind: str, *, on: date) -> Mapping[str, Resolved | Broken]:
    """What the hospital itself has in force on a day, by id; the packs are not read. Broken ones are given as such."""
    names = (name for (of, name), found in published().items() if of == kind and rules.in_force(found, on))
    found = {name: _try(kind, name, on) for name in sorted(names)}
    return {name: one for name, one in found.items() if one is not None}


def ever_published(kind: str, id: str) -> list[Resolved]:
    """Every version of a definition that the hospital ever published and that can still be read, the newest first."""
    rows = Version.objects.filter(kind=kind, definition_id=id, state__in=rules.FROZEN).order_by("-number")
    return [of_version(row) for row in rows if kinds.read(kind, id, row.text).obj is not None]


def resolve_all(kind: str, *, on: date) -> list[Resolved]:
    """Every definition of a kind in force on a day, by id; broken ones are left out and listed by ``broken``."""
    return [found for found in (_try(kind, name, on) for name in _ids(kind)) if isinstance(found, Resolved)]


def broken(kind: str, *, on: date) -> list[Broken]:
    """The definitions in force that this release cannot read."""
    return [found for found in (_try(kind, name, on) for name in _ids(kind)) if isinstance(found, Broken)]


def by_hash(kind: str, hash: str) -> Resolved:
    """The definition with this hash: kept in the database, or packaged. Read once per process.

    Raises UnknownHash, and Broken when this release cannot read it.
    """
    found = shelf.with_hash(kind, hash)
    return _remembered(current_scope().institution_id, kind, hash) if found is None else _packaged(found)


def _remembered(institution: int, kind: str, digest: str) -> Resolved:
    row = _kept(institution, kind, digest)
    return _resolved(kind, row.definition_id, row.version, digest, row.origin, row.text)


@lru_cache(maxsize=4000)
def _kept(institution: int, kind: str, digest: str) -> Any:
    """A kept text never changes, so one look serves the process; what is not found is asked again."""
    row = Content.objects.filter(kind=kind, hash=digest).values_list(
        "definition_id", "version", "origin", "text", named=True
    )
    found = row.first()
    if found is None:
        raise UnknownHash(f"{kind} {digest}")
    return found


def is_kept(kind: str, hash: str) -> bool:
    return Content.objects.filter(kind=kind, hash=hash).exists()


def kept_text(kind: str, hash: str) -> str:
    """The text that was kept under a hash. Raises UnknownHash."""
    return str(_kept(current_scope().institution_id, kind, hash).text)


def of_version(version: Version) -> Resolved:
    """A hospital's version as what it will be when it is in force. Raises Broken."""
    return replace(
        _resolved(version.kind, version.definition_id, version.number, version.hash, HOSPITAL, version.text),
        effective_from=version.effective_from,
    )


def packaged(kind: str, id: str) -> Resolved | None:
    """The strongest packaged definition of an id, whatever the hospital published. Raises Broken."""
    found = shelf.of(kind, id, samples=sees_samples())
    return None if found is None else _packaged(found)


def _packaged(found: shelf.Packaged) -> Resolved:
    number = written_version(found.text)
    return _resolved(found.kind, found.id, number, found.hash, found.pack, found.text)


def _resolved(kind: str, name: str, version: int, digest: str, origin: str, text: str) -> Resolved:
    reading = kinds.read(kind, name, text)
    if reading.obj is None:
        raise Broken(kind, name, reading.problems)
    title = str(kinds.get(kind).title_of(reading.obj))
    return Resolved(kind, name, version, digest, origin, title, reading.obj, text)


@lru_cache(maxsize=2000)
def written_version(text: str) -> int:
    """The number after `version:` in a text; 1 where there is none."""
    located = read_text(text, file=Path("x.yaml"))
    said = (
        located.data.get("version")
        if isinstance(located, Located) and isinstance(located.data, dict)
        else None
    )
    return said if isinstance(said, int) and not isinstance(said, bool) and said > 0 else 1


def _try(kind: str, name: str, on: date) -> Resolved | Broken | None:
    try:
        return resolve(kind, name, on=on)
    except Broken as problem:
        return problem


def _ids(kind: str) -> list[str]:
    own = {name for of_kind, name in published() if of_kind == kind}
    return sorted(own | set(shelf.ids(kind, samples=sees_samples())))


def published() -> Mapping[tuple[str, str], Sequence[Any]]:
    """Every version that was ever published, by kind and id; read once per request or job."""

    def read() -> dict[tuple[str, str], list[Any]]:
        found: dict[tuple[str, str], list[Any]] = {}
        rows = Version.objects.filter(state__in=rules.FROZEN).values_list(
            "kind", "definition_id", "number", "hash", "effective_from", "ends_on", named=True
        )
        for row in rows:
            found.setdefault((row.kind, row.definition_id), []).append(row)
        return found

    return once(MOMENT, read)


def sees_samples() -> bool:
    """Whether the sample packs count: for the demonstration hospital only."""

    def ask() -> bool:
        return institution().is_demo

    return once("packstore.samples", ask)
