"""What a person concerned was asked to write: the writer's own page, and the office's look at it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.hospital.functions.complaints import forms_disputes as forms
from zhikong.hospital.functions.complaints.actions.disputes import writing
from zhikong.hospital.functions.complaints.models.disputes_parts import DisputeStatement
from zhikong.hospital.functions.complaints.queries.disputes import reading
from zhikong.hospital.functions.complaints.views.disputes.acts import attempt


def _found(request: HttpRequest, pk: int) -> DisputeStatement:
    """The writer, the offices and the head; the row policy has the same readers."""
    found, user = reading.statement(pk), request.user
    if found is None or not (
        user.pk == found.writer_id
        or can(user, Permission.HANDLE_DISPUTES, found.department_id)
        or can(user, Permission.ANSWER_COMPLAINTS, found.department_id)
    ):
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Write it, or read what was written. The writer sees the question, not the case."""
    found = _found(request, pk)
    own = request.user.pk == found.writer_id and found.accepted_at is None
    form = forms.StatementForm(request.POST or None, statement=found) if own else None
    if request.method == "POST":
        if form is None:
            raise Http404
        if form.is_valid() and attempt(
            request,
            lambda: writing.write_statement(found, by=request.user, now=timezone.now(), **form.cleaned_data),
            _("已提交。"),
        ):
            return redirect("complaints:dispute_statement", pk)
    office = can(request.user, Permission.HANDLE_DISPUTES, found.department_id)
    leads = can(request.user, Permission.ANSWER_COMPLAINTS, found.department_id)
    context = {
        "statement": found, "form": form, "office": office, "case": office or leads,
        "may_accept": request.user.pk != found.writer_id and found.written_at and not found.accepted_at
        and (office or (leads and found.kind == DisputeStatement.Kind.SELF_ANALYSIS)),
    }  # fmt: skip
    return render(request, "complaints/disputes/statement.html", context)


@require_POST
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Accept it, or give it back with what is missing."""
    found, by, now = _found(request, pk), request.user, timezone.now()
    if act == "accept":
        attempt(request, lambda: writing.accept_statement(found, by=by, now=now), _("已认可。"))
    elif act == "return":
        reason = request.POST.get("reason", "")
        attempt(
            request,
            lambda: writing.return_statement(found, by=by, now=now, reason=reason),
            _("已退回本人补充。"),
        )
    else:
        raise Http404
    return redirect("complaints:dispute_statement", pk)
