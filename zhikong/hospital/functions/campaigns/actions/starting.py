"""A campaign is made by hand, from a preset or from a plan, started, and taken back while nothing was done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, can, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.organisation.queries import departments, heads
from zhikong.foundation.packstore.queries import resolve
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.campaigns import queries, rules
from zhikong.hospital.functions.campaigns.actions.steps import keeper, locked, said, tell
from zhikong.hospital.functions.campaigns.models import Campaign, Contest, Item, Place, Quota, Stage

TASK = "campaign_item"
SCOPE = ("clinical", "medtech", "functional")


@transaction.atomic
def start(
    *,
    by,
    now: datetime,
    name: str,
    theme: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Campaign:
    """A campaign by hand; its scope is every department until it is narrowed."""
    keeper(by)
    return _make(by=by, now=now, name=name, theme=theme, starts_on=starts_on, ends_on=ends_on)


@transaction.atomic
def start_from_plan(
    *,
    by,
    now: datetime,
    name: str,
    source: Mapping[str, str],
    starts_on: date | None = None,
    ends_on: date | None = None,
    theme: str = "",
    stages: Sequence[Mapping[str, Any]] = (),
    items: Sequence[Mapping[str, Any]] = (),
) -> Campaign:
    """What an adopted plan asks for. The same source again gives the campaign that exists.

    stages: name, starts_on, ends_on. items: title, department (id), due_on, says. source: document, clause, key, url.
    """
    if not can(by, Permission.KEEP_CAMPAIGNS):
        require(by, Permission.ADOPT_PLANS)
    known = Campaign.objects.filter(source_key=source["key"]).exclude(state=Campaign.State.WITHDRAWN).first()
    if known is not None:
        return known
    days = [one for stage in stages for one in (stage.get("starts_on"), stage.get("ends_on")) if one]
    made = _make(
        by=by, now=now, name=name, theme=theme, starts_on=starts_on or min(days, default=None),
        ends_on=ends_on or max(days, default=None), source=source,
    )  # fmt: skip
    _stages(made, [(one["name"], one.get("starts_on"), one.get("ends_on")) for one in stages])
    for one in items:
        _item(
            made,
            title=one["title"],
            department_id=one.get("department"),
            due_on=one.get("due_on"),
            measure=one.get("says", ""),
        )
    return made


@transaction.atomic
def start_preset(*, by, now: datetime, preset_id: str, year: int) -> Campaign:
    """A packaged campaign for a year, with its stages, items, quotas and contests."""
    keeper(by)
    found = resolve(rules.CODE, preset_id, on=timezone.localdate(now))
    if found is None:
        raise ValidationError(_("没有这个活动预设。"))
    preset: rules.Preset = found.obj
    source = {
        "document": preset.document,
        "clause": preset.clause,
        "key": f"preset:{preset.id}@{year}",
        "url": "",
    }
    if Campaign.objects.filter(source_key=source["key"]).exclude(state=Campaign.State.WITHDRAWN).exists():
        raise ValidationError(_("这一年已经有这个活动。"))
    made = _make(
        by=by, now=now, name=preset.title, theme=preset.aim, starts_on=rules.day_of(preset.starts, year),
        ends_on=rules.day_of(preset.ends, year), source=source, preset=(preset.id, found.hash), year=year,
    )  # fmt: skip
    _fill(made, preset, year, now)
    return made


def _fill(made: Campaign, preset: rules.Preset, year: int, now: datetime) -> None:
    stages = _stages(
        made, [(name, rules.day_of(a, year), rules.day_of(b, year)) for name, a, b in preset.stages]
    )
    known = {one.function: one.id for one in departments(on=timezone.localdate(now)) if one.function}
    for one in preset.items:
        _item(
            made, title=one.title, stage=stages.get(one.stage), department_id=known.get(one.department),
            due_on=rules.day_of(one.due, year),
        )  # fmt: skip
    common = {"institution_id": made.institution_id, "campaign": made}
    for one in preset.quotas:
        Quota.objects.create(
            **common, name=one["name"], per=one["per"], least=one["least"], unit=one.get("unit", "人次"),
            on=rules.day_of(one.get("on", ""), year), about=one.get("about", False),
        )  # fmt: skip
    for one in preset.contests:
        on = rules.day_of(one.get("on", ""), year)
        Contest.objects.create(**common, name=one["name"], rules=one.get("rules", ""), on=on)


def _make(
    *, by, now: datetime, name: str, theme: str, starts_on: date | None, ends_on: date | None,
    source: Mapping[str, str] | None = None, preset: tuple[str, str] = ("", ""), year: int | None = None,
) -> Campaign:  # fmt: skip
    if starts_on and ends_on and ends_on < starts_on:
        raise ValidationError(_("结束日期不能早于开始日期。"))
    source, today = source or {}, timezone.localdate(now)
    made = Campaign.objects.create(
        institution_id=current_scope().institution_id, name=said(name, _("请写明活动名称。"))[:120], theme=theme[:200],
        year=year or (starts_on or today).year, starts_on=starts_on, ends_on=ends_on, preset_id=preset[0],
        preset_hash=preset[1], source_document=source.get("document", "")[:160],
        source_clause=source.get("clause", "")[:200], source_key=source.get("key", "")[:80],
        source_url=source.get("url", "")[:300], made_at=now, made_by=by,
    )  # fmt: skip
    Place.objects.bulk_create(
        Place(institution_id=made.institution_id, campaign=made, department_id=one.id, name=one.name)
        for one in departments(on=today, kinds=SCOPE)
    )
    tell(made, by=by, now=now, text=_("建立活动") + (f"（{made.source_document}）" if source else ""))
    return made


def _stages(made: Campaign, rows: Iterable[tuple[str, date | None, date | None]]) -> dict[str, Stage]:
    return {
        name: Stage.objects.create(
            institution_id=made.institution_id, campaign=made, order=order, name=name[:80], starts_on=first,
            ends_on=last,
        )
        for order, (name, first, last) in enumerate(rows, 1)
    }  # fmt: skip


def _item(
    made: Campaign, *, title: str, stage=None, department_id=None, due_on=None, measure: str = ""
) -> Item:
    last = made.items.aggregate(last=Max("order"))["last"] or 0
    return Item.objects.create(
        institution_id=made.institution_id, campaign=made, order=last + 1, title=title[:160], stage=stage,
        department_id=department_id, due_on=due_on, measure=measure,
    )  # fmt: skip


@transaction.atomic
def add_item(
    campaign: Campaign, *, by, now: datetime, title: str, stage=None, department_id: int | None = None,
    due_on: date | None = None, measure: str = "",
) -> Item:  # fmt: skip
    """One more measure; in a campaign that runs its department gets the task at once."""
    keeper(by)
    campaign = locked(campaign)
    made = _item(
        campaign, title=said(title, _("请写明事项。")), stage=stage, department_id=department_id, due_on=due_on,
        measure=measure,
    )  # fmt: skip
    if campaign.state == Campaign.State.RUNNING:
        _give(made, by=by, now=now)
    return made


@transaction.atomic
def place(item: Item, *, by, now: datetime, department_id: int | None, due_on: date | None) -> Item:
    """Say whose an item is and until when; the task of who had it before ends."""
    keeper(by)
    campaign = locked(item.campaign)
    tasks.cancel_for(
        source_kind=TASK, source_key=str(item.pk), by=by, now=now, reason=_("责任科室或期限已改")
    )
    item.department_id, item.due_on = department_id, due_on
    item.save(update_fields=["department", "due_on"])
    tell(
        campaign,
        by=by,
        now=now,
        text=_("“%(t)s”改由责任科室办理，期限 %(d)s") % {"t": item.title, "d": due_on or "—"},
    )
    if campaign.state == Campaign.State.RUNNING:
        _give(item, by=by, now=now)
    return item


@transaction.atomic
def launch(campaign: Campaign, *, by, now: datetime) -> int:
    """Start: every responsible department gets its tasks. Gives how many were given."""
    keeper(by)
    campaign = locked(campaign)
    if campaign.state != Campaign.State.PREPARING:
        raise ValidationError(_("活动已经启动。"))
    campaign.state = Campaign.State.RUNNING
    campaign.save(update_fields=["state"])
    given = sum(_give(item, by=by, now=now) for item in campaign.items.select_related("campaign"))
    tell(campaign, by=by, now=now, text=_("启动活动，布置 %(n)d 项任务") % {"n": given})
    return given


def _give(item: Item, *, by, now: datetime) -> bool:
    """The head of the department has the task; without a date the end of the campaign counts. False: nobody to give it to."""
    due_on = item.due_on or item.campaign.ends_on
    if item.department_id is None or due_on is None or item.state in (Item.State.DONE, Item.State.DROPPED):
        return False
    owner = next(iter(heads(department_id=item.department_id, on=timezone.localdate(now))), None)
    if owner is None:
        return False
    tasks.assign(
        by=by, now=now, owner=owner, title=f"{item.campaign.name}：{item.title}", due_on=due_on,
        due_reason=_("活动事项的材料期限") if item.due_on else _("活动结束的日期"), source_kind=TASK,
        source_key=str(item.pk), url=item.campaign.get_absolute_url(), department_id=item.department_id,
    )  # fmt: skip
    return True


@transaction.atomic
def withdraw(*, by, now: datetime, campaign_id: int, reason: str) -> None:
    """Take a campaign back as long as nothing was done in it. Raises ValidationError that names what was."""
    if not can(by, Permission.KEEP_CAMPAIGNS):
        require(by, Permission.ADOPT_PLANS)
    campaign = locked(Campaign(pk=campaign_id))
    if used := queries.used_as(campaign_id=campaign_id):
        raise ValidationError(used)
    for pk in campaign.items.values_list("pk", flat=True):
        tasks.cancel_for(source_kind=TASK, source_key=str(pk), by=by, now=now, reason=reason)
    campaign.state, campaign.withdrawn_at, campaign.withdrawn_by = Campaign.State.WITHDRAWN, now, by
    campaign.withdrawn_reason = said(reason, _("请写明撤销理由。"))[:300]
    campaign.save()
    tell(campaign, by=by, now=now, text=_("撤销：") + campaign.withdrawn_reason)
