"""The end of a campaign: inspected, summarised, commended, and what was learnt kept in the rules."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.hospital.functions.campaigns.actions.steps import keeper, locked, said, tell
from zhikong.hospital.functions.campaigns.models import Campaign, Lesson

State = Campaign.State


def _step(campaign: Campaign, allowed: tuple[str, ...]) -> Campaign:
    campaign = locked(campaign)
    if campaign.state not in allowed:
        raise ValidationError(_("活动现在是“%(s)s”，不能做这一步。") % {"s": campaign.get_state_display()})
    return campaign


@transaction.atomic
def inspect(
    campaign: Campaign, *, by, now: datetime, on: date, title: str, result: str, url: str = ""
) -> None:
    """Note how it was inspected: the visit by its address, with its title as it was then."""
    keeper(by)
    campaign = _step(campaign, (State.RUNNING, State.INSPECTED))
    if url and not url.startswith("/"):
        raise ValidationError(_("督查的页面请填本系统里的地址，以 / 开头。"))
    campaign.state, campaign.inspected_on, campaign.inspection_url = State.INSPECTED, on, url[:300]
    campaign.inspection_title = said(title, _("请写明督查名称。"))[:160]
    campaign.inspection_result = said(result, _("请写明督查结果。"))
    campaign.save()
    tell(campaign, by=by, now=now, text=_("督查：") + campaign.inspection_title)


@transaction.atomic
def summarise(campaign: Campaign, *, by, now: datetime, text: str) -> None:
    """The summary as the office leaves it; drafted from facts by ``queries.draft_summary``."""
    keeper(by)
    campaign = _step(campaign, (State.RUNNING, State.INSPECTED, State.SUMMARISED))
    campaign.state, campaign.summary = State.SUMMARISED, said(text, _("请写总结。"))
    campaign.summarised_at, campaign.summarised_by = now, by
    campaign.save()
    tell(campaign, by=by, now=now, text=_("完成总结"))


@transaction.atomic
def commend(campaign: Campaign, *, by, now: datetime, text: str) -> None:
    """Who is commended, after the summary."""
    keeper(by)
    campaign = _step(campaign, (State.SUMMARISED, State.COMMENDED))
    campaign.state, campaign.commendation = State.COMMENDED, said(text, _("请写表彰决定。"))
    campaign.commended_at, campaign.commended_by = now, by
    campaign.save()
    tell(campaign, by=by, now=now, text=_("表彰先进"))


@transaction.atomic
def keep(
    campaign: Campaign, *, by, now: datetime, text: str, fixed_in: str, url: str = "", last: bool = False
) -> Lesson:
    """A lesson and the rule or duty it was written into (url: its page here); the campaign ends with the last one."""
    keeper(by)
    campaign = _step(campaign, (State.SUMMARISED, State.COMMENDED))
    if url and not url.startswith("/"):
        raise ValidationError(_("制度或职责的页面请填本系统里的地址，以 / 开头。"))
    made = Lesson.objects.create(
        institution_id=campaign.institution_id, campaign=campaign, text=said(text, _("请写明经验。"))[:300],
        fixed_in=said(fixed_in, _("请写明写入了哪项制度或职责。"))[:160], url=url[:300], at=now, by=by,
    )  # fmt: skip
    if last:
        campaign.state = State.KEPT
        campaign.save(update_fields=["state"])
    tell(campaign, by=by, now=now, text=_("经验写入制度：") + made.fixed_in)
    return made
