"""A dispute begins: from a complaint, from a notice, from a court paper; it is classed and its first clocks run."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.notices import actions as notices
from zhikong.hospital.functions.complaints import rules_disputes_clocks as timing
from zhikong.hospital.functions.complaints.actions.disputes import steps
from zhikong.hospital.functions.complaints.actions.intake import keeping
from zhikong.hospital.functions.complaints.models.disputes import (
    OFFICES,
    READERS,
    Dispute,
    DisputeClock,
)
from zhikong.hospital.functions.complaints.models.intake import Complaint
from zhikong.hospital.functions.complaints.queries.disputes.rules import rules

REPORTS = ("internal_report", "statutory_report")


@transaction.atomic
def open_dispute(
    *, by, now: datetime, department_id: int, origin: str, title: str, summary: str = "", demand: str = "",
    claimed_fen: int | None = None, stay_id: str = "", happened_on: date | None = None,
    known_at: datetime | None = None, officer=None, report_class: str = "", cause: str = "",
    died_at: datetime | None = None, frozen: bool = False, complaint: Complaint | None = None, withheld: bool = False,
) -> Dispute:  # fmt: skip
    """Write a dispute down; known_at begins its clocks (now when not given). withheld: the head himself is concerned."""
    steps.office(by)
    if origin not in Dispute.Origin.values:
        raise ValidationError(_("请选择纠纷的来源。"))
    if claimed_fen is not None and claimed_fen < 0:
        raise ValidationError(_("索赔金额不能是负数。"))
    known_at = steps.past_moment(known_at or now, now, _("得知时间"))
    if happened_on is not None:
        steps.past_day(happened_on, now, _("诊疗日期"))
    officer = officer or by
    if not can(officer, Permission.HANDLE_DISPUTES, department_id):
        raise ValidationError(_("承办人要有办理医疗纠纷的权限。"))
    made = Dispute.objects.create(
        institution_id=current_scope().institution_id, department_id=department_id,
        department_name=steps.department_name(department_id, now), number=steps.next_number("dispute", "JF", now),
        origin=origin, complaint=complaint, title=steps.words(title, _("请用一句话写明为什么起纠纷。"))[:120],
        summary=summary.strip(), demand=demand.strip(), claimed_fen=claimed_fen, stay_id=stay_id.strip(),
        happened_on=happened_on, known_at=known_at, officer=officer, opened_at=now, opened_by=by,
        reader_roles=[*OFFICES, "quality_office"] if withheld else list(READERS), readers=[officer.pk],
    )  # fmt: skip
    steps.record(
        made,
        "open",
        _("立案：%(how)s") % {"how": made.get_origin_display()},
        by=by,
        now=now,
        text=made.summary,
    )
    _first_clocks(made, by=by, now=now)
    if report_class or cause:
        made = classify(made, by=by, now=now, report_class=report_class, cause=cause)
    if died_at is not None:
        made = note_death(made, by=by, now=now, died_at=died_at, frozen=frozen)
    if not withheld:
        _tell_department(made, by=by, now=now)
    return made


def _first_clocks(dispute: Dispute, *, by, now: datetime) -> None:
    found = rules()
    for code in ("insurer", "answer"):
        steps.start_clock(dispute, found.one("clocks", code), dispute.known_at, by=by, now=now)
    if dispute.origin != Dispute.Origin.COMPLAINT:
        steps.start_clock(dispute, found.one("clocks", "discussion"), now, by=by, now=now)


def _tell_department(dispute: Dispute, *, by, now: datetime) -> None:
    notices.send(
        by=by, now=now, title=_("医疗纠纷 %(number)s 已立案，请配合核实") % {"number": dispute.number},
        url=steps.url_of(dispute), departments=[dispute.department_id], source_kind=steps.SOURCE,
        source_key=str(dispute.pk),
    )  # fmt: skip


@transaction.atomic
def open_from_complaint(*, by, now: datetime, complaint: Complaint, title: str, **told) -> Dispute:
    """Carry a complaint on as a dispute; what it says of place, stay and demand is taken over, who complains is not."""
    steps.office(by, complaint)
    if complaint.department_id is None:
        raise ValidationError(_("请先在投诉里确定被投诉的科室，再转为医疗纠纷。"))
    if Dispute.objects.filter(complaint=complaint).exists():
        raise ValidationError(_("这件投诉已经转为医疗纠纷。"))
    made = open_dispute(
        by=by, now=now, department_id=complaint.department_id, origin=Dispute.Origin.COMPLAINT, title=title,
        summary=complaint.content, demand=complaint.demand, claimed_fen=complaint.asked_fen,
        stay_id=complaint.stay_id, happened_on=complaint.occurred_on, known_at=complaint.received_at,
        complaint=complaint, withheld=complaint.withheld, **told,
    )  # fmt: skip
    keeping.mark_as_dispute(complaint, by=by, now=now, note=made.number)
    return made


@transaction.atomic
def classify(
    dispute: Dispute, *, by, now: datetime, report_class: str = "", cause: str = "", grade: str = ""
) -> Dispute:
    """Class, main cause, grade. A class starts the clocks of reporting from when the dispute was known (EVT-04, X-22).

    A graver class shortens a clock that still runs; what was reported already stays reported.
    """
    steps.office(by, dispute)
    dispute, found = steps.lock_open(dispute), rules()
    for part, code in (("classes", report_class), ("causes", cause), ("grades", grade)):
        if code and found.one(part, code) is None:
            raise ValidationError(_("没有这个类别：%(code)s。") % {"code": code})
    changed = report_class and report_class != dispute.report_class
    dispute.report_class = report_class or dispute.report_class
    dispute.cause, dispute.grade = cause or dispute.cause, grade or dispute.grade
    dispute.save()
    said = [
        found.word("classes", report_class),
        found.word("causes", cause),
        found.word("grades", grade),
    ]
    steps.record(dispute, "classify", _("定类定级"), by=by, now=now, text="、".join(filter(None, said)))
    if changed:
        _report_clocks(dispute, by=by, now=now)
    return dispute


def _report_clocks(dispute: Dispute, *, by, now: datetime) -> None:
    found = rules().one("classes", dispute.report_class)
    dues = timing.report_dues(found, dispute.known_at)
    titles = (_("院内报告分管院长"), _("向卫生健康行政部门报告"))
    for code, due_at, title in zip(REPORTS, dues, titles, strict=True):
        if DisputeClock.objects.filter(dispute=dispute, code=code, met_at__isnull=False).exists():
            continue
        steps.put_clock(
            dispute, code, title, dispute.known_at, due_at, reason=found.says, mark=found.mark, by=by, now=now
        )
    if dispute.report_class == "extraordinary":
        notices.send(
            by=by, now=now, title=_("特别重大医疗事故争议：%(number)s") % {"number": dispute.number},
            text=found.says, url=steps.url_of(dispute), roles=["hospital_leader", "medical_affairs"],
            source_kind=steps.SOURCE, source_key=str(dispute.pk),
        )  # fmt: skip


@transaction.atomic
def note_death(dispute: Dispute, *, by, now: datetime, died_at: datetime, frozen: bool) -> Dispute:
    """The patient died: the clocks of autopsy and mortuary run. frozen: the body can be kept frozen, so 7 days."""
    steps.office(by, dispute)
    dispute, found = steps.lock_open(dispute), rules()
    dispute.died_at = steps.past_moment(died_at, now, _("死亡时间"))
    dispute.frozen = frozen
    dispute.save()
    steps.stop_if_open(
        dispute, ("autopsy", "autopsy_frozen"), by=by, now=now, why=_("死亡时间或冻存条件已更正")
    )
    for period in (timing.autopsy_clock(found, frozen=frozen), found.one("clocks", "body")):
        steps.start_clock(dispute, period, died_at, by=by, now=now)
    steps.record(dispute, "death", _("登记患者死亡"), by=by, now=now, text=_("已告知近亲属尸检的规定和期限"))
    return dispute


@transaction.atomic
def decide_autopsy(
    dispute: Dispute, *, by, now: datetime, agreed: bool, who: str, text: str, at: datetime | None = None
) -> Dispute:
    """What the relatives decided after they were told: done at a moment, or refused with their words."""
    steps.office(by, dispute)
    dispute = steps.lock_open(dispute)
    if dispute.died_at is None:
        raise ValidationError(_("请先登记患者死亡时间。"))
    said = steps.words(text, _("请写明近亲属的意见和告知书存放处。"))
    proof = _("%(who)s：%(text)s") % {"who": steps.words(who, _("请写明由谁决定。")), "text": said}
    codes = ("autopsy", "autopsy_frozen")
    if agreed:
        moment = steps.past_moment(at or now, now, _("尸检时间"))
        if moment < dispute.died_at:
            raise ValidationError(_("尸检时间不能早于死亡时间。"))
        for code in codes:
            steps.meet_if_open(dispute, code, by=by, now=now, proof=proof, at=moment)
    else:
        steps.stop_if_open(dispute, codes, by=by, now=now, why=_("近亲属不同意尸检。") + proof)
    title = _("已做尸检") if agreed else _("近亲属不同意尸检")
    steps.record(dispute, "autopsy", title, by=by, now=now, text=proof)
    return dispute


@transaction.atomic
def meet_clock(
    clock: DisputeClock, *, by, now: datetime, met_at: datetime, proof: str, file=None
) -> DisputeClock:
    """Done at a moment, with what shows it: a receipt's number, a letter, a picture of it."""
    steps.office(by, clock.dispute)
    dispute = steps.lock_open(clock.dispute)
    clock = DisputeClock.objects.select_for_update(of=("self",)).get(pk=clock.pk)
    if clock.met_at is not None or clock.stopped:
        raise ValidationError(_("这一项已经完成。"))
    met_at = steps.past_moment(met_at, now, _("完成时间"))
    if met_at < clock.starts_at:
        raise ValidationError(_("完成时间不能早于起算时间。"))
    said = steps.words(proof, _("请写明凭据，例如回执编号。"))
    steps.end_clock(clock, by=by, now=now, proof=said, met_at=met_at, file=file)
    late = _("（逾期）") if met_at > clock.due_at else ""
    steps.record(dispute, "clock", f"{clock.title}{late}", by=by, now=now, text=said)
    return clock


@transaction.atomic
def stop_clock(clock: DisputeClock, *, by, now: datetime, reason: str) -> DisputeClock:
    """It no longer applies; who says so and why stays. A clock of reporting to the authority cannot be stopped."""
    steps.office(by, clock.dispute)
    dispute = steps.lock_open(clock.dispute)
    clock = DisputeClock.objects.select_for_update(of=("self",)).get(pk=clock.pk)
    if clock.met_at is not None or clock.stopped:
        raise ValidationError(_("这一项已经完成。"))
    if clock.code in REPORTS:
        raise ValidationError(_("报告的期限不能取消，只能按期报告；类别定错了请重新定类。"))
    said = steps.words(reason, _("请写明为什么不再适用。"))
    steps.end_clock(clock, by=by, now=now, proof=said, stopped=True)
    steps.record(dispute, "clock", _("%(what)s 不再适用") % {"what": clock.title}, by=by, now=now, text=said)
    return clock
