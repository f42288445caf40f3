"""Which preview of a version is there, and who has seen it."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from zhikong.engine.definitions import Definition
from zhikong.foundation.packstore import kinds
from zhikong.foundation.packstore import queries as packstore
from zhikong.foundation.packstore.models import Version
from zhikong.foundation.packstore.rules import FROZEN
from zhikong.hospital.functions.indicators.catalogue import INDICATOR
from zhikong.hospital.functions.indicators.models import ChangePreview, PreviewSeen


@dataclass(frozen=True)
class Texts:
    """A version beside what it would replace. new is None while its text cannot be read."""

    version: Version
    old: Definition | None
    old_hash: str
    old_number: int | None
    new: Definition | None


def texts(version: Version, *, on: date | None = None) -> Texts:
    """What holds today without the version, and the version. Raises Broken never: what cannot be read holds nothing."""
    new = kinds.read(INDICATOR, version.definition_id, version.text).obj
    try:
        holds = packstore.resolve(INDICATOR, version.definition_id, on=on or timezone.localdate())
    except packstore.Broken:
        holds = None
    if holds is None or holds.hash == version.hash:
        return Texts(version, None, "", None, new)
    return Texts(version, holds.obj, holds.hash, holds.version, new)


def preview_of(said: Texts) -> ChangePreview | None:
    """The newest preview of exactly these two texts; None when none was made, or either changed since.

    Of a version that was published already: what was seen before its publication.
    """
    rows = ChangePreview.objects.filter(version=said.version, text_hash=said.version.hash)
    if said.version.state not in FROZEN:
        rows = rows.filter(old_hash=said.old_hash)
    return rows.select_related("computed_by").order_by("-computed_at", "-pk").first()


def seen_by(said: Texts, user) -> PreviewSeen | None:
    """When this person said that they saw a preview of exactly these texts."""
    rows = PreviewSeen.objects.filter(
        by=user,
        preview__version=said.version,
        preview__text_hash=said.version.hash,
        preview__old_hash=said.old_hash,
    )
    return rows.order_by("-at").first()
