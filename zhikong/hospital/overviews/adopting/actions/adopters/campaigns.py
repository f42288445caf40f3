"""Dated activities of a plan and their stages become campaigns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from zhikong.hospital.functions.campaigns.actions import start_from_plan, withdraw
from zhikong.hospital.functions.campaigns.queries import like, used_as
from zhikong.hospital.overviews.adopting.models import AdoptedThing
from zhikong.hospital.overviews.adopting.rules.duties import name_of
from zhikong.hospital.overviews.adopting.rules.steps import Kind, Made, Outcome, Step, Way
from zhikong.hospital.overviews.adopting.rules.wishes import Paper, Wish

KIND = Kind.CAMPAIGN
CALLED = re.compile(r"活动|宣传|整治|治理|义诊|竞赛|比赛|评比|安全月|质量月|改进月|服务年|提升年|宣传周|百日")
APART = 1500
"""Characters between two stages of one campaign at most."""
LONGEST = 80


@dataclass(frozen=True)
class Wanted:
    name: str
    starts_on: date | None
    ends_on: date | None
    stages: tuple[dict[str, Any], ...]
    items: tuple[dict[str, Any], ...]


def takes(wish: Wish, paper: Paper) -> bool:
    """Stages, and a span of dates whose words call it a campaign; a single day or a plain date is a duty's."""
    if wish.kind != "date_range" or wish.month is not None:
        return False
    return bool(wish.word("stage")) or bool(CALLED.search(wish.subject) and wish.word("starts_on"))


def plan(wishes: Sequence[Wish], paper: Paper) -> list[Step]:
    """One step for each campaign: stages that follow one another in the text belong together."""
    groups: list[list[Wish]] = []
    for wish in sorted(wishes, key=lambda one: one.start):
        last = groups[-1][-1] if groups else None
        if last is not None and wish.word("stage") and last.word("stage") and wish.start - last.end <= APART:
            groups[-1].append(wish)
        else:
            groups.append([wish])
    return [_step(group, paper) for group in groups]


def _step(wishes: list[Wish], paper: Paper) -> Step:
    name, staged = _name(wishes, paper), [wish for wish in wishes if wish.word("stage")]
    days = [day for wish in wishes for day in wish.days(paper.year) if day]
    if not days:
        ways = (Way(_("回到核对页更正"), url=paper.url),)
        why = _("没有读到起止日期，请在核对页补上。")
        return Step(KIND, Outcome.IMPOSSIBLE, tuple(wishes), name, why, key=f"text:{name}", ways=ways)
    known = like(name, year=paper.year)
    if known is not None:
        return Step(KIND, Outcome.SAME, tuple(wishes), known.name, _("本年度已有这项活动。"), key=str(known.pk), url=known.get_absolute_url())  # fmt: skip
    wanted = Wanted(name, min(days), max(days), tuple(_stage(one, paper) for one in staged), _items(wishes))
    became = f"{min(days):%m-%d} 至 {max(days):%m-%d}"
    why = _("新建活动，%(n)d 个阶段。") % {"n": len(staged)} if staged else _("新建活动。")
    return Step(KIND, Outcome.NEW, tuple(wishes), name, why, key=f"new:{name}", becomes=became, data=wanted)


def _name(wishes: list[Wish], paper: Paper) -> str:
    called = [wish.subject for wish in wishes if CALLED.search(wish.subject)]
    if called or not wishes[0].word("stage"):
        return (called[0] if called else name_of(wishes[0]))[:LONGEST]
    return _("%(title)s：分阶段活动") % {"title": paper.title[: LONGEST - 12]}


def _stage(wish: Wish, paper: Paper) -> dict[str, Any]:
    start, end = wish.days(paper.year)
    return {"name": wish.word("stage")[:60], "starts_on": start, "ends_on": end}


def _items(wishes: list[Wish]) -> tuple[dict[str, Any], ...]:
    """Of a campaign without stages its own sentence is the thing to do."""
    return tuple(
        {
            "title": name_of(wish),
            "department": wish.department,
            "due_on": None,
            "says": wish.sentence[:200],
        }
        for wish in wishes
        if not wish.word("stage")
    )


def write(step: Step, *, by, now: datetime, paper: Paper) -> Made:
    wanted: Wanted = step.data
    source = {
        "document": f"{paper.title}（{paper.year}）"[:120],
        "clause": " ".join(step.wishes[0].sentence.split())[:200],
        "key": f"plan_item:{step.wishes[0].item}",
        "url": paper.url,
    }
    made = start_from_plan(
        by=by, now=now, name=wanted.name, starts_on=wanted.starts_on, ends_on=wanted.ends_on, stages=wanted.stages,
        items=wanted.items, source=source,
    )  # fmt: skip
    return Made(str(made.pk), made.name, made.get_absolute_url(), {"campaign": made.pk})


def used(thing: AdoptedThing) -> list[str]:
    return used_as(campaign_id=thing.data["campaign"])


def undo(thing: AdoptedThing, *, by, now: datetime, reason: str) -> None:
    withdraw(by=by, now=now, campaign_id=thing.data["campaign"], reason=reason)
