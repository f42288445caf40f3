"""What this part of the function shows of itself on pages that it does not own."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.foundation.access.permissions import Permission
from zhikong.hospital.functions.incidents.queries.analysis import lessons
from zhikong.web.panels import CardRow, HomeCard, MenuEntry, Panel

SHOWN = 3


def home_cards(request) -> list[HomeCard]:
    """Alerts that the reader has not acknowledged; an alert is for everybody and says nothing of a case."""
    unread = lessons.unread_for(request.user, today=timezone.localdate())
    if not unread:
        return []
    rows = tuple(
        CardRow(
            text=one.alert.title, url=reverse("incidents:alert", args=[one.alert.code]), state="bad", word=_("未读"),
            note=timezone.localdate(one.alert.published_at).isoformat(),
        )
        for one in unread[:SHOWN]
    )  # fmt: skip
    return [
        HomeCard(
            title=_("安全警示"), rows=rows, order=12, url=reverse("incidents:alerts"), url_label=_("全部警示")
        )
    ]


LEADERS = (
    "quality_office", "medical_affairs", "nursing", "infection_control", "pharmacy", "equipment", "department_head",
    "head_nurse", "qc_officer",
)  # fmt: skip
STAFF = (*LEADERS, "hospital_leader", "physician", "nurse")

PANEL = Panel(
    menu=(
        MenuEntry(
            gettext_lazy("事件分析"), "incidents:analyses", "search", order=53,
            permission=None, roles=LEADERS,
        ),
        MenuEntry(
            gettext_lazy("警示与经验"), "incidents:alerts", "megaphone", order=54,
            permission=Permission.LEARN_FROM_INCIDENTS, roles=STAFF,
        ),
        MenuEntry(
            gettext_lazy("重点病人"), "incidents:key_patients", "heart-pulse", order=55,
            permission=Permission.LEARN_FROM_INCIDENTS, roles=STAFF,
        ),
        MenuEntry(
            gettext_lazy("缺陷登记"), "incidents:defects", "notebook-pen", order=56,
            permission=Permission.LEARN_FROM_INCIDENTS,
            roles=("department_head", "head_nurse", "qc_officer", "physician", "nurse"),
        ),
    ),
    home_cards=home_cards,
)  # fmt: skip
