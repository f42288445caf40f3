"""What people enter about complaints, inside the house."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from zhikong.hospital.functions.complaints.rules_intake import AnswerWay, Branch, Channel, Verdict, Who

TOLD = (
    ("days", _("答复期限")),
    ("paths", _("协商、调解、行政处理、诉讼等途径")),
    ("rights", _("权利和义务")),
    ("copying", _("复制封存病历的办法")),
)
SCALE = [
    (n, f"{n} {word}")
    for n, word in ((5, "很满意"), (4, "满意"), (3, "一般"), (2, "不满意"), (1, "很不满意"))
]
HOUSE_CHANNELS = [(code, label) for code, label in Channel.choices if code != Channel.WEB]


def day(label, **more) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **more
    )


def words(label, rows: int = 3, **more) -> forms.CharField:
    return forms.CharField(label=label, max_length=4000, widget=forms.Textarea(attrs={"rows": rows}), **more)


def yuan(label, **more) -> forms.DecimalField:
    """An amount in yuan; ``fen`` makes whole fen of it."""
    return forms.DecimalField(label=label, min_value=Decimal("0.01"), max_digits=12, decimal_places=2, **more)


def fen(value: Decimal | None) -> int | None:
    return None if value is None else int(value * 100)


class RegisterForm(forms.Form):
    """What somebody was told, written down by who was told it."""

    channel = forms.ChoiceField(label=_("途径"), choices=HOUSE_CHANNELS)
    received_at = forms.DateTimeField(
        label=_("接到时间"), widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M"],
    )  # fmt: skip
    letter_number = forms.CharField(
        label=_("来文或工单编号"),
        max_length=60,
        required=False,
        help_text=_("信访、12345、卫健委转办时填写。"),
    )
    letter_due_on = day(_("来文限办日期"), required=False)
    content = words(_("投诉内容"), 5, help_text=_("时间、地点、人物、经过，照投诉人的话记。"))
    demand = words(_("诉求"), 2, required=False)
    occurred_on = day(_("发生日期"), required=False)
    place = forms.CharField(label=_("地点"), max_length=80, required=False)
    who = forms.ChoiceField(label=_("投诉人"), choices=Who.choices)
    name = forms.CharField(label=_("姓名"), max_length=60, required=False)
    phone = forms.CharField(label=_("联系电话"), max_length=40, required=False)
    asked = yuan(_("要求退费或赔偿（元）"), required=False)
    stay_id = forms.CharField(
        label=_("住院编号"), max_length=64, required=False, help_text=_("知道就填，用来关联患者。")
    )
    told = forms.MultipleChoiceField(
        label=_("已告知投诉人"), choices=TOLD, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, departments, categories, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department_id"] = forms.TypedChoiceField(
            label=_("被投诉科室"),
            coerce=int,
            empty_value=None,
            required=False,
            choices=[("", _("还不清楚")), *departments],
        )
        self.fields["category"] = forms.ChoiceField(
            label=_("类别"), required=False, choices=[("", _("按内容建议")), *categories]
        )
        self.order_fields([
            "channel", "received_at", "letter_number", "letter_due_on", "department_id", "category", "content", "demand",
            "occurred_on", "place", "who", "name", "phone",
        ])  # fmt: skip

    def clean(self):
        found = super().clean()
        if found.get("who") not in (None, Who.ANONYMOUS) and not (found.get("name") or found.get("phone")):
            self.add_error("name", ValidationError(_("请记下姓名或电话；不愿留的请选“匿名”。")))
        if found.get("channel") in (Channel.LINE_12345, Channel.HEALTH_COMMISSION) and not found.get(
            "letter_number"
        ):
            self.add_error("letter_number", ValidationError(_("上级转办的要填来文或工单编号。")))
        return found


class AcceptForm(forms.Form):
    """What it is about and whom it concerns."""

    serious = forms.BooleanField(label=_("重大投诉（由分管院领导定处理意见）"), required=False)
    withheld = forms.BooleanField(label=_("涉及科室负责人本人，科室回避"), required=False)

    def __init__(self, *args, departments, categories, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["category"] = forms.ChoiceField(label=_("类别"), choices=[("", "—"), *categories])
        self.fields["main"] = forms.TypedChoiceField(
            label=_("主要科室"), coerce=int, choices=[("", "—"), *departments]
        )
        self.fields["others"] = forms.TypedMultipleChoiceField(
            label=_("还涉及的科室"), coerce=int, required=False, choices=departments,
            widget=forms.SelectMultiple(attrs={"size": 4}), help_text=_("涉及多个科室的，答复期限按多科室计算。"),
        )  # fmt: skip
        self.order_fields(["category", "main", "others", "serious", "withheld"])


class FactsForm(forms.Form):
    found = words(_("核实到的事实"), 5, help_text=_("看过什么、问过谁、查明了什么。"))


class StatementForm(forms.Form):
    """Ask one person; the complainant's name does not belong here."""

    matter = words(_("要说明的事"), 2, help_text=_("不写投诉人的姓名和电话。"))
    questions = words(_("逐条问题（一行一个）"), 3)

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        by_pk = {one.pk: one for one in people}
        self.fields["writer"] = forms.TypedChoiceField(
            label=_("当事人"),
            coerce=lambda pk: by_pk[int(pk)],
            choices=[("", "—"), *((pk, str(one)) for pk, one in by_pk.items())],
        )
        self.order_fields(["writer", "matter", "questions"])


class DecideForm(forms.Form):
    """What was found, why, and where it goes."""

    verdict = forms.ChoiceField(label=_("认定"), choices=[("", "—"), *Verdict.choices])
    communication = forms.TypedChoiceField(
        label=_("是否因沟通不良引起"),
        coerce=lambda value: value == "yes",
        choices=[("", "—"), ("yes", _("是")), ("no", _("否"))],
    )
    cause = words(_("原因"), 2)
    branch = forms.ChoiceField(label=_("处理去向"), choices=[("", "—"), *Branch.choices])
    decision = words(_("处理意见"), 3)
    no_measure = forms.CharField(
        label=_("不需整改的理由"), max_length=300, required=False, help_text=_("属实而不提整改时必须写。")
    )

    def __init__(self, *args, bodies, **kwargs):
        super().__init__(*args, **kwargs)
        by_pk = {one.pk: one for one in bodies}
        self.fields["body"] = forms.TypedChoiceField(
            label=_("提交哪个委员会"), required=False, empty_value=None, coerce=lambda pk: by_pk[int(pk)],
            choices=[("", _("不提交")), *((pk, one.name) for pk, one in by_pk.items())],
        )  # fmt: skip
        self.order_fields(["verdict", "communication", "cause", "branch", "body", "decision", "no_measure"])


class AnswerForm(forms.Form):
    text = words(
        _("答复"),
        6,
        help_text=_("查明了什么、怎样处理、还可以走哪些途径。投诉人在查询页上看到的就是这段话。"),
    )
    way = forms.ChoiceField(label=_("答复方式"), choices=AnswerWay.choices)


class CallForm(forms.Form):
    reached = forms.TypedChoiceField(
        label=_("结果"),
        coerce=lambda value: value == "yes",
        choices=[("yes", _("已接通")), ("no", _("未接通"))],
    )
    satisfaction = forms.TypedChoiceField(
        label=_("对处理的满意程度"), coerce=int, empty_value=None, required=False, choices=[("", "—"), *SCALE]
    )
    words = words(_("回访记录"), 2, required=False)


class MeasureForm(forms.Form):
    """A finding of the common loop."""

    title = forms.CharField(label=_("问题"), max_length=100)
    detail = words(_("事实和要求"), 3, help_text=_("不写投诉人和患者的姓名。"))
    severity = forms.ChoiceField(label=_("程度"), choices=[("minor", _("一般")), ("major", _("严重"))])
    due_on = day(_("整改期限"), required=False, help_text=_("不填则按整改规则。"))

    def __init__(self, *args, departments, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department_id"] = forms.TypedChoiceField(
            label=_("责任科室"), coerce=int, choices=departments
        )
        self.order_fields(["department_id", "title", "detail", "severity", "due_on"])


class RefundForm(forms.Form):
    amount = yuan(_("退费金额（元）"))
    paid_on = day(_("退费日期"))
    voucher = forms.CharField(label=_("凭证号"), max_length=60)
    reason = forms.CharField(label=_("退的是什么费用"), max_length=200)


class WrittenForm(forms.Form):
    """A staff member's own statement: the course, then one answer for each question."""

    course = words(_("经过"), 6)

    def __init__(self, *args, questions, **kwargs):
        super().__init__(*args, **kwargs)
        for index, question in enumerate(questions):
            self.fields[f"answer_{index}"] = words(f"{index + 1}. {question}", 3)

    def answers(self) -> list[str]:
        return [value for name, value in self.cleaned_data.items() if name.startswith("answer_")]


class PointForm(forms.Form):
    place = forms.CharField(
        label=_("张贴位置"), max_length=80, required=False, help_text=_("例如“护士站”“出院结算窗口”。")
    )

    def __init__(self, *args, departments, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department_id"] = forms.TypedChoiceField(
            label=_("科室"),
            coerce=int,
            empty_value=None,
            required=False,
            choices=[("", _("全院")), *departments],
        )
        self.order_fields(["department_id", "place"])


class SettingForm(forms.Form):
    """What the public notice says, and the hospital's own limits."""

    address = forms.CharField(label=_("投诉管理部门地点"), max_length=120)
    telephone = forms.CharField(label=_("投诉电话"), max_length=60)
    hours = forms.CharField(label=_("接待时间"), max_length=120)
    leader_day = forms.CharField(label=_("院领导接待日"), max_length=120, required=False)
    public_address = forms.RegexField(
        label=_("患者手机能打开的网址"), regex=r"^https?://[^\s/]+(/[^\s]*)?$", max_length=200, required=False,
        help_text=_("二维码里的网址，例如 https://zk.example-hospital.cn。不填则用您现在打开系统的网址。"),
        error_messages={"invalid": _("要以 http:// 或 https:// 开头。")},
    )  # fmt: skip
    open = forms.BooleanField(label=_("开放网上投诉"), required=False)
    hourly_limit = forms.IntegerField(
        label=_("每小时最多接收"),
        min_value=1,
        max_value=2000,
        help_text=_("防止被人用程序刷屏；超过时请投诉人打电话。"),
    )
    retain_years = forms.IntegerField(label=_("保存年限"), min_value=1, max_value=100)

    def __init__(self, *args, clocks, **kwargs):
        super().__init__(*args, **kwargs)
        for clock in clocks:
            most = clock.days if clock.statutory else 60
            self.fields[f"days_{clock.id}"] = forms.IntegerField(
                label=f"{clock.title}（工作日）",
                min_value=1,
                max_value=most,
                required=False,
                help_text=clock.says,
            )

    def days(self) -> dict[str, int]:
        return {
            name[5:]: value for name, value in self.cleaned_data.items() if name.startswith("days_") and value
        }
