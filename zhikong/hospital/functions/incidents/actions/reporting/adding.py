"""What comes after the report: more words, answers to questions, pictures, sending again what was returned."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from zhikong.foundation.outbox.actions import announce
from zhikong.hospital.functions.incidents import neutral
from zhikong.hospital.functions.incidents.facts import IncidentAddedTo, IncidentReported
from zhikong.hospital.functions.incidents.models.reporting import Incident, IncidentAddition, IncidentPhoto
from zhikong.hospital.functions.incidents.queries.reporting import envelopes, reading
from zhikong.hospital.functions.incidents.rules_reporting import State
from zhikong.hospital.functions.incidents.rules_reporting_report import LONGEST

MOST_PHOTOS = 6
OVER = frozenset({State.MERGED})


def add(*, by, now: datetime, incident: Incident, text: str, question: int | None = None) -> IncidentAddition:
    """Tell more about one's own report, at any time. Raises Incident.DoesNotExist for somebody else's."""
    found = reading.own_incident(by=by, code=incident.code)
    return place_addition(now=now, incident=found, text=text, question=question)


def place_addition(
    *,
    now: datetime,
    incident: Incident,
    text: str,
    question: int | None = None,
    added_at: datetime | None = None,
) -> IncidentAddition:
    """The same for the holder of a key, who is nobody. added_at: coarse. The caller has checked the key."""
    words = text.replace("\x00", "").strip()
    if not words:
        raise ValidationError(_("请写下要补充的内容。"))
    if len(words) > LONGEST:
        raise ValidationError(_("最多 %(most)s 个字。") % {"most": LONGEST})
    with neutral.nobody():
        row = IncidentAddition(
            institution_id=incident.institution_id,
            incident=incident,
            question=question,
            added_at=added_at or now,
        )
        row.sealed = envelopes.seal({"text": words}, row, envelopes.CONTENT)
        row.save(force_insert=True)
        announce(IncidentAddedTo(incident_id=incident.pk), now=row.added_at)
        return row


def resubmit(*, by, now: datetime, incident: Incident, text: str) -> None:
    """Send a returned report again with what was missing. Raises ValidationError unless it was returned."""
    with neutral.nobody():
        found = Incident.objects.select_for_update().get(
            pk=reading.own_incident(by=by, code=incident.code).pk
        )
        if found.state != State.RETURNED:
            raise ValidationError(_("这份报告没有被退回，不用重新提交；有新情况请直接补充。"))
        add(by=by, now=now, incident=found, text=text)
        found.state = State.REPORTED
        found.save(update_fields=["state"])
        announce(IncidentReported(incident_id=found.pk), now=now)


def attach_photo(*, by, now: datetime, incident: Incident, upload) -> IncidentPhoto:
    """Add a picture to one's own report; the door keeps it under a constant name, of nobody."""
    found = reading.own_incident(by=by, code=incident.code)
    return place_photo(now=now, incident=found, upload=upload)


def place_photo(*, now: datetime, incident: Incident, upload) -> IncidentPhoto:
    """The same for a report of nobody. Raises ValidationError for what is no picture, or one too many."""
    if upload.content_type not in ("image/jpeg", "image/png", "image/webp"):
        raise ValidationError(_("只能添加照片（JPG、PNG、WebP）。"))
    with neutral.nobody():
        if IncidentPhoto.objects.filter(incident=incident).count() >= MOST_PHOTOS:
            raise ValidationError(_("最多添加 %(most)s 张照片。") % {"most": MOST_PHOTOS})
        kept = neutral.attach_file(by=None, now=now, upload=upload)
        return IncidentPhoto.objects.create(
            institution_id=incident.institution_id, incident=incident, file=kept.pk, added_at=now
        )
