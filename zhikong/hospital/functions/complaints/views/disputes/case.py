"""One dispute: where it stands on its line, what is due, who is in it, what was said, what it cost."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.hospital.functions.complaints.actions.disputes import steps, writing
from zhikong.hospital.functions.complaints.models.disputes import Dispute, DisputeBranch
from zhikong.hospital.functions.complaints.models.disputes_parts import DisputeLink
from zhikong.hospital.functions.complaints.models.intake import Complaint
from zhikong.hospital.functions.complaints.queries.disputes import guards, people, reading
from zhikong.hospital.functions.complaints.queries.disputes.rules import rules
from zhikong.hospital.functions.complaints.views.disputes.acts import attempt, offer
from zhikong.hospital.functions.complaints.views.disputes.board import looked

ON_CASE = (
    "classify", "death", "party", "answer", "contact", "route", "paper", "hearing", "appraisal", "insurer", "share",
    "ask", "measure", "link", "settle", "close",
)  # fmt: skip


def found_or_404(request: HttpRequest, pk: int) -> Dispute:
    """The dispute, for the offices and the leaders of its department; others do not learn that it exists."""
    looked(request)
    found = reading.dispute(pk)
    if found is None or not steps.may_read(request.user, found):
        raise Http404
    return found


@require_GET
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything of one dispute; what may be done is offered beside what it changes."""
    return render(request, "complaints/disputes/case.html", context_of(request, found_or_404(request, pk)))


def context_of(request: HttpRequest, found: Dispute) -> dict:
    now, known, user = timezone.now(), rules(), request.user
    branches = list(found.branches.prefetch_related("papers").order_by("pk"))
    may = can(user, Permission.HANDLE_DISPUTES, found.department_id) and found.state != Dispute.State.CLOSED
    staff = people.staff(found.department_id) if may else []
    clocks = [
        reading.ticking(one, now) for one in found.clocks.select_related("met_by").order_by("due_at", "pk")
    ]
    running = [one for one in clocks if one.clock.met_at is None and not one.clock.stopped]
    context = {
        "dispute": found, "now": now, "line": reading.line(found, branches), "running": running,
        "ended": [one for one in clocks if one not in running], "next": running[0] if running else None,
        "class_title": known.word("classes", found.report_class), "grade_title": known.word("grades", found.grade),
        "cause_title": known.word("causes", found.cause),
        "degree": known.word("responsibility", found.responsibility), "ledger": reading.ledger(found),
        "insurances": found.insurances.order_by("pk"), "parties": found.parties.select_related("account").order_by("pk"),
        "contacts": found.contacts.select_related("by").order_by("-at", "-pk"),
        "hearings": found.hearings.order_by("starts_at"), "papers": found.papers.select_related("file").order_by("pk"),
        "statements": found.statements.select_related("writer").order_by("pk"),
        "discussed": guards.discussed(found), "sealings": found.sealings.order_by("pk"),
        "measures": reading.measures(found), "links": DisputeLink.objects.filter(dispute=found).order_by("pk"),
        "holds": found.holds.select_related("placed_by").order_by("pk"),
        "steps": found.steps.select_related("by").order_by("-at", "-pk"),
        "complaint": Complaint.objects.filter(pk=found.complaint_id).first() if found.complaint_id else None,
        "may": may, "office": can(user, Permission.HANDLE_DISPUTES, found.department_id), "tab": "board",
        "may_discuss": can(user, Permission.ANSWER_COMPLAINTS, found.department_id) and found.state != "closed",
        "obstacles": guards.against_closing(found, now=now) if found.state == Dispute.State.SETTLED else [],
    }  # fmt: skip
    context["branches"] = [
        (one, known.one("routes", one.route), _branch(found, one, may)) for one in branches
    ]
    context["appraisals"] = [
        (one, known.word("appraisals", one.kind), known.word("responsibility", one.responsibility),
         _appraisal(found, one, may))
        for one in found.appraisals.order_by("pk")
    ]  # fmt: skip
    return context | {"offers": _offers(found, user, staff, may, context)}


def _branch(found: Dispute, one: DisputeBranch, may: bool) -> list:
    if not may or one.state != DisputeBranch.State.OPEN:
        return []
    names = ["end"] if one.accepted_on else ["accept", "end"]
    return [offer(found, name, child=one) for name in names]


def _appraisal(found: Dispute, one, may: bool) -> list:
    if not may or one.result_on or one.withdrawn:
        return []
    step = (
        "appraisal_accept"
        if one.accepted_on is None
        else "materials"
        if one.materials_on is None
        else "result"
    )
    return [offer(found, step, child=one), offer(found, "appraisal_back", child=one)]


def _offers(found: Dispute, user, staff, may: bool, context: dict) -> dict:
    """By name for the dispute itself, by name and row for its parts."""
    hold = can(user, Permission.HOLD_FILES, found.department_id) and context["office"]
    offers: dict = {}
    if hold and found.purged_at is None:
        offers["hold"] = offer(found, "hold")
        offers["release"] = {
            one.pk: offer(found, "release", child=one) for one in context["holds"] if not one.released_at
        }
        if found.state == Dispute.State.CLOSED and found.retain_until < timezone.localdate():
            offers["purge"] = offer(found, "purge")
    if not may:
        return offers
    offers |= {name: offer(found, name, staff=staff) for name in ON_CASE}
    if can(user, Permission.REFER_TO_COMMITTEE, found.department_id):
        offers["refer"] = offer(found, "refer")
    if found.died_at:
        offers["autopsy"] = offer(found, "autopsy")
    offers["meet"] = {one.clock.pk: offer(found, "meet", child=one.clock) for one in context["running"]}
    offers["stop"] = {one.clock.pk: offer(found, "stop", child=one.clock) for one in context["running"]
                      if one.clock.code not in ("internal_report", "statutory_report")}  # fmt: skip
    offers["held"] = {one.pk: offer(found, "held", child=one) for one in context["hearings"]
                      if not one.held_at and not one.cancelled}  # fmt: skip
    offers["insurance"] = {
        one.pk: offer(found, "claim" if one.claimed_fen is None else "decided", child=one)
        for one in context["insurances"] if one.decided_on is None
    }  # fmt: skip
    live = [one for one in context["ledger"].shares if one.ended_at is None]
    offers["pay"] = {one.pk: offer(found, "pay", child=one) for one in live if one.left}
    offers["share_end"] = {one.pk: offer(found, "share_end", child=one) for one in live if not one.paid}
    offers["prove"] = {one.measure.pk: offer(found, "prove", child=one.measure) for one in context["measures"]
                       if one.closed and one.measure.proven_at is None}  # fmt: skip
    reversed_ones = {p.reverses_id for one in live for p in one.payments.all()}
    offers["reverse"] = {p.pk: offer(found, "reverse", child=p) for one in live for p in one.payments.all()
                         if p.amount_fen > 0 and p.pk not in reversed_ones}  # fmt: skip
    return offers


@require_POST
def discussion(request: HttpRequest, pk: int) -> HttpResponse:
    """The head opens the department's discussion report, or goes on with it."""
    found = found_or_404(request, pk)
    sheet = attempt(
        request,
        lambda: writing.open_discussion(found, by=request.user, now=timezone.now()),
        _("请填写科室讨论报告，填完后提交。"),
    )
    return redirect("forms:fill", sheet.pk) if sheet else redirect("complaints:dispute", pk)


@require_GET
def contact(request: HttpRequest, pk: int, party: int) -> HttpResponse:
    """Telephone and papers of one party, on request; the look is logged."""
    found = found_or_404(request, pk)
    one = found.parties.filter(pk=party).first()
    if one is None or not can(request.user, Permission.HANDLE_DISPUTES, found.department_id):
        raise Http404
    told = reading.contact_of(one, by=request.user)
    return render(
        request,
        "complaints/disputes/contact.html",
        {"dispute": found, "party": one, "told": told, "tab": "board"},
    )
