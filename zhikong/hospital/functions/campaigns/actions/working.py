"""What departments do in a campaign: join, move their items on, hand in, report numbers; the office answers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.files import actions as files
from zhikong.foundation.files.models import File
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.campaigns.actions.starting import TASK
from zhikong.hospital.functions.campaigns.actions.steps import keeper, locked, said, tell, worker
from zhikong.hospital.functions.campaigns.models import (
    Campaign,
    Contest,
    Count,
    Item,
    Material,
    Money,
    Place,
    Quota,
    Result,
)


@transaction.atomic
def join(place: Place, *, by, now: datetime, joined: bool) -> None:
    """Note that a place takes part, or does not."""
    worker(by, place.department_id)
    campaign = locked(place.campaign)
    place.joined = joined
    place.save(update_fields=["joined"])
    tell(
        campaign,
        by=by,
        now=now,
        text=(_("%(n)s参加活动") if joined else _("%(n)s不参加活动")) % {"n": place.name},
    )


@transaction.atomic
def move_item(item: Item, *, by, now: datetime, state: str, effect: str = "") -> Item:
    """Progress of an item; what is done or dropped says with what effect or why, and ends its task."""
    worker(by, item.department_id)
    campaign = locked(item.campaign)
    over = state in (Item.State.DONE, Item.State.DROPPED)
    if campaign.state == Campaign.State.PREPARING and over:
        raise ValidationError(_("活动还没有启动。"))
    item.effect = (
        said(effect, _("请写明效果；不再进行的请写明原因。")) if over else effect.strip() or item.effect
    )
    item.state = Item.State(state)
    item.done_at, item.done_by = (now, by) if state == Item.State.DONE else (None, None)
    item.save()
    if over:
        tasks.complete_for(source_kind=TASK, source_key=str(item.pk), by=by, now=now)
    tell(campaign, by=by, now=now, text=f"{item.title}：{item.get_state_display()}")
    return item


@transaction.atomic
def hand_in(
    campaign: Campaign, *, by, now: datetime, kind: str, title: str, text: str = "", department_id: int | None = None,
    item: Item | None = None, attached: Iterable[File] = (),
) -> Material:  # fmt: skip
    """A department's own plan, a highlight, an experience card, or evidence of an item."""
    worker(by, department_id)
    campaign, attached = locked(campaign), list(attached)
    if not text.strip() and not attached:
        raise ValidationError(_("请写内容，或附上文件。"))
    if kind == Material.Kind.EVIDENCE and item is None:
        raise ValidationError(_("请选择材料所属的事项。"))
    made = Material.objects.create(
        institution_id=campaign.institution_id, campaign=campaign, item=item, department_id=department_id, kind=kind,
        title=said(title, _("请写标题。"))[:120], text=text.strip(), file_ids=[file.pk for file in attached], sent_at=now,
        sent_by=by,
    )  # fmt: skip
    for file in attached:
        files.use(file, by=by, now=now, used_for=f"campaigns.material:{made.pk}")
    Place.objects.filter(campaign=campaign, department_id=department_id).exclude(department_id=None).update(
        joined=True
    )
    tell(
        campaign, by=by, now=now, text=_("提交%(k)s：%(t)s") % {"k": made.get_kind_display(), "t": made.title}
    )
    return made


@transaction.atomic
def answer(material: Material, *, by, now: datetime, accept: bool, text: str = "") -> None:
    """The office takes it or gives it back with the reason; whoever sent it is told."""
    keeper(by)
    campaign = locked(material.campaign)
    material.state = Material.State.ACCEPTED if accept else Material.State.RETURNED
    material.answer = (text.strip() if accept else said(text, _("退回时请写明理由。")))[:300]
    material.answered_at, material.answered_by = now, by
    material.save()
    words = f"{material.get_state_display()}：{material.title}"
    tell(campaign, by=by, now=now, text=words)
    if material.sent_by is not None:
        notices.send(
            by=by, now=now, users=[material.sent_by], title=words, text=material.answer,
            url=campaign.get_absolute_url(), kind="task", source_kind="campaign", source_key=str(campaign.pk),
        )  # fmt: skip


@transaction.atomic
def report_count(quota: Quota, *, by, now: datetime, on: date, place: str, count: int) -> Count:
    """What was reached at a place on a day; again for the same place and day replaces it, and the story keeps both."""
    worker(by, None)
    campaign = locked(quota.campaign)
    if (campaign.starts_on and on < campaign.starts_on) or (campaign.ends_on and on > campaign.ends_on):
        raise ValidationError(_("日期不在活动期间内。"))
    if on > timezone.localdate(now):
        raise ValidationError(_("日期还没有到。"))
    made, _new = Count.objects.update_or_create(
        institution_id=campaign.institution_id, quota=quota, on=on, place=said(place, _("请写明地点。"))[:80],
        defaults={"count": count, "at": now, "by": by},
    )  # fmt: skip
    tell(campaign, by=by, now=now, text=f"{quota.name}：{on} {made.place} {count} {quota.unit}")
    return made


@transaction.atomic
def add_quota(campaign: Campaign, *, by, now: datetime, **told) -> Quota:
    """name, per, least, unit, on."""
    keeper(by)
    campaign = locked(campaign)
    return Quota.objects.create(institution_id=campaign.institution_id, campaign=campaign, **told)


@transaction.atomic
def add_contest(campaign: Campaign, *, by, now: datetime, **told) -> Contest:
    """name, rules, on, full_marks."""
    keeper(by)
    campaign = locked(campaign)
    return Contest.objects.create(institution_id=campaign.institution_id, campaign=campaign, **told)


@transaction.atomic
def record_result(
    contest: Contest, *, by, now: datetime, name: str, score: Decimal | None, award: str = ""
) -> Result:
    """A participant's score and award; again for the same name replaces it."""
    keeper(by)
    campaign = locked(contest.campaign)
    if score is not None and not 0 <= score <= contest.full_marks:
        raise ValidationError(_("得分应在 0 和满分之间。"))
    tell(
        campaign,
        by=by,
        now=now,
        text=f"{contest.name}：{name} {'' if score is None else score} {award}".strip(),
    )
    return Result.objects.update_or_create(
        institution_id=campaign.institution_id, contest=contest, name=said(name, _("请写明科室或个人。"))[:80],
        defaults={"score": score, "award": award.strip()[:40]},
    )[0]  # fmt: skip


@transaction.atomic
def add_money(
    campaign: Campaign, *, by, now: datetime, title: str, planned_fen: int, spent_fen: int
) -> Money:
    """A line of the budget; again under the same title replaces it."""
    keeper(by)
    campaign = locked(campaign)
    tell(campaign, by=by, now=now, text=_("经费“%(t)s”已登记") % {"t": title})
    return Money.objects.update_or_create(
        institution_id=campaign.institution_id, campaign=campaign, title=said(title, _("请写明用途。"))[:80],
        defaults={"planned_fen": planned_fen, "spent_fen": spent_fen},
    )[0]  # fmt: skip
