"""What this part of the function shows of itself on pages that it does not own."""

from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.permissions import Permission
from zhikong.web.panels import MenuEntry, Panel

PANEL = Panel(
    menu=(MenuEntry(_("工作计划"), "plans:list", "file-check", order=46, permission=Permission.VIEW_PLANS),),
)
