"""What is entered about disputes and sealings. A clean form gives the keyword arguments of its action."""

from __future__ import annotations

import json
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.files.forms import AttachField
from zhikong.hospital.functions.complaints.models.disputes import (
    Dispute,
    DisputeBranch,
    DisputeHearing,
    DisputeParty,
)
from zhikong.hospital.functions.complaints.models.disputes_money import (
    DisputeAppraisal,
    DisputePayment,
    Payer,
)
from zhikong.hospital.functions.complaints.models.disputes_parts import (
    DisputeContact,
    DisputeLink,
    DisputeStatement,
)
from zhikong.hospital.functions.complaints.models.disputes_sealing import Sealing, SealSignature
from zhikong.hospital.functions.complaints.queries.disputes.people import committees
from zhikong.hospital.functions.complaints.queries.disputes.rules import rules

EMPTY = ("", "—")
MOMENT = "%Y-%m-%dT%H:%M"


class Yuan(forms.DecimalField):
    """An amount typed in yuan; its clean value is whole fen."""

    def __init__(self, most: str = "99999999.99", **more):
        super().__init__(min_value=0, max_value=Decimal(most), decimal_places=2, **more)

    def clean(self, value):
        yuan = super().clean(value)
        return None if yuan is None else int(yuan * 100)


def day(label, **more):
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, widget=widget, **more)


def today(label, **more):
    return day(label, initial=timezone.localdate, **more)


def moment(label, **more):
    widget = forms.DateTimeInput(format=MOMENT, attrs={"type": "datetime-local"})
    return forms.DateTimeField(label=label, widget=widget, input_formats=[MOMENT], **more)


def just_now(label, **more):
    return moment(label, initial=lambda: timezone.localtime().replace(second=0, microsecond=0), **more)


def text(label, most=2000, rows=2, **more):
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **more)


def line(label, most=120, **more):
    return forms.CharField(label=label, max_length=most, **more)


def named(label, part: str, **more):
    """One of a part of the rules in force."""
    return forms.ChoiceField(
        label=label, choices=lambda: [EMPTY, *((one.code, one.title) for one in getattr(rules(), part))], **more
    )  # fmt: skip


def chosen(label, choices, **more):
    return forms.ChoiceField(label=label, choices=[EMPTY, *choices.choices], **more)


def somebody(label, found, **more):
    """One of some accounts; gives the account, None for none."""
    by_pk = {str(one.pk): one for one in found}
    return forms.TypedChoiceField(
        label=label, coerce=by_pk.__getitem__, empty_value=None,
        choices=[EMPTY, *((pk, str(one)) for pk, one in by_pk.items())], **more,
    )  # fmt: skip


def tick(label, **more):
    return forms.BooleanField(label=label, required=False, **more)


class ForDispute(forms.Form):
    """A form on a dispute's page: it may ask the dispute for its people and routes."""

    def __init__(self, *args, dispute=None, staff=(), **more):
        super().__init__(*args, **more)
        self.dispute, self.staff = dispute, staff
        self.ready()

    def ready(self) -> None:
        """Fields that depend on the dispute."""

    def branches(self):
        known = rules()
        found = self.dispute.branches.order_by("pk") if self.dispute else ()
        by_pk = {str(one.pk): one for one in found}
        return forms.TypedChoiceField(
            label=_("属于哪条途径"), required=False, coerce=by_pk.__getitem__, empty_value=None,
            choices=[EMPTY, *((pk, known.word("routes", one.route)) for pk, one in by_pk.items())],
        )  # fmt: skip


class OpenForm(forms.Form):
    """A new dispute."""

    title = line(_("事由"), help_text=_("一句话，不写患者姓名。"))
    origin = forms.ChoiceField(
        label=_("怎样得知"),
        choices=[one for one in Dispute.Origin.choices if one[0] != Dispute.Origin.COMPLAINT],
    )
    known_at = just_now(_("得知时间"), help_text=_("各项期限从这一刻起算。"))
    happened_on = day(_("诊疗日期"), required=False)
    stay_id = line(_("住院编号"), 64, required=False)
    report_class = named(_("类别"), "classes", required=False, help_text=_("定类后开始计上报的时限。"))
    cause = named(_("主要原因"), "causes", required=False)
    claimed_fen = Yuan(label=_("索赔金额（元）"), required=False, help_text=_("没有说数额就不填。"))
    demand = text(_("患方诉求"), required=False)
    summary = text(_("经过"), rows=4, required=False)
    died_at = moment(_("患者死亡时间"), required=False, help_text=_("患者死亡的才填，尸检期限从此起算。"))
    frozen = tick(_("遗体可以冻存"))

    def __init__(self, *args, departments=(), officers=(), complaint=None, **more):
        super().__init__(*args, **more)
        self.fields["officer"] = somebody(_("承办人"), officers)
        if complaint is None:
            self.fields["department_id"] = forms.TypedChoiceField(
                label=_("科室"), coerce=int, choices=[EMPTY, *departments]
            )
            self.order_fields(["title", "department_id", "origin", "officer", "known_at", "happened_on"])
        else:
            for name in ("origin", "known_at", "happened_on", "stay_id", "claimed_fen", "demand", "summary"):
                del self.fields[name]
            self.order_fields(["title", "officer"])


class ClassForm(ForDispute):
    report_class = named(_("类别"), "classes")
    cause = named(_("主要原因"), "causes")
    grade = named(_("等级"), "grades", required=False, help_text=_("有鉴定结论后填。"))

    def ready(self):
        for name in self.fields:
            self.initial.setdefault(name, getattr(self.dispute, name, ""))


class DeathForm(ForDispute):
    died_at = moment(_("死亡时间"))
    frozen = tick(_("遗体可以冻存"), help_text=_("可以冻存的，尸检期限由 48 小时延长到 7 日。"))


class AutopsyForm(ForDispute):
    agreed = forms.TypedChoiceField(
        label=_("近亲属的决定"), coerce=lambda value: value == "yes", choices=[("yes", _("同意，已做")), ("no", _("不同意或逾期不做"))],
    )  # fmt: skip
    who = line(_("由谁决定（姓名、关系）"), 80)
    at = moment(_("尸检时间"), required=False)
    text = text(_("意见与告知书存放处"))


class MeetForm(ForDispute):
    met_at = just_now(_("完成时间"))
    proof = line(_("凭据（回执编号、文号）"), 200)


class ReasonForm(ForDispute):
    reason = line(_("理由"), 200)


class PartyForm(ForDispute):
    role = chosen(_("身份"), DisputeParty.Role)
    name = line(_("姓名"), 60)
    relation = line(_("与患者的关系或职务"), 60, required=False)
    phone = line(_("电话"), 30, required=False)
    id_number = line(_("证件号码"), 40, required=False, help_text=_("电话、证件和住址加密保存，查看留痕。"))
    address = line(_("住址"), 200, required=False)
    proof = line(_("委托书或身份材料"), required=False)


class AnswerForm(ForDispute):
    text = text(_("答复内容"), rows=4)


class ContactForm(ForDispute):
    party = chosen(_("对方"), DisputeContact.With)
    who = line(_("联系人"), 80, required=False)
    way = line(_("方式"), 40, required=False, help_text=_("电话、来访、公文。"))
    at = just_now(_("时间"))
    text = text(_("内容"))


class RouteForm(ForDispute):
    route = named(_("途径"), "routes")
    instance = line(_("审级或次数"), 24, required=False, help_text=_("例如一审、二审、第二次调解。"))
    body = line(_("机构"), 80, required=False)
    reference = line(_("对方案号"), 60, required=False)
    opened_on = today(_("开始日期"))
    accepted_on = day(_("受理或送达日期"), required=False)


class AcceptForm(ForDispute):
    accepted_on = today(_("受理或送达日期"))
    reference = line(_("对方案号"), 60, required=False)


class EndRouteForm(ForDispute):
    state = forms.ChoiceField(
        label=_("结果"), choices=[EMPTY, *(one for one in DisputeBranch.State.choices if one[0] != "open")]
    )
    ended_on = today(_("结束日期"))
    agreed_fen = Yuan(label=_("确定的金额（元）"), required=False, help_text=_("有结果时必填，不赔写 0。"))
    result = text(_("结果说明"))


class PaperForm(ForDispute):
    title = line(_("文件名称"))
    code = forms.ChoiceField(label=_("是哪一种文件"), required=False)
    dated_on = today(_("文件日期"))
    kept_at = line(_("原件存放处"), required=False)
    file = AttachField(
        label=_("扫描件"), purpose="complaints.dispute", retention="incident", multiple=False, required=False
    )

    def ready(self):
        self.fields["branch"] = self.branches()
        papers = {paper.code: paper.title for route in rules().routes for paper in route.papers}
        self.fields["code"].choices = [("", _("其他")), *papers.items()]
        self.order_fields(["title", "code", "branch", "dated_on", "kept_at", "file"])
        if self.dispute:
            self.fields["file"].for_department(self.dispute.department_id)


class HearingForm(ForDispute):
    kind = chosen(_("事项"), DisputeHearing.Kind)
    starts_at = moment(_("时间"))
    place = line(_("地点"))
    attends = line(_("医院由谁出席"), 200, help_text=_("用顿号分开；协商每方代表不超过 5 人。"))
    head_attends = tick(_("科主任参加（会通知科室）"))

    def ready(self):
        self.fields["branch"] = self.branches()


class HeldForm(ForDispute):
    outcome = text(_("情况"))
    cancelled = tick(_("没有举行，取消"))


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


class AskForm(ForDispute):
    kind = forms.ChoiceField(label=_("写什么"), choices=DisputeStatement.Kind.choices)
    ask = text(_("需要说明的问题"), help_text=_("当事人只看到这里写的，看不到案卷。"))

    def ready(self):
        self.fields["writer"] = somebody(_("由谁写"), self.staff)
        self.order_fields(["writer", "kind", "ask"])


class StatementForm(forms.Form):
    text = text(_("经过与逐项回答"), most=8000, rows=8)

    def __init__(self, *args, statement, **more):
        more.setdefault("initial", {"text": statement.text, "awareness": statement.awareness})
        super().__init__(*args, **more)
        if statement.kind == DisputeStatement.Kind.SELF_ANALYSIS:
            self.fields["awareness"] = text(_("认识与今后做法"), most=4000, rows=4)


class MeasureForm(ForDispute):
    title = line(_("存在的问题"), help_text=_("会进入科室的整改清单，不写患者和当事人姓名。"))
    detail = text(_("事实与整改要求"))
    due_on = day(_("整改期限"))


class ProofForm(ForDispute):
    held_effect = forms.TypedChoiceField(
        label=_("效果"),
        coerce=lambda value: value == "yes",
        choices=[("yes", _("有效")), ("no", _("无效，需要新的措施"))],
    )
    effect = text(_("依据"))


class LinkForm(ForDispute):
    kind = chosen(_("种类"), DisputeLink.Kind)
    number = line(_("编号或凭证号"), 60)
    amount_fen = Yuan(label=_("金额（元）"), required=False)
    text = line(_("说明"), 200, required=False)


class ReferForm(ForDispute):
    """Which committee decides what. Without a committee the form says so instead of offering nothing."""

    question = text(_("需要委员会决定什么"))
    wanted_on = day(_("希望哪天前讨论"), required=False)

    def ready(self):
        self.fields["body"] = somebody(_("委员会"), committees())
        self.order_fields(["body", "question", "wanted_on"])


class SettleForm(ForDispute):
    outcome = chosen(_("了结方式"), Dispute.Outcome)
    text = text(_("了结情况"))


class SealingForm(forms.Form):
    """What is to be sealed. The list stands in five rows of its own; empty ones are left out."""

    ROWS = 5

    kind = forms.ChoiceField(label=_("封存什么"), choices=Sealing.Kind.choices)
    patient = line(_("患者"), 60)
    stay_id = line(
        _("住院编号"), 64, required=False, help_text=_("封存病历必填；签名完成后系统锁定这份病历。")
    )
    reason = line(_("事由"), 200)
    place = line(_("封存地点"))
    seal_number = line(_("封条编号"), 60)
    kept_at = line(_("保管处"))
    copies_given = forms.IntegerField(label=_("交患方的复制件页数"), min_value=0, initial=0)
    originals = tick(_("封存的是原件（一般封存复制件）"))
    unfinished = tick(_("病历尚未完成，完成后补封"))
    tester = line(_("双方选定的检验机构"), required=False, help_text=_("封存输液、血液、药品、器械时填。"))
    told = line(_("已通知（时间、人）"), required=False, help_text=_("封存血液时通知血站派员到场。"))

    def __init__(self, *args, departments=(), officers=(), **more):
        super().__init__(*args, **more)
        self.fields["department_id"] = forms.TypedChoiceField(
            label=_("科室"), coerce=int, choices=[EMPTY, *departments]
        )
        self.fields["custodian"] = somebody(_("保管人"), officers)
        self.order_fields(
            ["kind", "department_id", "patient", "stay_id", "reason", "place", "seal_number", "custodian"]
        )

    def rows(self) -> list[dict]:
        """The list as typed, for showing it again."""
        names = ("name", "kind", "pages", "quantity", "batch", "condition")
        return [
            {name: (self.data.get(f"item_{n}_{name}") or "") for name in names} | {"n": n}
            for n in range(self.ROWS)
        ]

    def clean(self):
        told = super().clean()
        items = []
        for row in self.rows():
            if not row["name"].strip():
                continue
            pages = row["pages"].strip()
            if pages and not (pages.isascii() and pages.isdigit() and int(pages) < 100_000):
                raise ValidationError(_("清单里的页数要写数字。"))
            items.append({**row, "pages": int(pages) if pages else None})
        told["items"] = items
        return told


class SignForm(forms.Form):
    """One signature; strokes come from the pad as JSON."""

    side = forms.ChoiceField(label=_("代表"), choices=SealSignature.Side.choices)
    name = line(_("签名人姓名"), 60, required=False, help_text=_("医方用本人账号签名时可以不填。"))
    relation = line(_("身份或与患者的关系"), 60)
    strokes = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_strokes(self):
        raw = self.cleaned_data["strokes"]
        if not raw:
            return None
        try:
            return json.loads(raw)
        except ValueError:
            raise ValidationError(_("签名的笔迹不对，请重新签。")) from None


class OpenSealForm(forms.Form):
    reason = line(_("启封理由与依据"), 300)
    seal_state = line(_("启封时封条情况"), help_text=_("例如封条完好、签名完整。"))
    alone = tick(_("封存满期，医院自行启封（已通知患方）"))


class YearForm(forms.Form):
    """What a year's figures divide by."""

    person_times = forms.IntegerField(label=_("门诊与住院总人次"), min_value=1, required=False)
    income_fen = Yuan("999999999999.99", label=_("医疗收入（元）"), required=False)
    source = line(_("数据来源"), help_text=_("例如财务科年报、统计报表。"))
