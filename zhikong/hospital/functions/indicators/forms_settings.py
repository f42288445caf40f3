"""Forms of the settings of indicators."""

from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.roles import ROLES
from zhikong.hospital.functions.indicators.catalogue import definitions


class SmallCellForm(forms.Form):
    """Below how many cases numbers are hidden, from whom, for which indicators, and why."""

    smallest = forms.IntegerField(
        label=_("小于多少例不显示"),
        min_value=0,
        max_value=50,
        help_text=_("例如 5：1 至 4 例显示为“<5”。写 0 表示不隐藏。"),
    )
    roles = forms.MultipleChoiceField(
        label=_("对哪些角色隐藏"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("一个人另有不受限制的角色时，仍能看到全部数值。"),
    )  # fmt: skip
    indicators = forms.MultipleChoiceField(
        label=_("只对这些指标"), required=False, widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text=_("不选表示所有指标。"),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("理由"), max_length=300, help_text=_("依据的制度、会议或伦理要求；永久保存。")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        seeing = [r for r in ROLES.values() if Permission.VIEW_INDICATORS in r.permissions]
        self.fields["roles"].choices = [(role.code, role.title) for role in seeing]
        self.fields["indicators"].choices = [(d.id, d.title()) for d in definitions().values()]
