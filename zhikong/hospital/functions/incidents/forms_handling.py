"""What people enter while a case is handled."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhikong.hospital.functions.incidents.models.handling import Handling, Hop
from zhikong.hospital.functions.incidents.models.handling_work import Answer, IncidentMeasure
from zhikong.hospital.functions.incidents.queries.handling import packs

MOMENT = "%Y-%m-%dT%H:%M"
LONG = 4000


def words(label, rows: int = 3, **more) -> forms.CharField:
    """A text of some lines."""
    return forms.CharField(label=label, max_length=LONG, widget=forms.Textarea(attrs={"rows": rows}), **more)


def moment(label, **more) -> forms.DateTimeField:
    """A minute of the hospital's wall time with the browser's own picker."""
    widget = forms.DateTimeInput(format=MOMENT, attrs={"type": "datetime-local"})
    return forms.DateTimeField(label=label, input_formats=[MOMENT, "%Y-%m-%d %H:%M"], widget=widget, **more)


class LevelForm(forms.Form):
    """The level, with the degree of harm."""

    reason = forms.CharField(label=_("依据"), max_length=300, required=False)
    field_order = ["level", "harm", "reason"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        found = packs.levels()
        self.fields["level"] = forms.ChoiceField(
            label=_("级别"), choices=[("", "—"), *((one.code, one.title) for one in found.levels)]
        )
        self.fields["harm"] = forms.ChoiceField(
            label=_("伤害程度"), required=False,
            choices=[("", _("还不清楚")), *((one.code, one.title) for one in found.harms)],
        )  # fmt: skip
        self.order_fields(self.field_order)


class DisputeForm(forms.Form):
    """Whether it is a 医疗事故争议, of which class, and since when the hospital knows."""

    dispute = forms.ChoiceField(
        label=_("医疗事故争议"), required=False, choices=[("", _("不是")), *Handling.Dispute.choices]
    )
    known_at = moment(_("医院知道的时间"), help_text=_("法定上报从这一刻起算。"))


class SacForm(forms.Form):
    """How bad × how often."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        found = packs.matrix()
        for name, label, rows in (
            ("severity", _("后果"), found.severities),
            ("frequency", _("这类事多久发生一次"), found.frequencies),
        ):
            self.fields[name] = forms.ChoiceField(
                label=label, choices=[("", "—"), *((one.code, one.title) for one in rows)]
            )


class HopForm(forms.Form):
    """When and how somebody on the way up was told."""

    how = forms.ChoiceField(label=_("方式"), choices=Hop.How.choices)
    at = moment(_("知悉时间"), required=False, help_text=_("当时就登记的不用填。"))


class SubmitForm(forms.Form):
    """Proof of a statutory report."""

    submitted_at = moment(_("上报时间"))
    number = forms.CharField(label=_("回执编号"), max_length=80, help_text=_("电话上报写接听人和号码。"))
    way = forms.CharField(label=_("上报方式"), max_length=80, initial=_("直报系统"))
    file = forms.FileField(label=_("凭证（截图或扫描件）"), required=False)
    field_order = ["clock_id", "submitted_at", "number", "way", "file"]

    def __init__(self, *args, runs=(), **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(one.clock.id, one.clock.title) for one in runs]
        self.fields["clock_id"] = forms.ChoiceField(label=_("上报事项"), choices=choices)
        self.order_fields(self.field_order)


class AnswerForm(forms.Form):
    """What the reporter will read."""

    kind = forms.ChoiceField(
        label=_("这是"), choices=[(Answer.Kind.ANSWER, _("答复")), (Answer.Kind.QUESTION, _("询问"))]
    )
    text = words(_("写给报告人"), help_text=_("报告人在“我的上报”或用查询号读到。"))


class AnalysisForm(forms.Form):
    """The department's answer."""

    course = words(_("经过"))
    causes = words(_("原因"), help_text=_("流程、环境、设备、沟通、人力中，哪里让它发生？不写是谁的错。"))
    factors = forms.MultipleChoiceField(
        label=_("相关因素"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[
            ("patient", _("患者")), ("staff", _("人员状态")), ("task", _("任务与流程")),
            ("communication", _("沟通交接")), ("equipment", _("设备物品")), ("environment", _("环境")),
            ("organisation", _("组织与人力")), ("training", _("培训")), ("team", _("团队配合")),
        ],
    )  # fmt: skip
    measures = words(_("已采取和准备采取的措施"))


POSTS = (
    ("department_head", _("科主任")), ("head_nurse", _("护士长")), ("qc_officer", _("科室质控员")),
    ("quality_office", _("质控科")), ("medical_affairs", _("医务科")), ("nursing", _("护理部")),
    ("infection_control", _("院感科")), ("pharmacy", _("药学部")), ("equipment", _("医学装备科")),
)  # fmt: skip


class MeasureForm(forms.Form):
    """A measure of the common loop; its words stay with the case."""

    text = forms.CharField(label=_("做什么改变"), max_length=300)
    strength = forms.ChoiceField(
        label=_("力度"),
        choices=IncidentMeasure.Strength.choices,
        initial=IncidentMeasure.Strength.INTERMEDIATE,
    )
    owner_post = forms.ChoiceField(label=_("责任岗位"), choices=POSTS)
    due_on = forms.DateField(
        label=_("完成日期"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    field_order = ["text", "strength", "department_id", "owner_post", "due_on"]

    def __init__(self, *args, departments=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department_id"] = forms.TypedChoiceField(
            label=_("落实科室"), coerce=int, choices=departments
        )
        self.order_fields(self.field_order)


class PersonForm(forms.Form):
    """A person who is to look into the case."""

    def __init__(self, *args, people=(), **kwargs):
        super().__init__(*args, **kwargs)
        by_pk = {one.pk: one for one in people}
        self.fields["user"] = forms.TypedChoiceField(
            label=_("调查人"), coerce=lambda pk: by_pk[int(pk)],
            choices=[("", "—"), *((pk, str(one)) for pk, one in by_pk.items())],
        )  # fmt: skip


def first_error(form: forms.Form) -> ValidationError:
    """The first thing that is wrong, with the field's name."""
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    return ValidationError(f"{label}：{errors[0]}" if label else str(errors[0]))


def now_field() -> str:
    """This minute as the picker wants it."""
    return timezone.localtime().strftime(MOMENT)
