"""The wizard's door signs: on the home page until the first brief stands, in the menu's 管理 for good."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.foundation.access.permissions import Permission
from zhikong.hospital.overviews.starting.queries import standing
from zhikong.hospital.overviews.starting.views import may_open
from zhikong.web.panels import HomeCard, MenuEntry, Panel


def home_cards(request) -> list[HomeCard]:
    """The steps that are not over; the browser asks for them once the page stands, for they take many queries."""
    if not may_open(request.user) or standing.finished():
        return []
    return [
        HomeCard(
            _("启用向导"),
            order=1,
            url=reverse("starting:index"),
            url_label=_("打开向导"),
            template="starting/_later.html",
        )
    ]


PANEL = Panel(
    menu=(
        MenuEntry(
            gettext_lazy("启用向导"),
            "starting:index",
            "list-checks",
            order=91,
            permission=Permission.MANAGE_ORGANISATION,
        ),
    ),
    home_cards=home_cards,
)
