from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.permissions import Permission
from zhikong.web.panels import MenuEntry, Panel

PANEL = Panel(
    menu=(
        MenuEntry(
            label=_("病历建议服务"),
            url_name="suggestions:service",
            icon="server",
            order=845,
            permission=Permission.MANAGE_CONNECTIONS,
        ),
    ),
)
