"""The brief's door signs."""

from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.permissions import Permission
from zhikong.web.panels import MenuEntry, Panel

PANEL = Panel(
    menu=(
        MenuEntry(
            _("质量简报"), "reports:list", "file-text", order=72, permission=Permission.VIEW_INDICATORS
        ),
    ),
)
