from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.permissions import Permission
from zhikong.web.panels import MenuEntry, Panel

PANEL = Panel(
    menu=(MenuEntry(_("审计记录"), "audit:list", "scroll-text", order=830, permission=Permission.VIEW_AUDIT),)
)
