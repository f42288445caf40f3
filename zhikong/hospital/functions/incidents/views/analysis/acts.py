"""What is done in the workspace: one address for each act, answered by the tab that it belongs to."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhikong.hospital.functions.incidents import forms_analysis as forms
from zhikong.hospital.functions.incidents.actions.analysis import (
    finishing,
    measuring,
    opening,
    people,
    working,
)
from zhikong.hospital.functions.incidents.models.analysis import Analysis
from zhikong.hospital.functions.incidents.models.analysis_work import (
    Barrier,
    CausalStatement,
    CauseNode,
    TimelineEvent,
)
from zhikong.hospital.functions.incidents.queries.analysis import reading
from zhikong.hospital.functions.incidents.views.analysis.common import (
    analysis_or_404,
    attempt,
    departments,
    found_or_404,
    now,
)

ROWS = {"event": TimelineEvent, "cause": CauseNode, "statement": CausalStatement, "barrier": Barrier}


@require_POST
def act(request: HttpRequest, code: str, act: str) -> HttpResponse:
    """One act; the actions ask who may. A wrong form is told by its first error."""
    if act not in ACTS:
        raise Http404
    one = analysis_or_404(code)
    do, tab, done = ACTS[act]
    attempt(request, lambda: do(request, one, {"by": request.user, "now": now()}), done and _(done))
    return redirect("incidents:analysis_tab", code, tab)


def _clean(form) -> dict:
    if not form.is_valid():
        raise ValidationError(forms.first_error(form))
    return form.cleaned_data


def _row(request: HttpRequest, rows):
    """The row that the form names among some, or None for a new one."""
    asked = request.POST.get("row", "")
    return rows.filter(pk=asked).first() if asked.isascii() and asked.isdigit() else None


def _write(request, one, who):
    working.write(one, values=_clean(forms.WordsForm(request.POST)), **who)


def _conclude(request, one, who):
    finishing.conclude(one, clear=bool(request.POST.get("clear")), text=request.POST.get("text", ""), **who)


def _finish(request, one, who):
    finishing.finish(one, **who)


def _approve(request, one, who):
    finishing.approve(one, text=request.POST.get("text", ""), **who)


def _reopen(request, one, who):
    finishing.reopen(one, reason=request.POST.get("reason", ""), **who)


def _stop(request, one, who):
    opening.stop(one, reason=request.POST.get("reason", ""), **who)


def _event(request, one: Analysis, who):
    told = _clean(forms.EventForm(request.POST, people=one.casepersons.all()))
    person = told.pop("person")
    working.put_event(one, values=told, person=person, row=_row(request, one.timelineevents.all()), **who)


def _cause(request, one: Analysis, who):
    told = _clean(forms.CauseForm(request.POST, nodes=one.causenodes.all(), auto_id="cause_%s"))
    parent = told.pop("parent")
    working.put_cause(one, values=told, parent=parent, row=_row(request, one.causenodes.all()), **who)


def _statement(request, one: Analysis, who):
    told = _clean(forms.StatementForm(request.POST, nodes=one.causenodes.filter(root=True)))
    node = told.pop("node")
    row = _row(request, one.causalstatements.all())
    _made, wrong = working.put_statement(one, values=told, node=node, row=row, **who)
    for each in wrong:
        messages.warning(
            request, _("已保存，但还不算数。规则 %(n)d：%(said)s") % {"n": each.rule, "said": each.sentence}
        )


def _barrier(request, one: Analysis, who):
    told = _clean(forms.BarrierForm(request.POST))
    working.put_barrier(one, values=told, row=_row(request, one.barriers.all()), **who)


def _remove(request, one: Analysis, who):
    model = found_or_404(ROWS.get(request.POST.get("what", "")))
    working.remove(found_or_404(_row(request, model.objects.filter(analysis=one))), **who)


def _measure(request, one: Analysis, who):
    nodes = one.causenodes.exclude(status="ruled_out")
    told = _clean(forms.MeasureForm(request.POST, departments=departments(), nodes=nodes))
    node = told.pop("node")
    measuring.add_measure(one, values=told, node=node, **who)


def _member(request, one: Analysis, who):
    told = _clean(forms.MemberForm(request.POST, people=reading.candidates()))
    opening.join(one, user=told["user"], role=told["role"], outside=told["outside"], **who)


def _leave(request, one: Analysis, who):
    opening.leave(one, member=found_or_404(_row(request, one.teammembers.all())), **who)


def _person(request, one: Analysis, who):
    people.add_person(one, **_clean(forms.PersonForm(request.POST)), **who)


def _speak(request, one: Analysis, who):
    person = found_or_404(_row(request, one.casepersons.all()))
    people.speak(person, **_clean(forms.SpeakForm(request.POST)), **who)


def _reveal(request, one: Analysis, who):
    person = found_or_404(_row(request, one.casepersons.all()))
    name = reading.name_of(person, **who)
    said = _("%(label)s：%(name)s。这次查看已记录。") if name else _("%(label)s没有登记姓名。")
    messages.info(request, said % {"label": person.label, "name": name})


def _remove_person(request, one: Analysis, who):
    people.remove_person(found_or_404(_row(request, one.casepersons.all())), **who)


ACTS = {
    "write": (_write, "overview", "已保存。"),
    "conclude": (_conclude, "overview", "已保存结论。"),
    "finish": (_finish, "overview", "分析已完成。"),
    "approve": (_approve, "overview", "已批准。"),
    "reopen": (_reopen, "overview", "已重新打开。"),
    "stop": (_stop, "overview", "已终止。"),
    "event": (_event, "timeline", "已保存。"),
    "cause": (_cause, "causes", "已保存。"),
    "statement": (_statement, "causes", ""),
    "barrier": (_barrier, "causes", "已保存。"),
    "remove": (_remove, "causes", "已删除。"),
    "remove_event": (_remove, "timeline", "已删除。"),
    "measure": (_measure, "measures", "措施已登记，负责岗位会看到。"),
    "member": (_member, "team", "已加入团队。"),
    "leave": (_leave, "team", "已离开团队。"),
    "person": (_person, "team", "已登记。"),
    "speak": (_speak, "team", "已记录谈话。"),
    "reveal": (_reveal, "team", ""),
    "remove_person": (_remove_person, "team", "已删除。"),
}
