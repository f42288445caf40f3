"""What a reader chooses beside a preview, and why an adoption is taken back."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

PREFIX = "choice-"


def choices_in(posted: Mapping[str, str]) -> dict[int, str]:
    """item → way, from fields choice-<item>; empty ones are no choice."""
    return {
        int(name.removeprefix(PREFIX)): str(value)[:24]
        for name, value in posted.items()
        if name.startswith(PREFIX) and value and name.removeprefix(PREFIX).isdigit()
    }


class UndoForm(forms.Form):
    reason = forms.CharField(
        label=_("撤销的理由"),
        min_length=2,
        max_length=300,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("会永久留在记录里。"),
        error_messages={"required": _("请写明撤销的理由。")},
    )
