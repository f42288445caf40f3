"""What this function shows of itself on pages that it does not own."""

from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.permissions import Permission
from zhikong.web.panels import MenuEntry, Panel

PANEL = Panel(
    menu=(
        MenuEntry(_("专项活动"), "campaigns:list", "flag", order=48, permission=Permission.WORK_CAMPAIGNS),
    ),
)
