from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.permissions import Permission
from zhikong.web.panels import MenuEntry, Panel

PANEL = Panel(
    menu=(
        MenuEntry(
            _("账号与角色"), "access:accounts", "users", order=810, permission=Permission.MANAGE_ACCOUNTS
        ),
    )
)
