"""Forms of the indicator pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.hospital.functions.indicators.models import Alert, CountedSource
from zhikong.hospital.functions.indicators.months import MONTH
from zhikong.hospital.functions.indicators.rules import Miss, Target

TEXT = {"rows": 3}


def miss_of(key: str) -> Miss:
    """The miss behind a check box: “average_length_of_stay@12”, or “…@” for the whole hospital."""
    indicator_id, _sign, place = key.rpartition("@")
    return Miss(indicator_id, int(place) if place else None)


class AnalysisForm(forms.Form):
    """One analysis and measure for all ticked misses (SYS-04)."""

    misses = forms.MultipleChoiceField(
        label=_("涉及的未达标项"),
        error_messages={"required": _("请至少勾选一项未达标指标。")},
        widget=forms.CheckboxSelectMultiple,
    )
    cause = forms.CharField(
        label=_("原因分析"),
        widget=forms.Textarea(TEXT),
        max_length=2000,
        error_messages={"required": _("请写明未达标的原因。")},
    )
    measure = forms.CharField(
        label=_("改进措施"),
        widget=forms.Textarea(TEXT),
        max_length=2000,
        error_messages={"required": _("请写明改进措施：做什么、谁负责、何时完成。")},
    )

    def __init__(self, *args, items=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["misses"].choices = [(item.key, item.key) for item in items]

    def chosen(self) -> list[Miss]:
        return [miss_of(key) for key in self.cleaned_data["misses"]]


class CountedSourceForm(forms.Form):
    """Which of two counts of the same thing counts, from which month on, and why."""

    source = forms.ChoiceField(label=_("以何为准"), choices=CountedSource.Source.choices)
    valid_from = forms.RegexField(
        label=_("自何月起"),
        regex=MONTH,
        widget=forms.TextInput(attrs={"type": "month", "placeholder": "2026-11"}),
    )
    reason = forms.CharField(label=_("理由"), max_length=300)


class ReasonForm(forms.Form):
    """The reason of an act that goes around the usual way."""

    reason = forms.CharField(
        label=_("理由"),
        widget=forms.Textarea({"rows": 2}),
        max_length=1000,
        error_messages={"required": _("请写明理由，它会永久留在记录里。")},
    )


class AlertForm(forms.Form):
    """What was found out about an alert."""

    explanation = forms.CharField(
        label=_("说明"),
        widget=forms.Textarea({"rows": 2}),
        max_length=1000,
        required=False,
        help_text=_("写明原因即为“已说明”；不写则只记为“已知悉”。"),
    )
    outcome = forms.ChoiceField(
        label=_("结论"),
        required=False,
        choices=[("", _("还不清楚")), *Alert.Outcome.choices],
        help_text=_("偶然波动、数据或口径问题会关闭预警；据此统计预警的准确率。"),
    )


class TargetForm(forms.Form):
    """A target from a month on."""

    year = forms.TypedChoiceField(label=_("自何年"), coerce=int)
    mm = forms.TypedChoiceField(label=_("自何月"), coerce=int, choices=[(n, f"{n} 月") for n in range(1, 13)])
    department = forms.TypedChoiceField(label=_("适用范围"), required=False, coerce=int, empty_value=None)
    hospital_only = forms.BooleanField(
        label=_("只考核全院"),
        required=False,
        help_text=_("勾选后不用全院目标判断各科室；单独设了目标的科室仍按自己的目标判断。"),
    )
    at_least = forms.DecimalField(label=_("不低于"), required=False, max_digits=14, decimal_places=4)
    at_most = forms.DecimalField(label=_("不高于"), required=False, max_digits=14, decimal_places=4)
    source = forms.CharField(label=_("依据"), max_length=200, help_text=_("文件名称和条款，或会议决定。"))
    reason = forms.CharField(label=_("说明"), max_length=200, required=False)

    def __init__(self, *args, years=(), departments=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(year, f"{year} 年") for year in years]
        self.fields["department"].choices = [("", _("全院")), *((d.id, d.name) for d in departments)]

    def clean(self):
        said = super().clean()
        try:
            Target(said.get("at_least"), said.get("at_most"))
        except ValueError as error:
            self.add_error("at_most", str(error))
        return said
