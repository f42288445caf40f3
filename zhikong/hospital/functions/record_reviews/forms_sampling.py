"""What people enter: plans, contests, exhibits, training rounds, reasons."""

from __future__ import annotations

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from zhikong.hospital.functions.record_reviews.models import Exhibit, SamplePlan, TrainingSeat

MONTH = re.compile(r"^\d{4}-(0[1-9]|1[0-2])$")
DATE = {"type": "date"}


def month_field(label, **more) -> forms.RegexField:
    """A month as 2026-10."""
    return forms.RegexField(
        label=label,
        regex=MONTH,
        widget=forms.TextInput(attrs={"placeholder": "2026-10", "inputmode": "numeric", "maxlength": 7}),
        error_messages={"invalid": _("月份请写成 2026-10 这样。")},
        **more,
    )


class PlanForm(forms.ModelForm):
    """A plan of samples."""

    first_month = month_field(_("起始月份"), required=False, help_text=_("不填则抽上一个月的病历。"))
    last_month = month_field(_("截止月份"), required=False, help_text=_("不填则只抽起始月份。"))
    departments = forms.MultipleChoiceField(
        label=_("科室"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("不选为全部科室。")
    )
    disease_codes = forms.CharField(
        label=_("诊断编码"),
        required=False,
        help_text=_("只抽主要诊断以这些编码开头的病历，用空格分开，例如 I21 I50。"),
    )
    form_id = forms.ChoiceField(
        label=_("评分表或检查表"),
        required=False,
        help_text=_("在院病历用检查表；出院病历不选时用医院设定的评分表。"),
    )

    class Meta:
        model = SamplePlan
        fields = (
            "title", "frame", "method", "first_month", "last_month", "per_group", "total", "diseases", "doctors",
            "preferred", "refill", "departments", "disease_codes", "second_percent", "form_id", "due_days",
            "times_per_month",
        )  # fmt: skip
        help_texts = {
            "per_group": _("定额、随机、按医师、按病种的方法里，每个科室（医师、病种）抽几份。"),
            "total": _("按出院人数分配和按风险权重抽取时，全院共抽几份。"),
            "diseases": _("0 为不限。定额方法里指该科出院人数最多的前几位病种。"),
            "second_percent": _("抽中病历里由第二位评审人盲评的百分比，用来算一致性。0 为不做。"),
            "times_per_month": _("大于 0 时，系统在每月若干个不公开的工作日自动抽取；0 为手工抽取。"),
        }

    def __init__(self, *args, departments=(), sheets=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["departments"].choices = list(departments)
        self.fields["form_id"].choices = [("", _("医院设定的评分表")), *sheets]
        for name, most in (
            ("per_group", 50),
            ("total", 1000),
            ("second_percent", 100),
            ("times_per_month", 10),
        ):
            self.fields[name].validators.append(forms.fields.validators.MaxValueValidator(most))

    def clean_disease_codes(self):
        """Codes one by one."""
        return self.cleaned_data["disease_codes"].replace(",", " ").replace("，", " ").upper().split()


class AssignForm(forms.Form):
    """Who reviews."""

    reviewers = forms.TypedMultipleChoiceField(
        label=_("评审人"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请至少选一位评审人。")},
        help_text=_("系统按工作量平均分派，不会让任何人评本科室或自己的病历；需要双人盲评的病历分给两个人。"),
    )

    def __init__(self, *args, people=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reviewers"].choices = [(one.pk, str(one)) for one in people]


class ContestForm(forms.Form):
    """A contest of records."""

    title = forms.CharField(label=_("名称"), max_length=80)
    first_month = month_field(_("起始月份"))
    last_month = month_field(_("截止月份"))
    per_department = forms.IntegerField(label=_("每科份数"), min_value=1, max_value=20, initial=5)
    starts_on = forms.DateField(label=_("开始日期"), widget=forms.DateInput(attrs=DATE))
    ends_on = forms.DateField(label=_("结束日期"), widget=forms.DateInput(attrs=DATE))
    per_record = forms.IntegerField(label=_("每份病历的评委数"), min_value=2, max_value=9, initial=3)
    objection_days = forms.IntegerField(label=_("公示期（工作日）"), min_value=1, max_value=20, initial=5)
    form_id = forms.ChoiceField(label=_("评分表"), required=False)
    departments = forms.MultipleChoiceField(
        label=_("参评科室"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("不选为全部科室。"),
    )
    jury = forms.TypedMultipleChoiceField(
        label=_("评委"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请选评委。")},
        help_text=_("评委不评本科室的病历，看不到书写者，也看不到其他评委的评分。"),
    )

    def __init__(self, *args, people=(), departments=(), sheets=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["jury"].choices = [(one.pk, str(one)) for one in people]
        self.fields["departments"].choices = list(departments)
        self.fields["form_id"].choices = [("", _("医院设定的评分表")), *sheets]

    def clean(self):
        """The months in order."""
        told = super().clean()
        if told.get("first_month", "") > told.get("last_month", "9999-12"):
            raise ValidationError(_("截止月份早于起始月份，请改正月份范围。"))
        return told


class ExhibitForm(forms.Form):
    """What is taken from a chart to be shown."""

    kind = forms.ChoiceField(label=_("类别"), choices=Exhibit.Kind.choices)
    title = forms.CharField(label=_("标题"), max_length=80, help_text=_("不写姓名、床号和住院号。"))
    sections = forms.MultipleChoiceField(
        label=_("展示内容"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请至少选一个部分。")},
    )
    remark = forms.CharField(label=_("点评"), required=False, widget=forms.Textarea(attrs={"rows": 4}))
    show_department = forms.BooleanField(label=_("展示科室名称"), required=False)

    def __init__(self, *args, sections=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sections"].choices = list(sections)


class FindChartForm(forms.Form):
    """Which record."""

    stay_id = forms.CharField(label=_("住院编号"), max_length=64)


class ReasonForm(forms.Form):
    """A reason that stays in the record of what was done."""

    reason = forms.CharField(
        label=_("理由"), min_length=2, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class RoundForm(forms.Form):
    """A round of inspection that doctors walk along."""

    held_on = forms.DateField(label=_("日期"), widget=forms.DateInput(attrs=DATE))
    leader = forms.TypedChoiceField(label=_("带教督导员"), coerce=int)
    theme = forms.CharField(label=_("主题"), max_length=64, required=False)
    place = forms.CharField(label=_("地点或病区"), max_length=80, required=False)

    def __init__(self, *args, people=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["leader"].choices = [(one.pk, str(one)) for one in people]


WHY = dict(TrainingSeat.Why.choices)
