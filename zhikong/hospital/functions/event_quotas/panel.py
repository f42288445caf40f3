"""What this function shows of itself on pages that it does not own."""

from django.utils.translation import gettext_lazy as _

from zhikong.web.panels import MenuEntry, Panel

PANEL = Panel(
    menu=(
        MenuEntry(
            _("报告指标"),
            "event_quotas:index",
            "scale",
            order=61,
            roles=("medical_affairs", "hospital_leader"),
        ),
    )
)
