"""What intake shows of itself on pages that it does not own."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.hospital.functions.complaints.queries.intake import complaints
from zhikong.web.panels import CardRow, HomeCard, MenuEntry, Panel

SHOWN = 4


def home_cards(request) -> list[HomeCard]:
    """The complaints that are due first, for who handles them; by number, so that no word of one stands on a home page."""
    if not complaints.handles(request.user):
        return []
    now = timezone.now()
    lines = [one for one in complaints.lines(complaints.found(), now=now, titles={}, most=SHOWN) if one.clock]
    if not lines:
        return []
    return [
        HomeCard(
            title=_("投诉时限"), rows=tuple(_row(one) for one in lines), order=54, url=reverse("complaints:desk"),
            url_label=_("全部"),
        )
    ]  # fmt: skip


def _row(line) -> CardRow:
    state, word = ("bad", _("逾期")) if line.late else ("warn", _("今天")) if line.days == 0 else ("", "")
    where = line.complaint.department_name or line.complaint.get_channel_display()
    return CardRow(
        text=f"{line.complaint.number} {where}：{line.clock.title}",
        url=reverse("complaints:complaint", args=[line.complaint.pk]),
        note=f"{timezone.localtime(line.clock.due_at):%m-%d}", state=state, word=word,
    )  # fmt: skip


PANEL = Panel(
    menu=(
        MenuEntry(
            gettext_lazy("投诉处理"),
            "complaints:desk",
            "message-square-warning",
            order=65,
            roles=(
                "complaint_officer", "medical_affairs", "nursing", "quality_office", "hospital_leader", "department_head",
                "head_nurse", "physician", "nurse",
            ),
        ),
    ),
    home_cards=home_cards,
)  # fmt: skip
