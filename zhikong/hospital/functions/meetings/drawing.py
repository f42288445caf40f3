"""What comes onto an agenda by itself: unfinished business of the body, and what other apps put forward."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from zhikong.foundation.findings.queries.lists import overdue_findings
from zhikong.foundation.organisation import agendas
from zhikong.foundation.organisation.queries import names
from zhikong.hospital.functions.meetings import queries_sitting
from zhikong.hospital.functions.meetings.models import Meeting, Minutes, Topic

MOST = 12  # of one kind: an agenda is for an hour


@dataclass(frozen=True)
class Drawn:
    """One topic that is offered. key: the same thing is drawn once for a meeting."""

    kind: str
    key: str
    title: str
    text: str = ""
    url: str = ""


def topics(meeting: Meeting, *, today: date) -> list[Drawn]:
    """Last minutes that are not confirmed, open resolutions, overdue findings, off-target indicators."""
    found: list[Drawn] = []
    for source in (_minutes, _resolutions, _indicators, _findings):
        found += list(source(meeting, today))[:MOST]
    return found


def _minutes(meeting: Meeting, today: date) -> Iterable[Drawn]:
    waiting = Minutes.objects.filter(meeting__body_id=meeting.body_id).exclude(meeting=meeting)
    for one in waiting.filter(state__in=(Minutes.State.DRAFT, Minutes.State.CIRCULATED)).select_related(
        "meeting"
    ):
        title = _("确认 %(on)s 会议的纪要") % {"on": one.meeting.on}
        yield Drawn(
            Topic.Kind.MINUTES,
            f"minutes:{one.pk}",
            title,
            url=reverse("meetings:sitting", args=[one.meeting_id]),
        )


def _resolutions(meeting: Meeting, today: date) -> Iterable[Drawn]:
    for one in queries_sitting.unsettled(meeting.body_id).exclude(meeting=meeting):
        late = _("，已逾期") if one.due_on and one.due_on < today and one.state == one.State.OPEN else ""
        text = _("%(on)s 会议议定，%(state)s%(late)s。%(proof)s") % {
            "on": one.meeting.on, "state": one.get_state_display(), "late": late, "proof": one.proof,
        }  # fmt: skip
        yield Drawn(
            Topic.Kind.DECISION,
            f"resolution:{one.pk}",
            one.text[:200],
            text,
            reverse("meetings:resolution", args=[one.pk]),
        )


def _findings(meeting: Meeting, today: date) -> Iterable[Drawn]:
    """By number and department: what a finding says is read on its own page, by who may."""
    late = overdue_findings(today=today).exclude(department=None).order_by("due_on")
    called = names(on=today)
    for one in late[:MOST]:
        where = called.get(one.department_id, "")
        text = _("期限 %(due)s，尚未关闭。") % {"due": one.due_on}
        yield Drawn(
            Topic.Kind.FINDING, f"finding:{one.pk}", f"{one.number} {where}"[:200], text,
            reverse("findings:detail", args=[one.pk]),
        )  # fmt: skip


def _indicators(meeting: Meeting, today: date) -> Iterable[Drawn]:
    for one in agendas.offered(on=today):
        yield Drawn(Topic.Kind.INDICATOR, one.key[:120], one.title[:200], one.text, one.url)


def fields(one: Drawn) -> dict[str, Any]:
    return {"kind": one.kind, "key": one.key, "title": one.title, "text": one.text, "url": one.url}
