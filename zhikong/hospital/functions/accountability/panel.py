"""What this function shows of itself on pages that it does not own."""

from django.utils.translation import gettext_lazy as _

from zhikong.web.panels import MenuEntry, Panel

PANEL = Panel(
    menu=(
        MenuEntry(
            _("责任认定"), "accountability:files", "gavel", order=66, roles=("medical_affairs", "hospital_leader")
        ),
        MenuEntry(
            _("我的安全档案"), "accountability:mine", "shield-check", order=96,
            roles=("physician", "nurse", "department_head", "head_nurse"),
        ),
    )
)  # fmt: skip
