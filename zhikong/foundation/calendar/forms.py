from django import forms
from django.utils.translation import gettext_lazy as _

WORKING = (("False", _("休息日")), ("True", _("工作日")))


class DayForm(forms.Form):
    day = forms.DateField(label=_("日期"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    working = forms.TypedChoiceField(label=_("设为"), choices=WORKING, coerce=lambda text: text == "True")
    note = forms.CharField(label=_("说明"), max_length=80, help_text=_("例如：院庆放假、台风停诊。"))
