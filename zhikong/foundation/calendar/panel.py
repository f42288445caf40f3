from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.permissions import Permission
from zhikong.web.panels import MenuEntry, Panel

PANEL = Panel(
    menu=(
        MenuEntry(
            _("工作日历"), "calendar:index", "calendar-days", order=820, permission=Permission.EDIT_CALENDAR
        ),
    )
)
