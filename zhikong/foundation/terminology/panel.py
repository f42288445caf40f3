"""What the code tables show of themselves on pages that they do not own."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.terminology.models import LocalTerm
from zhikong.web.panels import MenuEntry, Panel, SearchHit

SHOWN = 5


def search(request, text: str) -> list[SearchHit]:
    """Local codes by code or name, each leading to its decision."""
    if not can(request.user, Permission.MAP_CODES):
        return []
    found = LocalTerm.objects.filter(code__icontains=text) | LocalTerm.objects.filter(name__icontains=text)
    return [
        SearchHit(
            str(term), reverse("terminology:term", args=[term.pk]), _("本院编码"), term.get_state_display()
        )
        for term in found[:SHOWN]
    ]


PANEL = Panel(
    menu=(
        MenuEntry(
            gettext_lazy("编码对照"),
            "terminology:list",
            "languages",
            order=86,
            permission=Permission.MAP_CODES,
        ),
    ),
    search=search,
)
