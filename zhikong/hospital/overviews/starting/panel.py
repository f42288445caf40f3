"""The wizard's door sign: on the home page of those who set the house up, until the first brief stands."""

from django.urls import reverse
from django.utils.translation import gettext as _

from zhikong.hospital.overviews.starting.queries import standing
from zhikong.hospital.overviews.starting.views import may_open
from zhikong.web.panels import HomeCard, Panel


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


PANEL = Panel(home_cards=home_cards)
