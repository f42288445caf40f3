"""Reads of campaigns: the list, the board of one, what was used, the draft of the summary, dates for the calendar."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Count as CountOf
from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.duties.dates import Dated
from zhikong.foundation.packstore.queries import resolve_all
from zhikong.hospital.functions.campaigns import rules
from zhikong.hospital.functions.campaigns.models import Campaign, Contest, Count, Item, Material, Quota

OVER = (Item.State.DONE, Item.State.DROPPED)


def campaigns(*, year: int | None = None) -> QuerySet[Campaign]:
    """Campaigns that were not withdrawn, with how many items they have, did, and have overdue."""
    rows = Campaign.objects.exclude(state=Campaign.State.WITHDRAWN).annotate(
        size=CountOf("items", filter=~Q(items__state=Item.State.DROPPED)),
        done=CountOf("items", filter=Q(items__state=Item.State.DONE)),
        late=CountOf("items", filter=Q(items__due_on__lt=timezone.localdate()) & ~Q(items__state__in=OVER)),
    )
    return rows if year is None else rows.filter(year=year)


def campaign(pk: int) -> Campaign | None:
    return Campaign.objects.filter(pk=pk).first()


def like(name: str, *, year: int) -> Campaign | None:
    """A campaign of the year by its name, blanks and quotes aside."""

    def bare(words: str) -> str:
        return "".join(words.split()).strip('“”"「」活动')

    return next((one for one in campaigns(year=year) if bare(one.name) == bare(name)), None)


def used_as(*, campaign_id: int) -> list[str]:
    """What was done in a campaign, in sentences; empty while it may be taken back."""
    told = {
        _("已办理 %(n)d 个事项"): Item.objects.filter(campaign_id=campaign_id)
        .exclude(state=Item.State.OPEN)
        .count(),
        _("已有 %(n)d 份材料"): Material.objects.filter(campaign_id=campaign_id).count(),
        _("已上报 %(n)d 个数量"): Count.objects.filter(quota__campaign_id=campaign_id).count(),
        _("已有 %(n)d 个竞赛结果"): Contest.objects.filter(campaign_id=campaign_id).aggregate(
            n=CountOf("results")
        )["n"],
        _("已督查或已总结"): Campaign.objects.filter(pk=campaign_id)
        .exclude(state__in=(Campaign.State.PREPARING, Campaign.State.RUNNING, Campaign.State.WITHDRAWN))
        .count(),
    }
    return [text % {"n": n} for text, n in told.items() if n]


def presets(*, on: date) -> list[rules.Preset]:
    """The campaigns that may be started for a year, by date; undated ones last."""
    found = [one.obj for one in resolve_all(rules.CODE, on=on)]
    return sorted(found, key=lambda one: (one.starts or "z", one.id))


@dataclass(frozen=True)
class Board:
    """How a campaign stands: items by stage, quotas, coverage, money in fen."""

    stages: list[tuple[object, list[Item]]]
    quotas: list[tuple[Quota, rules.Reached]]
    in_scope: int
    joined: int
    size: int
    done: int
    late: int
    planned: int
    spent: int

    @property
    def coverage(self) -> int | None:
        return rules.percent(self.joined, self.in_scope)

    @property
    def progress(self) -> int | None:
        return rules.percent(self.done, self.size)

    @property
    def left(self) -> int:
        return self.planned - self.spent


def board(found: Campaign, *, today: date) -> Board:
    """The progress of one campaign."""
    items = list(found.items.select_related("department", "stage"))
    for one in items:
        one.late = one.due_on is not None and one.due_on < today and one.state not in OVER
    stages = [(stage, [one for one in items if one.stage_id == stage.pk]) for stage in found.stages.all()]
    if rest := [one for one in items if one.stage_id is None]:
        stages.append((None, rest))
    counting = [one for one in items if one.state != Item.State.DROPPED]
    places = found.places.aggregate(n=CountOf("pk"), joined=CountOf("pk", filter=Q(joined=True)))
    money = found.moneys.aggregate(planned=Sum("planned_fen"), spent=Sum("spent_fen"))
    return Board(
        stages, [(one, _reached(one)) for one in found.quotas.prefetch_related("counts")], places["n"], places["joined"],
        len(counting), sum(one.state == Item.State.DONE for one in counting), sum(one.late for one in items),
        money["planned"] or 0, money["spent"] or 0,
    )  # fmt: skip


def _reached(quota: Quota) -> rules.Reached:
    rows = [(one.on, one.place, one.count) for one in quota.counts.all() if quota.on in (None, one.on)]
    return rules.reached(quota.per, quota.least, rows)


def awards(found: Campaign) -> list[tuple[Contest, list]]:
    return [(one, list(one.results.all())) for one in found.contests.prefetch_related("results")]


def draft_summary(found: Campaign, *, today: date) -> str:
    """The summary from what the system knows: dates, coverage, items, materials, quotas, contests, money."""
    now = board(found, today=today)
    lines = [
        _("“%(n)s”自 %(a)s 至 %(b)s 开展。")
        % {"n": found.name, "a": found.starts_on or "—", "b": found.ends_on or "—"}
    ]
    lines.append(_("范围内科室和机构 %(n)d 个，已参加 %(j)d 个。") % {"n": now.in_scope, "j": now.joined})
    lines.append(
        _("共 %(n)d 个事项，完成 %(d)d 个，逾期 %(l)d 个。") % {"n": now.size, "d": now.done, "l": now.late}
    )
    sent = found.materials.filter(state=Material.State.ACCEPTED).values("kind").annotate(n=CountOf("pk"))
    if sent:
        words = "、".join(
            f"{Material.Kind(row['kind']).label} {row['n']} 份" for row in sent.order_by("kind")
        )
        lines.append(_("采用") + words + "。")
    for quota, got in now.quotas:
        about = {"n": quota.name, "t": got.total, "u": quota.unit, "m": got.met, "a": got.asked}
        lines.append(_("%(n)s：共 %(t)d %(u)s，上报 %(a)d 次（处），达到要求 %(m)d 次（处）。") % about)
    if found.inspected_on:
        lines.append(_("%(d)s 督查：%(r)s") % {"d": found.inspected_on, "r": found.inspection_result})
    if now.planned or now.spent:
        yuan = {"p": f"{now.planned / 100:.2f}", "s": f"{now.spent / 100:.2f}"}
        lines.append(_("经费预算 %(p)s 元，支出 %(s)s 元。") % yuan)
    open_ones = [one.title for _stage, rows in now.stages for one in rows if one.state not in OVER]
    if open_ones:
        lines.append(_("尚未完成：") + "；".join(open_ones) + "。")
    return "\n".join(lines)


def draft_commendation(found: Campaign) -> str:
    """Who won what, and whose highlights were taken."""
    lines = [
        f"{contest.name}：" + "、".join(f"{row.name}（{row.award}）" for row in rows if row.award)
        for contest, rows in awards(found)
        if any(row.award for row in rows)
    ]
    taken = found.materials.filter(
        state=Material.State.ACCEPTED, kind__in=(Material.Kind.HIGHLIGHT, Material.Kind.CARD)
    )
    if names := sorted(
        {str(one.department or one.sent_by) for one in taken.select_related("department", "sent_by")}
    ):
        lines.append(_("亮点和经验突出：") + "、".join(names))
    return "\n".join(lines)


def dates(start: date, end: date) -> Iterator[Dated]:
    """Campaigns and the due days of their materials, for the year's calendar."""
    rows = (
        campaigns()
        .filter(starts_on__lte=end)
        .filter(Q(ends_on__gte=start) | Q(ends_on=None, starts_on__gte=start))
    )
    for one in rows:
        yield Dated(
            one.starts_on,
            one.name,
            one.get_absolute_url(),
            until=one.ends_on,
            note=str(one.get_state_display()),
        )
    items = Item.objects.filter(due_on__range=(start, end)).exclude(campaign__state=Campaign.State.WITHDRAWN)
    for one in items.select_related("campaign").order_by(F("due_on")):
        title = f"{one.campaign.name}：{one.title}"
        yield Dated(
            one.due_on,
            title,
            one.campaign.get_absolute_url(),
            department_id=one.department_id,
            note=str(one.get_state_display()),
        )
