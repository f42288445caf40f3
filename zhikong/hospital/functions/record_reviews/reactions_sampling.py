"""An objection that was accepted takes an exhibit down; a ranking goes back to who made it."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from zhikong.foundation.flows import queries as flows
from zhikong.foundation.flows.facts import CaseClosed
from zhikong.foundation.notices import actions as notices
from zhikong.hospital.functions.record_reviews.actions.sampling import contests, exhibits
from zhikong.hospital.functions.record_reviews.models import Contest, Exhibit


def objection_closed(closed: CaseClosed, *, now: datetime) -> None:
    """The outcome of an objection reaches what it was about."""
    if closed.flow_id != contests.FLOW or closed.state != "accepted":
        return
    case = flows.case(closed.case_id)
    if case is None or not case.source_key.isdigit():
        return
    if case.source_kind == exhibits.SOURCE:
        one = Exhibit.objects.filter(pk=int(case.source_key)).first()
        if one is not None and one.state == Exhibit.State.PUBLISHED:
            exhibits.withdraw(one, by=None, now=now, reason=f"异议 {case.number} 已采纳")
    if case.source_kind == contests.SOURCE:
        contest = Contest.objects.filter(pk=int(case.source_key)).first()
        if contest is not None:
            _ask_for_ranking(contest, case.number, now=now)


def _ask_for_ranking(contest: Contest, number: str, *, now: datetime) -> None:
    notices.send(
        by=None,
        now=now,
        title=f"病历评比异议 {number} 已采纳",
        text="请更正有关评分后重新排名并公示。",
        url=reverse("record_reviews:contest", args=[contest.pk]),
        users=[one for one in (contest.ranked_by, contest.made_by) if one is not None],
        source_kind=contests.SOURCE,
        source_key=str(contest.pk),
    )
