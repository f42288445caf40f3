"""What is done on the page of a case: one address for each act, each answered by the page itself."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhikong.foundation.organisation import queries as organisation
from zhikong.hospital.functions.incidents import forms_handling as forms
from zhikong.hospital.functions.incidents.actions.handling import (
    answering,
    closing,
    investigating,
    levels,
    measures,
    receiving,
    telling,
)
from zhikong.hospital.functions.incidents.models.handling_work import IncidentMeasure
from zhikong.hospital.functions.incidents.queries.handling import people, running, scope
from zhikong.hospital.functions.incidents.views.handling.common import attempt, case_or_404


def _clean(form):
    """What the form says; ValidationError with the first thing that is wrong."""
    if not form.is_valid():
        raise forms.first_error(form)
    return form.cleaned_data


def _accept(request, incident, who):
    receiving.accept(incident, **who)


def _return(request, incident, who):
    receiving.send_back(incident, reason=request.POST.get("reason", ""), **who)


def _office(request, incident, who):
    asked = request.POST
    receiving.hand_over(incident, office=asked.get("office", ""), reason=asked.get("reason", ""), **who)


def _merge(request, incident, who):
    main = scope.case(request.user, request.POST.get("into", "").strip())
    if main is None:
        raise ValidationError(_("没有这个编号的报告，或您看不到它。"))
    receiving.merge(incident, into=main, **who)


def _unmerge(request, incident, who):
    receiving.unmerge(incident, reason=request.POST.get("reason", ""), **who)


def _level(request, incident, who):
    levels.set_level(incident, **_clean(forms.LevelForm(request.POST)), **who)


def _category(request, incident, who):
    levels.classify(incident, category=request.POST.get("category", ""), **who)


def _agree(request, incident, who):
    levels.agree(incident, **who)


def _refuse(request, incident, who):
    levels.refuse(incident, reason=request.POST.get("reason", ""), **who)


def _dispute(request, incident, who):
    levels.set_dispute(incident, **_clean(forms.DisputeForm(request.POST)), **who)


def _sac(request, incident, who):
    levels.assess(incident, **_clean(forms.SacForm(request.POST)), **who)


def _hop(request, incident, who):
    found = _clean(forms.HopForm(request.POST))
    telling.know(incident, code=request.POST.get("code", ""), **found, **who)


def _submit(request, incident, who):
    runs = [one for one in running.clocks_of(incident) if one.clock.statutory]
    found = dict(_clean(forms.SubmitForm(request.POST, request.FILES, runs=runs)))
    telling.submit(incident, upload=found.pop("file"), **found, **who)


def _alert(request, incident, who):
    telling.alert(incident, **who)


def _plan(request, incident, who):
    telling.start_plan(incident, **who)


def _invite(request, incident, who):
    found = _clean(forms.PersonForm(request.POST, people=people.candidates()))
    investigating.invite(incident, user=found["user"], **who)


def _leave(request, incident, who):
    asked = request.POST.get("user", "")
    investigating.leave(incident, user_id=int(asked) if asked.isdigit() else 0, **who)


def _note(request, incident, who):
    investigating.note(incident, text=request.POST.get("text", ""), **who)


def _ask(request, incident, who):
    investigating.ask_department(incident, **who)


def _analyse(request, incident, who):
    investigating.analyse(incident, **_clean(forms.AnalysisForm(request.POST)), **who)


def _measure(request, incident, who):
    places = [(one.id, one.name) for one in organisation.departments(on=timezone.localdate(who["now"]))]
    measures.decide(incident, **_clean(forms.MeasureForm(request.POST, departments=places)), **who)


def _say(request, incident, who):
    answering.say(incident, **_clean(forms.AnswerForm(request.POST)), **who)


def _close(request, incident, who):
    asked = request.POST
    closing.close(incident, outcome=asked.get("outcome", ""), answer=asked.get("answer", ""), **who)


def _reopen(request, incident, who):
    closing.reopen(incident, reason=request.POST.get("reason", ""), **who)


ACTS: dict[str, Callable] = {
    "accept": _accept, "return": _return, "office": _office, "merge": _merge, "unmerge": _unmerge,
    "level": _level, "category": _category, "agree": _agree, "refuse": _refuse, "dispute": _dispute, "sac": _sac, "hop": _hop,
    "submit": _submit, "alert": _alert, "plan": _plan, "invite": _invite, "leave": _leave, "note": _note,
    "ask": _ask, "analyse": _analyse, "measure": _measure, "say": _say, "close": _close, "reopen": _reopen,
}  # fmt: skip


def _done(act: str) -> str:
    return {
        "accept": _("已受理，报告人会看到进展。"), "return": _("已退回，报告人会看到缺什么。"),
        "merge": _("已合并。"), "level": _("级别已登记。"), "agree": _("级别已确认。"),
        "alert": _("警报已发出。没有人应答时，请直接拨打页面上的电话。"),
        "ask": _("已请科室分析。"), "analyse": _("分析已交。"), "measure": _("措施已下达。"),
        "say": _("已写给报告人。"), "close": _("已结案。"), "submit": _("上报凭证已登记。"),
    }.get(act, _("已保存。"))  # fmt: skip


@require_POST
def act(request: HttpRequest, code: str, act: str) -> HttpResponse:
    """Do one act on a case; rights and state are judged by the action."""
    now = timezone.now()
    incident = case_or_404(request, code, now)
    do = ACTS.get(act)
    if do is None:
        raise Http404
    who = {"by": request.user, "now": now}
    attempt(request, lambda: do(request, incident, who), _done(act))
    if scope.case(request.user, code) is None:  # handed over: it is no longer this reader's
        return redirect("incidents:inbox")
    return redirect("incidents:case", code)


@require_POST
def measure(request: HttpRequest, code: str, pk: int, act: str) -> HttpResponse:
    """The owner carries a measure out, the office checks its effect or withdraws it."""
    now = timezone.now()
    incident = case_or_404(request, code, now)
    found = IncidentMeasure.objects.filter(incident=incident, pk=pk).select_related("incident").first()
    if found is None:
        raise Http404
    text, who = request.POST.get("text", ""), {"by": request.user, "now": now}
    doings = {
        "done": lambda: measures.done(found, proof=text, **who),
        "works": lambda: measures.check(found, works=True, effect=text, **who),
        "fails": lambda: measures.check(found, works=False, effect=text, **who),
        "drop": lambda: measures.drop(found, reason=text, **who),
    }
    if act not in doings:
        raise Http404
    attempt(request, doings[act], _("已保存。"))
    return redirect("incidents:case", code)
