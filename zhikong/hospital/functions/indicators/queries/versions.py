"""The history of a definition: the package's text, what the hospital wrote over it, and what each changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from zhikong.engine.definitions import Definition
from zhikong.foundation.packstore import kinds, listing, queries, rules, shelf
from zhikong.foundation.packstore.models import Version
from zhikong.hospital.functions.indicators.catalogue import INDICATOR
from zhikong.hospital.functions.indicators.models import IndicatorValue


@dataclass(frozen=True)
class Told:
    """One version of a definition. changes: against the version before it; empty for the first."""

    label: str
    state: str
    text: str
    definition: Definition | None
    since: date | None
    version: Version | None = None
    changes: Sequence[listing.Change] = ()
    in_force: bool = False

    @property
    def digest(self) -> str:
        """What decides the number; two versions with the same one count alike."""
        return self.definition.hash if self.definition else ""


def history(indicator_id: str, *, on: date) -> list[Told]:
    """Every version, the newest first; the packaged text is the oldest. Three queries."""
    versions = listing.history(INDICATOR, indicator_id)
    holds = _in_force(indicator_id, on)
    found: list[Told] = []
    packaged = shelf.of(INDICATOR, indicator_id, samples=queries.sees_samples())
    if packaged is not None:
        label = shelf.pack_name(packaged.pack)
        found.append(_told(label, "packaged", packaged.text, indicator_id, holds))
    for version in reversed(versions):
        before = found[-1].text if found else ""
        found.append(_own(version, before, indicator_id, holds))
    return found[::-1]


def _told(label: str, state: str, text: str, indicator_id: str, holds: str, **more) -> Told:
    definition = kinds.read(INDICATOR, indicator_id, text).obj
    return Told(
        label, state, text, definition, in_force=rules.text_hash(text) == holds, **{"since": None} | more
    )


def _own(version: Version, before: str, indicator_id: str, holds: str) -> Told:
    label = _("本院第 %(n)d 版") % {"n": version.number}
    changes = listing.changes(before, version.text) if before else ()
    return _told(
        label, version.state, version.text, indicator_id, holds,
        since=version.effective_from, version=version, changes=changes,
    )  # fmt: skip


def _in_force(indicator_id: str, on: date) -> str:
    """The hash of the text in force; empty when there is none or it cannot be read."""
    try:
        found = queries.resolve(INDICATOR, indicator_id, on=on)
    except queries.Broken:
        return ""
    return "" if found is None else found.hash


def used_hashes(indicator_id: str) -> list[tuple[str, int, str, str]]:
    """(hash, version, first month, last month) of the definitions that made the stored hospital figures."""
    from django.db.models import Max, Min

    rows = IndicatorValue.objects.filter(indicator_id=indicator_id, department=None)
    grouped = rows.values("definition_hash", "definition_version").annotate(
        first=Min("month"), last=Max("month")
    )
    return [
        (row["definition_hash"], row["definition_version"], row["first"], row["last"])
        for row in grouped.order_by("-last", "-definition_version")
    ]
