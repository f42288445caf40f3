"""Tell doctors what became overdue or was found: one notice for each, and an interruption only where it is allowed.

A notice interrupts when the rule is set to, people have not refuted the rule too often, and the doctor's budget for
the shift is not used up. Everything else stands quietly on 我的病历.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _

from zhikong.foundation.access.models import User
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.organisation.queries import institution
from zhikong.hospital.functions.records.actions.running.obligations import Changes
from zhikong.hospital.functions.records.models import Interruption
from zhikong.hospital.functions.records.queries.results.in_force import settings_in_force
from zhikong.hospital.functions.records.queries.running.policy import policy, precisions
from zhikong.hospital.functions.records.rules_running import Precision, may_interrupt, shift_of

FRESH = timedelta(hours=24)
"""What was overdue for longer when it was first seen is no news: it stands in the lists and interrupts nobody."""
MOST_LINES = 8


def announce(obliged: Changes, defects: Changes, *, rules: Mapping[str, Any], now: datetime) -> int:
    """Send at most one notice to each doctor about what is new to him; gives how many were sent."""
    news: dict[int, list[Any]] = {}
    for row, what in obliged.steps:
        if what == "overdue" and row.user_id and row.due_at and now - row.due_at <= FRESH:
            news.setdefault(row.user_id, []).append(row)
    for row, what in defects.steps:
        if what in ("appeared", "returned", "reopened") and row.user_id:
            news.setdefault(row.user_id, []).append(row)
    people = User.objects.in_bulk(list(news))
    for number, rows in news.items():
        _tell(people[number], rows, rules=rules, now=now)
    return len(news)


def _tell(user, rows: list[Any], *, rules: Mapping[str, Any], now: datetime) -> None:
    interrupting = _interrupting(user, rows, rules=rules, now=now)
    lines = [_line(row) for row in rows[:MOST_LINES]]
    if len(rows) > MOST_LINES:
        lines.append(_("另有 %(n)d 项，见“我的病历”。") % {"n": len(rows) - MOST_LINES})
    notices.send(
        by=None,
        now=now,
        users=[user],
        title=_("%(n)d 项病历事项需要处理") % {"n": len(rows)},
        text="\n".join(lines),
        url=reverse("records:my_records"),
        kind="record_alert" if interrupting else "record",
        source_kind="record",
        source_key=str(user.pk),
    )


def _line(row) -> str:
    """A notice may leave the house: it names no patient; the bed is enough inside."""
    return getattr(row, "explanation", "") or getattr(row, "text", "")


def _interrupting(user, rows: list[Any], *, rules: Mapping[str, Any], now: datetime) -> bool:
    """Whether one of the rows may interrupt; if so it is counted against the shift's budget."""
    rule = policy()
    local = now.astimezone(ZoneInfo(institution().time_zone))
    shift = shift_of(local, rule.shift_starts)
    counted = Interruption.objects.filter(user=user, shift=shift).aggregate(n=Count("pk"))["n"]
    known, settings = precisions({row.rule for row in rows}), settings_in_force(on=local.date())
    for row in rows:
        wants = wants_to_interrupt(rules.get(row.rule), settings.get(row.rule))
        if may_interrupt(wants=wants, precision=known.get(row.rule, Precision()), policy=rule, used=counted):
            Interruption.objects.create(
                institution_id=row.institution_id, user=user, shift=shift, rule=row.rule,
                stay_id=row.stay_id, at=now,
            )  # fmt: skip
            return True
    return False


def wants_to_interrupt(rule, setting) -> bool:
    """The hospital's word; without one only serious rules interrupt."""
    if setting is not None and setting.interrupts is not None:
        return setting.interrupts
    return str(getattr(rule, "severity", "")) == "error"
