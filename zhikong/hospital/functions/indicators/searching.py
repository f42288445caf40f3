"""What the search finds among indicators."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, can
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.web.panels import SearchHit

MOST = 6


def hits(request, q: str) -> Iterable[SearchHit]:
    """Indicators whose name in any language, or whose id, holds all the words; the shortest name first."""
    if not can(request.user, Permission.VIEW_INDICATORS):
        return
    words = q.lower().split()
    found = [d for d in definitions().values() if all(word in _text(d) for word in words)]
    language = "en" if (get_language() or "").startswith("en") else "zh"
    for definition in sorted(found, key=lambda d: len(d.title()))[:MOST]:
        url = reverse("indicators:detail", args=[definition.id])
        yield SearchHit(definition.title(language), url, _("指标"), note=definition.why)


def _text(definition) -> str:
    return " ".join((*definition.name.values(), definition.id)).lower()
