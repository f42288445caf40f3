"""What the pack store shows of itself on pages that it does not own."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.packstore import listing
from zhikong.web.panels import CardRow, HomeCard, MenuEntry, Panel, SearchHit

SHOWN = 6


def home_cards(request) -> list[HomeCard]:
    """What waits in the pack store, for those who may edit; nothing when nothing waits."""
    if not can(request.user, Permission.EDIT_DEFINITIONS):
        return []
    reviews, ready, upgrades = listing.waiting(request.user)
    rows = [CardRow(str(v), reverse("packstore:version", args=[v.pk]), _("待您审核")) for v in reviews]
    rows += [CardRow(str(v), reverse("packstore:version", args=[v.pk]), _("可以发布")) for v in ready]
    rows += [
        CardRow(u.version.title, reverse("packstore:compare", args=[u.pk]), _("内容包有更新"))
        for u in upgrades
    ]
    if not rows:
        return []
    return [
        HomeCard(_("内容库"), tuple(rows[:6]), order=60, url=reverse("packstore:list"), url_label=_("查看"))
    ]


def search(request, text: str) -> list[SearchHit]:
    """Definitions by title or id, for those who may edit them."""
    if not can(request.user, Permission.EDIT_DEFINITIONS):
        return []
    found = listing.lines(on=timezone.localdate(), q=text)[:SHOWN]
    return [
        SearchHit(
            line.title,
            reverse("packstore:definition", args=[line.kind.code, line.id]),
            _("内容库"),
            line.kind.title,
        )
        for line in found
    ]


PANEL = Panel(
    menu=(
        MenuEntry(
            gettext_lazy("内容库"),
            "packstore:list",
            "library",
            order=85,
            permission=Permission.EDIT_DEFINITIONS,
        ),
    ),
    home_cards=home_cards,
    search=search,
)
