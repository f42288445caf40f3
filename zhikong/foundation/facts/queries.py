"""Reads of loads, quarantine and publications of the current scope's institution."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db.models import Count, QuerySet

from zhikong.foundation.facts import lake
from zhikong.foundation.facts.models import Load, Publication, QuarantinedRow


def latest_publication(
    *, as_of: datetime | None = None, data_version: str | None = None
) -> Publication | None:
    """The publication in force now, or at a moment, or with a data version; None when there is none."""
    publications = Publication.objects.prefetch_related("tables").order_by("-number")
    if as_of is not None:
        publications = publications.filter(published_at__lte=as_of)
    if data_version is not None:
        publications = publications.filter(data_version=data_version)
    return publications.first()


def versions_of(publication: Publication | None) -> dict[str, int]:
    """Table -> published version; empty when nothing is published."""
    return {} if publication is None else {t.table: t.version for t in publication.tables.all()}


def publications_between(before: str, after: str) -> list[Publication]:
    """Publications after one data version up to another, in order; none where one of them is not known."""
    ends = dict(
        Publication.objects.filter(data_version__in=[before, after]).values_list("data_version", "number")
    )
    if len({before, after} & ends.keys()) < len({before, after}):
        return []
    found = Publication.objects.filter(number__gt=ends[before], number__lte=ends[after])
    return list(found.select_related("load").order_by("number"))


def data_version_of(institution: str, versions: dict[str, int]) -> str:
    """A short name of the whole state: a hash of each table's id and version."""
    parts = [f"{lake.identity(institution, t)}@{t}@{v}" for t, v in sorted(versions.items())]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def loads() -> QuerySet[Load]:
    """All loads, the newest first."""
    return Load.objects.select_related("started_by")


def same_load(*, sha256: str, mapping: str, mapping_hash: str) -> Load | None:
    """An earlier load of the very same file through the very same mapping that was published, or None."""
    done = (Load.State.PUBLISHED, Load.State.UNCHANGED)
    found = Load.objects.filter(sha256=sha256, mapping=mapping, mapping_hash=mapping_hash, state__in=done)
    return found.order_by("-pk").first()


def quarantined(load: Load, *, reason: str = "", text: str = "") -> QuerySet[QuarantinedRow]:
    """The rows that a load set aside, by row number; narrowed by reason and by text in column, value or sentence."""
    rows = load.quarantined.all()
    if reason:
        rows = rows.filter(reason=reason)
    if text:
        rows = rows.filter(message__icontains=text) | rows.filter(label__icontains=text)
    return rows


def quarantine_counts(load: Load) -> dict[str, int]:
    """Reason -> kept rows of a load."""
    return dict(load.quarantined.order_by().values_list("reason").annotate(n=Count("pk")))
