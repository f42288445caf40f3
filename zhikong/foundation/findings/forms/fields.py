"""Fields that the forms of findings share."""

from django import forms

FILE_PURPOSE, FILE_RETENTION = "findings.evidence", "quality_control"


def text_area(label, *, required=True, help_text="", rows=3):
    return forms.CharField(
        label=label, required=required, help_text=help_text, widget=forms.Textarea(attrs={"rows": rows})
    )


def hinted(hint):
    return forms.TextInput(attrs={"placeholder": hint})


def date_field(label, *, required=True, help_text=""):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)
