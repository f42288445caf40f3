"""The door signs of this overview."""

from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.permissions import Permission
from zhikong.hospital.overviews.years.queries.letters import waiting_count
from zhikong.web.panels import MenuEntry, Panel


def _waiting(request) -> int:
    """Letters that this person has still to sign."""
    return waiting_count(request.user)


PANEL = Panel(
    menu=(
        MenuEntry(
            _("年度总结"),
            "years:index",
            "calendar-check",
            order=73,
            permission=Permission.VIEW_PLANS,
            badge=_waiting,
        ),
    ),
)
