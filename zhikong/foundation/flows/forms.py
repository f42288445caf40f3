"""What people type on the pages of flows."""

from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.files.forms import AttachField

SHOW = [
    ("open", _("未办结")),
    ("mine", _("轮到我")),
    ("overdue", _("逾期")),
    ("closed", _("已办结")),
    ("all", _("全部")),
]
PURPOSE = "flows.case"


class CaseFilter(forms.Form):
    """The query form above a register; the address is the saved query."""

    q = forms.CharField(
        label=_("事由"), required=False, widget=forms.TextInput(attrs={"placeholder": _("编号或事由")})
    )
    show = forms.ChoiceField(label=_("显示"), required=False, choices=SHOW)
    state = forms.ChoiceField(label=_("状态"), required=False)
    department = forms.TypedChoiceField(label=_("科室"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args, states=(), departments=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", _("全部状态")), *states]
        self.fields["department"].choices = [("", _("全部科室")), *departments]


def _files():
    return AttachField(label=_("附件"), purpose=PURPOSE, required=False)


class OpenForm(forms.Form):
    """What every case begins with; the flow's own opening form stands beside it."""

    title = forms.CharField(label=_("事由"), max_length=120, min_length=2)
    department = forms.TypedChoiceField(label=_("涉及科室"), required=False, coerce=int, empty_value=None)
    files = _files()

    def __init__(self, *args, departments=(), needs_department=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = [("", _("请选择")), *departments]
        self.fields["department"].required = needs_department
        if not needs_department:
            self.fields["department"].help_text = _("不针对某个科室的可以不选。")


class ActForm(forms.Form):
    """The words and papers that go with one step."""

    reason = forms.CharField(label=_("说明"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    files = _files()
    revision = forms.IntegerField(widget=forms.HiddenInput)
    branch = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, step, department_id=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = step.needs_reason
        self.fields["files"].for_department(department_id)


class DelegateForm(forms.Form):
    to = forms.TypedChoiceField(label=_("转给"), coerce=int)
    reason = forms.CharField(label=_("理由"), widget=forms.Textarea(attrs={"rows": 2}))
    branch = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, people=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [("", _("请选择")), *people]


class CommentForm(forms.Form):
    text = forms.CharField(label=_("补充说明"), widget=forms.Textarea(attrs={"rows": 2}))
    files = _files()

    def __init__(self, *args, department_id=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["files"].for_department(department_id)


class MigrateForm(forms.Form):
    """For each state without a counterpart: which state of the new version stands for it."""

    reason = forms.CharField(label=_("理由"), widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args, missing=(), states=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.missing = [state for state, _title, _count in missing]
        for state, title, count in missing:
            self.fields[f"map_{state}"] = forms.ChoiceField(
                label=title,
                choices=[("", _("请选择对应的状态")), *states],
                help_text=_("%(n)d 件在这个状态") % {"n": count},
            )

    def mapping(self) -> dict[str, str]:
        return {state: self.cleaned_data[f"map_{state}"] for state in self.missing}
