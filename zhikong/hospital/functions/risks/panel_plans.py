"""What emergency plans show of themselves on pages that they do not own."""

from django.utils.translation import gettext_lazy

from zhikong.foundation.access.permissions import Permission
from zhikong.web.panels import MenuEntry, Panel

PANEL = Panel(
    menu=(
        MenuEntry(
            gettext_lazy("应急预案"), "risks:plans", "siren", order=58, permission=Permission.VIEW_RISKS
        ),
    )
)
