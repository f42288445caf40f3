"""One complaint: what is known, where it stands, and the one next step of who looks at it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from zhikong.foundation.access.permissions import Permission, can
from zhikong.hospital.functions.complaints import forms_intake as forms
from zhikong.hospital.functions.complaints.actions.intake.deciding import may_decide
from zhikong.hospital.functions.complaints.actions.intake.handing import waiting
from zhikong.hospital.functions.complaints.models.intake import Complaint
from zhikong.hospital.functions.complaints.models.intake_parts import ComplaintLink
from zhikong.hospital.functions.complaints.queries.intake import complaints, guards, people, persons, rules
from zhikong.hospital.functions.complaints.rules_intake import ENDS, State
from zhikong.hospital.functions.complaints.rules_intake_keys import grouped
from zhikong.hospital.functions.complaints.views.intake.common import readable


@never_cache
@require_GET
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """?person=1 shows who complains, in clear and logged, to who handles complaints."""
    complaint = readable(request, pk)
    return render(request, "complaints/intake/case.html", context_of(request, complaint))


def context_of(request: HttpRequest, complaint: Complaint, **more) -> dict[str, Any]:
    """Everything that the page shows this reader. more: forms that were filled wrongly, a new key."""
    handles = complaints.handles(request.user)
    is_open = complaint.state not in ENDS
    line = complaints.lines(
        Complaint.objects.filter(pk=complaint.pk), now=timezone.now(), titles=dict(rules.categories())
    )[0]
    return {
        "complaint": complaint, "line": line, "number": grouped(complaint.number), "handles": handles, "is_open": is_open,
        "full": handles or request.user.pk != complaint.first_recipient_id or can(request.user, Permission.ANSWER_COMPLAINTS),
        "person": _person(request, complaint), "clocks": complaint.complaintclocks.order_by("due_at"),
        "departments": people.named(complaint.concerneddepartments.order_by("-main", "pk")),
        "statements": complaint.statements.select_related("writer").order_by("asked_at"),
        "talk": complaint.complaintmessages.select_related("by").order_by("at"),
        "photos": [row.file for row in complaint.complaintfiles.select_related("file")] if handles else [],
        "steps": complaint.complaintsteps.select_related("by").order_by("-at", "-pk"),
        "calls": complaint.followupcalls.select_related("called_by").order_by("called_at"),
        "refunds": complaint.refunds.order_by("paid_on"), "findings": guards.findings_of(complaint),
        "handover": waiting(complaint), "earlier": complaint.repeats, "checklist": guards.checklist(complaint),
        "missing": guards.missing(complaint), "incidents": _incidents(request, complaint), "links": _links(complaint),
        "may_hand": is_open and (handles or request.user.pk in (complaint.handler_id, complaint.first_recipient_id)),
        "may_decide": complaint.state == State.DECIDING and may_decide(request.user, complaint),
        "may_dispute": can(request.user, Permission.HANDLE_DISPUTES, whole_hospital=True),
        "dispute_url": _dispute_url(complaint), "tab": "desk", **_forms(complaint, handles), **more,
    }  # fmt: skip


def _person(request: HttpRequest, complaint: Complaint):
    """Masked at first; the look at the real name is a step of its own."""
    if request.GET.get("person") == "1":
        return persons.complainant_of(by=request.user, complaint=complaint, purpose=_("办理投诉"))
    return None


def _forms(complaint: Complaint, handles: bool) -> dict[str, Any]:
    """The form of the next step, and of what else may be done now."""
    if complaint.state in ENDS:
        return {}
    main, all_of = complaint.department_id, people.departments()
    concerned = list(complaint.concerneddepartments.values_list("department_id", flat=True))
    names = dict(all_of)
    made = {
        "decide_form": forms.DecideForm(bodies=people.committees(), initial={"communication": ""}),
        "answer_form": forms.AnswerForm(),
        "call_form": forms.CallForm(),
    }
    if handles:
        made |= {
            "accept_form": forms.AcceptForm(
                departments=all_of,
                categories=rules.categories(),
                initial={"category": complaint.category, "main": main},
            ),
            "facts_form": forms.FactsForm(initial={"found": complaint.found}),
            "statement_form": forms.StatementForm(people=people.staff_of(concerned)),
            "measure_form": forms.MeasureForm(departments=[(pk, names.get(pk, "")) for pk in concerned]),
            "refund_form": forms.RefundForm(initial={"paid_on": timezone.localdate()}),
            "handlers": people.handlers(),
        }
    return made


def _incidents(request: HttpRequest, complaint: Complaint) -> list[str]:
    """References of adverse events, for those only who may open both: the complaint and adverse events."""
    if not may_link_incidents(request.user):
        return []
    rows = complaint.complaintlinks.filter(kind=ComplaintLink.Kind.INCIDENT)
    return list(rows.values_list("reference", flat=True))


def may_link_incidents(user) -> bool:
    return complaints.handles(user) and can(user, Permission.HANDLE_INCIDENTS, whole_hospital=True)


def _links(complaint: Complaint) -> dict[str, bool]:
    kinds = set(complaint.complaintlinks.values_list("kind", flat=True))
    return {kind: kind in kinds for kind in ComplaintLink.Kind.values}


def _dispute_url(complaint: Complaint) -> str:
    try:
        return reverse("complaints:dispute_from_complaint", args=[complaint.pk])
    except NoReverseMatch:
        return ""
