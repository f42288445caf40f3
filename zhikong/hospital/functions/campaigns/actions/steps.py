"""What several actions need: the story, the state that a step asks for, the row that is locked."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, can, require
from zhikong.hospital.functions.campaigns.models import Campaign, Event

CLOSED = (Campaign.State.WITHDRAWN, Campaign.State.KEPT)


def tell(campaign: Campaign, *, by, now: datetime, text: str) -> None:
    """One line of the story."""
    Event.objects.create(institution_id=campaign.institution_id, campaign=campaign, at=now, by=by, text=text)


def locked(campaign: Campaign) -> Campaign:
    """The campaign, open and locked. Raises ValidationError when it is withdrawn or finished for good."""
    found = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if found.state in CLOSED:
        raise ValidationError(_("活动已结束或已撤销，不能再改。"))
    return found


def keeper(by) -> None:
    require(by, Permission.KEEP_CAMPAIGNS)


def worker(by, department_id: int | None) -> None:
    """The office, or somebody who works for the department."""
    if not can(by, Permission.KEEP_CAMPAIGNS):
        require(by, Permission.WORK_CAMPAIGNS, department_id)


def said(text: str, why: str) -> str:
    """The text, which must not be empty."""
    if len(text.strip()) < 2:
        raise ValidationError(why)
    return text.strip()
