"""Beginning a definition of the hospital's own from a copy."""

from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.packstore import queries as packstore
from zhikong.foundation.packstore import rules
from zhikong.hospital.functions.indicators.catalogue import INDICATOR


class CopyForm(forms.Form):
    """The new definition's id and name."""

    new_id = forms.RegexField(
        rules.ID, label=_("新指标的编号"), max_length=64,
        help_text=_("用字母、数字和下划线，例如 own_length_of_stay；以后不能改。"),
    )  # fmt: skip
    name = forms.CharField(label=_("新指标的名称"), max_length=100)

    def clean_new_id(self) -> str:
        new_id = self.cleaned_data["new_id"]
        if packstore.is_known(INDICATOR, new_id):
            raise forms.ValidationError(_("这个编号已经有了，请换一个。"))
        return new_id
