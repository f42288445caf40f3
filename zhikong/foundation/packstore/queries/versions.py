"""The hospital's versions on their way, and what they begin with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import count

from zhikong.foundation.access.models import User
from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.queries import accounts
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.organisation.models import Institution
from zhikong.foundation.packstore import kinds, rules, shelf
from zhikong.foundation.packstore.models import Content, Version
from zhikong.foundation.packstore.queries.resolving import (
    Resolved,
    by_hash,
    packaged,
    published,
    sees_samples,
)


@dataclass(frozen=True)
class Written:
    """A text to begin a draft from; it need not be readable."""

    text: str


def packaged_text(kind: str, id: str) -> Written | None:
    found = shelf.of(kind, id, samples=sees_samples())
    return None if found is None else Written(found.text)


def text_in_force(kind: str, id: str, *, on: date) -> Written | None:
    """The text that holds on a day, also when this release cannot read it: that is when it must be mended."""
    own = rules.in_force(published().get((kind, id), ()), on)
    if own is None:
        return packaged_text(kind, id)
    return Written(Content.objects.get(kind=kind, hash=own.hash).text)


def is_known(kind: str, id: str) -> bool:
    """Whether a definition of that id is packaged or was ever written."""
    return (
        bool(shelf.of(kind, id, samples=True)) or Version.objects.filter(kind=kind, definition_id=id).exists()
    )


def free_id(kind: str) -> str:
    """An id for a new definition of the hospital's own."""
    return next(name for n in count(1) if not is_known(kind, name := f"own_{kind}_{n}"))


def packaged_base(kind: str, id: str) -> Resolved | None:
    """What a new version of a definition is based on: what the version in line is, else the packaged one."""
    line = in_line(kind, id)
    if line is None:
        return packaged(kind, id)
    return by_hash(kind, line.base_hash) if line.base_hash else None


def in_line(kind: str, id: str) -> Version | None:
    """The newest published version of a definition, in force or still waiting for its day; not a withdrawn one."""
    found = Version.objects.filter(kind=kind, definition_id=id, state=rules.State.PUBLISHED)
    return found.order_by("-effective_from").first()


def reviewers(version: Version) -> list[User]:
    """Who may review a version: holders of the permission who wrote nothing in it."""
    wrote = {version.author_id, *version.editors}
    return [
        user
        for user in accounts()
        if user.is_active and user.pk not in wrote and can(user, Permission.REVIEW_DEFINITIONS)
    ]


def open_version(kind: str, id: str) -> Version | None:
    """The version of a definition that is being written or reviewed, or waits for publication."""
    found = Version.objects.filter(kind=kind, definition_id=id, state__in=rules.OPEN)
    return found.select_related("author", "changed_by").first()


def newest_published() -> list[Version]:
    """The version in line of every definition that the hospital published, by kind and id."""
    newest: dict[tuple[str, str], Version] = {}
    for version in Version.objects.filter(state=rules.State.PUBLISHED).order_by("effective_from"):
        newest[version.kind, version.definition_id] = version
    known = {kind.code for kind in kinds.all()}
    return [newest[key] for key in sorted(newest) if key[0] in known]


def hospital_code_and_name() -> tuple[str, str]:
    found = Institution.objects.get(pk=current_scope().institution_id)
    return found.code, found.name


def kind_of_folder(folder: str) -> kinds.Kind | None:
    """The kind whose definitions lie in this folder of a pack."""
    return next((kind for kind in kinds.all() if folder in kind.folders), None)
