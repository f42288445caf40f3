"""Comparisons after an upgrade of the package: which are open, and the three texts that they compare."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.db.models import QuerySet

from zhikong.engine.definitions.located import Located, read_text
from zhikong.foundation.packstore import comparing
from zhikong.foundation.packstore.models import Content, Upgrade, Version
from zhikong.foundation.packstore.queries.resolving import Resolved, UnknownHash, by_hash
from zhikong.foundation.packstore.queries.versions import newest_published


@dataclass(frozen=True)
class ThreeTexts:
    """What a version was based on, the version, and what the new package says."""

    base: str
    ours: str
    theirs: str


def overrides() -> list[Version]:
    """For each definition the version in line, where it stands before a packaged one."""
    return [version for version in newest_published() if version.base_hash]


def open_upgrades() -> QuerySet[Upgrade]:
    """Comparisons that wait for somebody, the oldest first."""
    return Upgrade.objects.filter(settled_at=None).select_related("version").order_by("found_at", "pk")


def new_base(upgrade: Upgrade) -> Resolved | None:
    """The new packaged definition of a comparison; None when the package no longer has it, or has another by now."""
    if not upgrade.new_hash:
        return None
    try:
        return by_hash(upgrade.version.kind, upgrade.new_hash)
    except UnknownHash:
        return None


def three_texts(upgrade: Upgrade) -> ThreeTexts:
    """The texts of a comparison; the new one is empty when the package no longer has it."""
    new, version = new_base(upgrade), upgrade.version
    base = Content.objects.get(kind=version.kind, hash=upgrade.old_hash)
    return ThreeTexts(base.text, version.text, new.text if new else "")


def differences(upgrade: Upgrade) -> list[comparing.Difference]:
    """The fields in which our version and the new package differ."""
    three = three_texts(upgrade)
    return comparing.differences(*(comparing.data_of(t) for t in (three.base, three.ours, three.theirs)))


def owner_role(text: str) -> str:
    """The role code after `owner:` in a definition; '' where there is none."""
    located = read_text(text, file=Path("x.yaml"))
    data = located.data if isinstance(located, Located) else None
    return str(data.get("owner") or "") if isinstance(data, dict) else ""
