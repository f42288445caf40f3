"""What disputes show of themselves on pages that they do not own."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.foundation.access.permissions import Permission, can
from zhikong.hospital.functions.complaints.models.disputes import DisputeClock
from zhikong.hospital.functions.complaints.queries.disputes import reading
from zhikong.web.panels import CardRow, HomeCard, MenuEntry, Panel

SHOWN = 5


def late(request) -> int:
    """Deadlines of disputes that are over, for those who handle them."""
    if not can(request.user, Permission.HANDLE_DISPUTES):
        return 0
    return DisputeClock.objects.filter(met_at=None, stopped=False, due_at__lt=timezone.now()).count()


def home_cards(request) -> list[HomeCard]:
    """The nearest deadlines, for those who handle disputes."""
    if not can(request.user, Permission.HANDLE_DISPUTES):
        return []
    now = timezone.now()
    found = DisputeClock.objects.filter(met_at=None, stopped=False).select_related("dispute")
    clocks = [reading.ticking(one, now) for one in found.order_by("due_at")[:SHOWN]]
    if not clocks:
        return []
    rows = tuple(
        CardRow(
            text=f"{one.clock.dispute.number} {one.clock.title}",
            url=reverse("complaints:dispute", args=[one.clock.dispute_id]),
            state=one.state,
            word=one.left,
        )
        for one in clocks
    )
    return [
        HomeCard(
            title=_("医疗纠纷的期限"),
            rows=rows,
            order=36,
            url=reverse("complaints:disputes"),
            url_label=_("纠纷看板"),
        )
    ]


PANEL = Panel(
    menu=(
        MenuEntry(
            gettext_lazy("医疗纠纷"),
            "complaints:disputes",
            "scale",
            order=66,
            badge=late,
            roles=("complaint_officer", "medical_affairs", "hospital_leader", "department_head"),
        ),
    ),
    home_cards=home_cards,
)
