"""What this function shows of itself on pages that it does not own."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.hospital.functions.policies import queries
from zhikong.web.panels import CardRow, HomeCard, MenuEntry, Panel, SearchHit

SHOWN = 4
MOST = 6


def home_cards(request) -> list[HomeCard]:
    """What one has to read still."""
    found = queries.unread_by(request.user, on=timezone.localdate())
    if not found:
        return []
    rows = tuple(
        CardRow(
            text=one.policy.title,
            url=reverse("policies:version", args=[one.policy.code, one.number]),
            state="warn",
            word=_("待阅读"),
            note=_("%(on)s 前") % {"on": one.read_by_on},
        )
        for one in found[:SHOWN]
    )
    return [
        HomeCard(
            title=_("待阅读的制度"),
            rows=rows,
            order=66,
            url=reverse("policies:list"),
            url_label=_("制度与规范"),
        )
    ]


def hits(request, q: str) -> Iterable[SearchHit]:
    """Documents that hold the words in title or text."""
    for one in queries.policies(request.user, q=q)[:MOST]:
        url = reverse("policies:policy", args=[one.code])
        yield SearchHit(one.title, url, _("制度"), note=f"{one.code} · {one.get_kind_display()}")


PANEL = Panel(
    menu=(MenuEntry(gettext_lazy("制度与规范"), "policies:list", "book-open", order=63),),
    home_cards=home_cards,
    search=hits,
)
