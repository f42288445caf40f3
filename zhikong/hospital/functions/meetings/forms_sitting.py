"""Forms of a meeting as it is held."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.models import User
from zhikong.foundation.organisation import queries as organisation
from zhikong.foundation.organisation.models import Person
from zhikong.hospital.functions.meetings.forms import area, day
from zhikong.hospital.functions.meetings.models import Attendee, Meeting, Sitting, Topic


class InviteForm(forms.Form):
    kind = forms.ChoiceField(label=_("会议类型"), choices=Sitting.Kind.choices)
    begins_at = forms.TimeField(
        label=_("开始时间"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(
        label=_("回复"), choices=[one for one in Attendee.Answer.choices if one[0] != "none"]
    )
    reason = forms.CharField(label=_("理由"), max_length=200, required=False)
    substitute = forms.ModelChoiceField(
        label=_("委派代表"), queryset=Person.objects.none(), required=False, empty_label="—"
    )

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["substitute"].queryset = people


class GuestForm(forms.Form):
    person = forms.ModelChoiceField(label=_("列席人员"), queryset=Person.objects.none(), empty_label="—")

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people


class ProposeForm(forms.Form):
    title = forms.CharField(label=_("议题"), max_length=200)
    text = area(_("说明"), required=False, rows=2)


class ResolveForm(forms.Form):
    topic = forms.ModelChoiceField(
        label=_("议题"), queryset=Topic.objects.none(), required=False, empty_label=_("其他")
    )
    text = area(_("决议"), rows=2)
    owner = forms.ModelChoiceField(
        label=_("责任人"), queryset=User.objects.none(), required=False, empty_label=_("不指定")
    )
    due_on = day(_("期限"), required=False)

    def __init__(self, *args, topics, owners, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["topic"].queryset, self.fields["owner"].queryset = topics, owners


class MinutesForm(forms.Form):
    text = area(_("纪要"), rows=14)


class CirculateForm(forms.Form):
    until = day(_("意见截止"))


class SayForm(forms.Form):
    text = area(_("意见"), rows=2)


class PublishForm(forms.Form):
    departments = forms.MultipleChoiceField(label=_("发给哪些科室"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args, choices, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["departments"].choices = choices


class ProofForm(forms.Form):
    proof = area(_("落实情况"), rows=3)


class JudgeForm(forms.Form):
    verdict = forms.CharField(label=_("委员会意见"), max_length=300)
    due_on = day(_("新的期限"), required=False, help_text=_("退回时填写。"))


def clean(form) -> dict[str, Any]:
    """What a form says. Raises ValidationError with the name of each field that is wrong."""
    if not form.is_valid():
        raise ValidationError(
            [f"{form[name].label}：{'；'.join(told)}" for name, told in form.errors.items()]
        )
    return form.cleaned_data


def resolve_form(meeting: Meeting, data=None) -> ResolveForm:
    """The form of a resolution with the meeting's topics and everybody who may own it."""
    owners = User.objects.filter(is_active=True).order_by("person__name")
    return ResolveForm(data, topics=meeting.topics.all(), owners=owners, prefix="resolve")


def departments() -> list[tuple[str, str]]:
    """Today's departments to choose from."""
    return [(str(one.id), one.name) for one in organisation.departments(on=timezone.localdate())]
