"""What this part of the function shows of itself on pages that it does not own."""

from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.permissions import Permission
from zhikong.web.panels import MenuEntry, Panel

PANEL = Panel(
    menu=(
        MenuEntry(_("上报不良事件"), "incidents:report", "megaphone", order=60),
        MenuEntry(_("我的上报"), "incidents:mine", "message-square-reply", order=61),
        MenuEntry(
            _("药品不良反应"),
            "incidents:adr",
            "pill",
            order=62,
            permission=Permission.HANDLE_INCIDENTS,
            roles=("pharmacy", "quality_office"),
        ),
    )
)
