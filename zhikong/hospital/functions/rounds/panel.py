"""Rounds are checklists: two entries to the registers of their forms, and no code beside them."""

from django.utils.translation import gettext_lazy as _

from zhikong.web.panels import MenuEntry, Panel

WARDS = (
    "nurse",
    "head_nurse",
    "qc_officer",
    "department_head",
    "nursing",
    "medical_affairs",
    "quality_office",
)

PANEL = Panel(
    menu=(
        MenuEntry(
            _("急救车检查"), "forms:register", "siren", order=61, url_args=("crash_cart_round",), roles=WARDS
        ),
        MenuEntry(
            _("设备巡检"),
            "forms:register",
            "stethoscope",
            order=62,
            url_args=("equipment_round",),
            roles=WARDS,
        ),
    )
)
