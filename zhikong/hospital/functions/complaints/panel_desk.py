"""Complaints are a flow through three roles: one entry to its register, and no code beside it."""

from django.utils.translation import gettext_lazy as _

from zhikong.web.panels import MenuEntry, Panel

PANEL = Panel(
    menu=(
        MenuEntry(
            _("投诉处理"),
            "flows:register",
            "message-square-warning",
            order=65,
            url_args=("complaint_desk",),
            roles=(
                "complaint_officer",
                "medical_affairs",
                "nursing",
                "quality_office",
                "department_head",
                "hospital_leader",
            ),
        ),
    )
)
