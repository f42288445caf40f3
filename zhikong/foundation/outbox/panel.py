"""The menu entry, and a card on the administrator's home page when something could not be delivered."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.outbox import queries
from zhikong.web.panels import CardRow, HomeCard, MenuEntry, Panel


def given_up(request) -> int:
    """Dead letters; asked once a request though menu and card both show it."""
    if not hasattr(request, "_dead_letters"):
        request._dead_letters = queries.given_up_count()
    return request._dead_letters


def home_cards(request) -> list[HomeCard]:
    """Only when there is something to decide."""
    if not can(request.user, Permission.MANAGE_MESSAGES) or not (number := given_up(request)):
        return []
    url = reverse("outbox:list")
    row = CardRow(
        _("多次尝试仍未送达"), url, note=_("%(n)d 项") % {"n": number}, state="bad", word=_("待处理")
    )
    return [HomeCard(_("系统内部传达"), (row,), order=25, url=url)]


PANEL = Panel(
    menu=(
        MenuEntry(
            gettext_lazy("传达记录"),
            "outbox:list",
            "waypoints",
            order=845,
            permission=Permission.MANAGE_MESSAGES,
            badge=given_up,
        ),
    ),
    home_cards=home_cards,
)
