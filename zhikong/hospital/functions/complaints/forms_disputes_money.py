"""What is entered about appraisals, insurers and the ledger of a dispute, and about a year's denominators."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.hospital.functions.complaints.forms_disputes_fields import (
    ForDispute,
    Yuan,
    chosen,
    day,
    just_now,
    line,
    named,
    somebody,
    text,
    today,
)
from zhikong.hospital.functions.complaints.models.disputes_money import (
    DisputeAppraisal,
    DisputePayment,
    Payer,
)


class AppraisalForm(ForDispute):
    kind = named(_("种类"), "appraisals")
    body = line(_("鉴定机构"), 80)
    asked_by_side = forms.ChoiceField(
        label=_("申请方"), choices=DisputeAppraisal._meta.get_field("asked_by_side").choices
    )
    applied_on = today(_("申请日期"))

    def ready(self):
        self.fields["branch"] = self.branches()


class AcceptedForm(ForDispute):
    accepted_on = today(_("受理日期"))


class MaterialsForm(ForDispute):
    materials_on = today(_("提交日期"))
    materials = text(_("材料清单"))


class ResultForm(ForDispute):
    result_on = today(_("结论日期"))
    responsibility = named(_("责任程度"), "responsibility")
    share_percent = forms.IntegerField(label=_("原因力大小（%）"), min_value=0, max_value=100)
    grade = named(_("等级"), "grades", required=False)
    conclusion = text(_("结论"), rows=3)


class InsurerForm(ForDispute):
    insurer = line(_("保险公司"), 80)
    policy = line(_("保单号"), 60)
    report_number = line(_("报案号"), 60)
    told_at = just_now(_("报案时间"))


class ClaimForm(ForDispute):
    claimed_fen = Yuan(label=_("索赔金额（元）"))
    claimed_on = today(_("索赔日期"))


class DecidedForm(ForDispute):
    decided_fen = Yuan(label=_("核定金额（元）"), help_text=_("拒赔写 0，并写明理由。"))
    decided_on = today(_("核定日期"))
    decision = text(_("核定理由"))


class ShareForm(ForDispute):
    payer = chosen(_("承担方"), Payer)
    amount_fen = Yuan(label=_("金额（元）"))
    decision_number = line(
        _("责任认定决定的编号"), 60, required=False, help_text=_("只有个人承担时填：须先单独立案并作出决定。")
    )
    decided_on = day(_("决定日期"), required=False)

    def ready(self):
        self.fields["who"] = somebody(_("个人"), self.staff, required=False)
        self.order_fields(["payer", "amount_fen", "who", "decision_number", "decided_on"])


class PayForm(ForDispute):
    amount_fen = Yuan(label=_("金额（元）"))
    kind = forms.ChoiceField(
        label=_("种类"), choices=[one for one in DisputePayment.Kind.choices if one[0] != "reversed"]
    )
    paid_on = today(_("日期"))
    voucher = line(_("凭证号"), 60)


class VoucherForm(ForDispute):
    voucher = line(_("冲正凭证号"), 60)


class YearForm(forms.Form):
    """What a year's figures divide by."""

    person_times = forms.IntegerField(label=_("门诊与住院总人次"), min_value=1, required=False)
    income_fen = Yuan("999999999999.99", label=_("医疗收入（元）"), required=False)
    source = line(_("数据来源"), help_text=_("例如财务科年报、统计报表。"))
