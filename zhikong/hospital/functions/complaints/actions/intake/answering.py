"""The answer, what is written to and fro on the page without login, the call afterwards, and asking again (CMP-01)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.hospital.functions.complaints.actions.intake import steps
from zhikong.hospital.functions.complaints.models.intake import Complaint
from zhikong.hospital.functions.complaints.models.intake_parts import ComplaintMessage, FollowUpCall
from zhikong.hospital.functions.complaints.rules_intake import ENDS, AnswerWay, State, Step
from zhikong.hospital.functions.complaints.rules_intake_keys import LOCKED_MINUTES, TRIES, same_key

MOST_REVIEWS = 2
MOST_MESSAGES = 30
LONGEST = 4000


@transaction.atomic
def answer(complaint: Complaint, *, by, now: datetime, text: str, way: str) -> None:
    """Tell the complainant the result; the department hears it at the same moment (一诉一反馈)."""
    complaint = steps.locked(complaint)
    steps.require_handler(by, complaint)
    steps.require_state(complaint, State.ANSWERING, State.REVIEW)
    if way not in AnswerWay.values:
        raise ValidationError(_("请选择答复的方式。"))
    text = steps.required(text, _("请写下答复：查明了什么、怎样处理、还可以走哪些途径。"), least=10)
    steps.move(
        complaint, State.ANSWERED, answer=text, answer_way=way, answered_at=now, answered_by=by, department_told_at=now,
        rating=None, rated_at=None,
    )  # fmt: skip
    steps.note(complaint, Step.ANSWERED, by=by, now=now, text=text)
    _feed_back(complaint, by=by, now=now)
    for what in ("answer", "review"):
        steps.done(complaint, what, by=by, now=now)
    steps.stop_clocks(complaint, "answered", now=now)
    steps.start_clocks(complaint, "answered", now=now)
    steps.give(
        complaint, complaint.handler or by, what="call", title=_("回访投诉人"), by=by, now=now, clock="call"
    )


def _feed_back(complaint: Complaint, *, by, now: datetime) -> None:
    rows = complaint.concerneddepartments.values_list("department_id", flat=True)
    if not complaint.withheld:
        steps.tell(complaint, _("投诉已答复，结果反馈本科室"), by=by, now=now, departments=list(rows))
    steps.note(complaint, Step.FEEDBACK, by=by, now=now)


@transaction.atomic
def write(complaint: Complaint, *, by, now: datetime, text: str) -> ComplaintMessage:
    """The hospital writes to the complainant: a question, or how far it is."""
    complaint = steps.locked(complaint)
    steps.require_handler(by, complaint)
    steps.require_open(complaint)
    text = steps.required(text, _("请写下要告诉投诉人的话。"))
    complaint.complaintmessages.filter(from_complainant=True, seen_at=None).update(seen_at=now)
    steps.done(complaint, "message", by=by, now=now)
    return _message(complaint, text, by=by, now=now, from_complainant=False)


@transaction.atomic
def mark_seen(complaint: Complaint, *, by, now: datetime) -> None:
    """What the complainant wrote was read and needs no answer of its own."""
    steps.require_handler(by, complaint)
    complaint.complaintmessages.filter(from_complainant=True, seen_at=None).update(seen_at=now)
    steps.done(complaint, "message", by=by, now=now)


def _message(
    complaint: Complaint, text: str, *, by, now: datetime, from_complainant: bool
) -> ComplaintMessage:
    return ComplaintMessage.objects.create(
        institution_id=complaint.institution_id, complaint=complaint, text=text[:LONGEST], at=now, by=by,
        from_complainant=from_complainant,
    )  # fmt: skip


@transaction.atomic
def call(
    complaint: Complaint, *, by, now: datetime, reached: bool, satisfaction: int | None, words: str
) -> FollowUpCall:
    """The call after the answer. satisfaction: 1 … 5, only of somebody who was reached."""
    complaint = steps.locked(complaint)
    steps.require_handler(by, complaint)
    steps.require_state(complaint, State.ANSWERED, State.REVIEW)
    if reached and satisfaction is None:
        raise ValidationError(_("接通了请记下满意程度。"))
    made = FollowUpCall.objects.create(
        institution_id=complaint.institution_id, complaint=complaint, called_at=now, called_by=by, reached=reached,
        satisfaction=satisfaction if reached else None, words=words.strip()[:LONGEST],
    )  # fmt: skip
    steps.note(complaint, Step.CALLED, by=by, now=now, text=_("已接通") if reached else _("未接通"))
    if reached:
        steps.done(complaint, "call", by=by, now=now)
        steps.stop_clocks(complaint, "called", now=now)
    return made


# ---- on the page without login, in a job's scope ------------------------------------------------------------------------


@transaction.atomic
def opened(*, number: str, key: str, now: datetime) -> Complaint | None:
    """The complaint of a number and its key; None when they do not fit. Too many wrong keys close it for a while.

    Only the complaint itself counts the tries: nobody's address or device is kept.
    """
    complaint = Complaint.objects.select_for_update().filter(number=number).exclude(key_hash="").first()
    if complaint is None:
        return None
    if complaint.key_locked_until and complaint.key_locked_until > now:
        raise ValidationError(_("密钥输错的次数太多，请 %(n)d 分钟后再试。") % {"n": LOCKED_MINUTES})
    if same_key(settings.IDENTITY_SECRET, number, key, complaint.key_hash):
        if complaint.key_tries:
            Complaint.objects.filter(pk=complaint.pk).update(key_tries=0, key_locked_until=None)
        return complaint
    tries = complaint.key_tries + 1
    until = now + timedelta(minutes=LOCKED_MINUTES) if tries >= TRIES else None
    Complaint.objects.filter(pk=complaint.pk).update(key_tries=0 if until else tries, key_locked_until=until)
    return None


@transaction.atomic
def add_facts(complaint: Complaint, *, now: datetime, text: str) -> ComplaintMessage:
    """The complainant adds something; who handles it is told and has it as a task until it is read."""
    complaint = steps.locked(complaint)
    if complaint.state in ENDS:
        raise ValidationError(_("这件投诉已经结束。如有新的情况，请重新提交一件。"))
    if complaint.complaintmessages.filter(from_complainant=True).count() >= MOST_MESSAGES:
        raise ValidationError(_("补充的次数已到上限，请直接打投诉电话。"))
    made = _message(
        complaint, steps.required(text, _("请写下要补充的内容。")), by=None, now=now, from_complainant=True
    )
    steps.note(complaint, Step.MESSAGE, by=None, now=now)
    _to_handler(complaint, "message", _("看投诉人的补充"), _("投诉人有补充"), now=now)
    return made


@transaction.atomic
def rate(complaint: Complaint, *, now: datetime, rating: int) -> None:
    """One to five for how it was handled."""
    complaint = steps.locked(complaint)
    if complaint.answered_at is None:
        raise ValidationError(_("答复以后才能评价。"))
    if not 1 <= rating <= 5:
        raise ValidationError(_("请选择 1 到 5 分。"))
    steps.move(complaint, rating=rating, rated_at=now)
    steps.note(complaint, Step.RATED, by=None, now=now, text=str(rating))


@transaction.atomic
def ask_review(complaint: Complaint, *, now: datetime, reason: str) -> None:
    """The complainant does not accept the answer: it is looked at again, by a clock of its own."""
    complaint = steps.locked(complaint)
    if complaint.state not in (State.ANSWERED, State.CLOSED) or complaint.held:
        raise ValidationError(_("收到答复以后才能申请复核。"))
    if complaint.reviews >= MOST_REVIEWS:
        raise ValidationError(
            _("已经复核过 %(n)d 次。您还可以走调解、行政处理或诉讼途径。") % {"n": MOST_REVIEWS}
        )
    reason = steps.required(reason, _("请写明不接受答复的理由。"), least=4)
    steps.move(
        complaint,
        State.REVIEW,
        review_asked_at=now,
        reviews=complaint.reviews + 1,
        closed_at=None,
        closed_by=None,
    )
    _message(complaint, reason, by=None, now=now, from_complainant=True)
    steps.note(complaint, Step.REVIEW, by=None, now=now)
    steps.start_clocks(complaint, "review", now=now)
    _to_handler(complaint, "review", _("复核并再次答复"), _("投诉人申请复核"), now=now, clock="review")
    steps.tell(complaint, _("投诉人申请复核"), by=None, now=now, roles=("medical_affairs",))


def _to_handler(
    complaint: Complaint, what: str, title: str, told: str, *, now: datetime, clock: str = ""
) -> None:
    owner = complaint.handler or steps.officer(now)
    if owner is not None:
        steps.give(complaint, owner, what=what, title=title, by=None, now=now, clock=clock)
        steps.tell(complaint, told, by=None, now=now, users=[owner])
