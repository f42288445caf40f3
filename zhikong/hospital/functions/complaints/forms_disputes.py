"""What is entered on a dispute's page. A clean form gives the keyword arguments of its action."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.files.forms import AttachField
from zhikong.hospital.functions.complaints.forms_disputes_fields import (
    EMPTY,
    ForDispute,
    Yuan,
    chosen,
    day,
    just_now,
    line,
    moment,
    named,
    somebody,
    text,
    tick,
    today,
)
from zhikong.hospital.functions.complaints.models.disputes import (
    Dispute,
    DisputeBranch,
    DisputeParty,
)
from zhikong.hospital.functions.complaints.models.disputes_parts import (
    DisputeContact,
    DisputeHearing,
    DisputeLink,
    DisputeStatement,
)
from zhikong.hospital.functions.complaints.queries.disputes.people import committees
from zhikong.hospital.functions.complaints.queries.disputes.rules import rules


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
