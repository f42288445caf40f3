"""What this function shows of itself on pages that it does not own: the menu, and open issues on the home page."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.foundation.access.permissions import Permission, can
from zhikong.hospital.functions.data_quality.models import Issue
from zhikong.hospital.functions.data_quality.queries.issues import issues, shown
from zhikong.web.panels import CardRow, HomeCard, MenuEntry, Panel

MOST = 4


def home_cards(request) -> list[HomeCard]:
    """The heaviest open issues of the reader's scope; nothing when there are none."""
    if not can(request.user, Permission.JUDGE_DATA_QUALITY):
        return []
    found = shown(issues({"state": Issue.State.OPEN, "present": "1"})[:MOST])
    rows = tuple(
        CardRow(
            text=one.sentence,
            url=reverse("data_quality:issue", args=[one.issue.pk]),
            note=_("影响 %(n)d 项指标") % {"n": one.issue.indicators} if one.issue.indicators else "",
            state=one.tone,
            word=one.kind,
        )
        for one in found
    )
    if not rows:
        return []
    return [
        HomeCard(
            title=_("数据质量问题"),
            rows=rows,
            order=72,
            url=reverse("data_quality:overview"),
            url_label=_("数据质量"),
        )
    ]


PANEL = Panel(
    menu=(
        MenuEntry(
            gettext_lazy("数据质量"),
            "data_quality:overview",
            "shield-check",
            order=76,
            permission=Permission.VIEW_DATA_QUALITY,
            roles=(
                "quality_office", "record_reviewer", "administrator", "department_head", "qc_officer", "medical_affairs",
            ),
        ),
    ),
    home_cards=home_cards,
    keeps_house=True,
)  # fmt: skip
