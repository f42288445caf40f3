"""Making a token."""

from __future__ import annotations

from datetime import date, datetime, time

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class TokenForm(forms.Form):
    """What a token is for and how long it is good."""

    label = forms.CharField(label=_("用途"), max_length=80, help_text=_("如“HIS 厂商，收费明细”。"))
    until = forms.DateField(
        label=_("有效到"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("当天结束时失效；空着表示长期有效。"),
    )

    def clean_until(self) -> date | None:
        until = self.cleaned_data["until"]
        if until is not None and until < timezone.localdate():
            raise forms.ValidationError(_("到期日已经过去。"))
        return until

    def expires_at(self) -> datetime | None:
        """The end of the last day, in the hospital's time."""
        until = self.cleaned_data["until"]
        return None if until is None else timezone.make_aware(datetime.combine(until, time.max))
