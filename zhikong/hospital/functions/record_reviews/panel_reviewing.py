"""What this half of the function shows of itself on pages that it does not own."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.foundation.access.permissions import Permission, can
from zhikong.hospital.functions.record_reviews.queries.reviewing import queue
from zhikong.web.panels import CardRow, HomeCard, MenuEntry, Panel

MOST = 5
REVIEWERS = ("record_reviewer", "qc_officer", "department_head", "quality_office", "medical_affairs")


def _badge(request) -> int:
    return queue.reviews("mine", request.user).count()


def _cards(request) -> list[HomeCard]:
    """The own reviews that wait; for those who review nothing there is no card."""
    if not can(request.user, Permission.REVIEW_RECORDS):
        return []
    today = timezone.localdate()
    waiting = queue.reviews("mine", request.user)
    rows = [
        CardRow(
            _("病历 %(stay)s，%(stage)s") % {"stay": one.case.label, "stage": one.get_stage_display()},
            reverse("record_reviews:review", args=[one.pk]),
            note=f"{one.due_on:%m-%d}" if one.due_on else "",
            state="bad" if one.due_on and one.due_on < today else "none",
            word=_("逾期") if one.due_on and one.due_on < today else _("待评审"),
        )
        for one in waiting[:MOST]
    ]
    return [
        HomeCard(
            _("我的病历评审"),
            tuple(rows),
            order=45,
            url=reverse("record_reviews:review_queue"),
            url_label=_("评审队列"),
            empty=_("没有分给您的评审。可以到队列里领取待评的病历。"),
        )
    ]


PANEL = Panel(
    menu=(
        MenuEntry(
            gettext_lazy("病历评审"),
            "record_reviews:review_queue",
            "file-check",
            order=34,
            permission=Permission.VIEW_RECORD_CHECKS,
            badge=_badge,
            roles=(*REVIEWERS, "physician"),
        ),
    ),
    home_cards=_cards,
)
