"""Licences are a flow whose deadlines count back from a date: one entry to its register, and no code beside it."""

from django.utils.translation import gettext_lazy as _

from zhikong.web.panels import MenuEntry, Panel

PANEL = Panel(
    menu=(
        MenuEntry(
            _("证照管理"),
            "flows:register",
            "badge-check",
            order=64,
            url_args=("licences",),
            roles=(
                "medical_affairs",
                "nursing",
                "quality_office",
                "department_head",
                "head_nurse",
                "hospital_leader",
            ),
        ),
    )
)
