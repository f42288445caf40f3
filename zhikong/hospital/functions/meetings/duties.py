"""Meetings in the duties' year: their dates in the calendar, and a held one as evidence of what asks for a meeting."""

from collections.abc import Iterator
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from zhikong.foundation.duties import actions
from zhikong.foundation.duties.dates import Dated
from zhikong.foundation.duties.evidence import HAND, Arrival
from zhikong.hospital.functions.meetings.models import Meeting


def held(meeting: Meeting, *, by, now: datetime) -> None:
    """The meeting was held: its committee's duty of this period has its evidence."""
    arrival = Arrival(
        kind=HAND, ref="meeting", key=f"meeting:{meeting.pk}", dated_on=meeting.on,
        title=_("%(body)s %(on)s 会议") % {"body": meeting.body.name, "on": meeting.on},
        url=reverse("meetings:meeting", args=[meeting.pk]), by=by, body_id=meeting.body_id,
    )  # fmt: skip
    actions.arrive(arrival, now=now)


def dates(start: date, end: date) -> Iterator[Dated]:
    """Meetings planned and held, for the year's calendar."""
    rows = Meeting.objects.filter(on__range=(start, end)).exclude(state=Meeting.State.CANCELLED)
    for meeting in rows.select_related("body").order_by("on", "pk"):
        url = reverse("meetings:meeting", args=[meeting.pk])
        title = _("%(body)s会议") % {"body": meeting.body.name}
        yield Dated(meeting.on, title, url, body=meeting.body.name, note=str(meeting.get_state_display()))
