"""What this function shows of itself on pages that it does not own."""

from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.permissions import Permission
from zhikong.hospital.functions.indicators.cards import home_cards
from zhikong.hospital.functions.indicators.searching import hits
from zhikong.web.panels import MenuEntry, Panel

PANEL = Panel(
    menu=(
        MenuEntry(
            _("指标监测"), "indicators:list", "chart-line", order=30, permission=Permission.VIEW_INDICATORS
        ),
        MenuEntry(_("预警"), "indicators:alerts", "siren", order=35, permission=Permission.ANALYSE_MONTH),
        MenuEntry(
            _("月度结账"),
            "indicators:months",
            "calendar-check",
            order=70,
            permission=Permission.ANALYSE_MONTH,
        ),
        MenuEntry(
            _("目标值"), "indicators:targets", "target", order=80, permission=Permission.MANAGE_TARGETS
        ),
    ),
    home_cards=home_cards,
    search=hits,
)
