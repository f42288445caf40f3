"""What is done on a dispute's page: each act is a form, an action and a sentence; the actions ask for the permission."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.files.forms import settle
from zhikong.hospital.functions.complaints import forms_disputes as forms
from zhikong.hospital.functions.complaints import forms_disputes_money as money_forms
from zhikong.hospital.functions.complaints.actions.disputes import (
    appraising,
    closing,
    deciding,
    money,
    opening,
    routes,
    steps,
    telling,
    writing,
)
from zhikong.hospital.functions.complaints.models.disputes import (
    Dispute,
    DisputeBranch,
    DisputeClock,
)
from zhikong.hospital.functions.complaints.models.disputes_money import (
    DisputeAppraisal,
    DisputeInsurance,
    DisputePayment,
    DisputeShare,
)
from zhikong.hospital.functions.complaints.models.disputes_parts import (
    DisputeHearing,
    DisputeHold,
    DisputeMeasure,
)
from zhikong.hospital.functions.complaints.queries.disputes import people, reading


@dataclass(frozen=True)
class Act:
    """title: on the fold; do: the action; part: the model of the row that it is done to, None for the dispute."""

    title: Any
    form: type
    do: Callable
    done: Any
    part: type | None = None
    button: Any = ""
    danger: bool = False


def _file(dispute: Dispute, *, by, now, file, **told):
    """The upload of the form becomes a file of the case first."""
    found = settle(
        file,
        by=by,
        now=now,
        department_id=dispute.department_id,
        purpose="complaints.dispute",
        retention="incident",
    )
    return routes.file_paper(dispute, by=by, now=now, file=found[0] if found else None, **told)


ACTS: dict[str, Act] = {
    "classify": Act(_("定类定级"), forms.ClassForm, opening.classify, _("已保存，期限已重新计算。")),
    "death": Act(_("登记患者死亡"), forms.DeathForm, opening.note_death, _("已登记，尸检和遗体存放的期限开始计算。")),
    "autopsy": Act(_("登记尸检的决定"), forms.AutopsyForm, opening.decide_autopsy, _("已登记。")),
    "party": Act(_("登记当事人"), forms.PartyForm, telling.add_party, _("已登记。")),
    "answer": Act(_("答复患方"), forms.AnswerForm, telling.answer, _("已登记答复，科室会收到通知。"), button=_("登记答复")),
    "contact": Act(_("登记联系"), forms.ContactForm, telling.log_contact, _("已登记。")),
    "meet": Act(_("完成"), forms.MeetForm, opening.meet_clock, _("已登记凭据。"), DisputeClock, _("登记完成")),
    "stop": Act(_("不再适用"), forms.ReasonForm, opening.stop_clock, _("已停止计时。"), DisputeClock),
    "route": Act(_("进入一条解决途径"), forms.RouteForm, routes.start, _("已登记，期限开始计算。"), button=_("登记")),
    "accept": Act(_("登记受理"), forms.AcceptForm, routes.accept, _("已登记受理，期限开始计算。"), DisputeBranch),
    "end": Act(_("登记结果"), forms.EndRouteForm, routes.end, _("已登记结果。"), DisputeBranch, _("登记结果")),
    "paper": Act(_("登记文件"), forms.PaperForm, _file, _("已登记文件。")),
    "hearing": Act(_("登记日程"), forms.HearingForm, routes.plan_hearing, _("已登记日程。")),
    "held": Act(_("登记情况"), forms.HeldForm, routes.end_hearing, _("已登记。"), DisputeHearing),
    "appraisal": Act(_("申请鉴定"), money_forms.AppraisalForm, appraising.apply_appraisal, _("已登记鉴定申请。")),
    "appraisal_accept": Act(_("登记受理"), money_forms.AcceptedForm, appraising.accept_appraisal, _("已登记，材料期限开始计算。"), DisputeAppraisal),
    "materials": Act(_("提交材料"), money_forms.MaterialsForm, appraising.give_materials, _("已登记材料。"), DisputeAppraisal),
    "result": Act(_("登记结论"), money_forms.ResultForm, appraising.end_appraisal, _("已登记鉴定结论。"), DisputeAppraisal),
    "appraisal_back": Act(_("撤回鉴定"), forms.ReasonForm, appraising.withdraw_appraisal, _("已撤回。"), DisputeAppraisal, danger=True),
    "insurer": Act(_("登记报案"), money_forms.InsurerForm, money.tell_insurer, _("已登记报案。")),
    "claim": Act(_("登记索赔"), money_forms.ClaimForm, money.claim, _("已登记索赔。"), DisputeInsurance),
    "decided": Act(_("登记核定"), money_forms.DecidedForm, money.decide_claim, _("已登记核定结果。"), DisputeInsurance),
    "share": Act(_("登记由谁承担"), money_forms.ShareForm, money.set_share, _("已登记承担。")),
    "share_end": Act(_("撤销承担"), forms.ReasonForm, money.end_share, _("已撤销。"), DisputeShare, danger=True),
    "pay": Act(_("登记付款"), money_forms.PayForm, money.pay, _("已记账。"), DisputeShare, _("记账")),
    "reverse": Act(_("冲正"), money_forms.VoucherForm, money.reverse, _("已冲正。"), DisputePayment, danger=True),
    "ask": Act(_("请当事人书写"), forms.AskForm, writing.ask_statement, _("已通知本人。")),
    "measure": Act(_("要求整改"), forms.MeasureForm, writing.ask_measure, _("已提出整改，科室会收到通知。")),
    "prove": Act(_("认定效果"), forms.ProofForm, writing.prove_measure, _("已认定。"), DisputeMeasure),
    "link": Act(_("关联"), forms.LinkForm, writing.link, _("已关联。")),
    "hold": Act(_("法律保留"), forms.ReasonForm, writing.hold, _("已保留，案卷和附件不能销毁。")),
    "release": Act(_("解除保留"), forms.ReasonForm, writing.release, _("已解除保留。"), DisputeHold, danger=True),
    "refer": Act(_("提交委员会"), forms.ReferForm, deciding.refer, _("已列入委员会议题。")),
    "settle": Act(_("登记了结"), forms.SettleForm, closing.settle, _("已了结，进入事后监管。"), button=_("了结")),
    "close": Act(_("结案"), forms.ForDispute, closing.close, _("已结案。"), button=_("结案")),
    "purge": Act(_("保存期满，销毁案卷"), forms.ReasonForm, closing.purge, _("已销毁姓名与文字，统计保留。"), button=_("销毁"), danger=True),
}  # fmt: skip


@dataclass(frozen=True)
class Offer:
    """An act as the page shows it."""

    title: Any
    url: str
    form: Any
    button: Any
    danger: bool


def offer(dispute: Dispute, name: str, *, staff=(), child=None) -> Offer:
    act = ACTS[name]
    prefix = f"{name}_{child.pk}" if child is not None else name
    form = act.form(dispute=dispute, staff=staff, auto_id=f"{prefix}_%s")
    args = [dispute.pk, name] + ([child.pk] if child is not None else [])
    url = reverse("complaints:dispute_part" if child is not None else "complaints:dispute_act", args=args)
    return Offer(act.title, url, form, act.button or _("保存"), act.danger)


@require_POST
@needs(Permission.HANDLE_DISPUTES)
def act(request: HttpRequest, pk: int, act: str, child: int | None = None) -> HttpResponse:
    """One act; what was wrong is told in a sentence on the page."""
    dispute, what = reading.dispute(pk), ACTS.get(act)
    if dispute is None or what is None or (what.part is None) != (child is None):
        raise Http404
    steps.office(request.user, dispute)
    target = _target(dispute, what, child)
    form = what.form(request.POST, request.FILES, dispute=dispute, staff=people.staff(dispute.department_id))
    if not form.is_valid():
        messages.error(request, first_error(form))
    else:
        attempt(
            request,
            lambda: what.do(target, by=request.user, now=timezone.now(), **form.cleaned_data),
            what.done,
        )
    return redirect("complaints:dispute", pk)


def _target(dispute: Dispute, what: Act, child: int | None):
    """The row of this dispute that the act is done to; a row of another one is not found."""
    if what.part is None:
        return dispute
    found = what.part.objects.filter(pk=child, dispute_id=dispute.pk).select_related("dispute").first()
    if found is None:
        raise Http404
    return found


def attempt(request: HttpRequest, what: Callable[[], Any], done) -> Any | None:
    """Do it and say so; a refusal is a message on the next page, and None."""
    try:
        found = what()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return None
    messages.success(request, done)
    return True if found is None else found


def first_error(form) -> str:
    """The first thing that is wrong, with the field's name."""
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    return f"{label}：{errors[0]}" if label else str(errors[0])
