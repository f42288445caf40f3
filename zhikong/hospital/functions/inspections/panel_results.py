"""What this part of the function shows of itself on pages that it does not own."""

from django.utils.translation import gettext_lazy

from zhikong.foundation.access.permissions import Permission
from zhikong.hospital.functions.inspections.searching_results import search
from zhikong.web.panels import MenuEntry, Panel


def _unread(request) -> int:
    from zhikong.hospital.functions.inspections.queries.results.notices import unread_count

    return unread_count()


PANEL = Panel(
    menu=(
        MenuEntry(
            gettext_lazy("检查结果"),
            "inspections:results",
            "clipboard-check",
            order=53,
            permission=Permission.VIEW_INSPECTIONS,
            badge=_unread,
            roles=(
                "quality_office", "medical_affairs", "nursing", "infection_control", "pharmacy", "equipment",
                "department_head", "head_nurse", "qc_officer", "hospital_leader",
            ),
        ),
    ),
    search=search,
)  # fmt: skip
