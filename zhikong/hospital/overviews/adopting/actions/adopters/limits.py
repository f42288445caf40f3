"""Limits of time for clinical acts become the hospital's setting of the record rule that watches them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.engine.record_rules.clock.limits import limit
from zhikong.hospital.functions.records.actions.results.settings import set_rule
from zhikong.hospital.functions.records.models import RuleSetting, Screening
from zhikong.hospital.functions.records.queries.results import in_force
from zhikong.hospital.overviews.adopting.models import AdoptedThing
from zhikong.hospital.overviews.adopting.rules.steps import Kind, Made, Outcome, Step, Way
from zhikong.hospital.overviews.adopting.rules.units import limit_text
from zhikong.hospital.overviews.adopting.rules.wishes import Paper, Wish

KIND = Kind.LIMIT
KEPT = ("active", "limit", "severity", "points", "interrupts", "hard_stop")


@dataclass(frozen=True)
class Wanted:
    """The rule's new limit as rules write it, in force from a day on."""

    rule: str
    limit: str
    valid_from: date


def takes(wish: Wish, paper: Paper) -> bool:
    return wish.kind in ("deadline", "threshold") and wish.link[0] == "rule"


def plan(wishes: Sequence[Wish], paper: Paper) -> list[Step]:
    """One step for each rule; the strictest limit that the plan names counts, two different ones are asked about."""
    grouped: dict[str, list[Wish]] = {}
    for wish in wishes:
        grouped.setdefault(wish.link[1], []).append(wish)
    return [_step(rule, of, paper) for rule, of in grouped.items()]


def _step(rule_id: str, wishes: list[Wish], paper: Paper) -> Step:
    starts = max(paper.today, date(paper.year, 1, 1))
    rule = in_force.all_rules(on=starts).get(rule_id)
    back = (Way(_("回到核对页更正"), url=paper.url),)
    if rule is None:
        why = _("关联的规则不在规则库里，请在核对页重新关联。")
        return Step(KIND, Outcome.IMPOSSIBLE, tuple(wishes), wishes[0].text, why, key=rule_id, ways=back)
    texts = {_limit_of(wish) for wish in wishes}
    if not hasattr(rule, "limit"):
        return _told(rule, Outcome.NOTE, wishes, _("规则已在检查这一条；它不按时限判断，没有要设置的。"))
    if len(texts) > 1 or "" in texts:
        why = (
            _("计划里对同一规则写了不同的时限。") if len(texts) > 1 else _("时限没有具体数值，规则不能设置。")
        )
        return _told(rule, Outcome.IMPOSSIBLE, wishes, why, ways=back)
    return _compared(rule, texts.pop(), wishes, starts)


def _limit_of(wish: Wish) -> str:
    if wish.within:
        return limit_text(*wish.within)
    return limit_text(float(wish.value), wish.word("unit")) if wish.value is not None else ""


def _compared(rule: Any, text: str, wishes: list[Wish], starts: date) -> Step:
    now_set = in_force.setting_of(rule.id, on=starts)
    current = limit(now_set.limit) if now_set.limit else rule.limit
    wanted, active = limit(text), rule.id in in_force.active_ids(on=starts)
    was = current.words if current else _("未设时限")
    if current and current.meaning == wanted.meaning and active:
        return _told(
            rule, Outcome.SAME, wishes, _("规则的时限相同，已在执行。"), was=was, becomes=wanted.words
        )
    why = _("时限由 %(old)s 改为 %(new)s，自 %(day)s 起。") % {"old": was, "new": wanted.words, "day": starts}
    if not active:
        why = _("启用规则，时限 %(new)s，自 %(day)s 起。") % {"new": wanted.words, "day": starts}
    return _told(
        rule, Outcome.CHANGED if active else Outcome.NEW, wishes, why, was=was, becomes=wanted.words,
        data=Wanted(rule.id, text, starts),
    )  # fmt: skip


def _told(rule: Any, outcome: Outcome, wishes: list[Wish], why: str, **more) -> Step:
    url = reverse("records:rule", args=[rule.id])
    return Step(KIND, outcome, tuple(wishes), rule.title, why, key=rule.id, url=url, **more)


def write(step: Step, *, by, now: datetime, paper: Paper) -> Made:
    wanted: Wanted = step.data
    before = in_force.setting_of(wanted.rule, on=wanted.valid_from)
    row = set_rule(
        by=by, now=now, rule=wanted.rule, valid_from=wanted.valid_from, reason=paper.quote(step.wishes[0], 300), active=True,
        limit_text=wanted.limit, severity=before.severity or "", points=before.points, interrupts=before.interrupts,
        hard_stop=before.hard_stop,
    )  # fmt: skip
    kept = {
        name: None if getattr(before, name) is None else str(getattr(before, name))
        if name in ("points", "limit", "severity") else getattr(before, name)
        for name in KEPT
    }  # fmt: skip
    return Made(wanted.rule, step.title, step.url, {"row": row.pk, "before": kept})


def used(thing: AdoptedThing) -> list[str]:
    """Months whose records were judged by it, and settings that people made after it."""
    row = RuleSetting.objects.get(pk=thing.data["row"])
    judged = Screening.objects.filter(Q(judged_at__gte=row.set_at), ruled_on__gte=row.valid_from)
    said = [
        _("%(month)s 的出院病历已按此时限判断") % {"month": one.month}
        for one in judged.order_by("month")
        if (one.overrides.get(row.rule) or {}).get("limit") == row.limit
    ][:3]
    if RuleSetting.objects.filter(rule=row.rule, pk__gt=row.pk).exists():
        said.append(_("规则此后又被设置过"))
    return said


def undo(thing: AdoptedThing, *, by, now: datetime, reason: str) -> None:
    """The hospital's earlier setting holds again from today, or from the day on which the plan's was to begin."""
    row, before = RuleSetting.objects.get(pk=thing.data["row"]), thing.data["before"]
    set_rule(
        by=by, now=now, rule=row.rule, valid_from=max(timezone.localdate(now), row.valid_from),
        reason=_("撤销采纳：%(reason)s") % {"reason": reason[:250]}, active=before["active"], limit_text=before["limit"] or "",
        severity=before["severity"] or "", points=before["points"], interrupts=before["interrupts"],
        hard_stop=before["hard_stop"],
    )  # fmt: skip
