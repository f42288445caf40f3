"""What this half of the function shows of itself on pages that it does not own."""

from django.utils.translation import gettext_lazy

from zhikong.foundation.access.permissions import Permission
from zhikong.web.panels import MenuEntry, Panel

PANEL = Panel(
    menu=(
        MenuEntry(
            gettext_lazy("病历缺陷"),
            "records:defects",
            "file-search",
            order=46,
            permission=Permission.VIEW_RECORD_CHECKS,
            roles=(
                "quality_office", "medical_affairs", "record_reviewer", "department_head", "qc_officer", "hospital_leader",
            ),
        ),
    ),
)  # fmt: skip
