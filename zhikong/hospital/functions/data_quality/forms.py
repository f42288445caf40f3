"""What people write about an issue."""

from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.hospital.functions.data_quality.models import Issue


class JudgeForm(forms.Form):
    """What became of it, and why."""

    state = forms.ChoiceField(label=_("状态"), choices=Issue.State.choices)
    reason = forms.CharField(
        label=_("理由"),
        max_length=300,
        min_length=2,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "写明原因，例如：该科自 6 月起由专科系统记录，接口下月上线。标为“已修正”后仍查到的，会自动重新打开。"
        ),
    )


class AssignForm(forms.Form):
    """To whom, until when."""

    owner = forms.TypedChoiceField(label=_("责任人"), coerce=int)
    due_on = forms.DateField(
        label=_("期限"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("不填为 7 天后。"),
    )

    def __init__(self, *args, people=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [(person.pk, str(person)) for person in people]
