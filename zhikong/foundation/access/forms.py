from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.roles import ROLES


class AccountForm(forms.Form):
    """A new account. The department list and the people come from the view."""

    username = forms.RegexField(
        r"^[a-zA-Z0-9_.-]{3,40}$",
        label=_("用户名"),
        help_text=_("3–40 个字母、数字或 . _ -，例如工号。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    name = forms.CharField(label=_("姓名"), max_length=40)
    password = forms.CharField(
        label=_("初始密码"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("至少 10 个字符，不能全是数字，不能是常见密码。"),
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(
        label=_("角色"), choices=[(r.code, f"{r.title}：{r.duty}") for r in ROLES.values()]
    )
    department = forms.ChoiceField(label=_("科室"), required=False)
    on = forms.DateField(
        label=_("生效日期"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def __init__(self, *args, departments, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = [("", _("全院")), *((d.id, d.name) for d in departments)]

    def clean_department(self):
        return int(self.cleaned_data["department"]) if self.cleaned_data["department"] else None
