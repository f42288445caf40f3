from django import forms
from django.utils.translation import gettext_lazy as _

WHEN = [("", _("全部")), ("overdue", _("已逾期")), ("week", _("7 天内到期")), ("later", _("以后"))]


class TaskFilter(forms.Form):
    """The query form above the list; the address is the saved query."""

    q = forms.CharField(
        label=_("事项"), required=False, widget=forms.TextInput(attrs={"placeholder": _("事项中的字")})
    )
    when = forms.ChoiceField(label=_("期限"), required=False, choices=WHEN)


class DelegateForm(forms.Form):
    to = forms.ModelChoiceField(label=_("转给"), queryset=None, empty_label=_("请选择"))
    reason = forms.CharField(label=_("说明"), max_length=200, required=False)

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = people
