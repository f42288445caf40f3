"""Notices in the house's search."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.permissions import Permission, can
from zhikong.web.panels import SearchHit

MOST = 5


def search(request, text: str) -> Iterable[SearchHit]:
    """Notices whose title or number has the words, within what the reader may see."""
    from zhikong.hospital.functions.inspections.queries.results.notices import listed

    if not can(request.user, Permission.VIEW_INSPECTIONS):
        return
    for one in listed(request.user, text=text)[:MOST]:
        yield SearchHit(
            one.title, reverse("inspections:notice", args=[one.pk]), _("督查通报"),
            one.number or one.get_state_display(), one.issued_at or one.drafted_at,
        )  # fmt: skip
