"""What this function shows of itself on pages that it does not own."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.foundation.access.permissions import Permission
from zhikong.web.panels import CardRow, HomeCard, MenuEntry, Panel


def home_cards(request):
    """The user's own coming meetings, with whether he has answered."""
    from zhikong.hospital.functions.meetings import queries_sitting

    today = timezone.localdate()
    coming = [
        one for one in queries_sitting.own_meetings(request.user, today=today) if one.meeting.on >= today
    ]
    if not coming:
        return []
    rows = tuple(_row(one) for one in coming[:5])
    return [HomeCard(_("我的会议"), rows, order=35, url=reverse("meetings:mine"), url_label=_("全部会议"))]


def _row(one) -> CardRow:
    state = "warn" if one.answer == "none" else "none"
    url = reverse("meetings:sitting", args=[one.meeting_id])
    return CardRow(
        one.meeting.body.name, url, note=f"{one.meeting.on:%m-%d}", state=state, word=one.get_answer_display()
    )


PANEL = Panel(
    menu=(
        MenuEntry(
            gettext_lazy("委员会议题"),
            "meetings:list",
            "gavel",
            order=47,
            permission=Permission.RECORD_DECISIONS,
        ),
    ),
    home_cards=home_cards,
)
