"""The forms of the pages around a sheet: which sheets to show, about what a new one is, why one is returned."""

from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.forms.actions.rows import How
from zhikong.foundation.forms.rules import STATE_NAMES

EVERY_STATE = [("", _("全部（不含作废）")), *((state.value, name) for state, name in STATE_NAMES.items())]


class FilterForm(forms.Form):
    """The register's query; its address is the saved query."""

    q = forms.CharField(label=_("查找"), required=False, max_length=60)
    department = forms.TypedChoiceField(label=_("科室"), required=False, coerce=int, empty_value=None)
    period = forms.RegexField(
        label=_("月份"),
        required=False,
        regex=r"^\d{4}-\d{2}$",
        widget=forms.TextInput(attrs={"type": "month"}),
    )
    state = forms.ChoiceField(label=_("状态"), required=False, choices=EVERY_STATE)

    def __init__(self, *args, departments=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = [("", _("全部科室")), *departments]


class NewSheetForm(forms.Form):
    """About which department and whom a new sheet is."""

    department = forms.TypedChoiceField(label=_("科室"), coerce=int, empty_value=None)
    subject = forms.ChoiceField(label=_("关于"))
    period = forms.CharField(label=_("期间"), required=False, max_length=10, widget=forms.HiddenInput)
    source_kind = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)
    source_key = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)

    def __init__(
        self, *args, departments=(), needs_department=True, subjects=None, subject_label="", **kwargs
    ):
        super().__init__(*args, **kwargs)
        if needs_department:
            self.fields["department"].choices = [("", _("请选择")), *departments]
        else:
            self.fields["department"].choices = [("", _("全院")), *departments]
            self.fields["department"].required = False
        if subjects is None:
            del self.fields["subject"]
        else:
            self.fields["subject"].choices = [("", _("请选择")), *subjects]
            self.fields["subject"].label = subject_label


class ReasonForm(forms.Form):
    """Why a sheet is returned or withdrawn."""

    reason = forms.CharField(
        label=_("原因"), max_length=500, min_length=2, widget=forms.Textarea(attrs={"rows": 3})
    )


class AcceptForm(forms.Form):
    text = forms.CharField(
        label=_("意见"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class ImportForm(forms.Form):
    """A workbook of rows, and the department of rows that do not name one."""

    department = forms.TypedChoiceField(
        label=_("科室"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("表里有“科室”一列时，以表里写的为准。"),
    )
    file = forms.FileField(label=_("文件"), widget=forms.FileInput(attrs={"accept": ".xlsx"}), max_length=200)
    how = forms.ChoiceField(
        label=_("怎样导入"),
        required=False,
        choices=[
            (How.CHECK, _("先检查，不登记")),
            (How.ALL, _("全部正确才登记")),
            (How.SOUND, _("登记正确的行，有错的行附原因退回")),
        ],
        widget=forms.RadioSelect,
        initial=How.CHECK,
    )

    def __init__(self, *args, departments=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = [("", _("全院")), *departments]

    def clean_how(self) -> How:
        return How(self.cleaned_data["how"] or How.ALL)
