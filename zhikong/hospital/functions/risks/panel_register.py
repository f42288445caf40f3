"""What the risk register shows of itself on pages that it does not own."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.foundation.access.permissions import Permission, can
from zhikong.hospital.functions.risks.queries.register import risks
from zhikong.web.panels import CardRow, HomeCard, MenuEntry, Panel

SHOWN = 4


def home_cards(request) -> list[HomeCard]:
    """Matters that come again and again and are in no register yet, for those who keep it."""
    if not can(request.user, Permission.MANAGE_RISKS, whole_hospital=True):
        return []
    found = risks.warnings(today=timezone.localdate())
    if not found:
        return []
    rows = tuple(
        CardRow(
            text=f"{one.department_name}：{one.title}",
            url=f"{reverse('risks:new')}?finding={one.last}",
            state="warn",
            word=_("建议登记"),
            note=_("一年内 %(n)d 次") % {"n": one.times},
        )
        for one in found[:SHOWN]
    )
    return [
        HomeCard(
            title=_("风险预警"),
            rows=rows,
            order=64,
            url=reverse("risks:register"),
            url_label=_("风险登记册"),
        )
    ]


PANEL = Panel(
    menu=(
        MenuEntry(
            gettext_lazy("风险登记册"),
            "risks:register",
            "triangle-alert",
            order=57,
            permission=Permission.VIEW_RISKS,
            roles=(
                "quality_office", "medical_affairs", "nursing", "infection_control", "pharmacy", "equipment",
                "hospital_leader", "department_head", "head_nurse", "qc_officer",
            ),
        ),
    ),
    home_cards=home_cards,
)  # fmt: skip
