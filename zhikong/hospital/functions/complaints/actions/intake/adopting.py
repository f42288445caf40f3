"""Complaints of earlier releases lay in the flow ``complaint_desk``; they are taken over, and their cases stay readable.

What is open goes on here from where it stood; what is closed comes along for the figures and for repeats.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from zhikong.foundation.flows import actions as flows
from zhikong.foundation.flows.models import Case
from zhikong.hospital.functions.complaints.actions.intake import steps
from zhikong.hospital.functions.complaints.actions.intake.registering import Told, register
from zhikong.hospital.functions.complaints.models.intake import Complaint
from zhikong.hospital.functions.complaints.queries.intake.rules import in_force
from zhikong.hospital.functions.complaints.rules_intake import (
    AnswerWay,
    Branch,
    Channel,
    State,
    Step,
    Verdict,
    Who,
)

FLOW = "complaint_desk"
STATES = {
    "received": State.RECEIVED, "department": State.VERIFYING, "leader": State.DECIDING, "reply": State.ANSWERING,
    "closed": State.CLOSED, "withdrawn": State.WITHDRAWN,
}  # fmt: skip
VERDICTS = {
    "none": Verdict.UNFOUNDED,
    "flaw": Verdict.PARTLY,
    "fault": Verdict.FOUNDED,
    "unclear": Verdict.UNCLEAR,
}
BRANCHES = {"explain": Branch.EXPLAIN, "discipline": Branch.DISCIPLINE, "committee": Branch.COMMITTEE}
TASKS = {State.RECEIVED: ("accept", "受理"), State.VERIFYING: ("verify", "核实并告知科室"), State.DECIDING: ("decide", "定处理意见"),
         State.ANSWERING: ("answer", "答复投诉人")}  # fmt: skip


def waiting():
    """Cases of the flow that nobody took over yet, the oldest first."""
    taken = Complaint.objects.filter(case_id__isnull=False).values("case_id")
    return Case.objects.filter(flow_id=FLOW).exclude(pk__in=taken).order_by("opened_at", "pk")


@transaction.atomic
def adopt_all(*, by, now: datetime) -> int:
    """Take over every case of the flow in sight; gives how many. May be run again: a case is taken over once."""
    steps.require_handler(by)
    found = list(waiting())
    for case in found:
        _adopt(case, by=by, now=now)
    return len(found)


def _adopt(case: Case, *, by, now: datetime) -> Complaint:
    values, state = case.values, STATES.get(case.state, State.RECEIVED)
    complaint = register(
        by=by, now=now, told=_told(case), nonce=f"case-{case.institution_id}-{case.pk}"
    ).complaint
    steps.move(complaint, state, case_id=case.pk, **_known(case, values, state))
    steps.note(
        complaint,
        Step.CLASSIFIED,
        by=by,
        now=now,
        text=_("由早先流程 %(number)s 转入") % {"number": case.number},
    )
    steps.done(complaint, "accept", by=by, now=now)
    if case.is_open:
        steps.stop_clocks(complaint, "accepted", now=now)
        what, title = TASKS[state]
        steps.give(complaint, by, what=what, title=title, by=by, now=now, clock="answer")
        flows.act(
            case,
            by=by,
            now=now,
            transition="withdraw",
            reason=_("转入投诉登记 %(number)s") % {"number": complaint.number},
        )
    else:
        steps.stop_all_clocks(complaint)
    return complaint


def _told(case: Case) -> Told:
    values = case.values
    named = values.get("who") in (Who.PATIENT, Who.FAMILY, Who.AGENT)
    return Told(
        channel=values["channel"] if values.get("channel") in Channel.values else Channel.COUNTER,
        content=_text(values, "content") or case.title, demand=_text(values, "demand"),
        who=values["who"] if named else Who.ANONYMOUS, name=_text(values, "name"), phone=_text(values, "contact"),
        department_id=case.department_id, category=_category(values), asked_fen=_fen(values.get("amount")),
        told=values.get("told") or (), received_at=_moment(values.get("received_at")) or case.opened_at,
    )  # fmt: skip


def _known(case: Case, values: dict[str, Any], state: State) -> dict[str, Any]:
    """What the flow's later forms said."""
    way, done = values.get("replied_by"), state in (State.CLOSED, State.WITHDRAWN)
    found: dict[str, Any] = {
        "found": _text(values, "found"), "cause": _text(values, "cause_words"), "decision": _text(values, "opinion"),
        "verdict": VERDICTS.get(values.get("responsibility"), ""), "answer": _text(values, "words"),
        "branch": BRANCHES.get(values.get("way"), Branch.MEASURE) if values.get("way") else "",
        "communication": values["cause"] == "communication" if values.get("cause") else None,
        "answer_way": way if way in AnswerWay.values else "",
    }  # fmt: skip
    if state != State.RECEIVED:
        found |= {"accepted_at": case.opened_at, "accepted_by": case.opened_by}
    if state == State.CLOSED:
        found |= {
            "answered_at": case.closed_at,
            "answered_by": case.closed_by,
            "department_told_at": case.closed_at,
        }
    return found | ({"closed_at": case.closed_at, "closed_by": case.closed_by} if done else {})


def _text(values: dict[str, Any], name: str) -> str:
    return str(values.get(name) or "").strip()


def _category(values: dict[str, Any]) -> str:
    code = _text(values, "category")
    return code if code and in_force().category(code) else ""


def _fen(value: Any) -> int | None:
    try:
        return int(Decimal(str(value)) * 100) if value not in (None, "") else None
    except InvalidOperation:
        return None


def _moment(value: Any) -> datetime | None:
    found = parse_datetime(str(value)) if value else None
    return timezone.make_aware(found) if found is not None and timezone.is_naive(found) else found
