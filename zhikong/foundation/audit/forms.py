from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.audit import queries
from zhikong.foundation.audit.models import AuditEvent


class FilterForm(forms.Form):
    """Which part of the trail to show."""

    since = forms.DateField(label=_("自"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    until = forms.DateField(label=_("至"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    actor = forms.CharField(label=_("操作人"), required=False)
    action = forms.ChoiceField(
        label=_("操作"), required=False, choices=[("", _("全部")), *AuditEvent.Action.choices]
    )
    subject = forms.ChoiceField(label=_("对象"), required=False)
    row_key = forms.CharField(label=_("行号"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        named = sorted(queries.subjects().items(), key=lambda pair: pair[1])
        self.fields["subject"].choices = [("", _("全部")), *named]
