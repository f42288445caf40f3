"""What this function shows of itself on pages that it does not own."""

from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.permissions import Permission
from zhikong.web.panels import MenuEntry, Panel

PANEL = Panel(
    menu=(
        MenuEntry(
            _("等级评审"), "accreditation:list", "award", order=49, permission=Permission.RATE_ACCREDITATION
        ),
    ),
)
