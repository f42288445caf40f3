"""What is done to a complaint from its page: one address for each act, each a form sent by POST."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from zhikong.foundation.access.queries import account
from zhikong.hospital.functions.complaints import forms_intake as forms
from zhikong.hospital.functions.complaints.actions.intake import (
    accepting,
    answering,
    deciding,
    handing,
    keeping,
    linking,
    verifying,
)
from zhikong.hospital.functions.complaints.models.intake import Complaint
from zhikong.hospital.functions.complaints.models.intake_parts import ComplaintStatement
from zhikong.hospital.functions.complaints.queries.intake import people, rules
from zhikong.hospital.functions.complaints.rules_intake_keys import grouped
from zhikong.hospital.functions.complaints.views.intake.case import context_of
from zhikong.hospital.functions.complaints.views.intake.common import (
    attempt,
    first_error,
    found_or_404,
    number_in,
    readable,
)


@never_cache
@require_POST
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Do one act and come back to the page; the act itself says who may."""
    complaint = readable(request, pk)
    do = found_or_404(ACTS.get(act))
    return do(request, complaint) or redirect("complaints:complaint", pk)


def _formed(make: Callable, do: Callable, done: str) -> Callable:
    """An act with a form: what is wrong is told in a sentence, and nothing is done."""

    def perform(request: HttpRequest, complaint: Complaint):
        form = make(request.POST, complaint)
        if not form.is_valid():
            messages.error(request, first_error(form))
            return
        attempt(request, lambda: do(complaint, request.user, timezone.now(), form.cleaned_data), done)

    return perform


def _plain(do: Callable, done: str) -> Callable:
    """An act with at most one sentence: ``text``."""

    def perform(request: HttpRequest, complaint: Complaint):
        said = request.POST.get("text", "").strip()[:4000]
        attempt(request, lambda: do(complaint, request.user, timezone.now(), said), done)

    return perform


def _accept_form(data, complaint: Complaint):
    return forms.AcceptForm(data, departments=people.departments(), categories=rules.categories())


def _accept(one: Complaint, by, now, told) -> None:
    accepting.accept(
        one, by=by, now=now, category=told["category"], departments=[told["main"], *told["others"]],
        serious=told["serious"], withheld=told["withheld"],
    )  # fmt: skip


def _concerned(complaint: Complaint) -> list[int]:
    return list(complaint.concerneddepartments.values_list("department_id", flat=True))


def _ask(one: Complaint, by, now, told) -> None:
    verifying.ask_statement(
        one,
        by=by,
        now=now,
        writer=told["writer"],
        matter=told["matter"],
        questions=told["questions"].splitlines(),
    )


def _measure_form(data, complaint: Complaint):
    names = dict(people.departments())
    return forms.MeasureForm(data, departments=[(pk, names.get(pk, "")) for pk in _concerned(complaint)])


def _refund(one: Complaint, by, now, told) -> None:
    amount = forms.fen(told.pop("amount"))
    keeping.note_refund(one, by=by, now=now, amount_fen=amount, **told)


def _hand_over(request: HttpRequest, complaint: Complaint):
    pk = number_in(request.POST.get("to", ""))
    to = account(pk=pk) if pk else None
    attempt(
        request,
        lambda: handing.hand_over(
            complaint, by=request.user, now=timezone.now(), note=request.POST.get("text", ""), to=to
        ),
        _("已移交，对方接收前仍由您负责。"),
    )


def _key(request: HttpRequest, complaint: Complaint):
    """The new key is shown once, on this answer."""
    key = attempt(
        request,
        lambda: handing.new_key(complaint, by=request.user, now=timezone.now()),
        _("已重发密钥，原密钥作废。"),
    )
    if key is None:
        return None
    complaint.refresh_from_db()
    return render(
        request, "complaints/intake/case.html", context_of(request, complaint, new_key=grouped(key))
    )


def _return_statement(request: HttpRequest, complaint: Complaint):
    pk = number_in(request.POST.get("statement", ""))
    row = found_or_404(ComplaintStatement.objects.filter(complaint=complaint, pk=pk).first() if pk else None)
    attempt(
        request,
        lambda: verifying.return_statement(
            row, by=request.user, now=timezone.now(), reason=request.POST.get("text", "")
        ),
        _("已退回补充。"),
    )


ACTS: dict[str, Callable] = {
    "accept": _formed(_accept_form, _accept, _("已受理。")),
    "refuse": _plain(lambda one, by, now, said: accepting.refuse(one, by=by, now=now, reason=said), _("已记录，投诉人会看到理由。")),
    "withdraw": _plain(lambda one, by, now, said: accepting.withdraw(one, by=by, now=now, reason=said), _("已撤回。")),
    "hand_over": _hand_over,
    "take": _plain(lambda one, by, now, said: handing.take(one, by=by, now=now), _("已接收，现在由您经办。")),
    "key": _key,
    "facts": _formed(
        lambda data, one: forms.FactsForm(data),
        lambda one, by, now, told: verifying.note_facts(one, by=by, now=now, found=told["found"]),
        _("已保存核实情况。"),
    ),
    "tell": _plain(lambda one, by, now, said: verifying.tell_departments(one, by=by, now=now), _("已告知科室，等待讨论报告。")),
    "ask": _formed(
        lambda data, one: forms.StatementForm(data, people=people.staff_of(_concerned(one))), _ask, _("已请当事人书面陈述。")
    ),
    "return_statement": _return_statement,
    "explain": _plain(
        lambda one, by, now, said: deciding.explain_directly(one, by=by, now=now, reason=said), _("已记录，请答复投诉人。")
    ),
    "decide": _formed(
        lambda data, one: forms.DecideForm(data, bodies=people.committees()),
        lambda one, by, now, told: deciding.decide(one, by=by, now=now, **told),
        _("已定处理意见，并报告分管院领导。"),
    ),
    "answer": _formed(
        lambda data, one: forms.AnswerForm(data),
        lambda one, by, now, told: answering.answer(one, by=by, now=now, **told),
        _("已答复，并反馈科室。"),
    ),
    "write": _plain(lambda one, by, now, said: answering.write(one, by=by, now=now, text=said), _("已写给投诉人。")),
    "seen": _plain(lambda one, by, now, said: answering.mark_seen(one, by=by, now=now), _("已标记看过。")),
    "call": _formed(
        lambda data, one: forms.CallForm(data),
        lambda one, by, now, told: answering.call(one, by=by, now=now, **told),
        _("已记录回访。"),
    ),
    "measure": _formed(
        _measure_form,
        lambda one, by, now, told: keeping.raise_measure(one, by=by, now=now, **told),
        _("已提出整改，科室已收到。"),
    ),
    "refund": _formed(lambda data, one: forms.RefundForm(data), _refund, _("已登记退费。")),
    "close": _plain(lambda one, by, now, said: keeping.close(one, by=by, now=now), _("已办结。")),
    "hold": _plain(lambda one, by, now, said: keeping.set_hold(one, by=by, now=now, held=True, reason=said), _("已设法律保留。")),
    "release": _plain(lambda one, by, now, said: keeping.set_hold(one, by=by, now=now, held=False, reason=said), _("已解除法律保留。")),
    "incident": _plain(lambda one, by, now, said: linking.link_incident(one, by=by, now=now, reference=said), _("已关联。")),
}  # fmt: skip
