"""The routes of a dispute: negotiation, mediation, administrative, judicial; their papers, results and dates (CMP-09)."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.files.actions import hold as hold_file
from zhikong.foundation.files.actions import use
from zhikong.foundation.files.models import File
from zhikong.foundation.notices import actions as notices
from zhikong.hospital.functions.complaints.actions.disputes import steps
from zhikong.hospital.functions.complaints.models.disputes import Dispute, DisputeBranch
from zhikong.hospital.functions.complaints.models.disputes_parts import (
    DisputeHearing,
    DisputeHold,
    DisputePaper,
)
from zhikong.hospital.functions.complaints.queries.disputes.rules import rules

COURT = "judicial"


@transaction.atomic
def start(
    dispute: Dispute, *, by, now: datetime, route: str, opened_on: date, body: str = "", reference: str = "",
    instance: str = "", accepted_on: date | None = None,
) -> DisputeBranch:  # fmt: skip
    """Take a route. One is open at a time; a lawsuit ends whatever is open, nothing else may begin beside a lawsuit.

    A settled dispute that is taken up again goes back to handling.
    """
    steps.office(by, dispute)
    dispute = steps.lock_open(dispute)
    known = rules().one("routes", route)
    if known is None:
        raise ValidationError(_("没有这条解决途径。"))
    steps.past_day(opened_on, now, _("开始日期"))
    _end_others(dispute, route, opened_on, by=by, now=now)
    if dispute.state == Dispute.State.SETTLED:
        _take_up_again(dispute, by=by, now=now)
    made = DisputeBranch.objects.create(
        institution_id=dispute.institution_id, dispute=dispute, route=route, opened_on=opened_on,
        body=body.strip()[:80] or known.body, reference=reference.strip()[:60], instance=instance.strip()[:24],
        opened_by=by,
    )  # fmt: skip
    steps.record(
        dispute,
        "route",
        _("进入%(route)s") % {"route": known.title + made.instance},
        by=by,
        now=now,
        text=made.body,
    )
    for period in known.clocks_from("opened"):
        steps.start_clock(dispute, period, steps.start_of(opened_on), by=by, now=now, branch=made)
    return accept(made, by=by, now=now, accepted_on=accepted_on) if accepted_on else made


def _end_others(dispute: Dispute, route: str, on: date, *, by, now: datetime) -> None:
    running = DisputeBranch.objects.filter(dispute=dispute, state=DisputeBranch.State.OPEN).first()
    if running is None:
        return
    if running.route == COURT:
        raise ValidationError(_("诉讼正在进行，不能同时走其他途径；当事人撤诉后再登记。"))
    if route != COURT:
        raise ValidationError(_("另一条途径还没有结束，请先登记它的结果。"))
    _finish(
        running, DisputeBranch.State.FAILED, max(on, running.opened_on), _("转入诉讼"), None, by=by, now=now
    )


def _take_up_again(dispute: Dispute, *, by, now: datetime) -> None:
    dispute.state, dispute.outcome = Dispute.State.HANDLING, ""
    dispute.settled_at, dispute.settled_by = None, None
    dispute.save()
    steps.record(dispute, "again", _("了结后重新处理"), by=by, now=now, text=dispute.outcome_text)


@transaction.atomic
def accept(
    branch: DisputeBranch, *, by, now: datetime, accepted_on: date, reference: str = ""
) -> DisputeBranch:
    """The body took it on, or the court's paper arrived: the clocks of the route begin on that day."""
    steps.office(by, branch.dispute)
    dispute, branch = steps.lock_open(branch.dispute), _open(branch)
    if branch.accepted_on is not None:
        raise ValidationError(_("受理日期已经登记。"))
    branch.accepted_on = steps.past_day(accepted_on, now, _("受理日期"), since=branch.opened_on)
    branch.reference = reference.strip()[:60] or branch.reference
    branch.save()
    known = rules().one("routes", branch.route)
    for period in known.clocks_from("accepted"):
        steps.start_clock(dispute, period, steps.start_of(accepted_on), by=by, now=now, branch=branch)
    steps.record(
        dispute,
        "accepted",
        _("%(route)s已受理") % {"route": known.title},
        by=by,
        now=now,
        text=str(accepted_on),
    )
    return branch


def _open(branch: DisputeBranch) -> DisputeBranch:
    found = DisputeBranch.objects.select_for_update(of=("self",)).get(pk=branch.pk)
    if found.state != DisputeBranch.State.OPEN:
        raise ValidationError(_("这条途径已经结束。"))
    return found


@transaction.atomic
def end(
    branch: DisputeBranch, *, by, now: datetime, state: str, ended_on: date, result: str,
    agreed_fen: int | None = None,
) -> DisputeBranch:  # fmt: skip
    """How the route ended. With a result: the papers that it needs are filed and the sum is named, 0 if none."""
    steps.office(by, branch.dispute)
    dispute, branch = steps.lock_open(branch.dispute), _open(branch)
    if state not in DisputeBranch.State.values or state == DisputeBranch.State.OPEN:
        raise ValidationError(_("请选择结果。"))
    steps.past_day(ended_on, now, _("结束日期"), since=branch.accepted_on or branch.opened_on)
    said = steps.words(result, _("请写明结果。"))
    known = rules().one("routes", branch.route)
    if state == DisputeBranch.State.AGREED:
        agreed_fen = steps.amount(agreed_fen, _("确定的金额"))
        _check_papers(branch, known)
        _check_limit(branch, agreed_fen)
    else:
        agreed_fen = None
    _finish(branch, state, ended_on, said, agreed_fen, by=by, now=now)
    if state == DisputeBranch.State.AGREED:
        for period in known.clocks_from("agreed"):
            steps.start_clock(dispute, period, steps.start_of(ended_on), by=by, now=now, branch=branch)
    return branch


def _check_papers(branch: DisputeBranch, known) -> None:
    filed = set(branch.papers.values_list("code", flat=True))
    if missing := [paper.title for paper in known.papers if paper.needs and paper.code not in filed]:
        raise ValidationError(_("请先登记：%(what)s。") % {"what": "、".join(missing)})


def _check_limit(branch: DisputeBranch, fen: int) -> None:
    limit = rules().negotiation_limit_yuan
    if branch.route == "negotiation" and limit and fen > limit * 100:
        raise ValidationError(_("本院规定协商赔付不超过 %(n)d 元，超过的请申请人民调解。") % {"n": limit})


def _finish(branch: DisputeBranch, state, on: date, text: str, fen: int | None, *, by, now: datetime) -> None:
    branch.state, branch.ended_on, branch.result, branch.agreed_fen = state, on, text, fen
    branch.save()
    for clock in branch.clocks.filter(met_at=None, stopped=False):
        if clock.code == f"{branch.route}_end":
            steps.end_clock(clock, by=by, now=now, proof=text, met_at=max(clock.starts_at, _moment(on, now)))
        else:
            steps.end_clock(clock, by=by, now=now, proof=_("途径已经结束"), stopped=True)
    title = rules().word("routes", branch.route)
    steps.record(
        branch.dispute, "route_end", f"{title}：{branch.get_state_display()}", by=by, now=now, text=text
    )


def _moment(on: date, now: datetime) -> datetime:
    """A day as a moment: now when it is today, its noon otherwise."""
    return now if on == timezone.localdate(now) else steps.start_of(on)


@transaction.atomic
def file_paper(
    dispute: Dispute, *, by, now: datetime, title: str, dated_on: date, code: str = "",
    branch: DisputeBranch | None = None, kept_at: str = "", file=None,
) -> DisputePaper:  # fmt: skip
    """A document of the case: as a file, or where its original lies. A held case holds its files as well."""
    steps.office(by, dispute)
    dispute = steps.lock_open(dispute)
    if file is None and not kept_at.strip():
        raise ValidationError(_("请附文件，或写明原件存放在哪里。"))
    if branch is not None and branch.dispute_id != dispute.pk:
        raise ValidationError(_("这条途径不属于这起纠纷。"))
    made = DisputePaper.objects.create(
        institution_id=dispute.institution_id, dispute=dispute, branch=branch, code=code,
        title=steps.words(title, _("请写文件名称。"))[:120], dated_on=steps.past_day(dated_on, now, _("文件日期")),
        kept_at=kept_at.strip()[:120], file=file, added_at=now, added_by=by,
    )  # fmt: skip
    if file is not None:
        _keep(dispute, made, by=by, now=now)
    steps.record(dispute, "paper", _("登记文件：%(title)s") % {"title": made.title}, by=by, now=now)
    return made


def _keep(dispute: Dispute, paper: DisputePaper, *, by, now: datetime) -> None:
    use(
        paper.file,
        by=by,
        now=now,
        used_for=f"complaints.dispute:{dispute.pk}",
        department_id=dispute.department_id,
    )
    File.objects.filter(pk=paper.file_id).update(
        confidential=True, readers=sorted({*dispute.readers, by.pk}), reader_roles=dispute.reader_roles
    )
    if held := DisputeHold.objects.filter(dispute=dispute, released_at=None).first():
        hold_file(paper.file, by=held.placed_by, now=now, reason=held.reason)


@transaction.atomic
def plan_hearing(
    dispute: Dispute, *, by, now: datetime, kind: str, starts_at: datetime, place: str, attends: str,
    head_attends: bool = False, branch: DisputeBranch | None = None,
) -> DisputeHearing:  # fmt: skip
    """A date to come; the department's head is told when he takes part (CMP-09)."""
    steps.office(by, dispute)
    dispute = steps.lock_open(dispute)
    if kind not in DisputeHearing.Kind.values:
        raise ValidationError(_("请选择事项。"))
    people = [one for one in attends.replace("，", "、").replace(",", "、").split("、") if one.strip()]
    known = rules().one("routes", branch.route) if branch else None
    if known and known.representatives and len(people) > known.representatives:
        raise ValidationError(_("每方代表不超过 %(n)d 人。") % {"n": known.representatives})
    made = DisputeHearing.objects.create(
        institution_id=dispute.institution_id, dispute=dispute, branch=branch, kind=kind, starts_at=starts_at,
        place=steps.words(place, _("请写地点。"))[:120], attends=steps.words(attends, _("请写由谁出席。"))[:200],
        head_attends=head_attends, made_by=by,
    )  # fmt: skip
    when = f"{timezone.localtime(starts_at):%Y-%m-%d %H:%M}"
    steps.record(dispute, "hearing", f"{made.get_kind_display()} {when}", by=by, now=now, text=made.place)
    if head_attends:
        notices.send(
            by=by, now=now, title=_("请出席 %(at)s 的%(what)s") % {"at": when, "what": made.get_kind_display()},
            text=made.place, url=steps.url_of(dispute), departments=[dispute.department_id],
            source_kind=steps.SOURCE, source_key=str(dispute.pk),
        )  # fmt: skip
    return made


@transaction.atomic
def end_hearing(
    hearing: DisputeHearing, *, by, now: datetime, outcome: str, cancelled: bool = False
) -> DisputeHearing:
    """What came of a date, or that it fell through."""
    steps.office(by, hearing.dispute)
    dispute = steps.lock_open(hearing.dispute)
    hearing = DisputeHearing.objects.select_for_update(of=("self",)).get(pk=hearing.pk)
    if hearing.held_at is not None or hearing.cancelled:
        raise ValidationError(_("这个日程已经登记过结果。"))
    if not cancelled and hearing.starts_at > now:
        raise ValidationError(_("时间还没有到；改期请取消后重新登记。"))
    hearing.outcome = steps.words(outcome, _("请写明情况。"))
    hearing.cancelled, hearing.held_at = cancelled, None if cancelled else now
    hearing.save()
    title = _("取消：") if cancelled else _("完成：")
    steps.record(dispute, "hearing", title + hearing.get_kind_display(), by=by, now=now, text=hearing.outcome)
    return hearing
