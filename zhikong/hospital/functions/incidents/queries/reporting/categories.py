"""Categories in force: the hospital's own versions over the region's over the national ones."""

from __future__ import annotations

from django.utils import timezone

from zhikong.foundation.packstore.queries import resolve, resolve_all
from zhikong.hospital.functions.incidents.rules_reporting_categories import Category, suggested

CODE = "incident_category"


def all_in_force() -> list[Category]:
    """All categories, in the order of the page."""
    return sorted(
        (one.obj for one in resolve_all(CODE, on=timezone.localdate())), key=lambda one: (one.order, one.id)
    )


def category(category_id: str) -> Category | None:
    """The category in force today; None when there is none of this id."""
    found = resolve(CODE, category_id, on=timezone.localdate()) if category_id else None
    return None if found is None else found.obj


def title(category_id: str) -> str:
    """Its title; the id of one that is no longer in force, '' for none."""
    found = category(category_id)
    return category_id if found is None else found.title


def suggest(text: str, most: int = 3) -> list[Category]:
    """What the words of a report suggest, the likeliest first."""
    return suggested(all_in_force(), text, most)
