"""Ops that come without their author's session: from a phone of somebody who left, or that another account uses now.

The ticket that went out with the visit's package proves whose visit it is and who carried it; nothing that comes with
it is applied. It waits for the lead inspector, with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core import signing
from django.urls import reverse

from zhikong.foundation.access.models import User
from zhikong.foundation.access.scope import job_scope, scoped
from zhikong.foundation.notices import actions as notices
from zhikong.hospital.functions.inspections.actions.visiting import taking
from zhikong.hospital.functions.inspections.models.planning import Visit
from zhikong.hospital.functions.inspections.queries.visiting.media import inspected_by
from zhikong.hospital.functions.inspections.rules_sync import Batch, Malformed, Status

SALT = "zhikong.inspections.ticket"
DAYS = 7
JOB = "inspections.deposit"
LEFT = "填写人的账号已停用，内容由其手机补交，由检查组长决定是否采用。"
WITHOUT_SESSION = "没有登录时由手机补交，不能确认是本人操作，由检查组长决定是否采用。"


@dataclass(frozen=True)
class Ticket:
    """Which visit went to whom, on which phone."""

    institution_id: int
    visit_id: int
    user_id: int
    device_id: str


def seal(ticket: Ticket) -> str:
    """The ticket as text that nobody can forge."""
    said = [ticket.institution_id, ticket.visit_id, ticket.user_id, ticket.device_id]
    return signing.dumps(said, salt=SALT, compress=True)


def opened(text: str) -> Ticket:
    """The ticket in a text. Raises Malformed when it is forged or older than a week."""
    try:
        return Ticket(*signing.loads(text if isinstance(text, str) else "", salt=SALT, max_age=DAYS * 86400))
    except (signing.BadSignature, TypeError, ValueError):
        raise Malformed("补交凭证不对或已过期（7 天）。请由本人登录后同步。") from None


def deposit(ticket: Ticket, sent: Batch, *, now: datetime) -> taking.Taken:
    """Put a batch aside under the name of the ticket's owner. Raises Malformed when it does not fit the ticket."""
    if sent.device != ticket.device_id or (sent.author is not None and sent.author != ticket.user_id):
        raise Malformed("补交凭证不是这部手机和这个账号的。")
    with scoped(job_scope(ticket.institution_id, job=JOB)):
        visit = Visit.objects.filter(pk=ticket.visit_id).first()
        author = User.objects.filter(pk=ticket.user_id, institution_id=ticket.institution_id).first()
        if visit is None or author is None or not inspected_by(author, visit.pk):
            raise Malformed("补交凭证所说的检查已经不在。")
        reason = WITHOUT_SESSION if author.is_active else LEFT
        taken = taking.take(visit, sent, by=author, now=now, aside=reason)
        _tell(visit, author, taken, now=now)
        return taken


def _tell(visit: Visit, author: User, taken: taking.Taken, *, now: datetime) -> None:
    """The lead hears of it, once for a batch that brought something new."""
    if visit.lead is None or not any(one["status"] == Status.SET_ASIDE for one in taken.results):
        return
    notices.send(
        by=None,
        now=now,
        title=f"有补交的检查内容待决定：{visit}"[:120],
        text=f"{author}的手机补交了内容，没有直接记入，请在检查页面决定是否采用。",
        url=reverse("inspections:visit_answers", args=[visit.pk]),
        users=[visit.lead],
        source_kind="visit",
        source_key=str(visit.pk),
    )
