"""What this part of the function shows of itself on pages that it does not own."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.foundation.access.permissions import Permission
from zhikong.hospital.functions.incidents.queries.analysis import lessons
from zhikong.web.panels import CardRow, HomeCard, MenuEntry, Panel


def home_cards(request) -> list[HomeCard]:
    """How many alerts the reader has not acknowledged; what they say stands on their own pages."""
    unread = lessons.unread_for(request.user, today=timezone.localdate())
    if not unread:
        return []
    text = _("%(n)d 条安全警示还没有读") % {"n": len(unread)}
    url = (
        reverse("incidents:alert", args=[unread[0].alert.code])
        if len(unread) == 1
        else reverse("incidents:alerts")
    )
    row = CardRow(text=text, url=url, state="bad", word=_("未读"))
    return [
        HomeCard(
            title=_("安全警示"),
            rows=(row,),
            order=12,
            url=reverse("incidents:alerts"),
            url_label=_("全部警示"),
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
