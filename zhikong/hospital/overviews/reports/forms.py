"""The words of a brief."""

from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.hospital.overviews.reports.rules import SECTIONS

LONGEST = 6000


class SectionsForm(forms.Form):
    """One text area per section."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for key, title in SECTIONS.items():
            self.fields[key] = forms.CharField(
                label=title,
                required=False,
                max_length=LONGEST,
                widget=forms.Textarea(attrs={"rows": 6}),
                error_messages={"max_length": _("这一节最多 %(limit_value)d 字，现在有 %(show_value)d 字。")},
            )
