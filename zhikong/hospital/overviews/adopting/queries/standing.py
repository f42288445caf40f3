"""Adoptions and what of them still stands."""

from __future__ import annotations

from django.db.models import QuerySet

from zhikong.hospital.overviews.adopting.models import AdoptedThing, Adoption
from zhikong.hospital.overviews.adopting.rules.wishes import Paper


def adoptions() -> QuerySet[Adoption]:
    """All, the newest first."""
    return Adoption.objects.select_related("document", "adopted_by", "undone_by")


def adoption(pk: int) -> Adoption | None:
    return adoptions().filter(pk=pk).first()


def things_of(found: Adoption) -> list[AdoptedThing]:
    """Everything that the adoption told, in the order in which it was written."""
    return list(found.things.select_related("item", "undone_by").order_by("pk"))


def things_standing(found: Adoption) -> list[AdoptedThing]:
    """What it wrote and nobody took back; a thing that several items share is there once."""
    rows = found.things.filter(made=True, undone_at=None).select_related("adoption").order_by("pk")
    seen: dict[tuple[str, str], AdoptedThing] = {}
    for row in rows:
        seen.setdefault((row.kind, row.key), row)
    return list(seen.values())


def standing_adoption(document: int) -> Adoption | None:
    """The document's own adoption that is not wholly undone."""
    return adoptions().filter(document=document).exclude(state=Adoption.State.UNDONE).first()


def previous_of(paper: Paper) -> Adoption | None:
    """The standing adoption of an earlier version: same year, same side (the hospital's or that department's plan)."""
    rows = adoptions().filter(year=paper.year).exclude(state=Adoption.State.UNDONE)
    rows = rows.filter(document__department_id=paper.department)
    return rows.exclude(document=paper.document).first()
