"""Forms of agendas, meetings and decisions."""

from django import forms
from django.utils.translation import gettext_lazy as _


def area(label, *, required=True, rows=3, help_text=""):
    return forms.CharField(
        label=label, required=required, help_text=help_text, widget=forms.Textarea(attrs={"rows": rows})
    )


def day(label, *, required=True, help_text=""):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


class ReferForm(forms.Form):
    """Ask a committee."""

    body = forms.ModelChoiceField(label=_("委员会"), queryset=None, empty_label=None)
    title = forms.CharField(label=_("议题"), max_length=160)
    question = area(
        _("请委员会研究的问题"), rows=4, help_text=_("写明需要委员会决定什么，事实可以引用来源。")
    )
    wanted_on = day(_("希望讨论的日期"), required=False, help_text=_("留空则列入下一次会议。"))

    def __init__(self, *args, bodies, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = bodies
        self.fields["body"].label_from_instance = lambda body: body.name


class PlanForm(forms.Form):
    on = day(_("会议日期"))
    place = forms.CharField(label=_("地点"), max_length=80, required=False)


class HoldForm(forms.Form):
    chaired_by = forms.CharField(label=_("主持人"), max_length=40)
    present = forms.IntegerField(label=_("到会人数"), min_value=1, max_value=500)
    notes = area(_("会议情况"), required=False)


class ReasonForm(forms.Form):
    reason = area(_("理由"), rows=2)


class ArrangeForm(forms.Form):
    meeting = forms.ModelChoiceField(label=_("列入会议"), queryset=None, empty_label=None)

    def __init__(self, *args, meetings, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["meeting"].queryset = meetings
        self.fields["meeting"].label_from_instance = lambda meeting: f"{meeting.on}"


class DecideForm(forms.Form):
    """A decision with its measure, who and until when."""

    decided_on = day(_("会议日期"))
    discussion = area(_("讨论情况"), required=False)
    decision = area(_("决议"))
    measures = area(_("要落实的措施"), required=False, rows=2)
    responsible = forms.ModelChoiceField(
        label=_("责任人"), queryset=None, required=False, empty_label=_("不指定")
    )
    due_on = day(_("完成期限"), required=False, help_text=_("有措施或责任人时必填。"))

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["responsible"].queryset = people
