"""Deciding about a chart: the forms below it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.hospital.functions.indicators.models.charts import ChartDecision
from zhikong.hospital.functions.indicators.months import MONTH

MONTH_INPUT = {"type": "month", "placeholder": "2026-11"}


class DecisionForm(forms.Form):
    """One decision with its reason; which months it needs depends on its kind, the action says so."""

    kind = forms.ChoiceField(label=_("决定"), choices=ChartDecision.Kind.choices)
    first_month = forms.RegexField(
        label=_("起始月份"), regex=MONTH, required=False, widget=forms.TextInput(attrs=MONTH_INPUT),
        help_text=_("指定控制图类型时不填。"),
    )  # fmt: skip
    last_month = forms.RegexField(
        label=_("截止月份"), regex=MONTH, required=False, widget=forms.TextInput(attrs=MONTH_INPUT),
        help_text=_("固定基线和剔除时填；只涉及一个月的可不填。"),
    )  # fmt: skip
    chart = forms.ChoiceField(
        label=_("控制图类型"), required=False, choices=[("", _("不指定")), *ChartDecision.Chart.choices]
    )
    reason = forms.CharField(
        label=_("理由"), max_length=300, help_text=_("发生了什么、依据什么；永久保存，写在图旁。")
    )

    def __init__(self, *args, notes_only: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        if notes_only:
            self.fields["kind"].choices = [(ChartDecision.Kind.NOTE, ChartDecision.Kind.NOTE.label)]
            del self.fields["chart"], self.fields["last_month"]
