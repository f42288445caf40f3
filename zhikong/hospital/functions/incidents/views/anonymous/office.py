"""What offices do about anonymous reports: grant a reward, set its amount, pay a code at the desk, see the counts."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhikong.foundation.access.permissions import Permission, can, require
from zhikong.hospital.functions.incidents.actions.anonymous import depositing, rewarding
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.queries.anonymous import rewards, threads
from zhikong.hospital.functions.incidents.queries.handling import scope
from zhikong.hospital.functions.incidents.rules_reporting import Privacy
from zhikong.hospital.functions.incidents.spool import slots
from zhikong.hospital.functions.incidents.spool.places import places
from zhikong.hospital.functions.incidents.views.handling.common import attempt, case_or_404

ENTER = (Permission.APPROVE_EVENT_QUOTAS, Permission.PLAN_EVENT_QUOTAS)


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """The reward's amount, the desk, the counts by month, and how full the spool is."""
    _enter(request)
    context = {
        "fen": rewards.amount_fen(),
        "paid": rewards.paid(),
        "may_set": can(request.user, Permission.APPROVE_EVENT_QUOTAS, whole_hospital=True),
        "may_pay": can(request.user, Permission.PLAN_EVENT_QUOTAS, whole_hospital=True),
        "ready": slots.is_ready(places()),
        "filling": round(slots.filling(places()) * 10) * 10,
        "hold": depositing.hold_hours(),
    }
    return render(request, "incidents/anonymous/office.html", context)


@require_POST
def amount(request: HttpRequest) -> HttpResponse:
    """Set what an anonymous report that helped is worth; 0 switches it off."""
    _enter(request)
    yuan = request.POST.get("yuan", "")
    fen = int(yuan) * 100 if yuan.isdigit() and len(yuan) < 6 else -1
    attempt(
        request,
        lambda: rewarding.set_amount(fen=fen, by=request.user, now=timezone.now()),
        _("已保存。以前给出的奖励不变。"),
    )
    return redirect("incidents:anonymous")


@require_POST
def pay(request: HttpRequest) -> HttpResponse:
    """A code at the desk."""
    _enter(request)
    paid: list[int] = []

    def take() -> None:
        paid.append(
            rewarding.pay(code=request.POST.get("code", ""), by=request.user, now=timezone.localtime())
        )

    if attempt(request, take, ""):
        return render(request, "incidents/anonymous/paid.html", {"fen": paid[0]})
    return redirect("incidents:anonymous")


@require_POST
def grant(request: HttpRequest, code: str) -> HttpResponse:
    """This report helped: its writer may fetch a code with the key."""
    incident = case_or_404(request, code, timezone.now())
    thread = threads.thread_of(incident)
    if thread is None:
        raise Http404
    if not scope.may_handle(request.user, incident):
        raise PermissionDenied(_("只有受理这件报告的部门能给奖励。"))
    attempt(
        request,
        lambda: rewarding.grant(thread=thread, by=request.user, now=timezone.now()),
        _("已给奖励。报告人下次打开对话时会看到。"),
    )
    return redirect("incidents:case", code=code)


def part(request: HttpRequest, incident: Incident) -> dict[str, Any] | None:
    """The section on the page of a case that was reported anonymously, for those who handle it."""
    if incident.privacy != Privacy.ANONYMOUS or not scope.may_handle(request.user, incident):
        return None
    thread = threads.thread_of(incident)
    if thread is None:
        return None
    context = {
        "incident": incident,
        "granted_fen": thread.reward_fen,
        "amount_fen": rewards.amount_fen(),
        "hold": depositing.hold_hours(),
    }
    return {
        "title": _("匿名报告人"),
        "template": "incidents/anonymous/_case.html",
        "context": context,
    }


def _enter(request: HttpRequest) -> None:
    if not any(can(request.user, permission, whole_hospital=True) for permission in ENTER):
        require(request.user, ENTER[0], whole_hospital=True)
