"""What this part of the function shows of itself on pages that it does not own."""

from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.permissions import Permission
from zhikong.web.panels import MenuEntry, Panel

PANEL = Panel(
    menu=(
        MenuEntry(
            _("匿名报告奖励"),
            "incidents:anonymous",
            "gift",
            order=47,
            permission=Permission.APPROVE_EVENT_QUOTAS,
        ),
        MenuEntry(
            _("匿名报告奖励"),
            "incidents:anonymous",
            "gift",
            order=47,
            permission=Permission.PLAN_EVENT_QUOTAS,
        ),
    )
)
