"""Forms of alerts: what came of one, and the settings."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.models import Alert, AlertPolicy

TIME = {"type": "time"}
HUNDRED = Decimal(100)


class OutcomeForm(forms.Form):
    """What an alert turned out to be."""

    outcome = forms.ChoiceField(label=_("结论"), choices=[("", _("请选择")), *Alert.Outcome.choices])


class AlertPolicyForm(forms.Form):
    """How alerts reach people; the levels are typed in per cent."""

    budget = forms.IntegerField(
        label=_("每科每月最多新增预警"), min_value=1, max_value=20,
        help_text=_("超出的仍记录为信号，只是不打扰人；全院的预警和不该发生的事件不受限制。"),
    )  # fmt: skip
    red = forms.DecimalField(
        label=_("红色预警中允许的偶然（%）"), min_value=1, max_value=20, max_digits=3, decimal_places=0,
        help_text=_("错误发现率：本月与最近几个月各检验一次，每次最多这个比例是偶然。"),
    )  # fmt: skip
    amber = forms.DecimalField(
        label=_("黄色预警中允许的偶然（%）"), min_value=1, max_value=50, max_digits=3, decimal_places=0
    )
    newest = forms.IntegerField(label=_("合并检验最近几个月"), min_value=2, max_value=6)
    digest_at = forms.TimeField(
        label=_("每日汇总时间"), widget=forms.TimeInput(TIME, format="%H:%M"),
        help_text=_("一天只发一次通知，列出新增的预警。"),
    )  # fmt: skip
    quiet_from = forms.TimeField(label=_("免打扰开始"), widget=forms.TimeInput(TIME, format="%H:%M"))
    quiet_to = forms.TimeField(
        label=_("免打扰结束"), widget=forms.TimeInput(TIME, format="%H:%M"),
        help_text=_("开始与结束相同表示不设免打扰。不该发生的事件随时通知。"),
    )  # fmt: skip
    never = forms.MultipleChoiceField(
        label=_("不该发生的事件"), required=False, widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text=_("这些指标发生一例即为红色预警，不作统计判断，不受数量和时间限制。"),
    )  # fmt: skip
    critical = forms.MultipleChoiceField(
        label=_("关键结局"), required=False, widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text=_("这些指标有一个点超出控制限即为红色预警。"),
    )  # fmt: skip
    reason = forms.CharField(label=_("理由"), max_length=300)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        known = [(d.id, d.title()) for d in definitions().values()]
        self.fields["never"].choices = self.fields["critical"].choices = known

    @staticmethod
    def of(policy: AlertPolicy) -> dict:
        """The settings as the form shows them."""
        names = ("budget", "newest", "digest_at", "quiet_from", "quiet_to", "never", "critical")
        levels = {name: int(getattr(policy, name) * HUNDRED) for name in ("red", "amber")}
        return {name: getattr(policy, name) for name in names} | levels

    def said(self) -> dict:
        """The settings as the action takes them."""
        said = self.cleaned_data
        return said | {name: said[name] / HUNDRED for name in ("red", "amber")}
