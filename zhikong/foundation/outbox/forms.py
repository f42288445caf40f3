from django import forms
from django.utils.translation import gettext_lazy as _


class PassOverForm(forms.Form):
    reason = forms.CharField(
        label=_("理由"),
        max_length=200,
        help_text=_("例如：订阅的功能已停用；已由人工补办。理由会留在记录里。"),
    )
