"""Loading an edition; filtering local codes."""

from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.terminology.models import LocalTerm

MOST_BYTES = 50 * 1024 * 1024


class EditionForm(forms.Form):
    name = forms.CharField(
        label=_("版本名称"), max_length=120, help_text=_("如“国家临床版 2.0”；结果里会写明用的是哪一版。")
    )
    effective_from = forms.DateField(label=_("启用日期"), widget=forms.DateInput(attrs={"type": "date"}))
    file = forms.FileField(
        label=_("文件"),
        help_text=_("Excel 或 CSV，第一行是表头，要有“编码”和“名称”两列；其余列不读。不超过 50 MB。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv,.tsv,.txt,text/csv"}),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("文件超过 50 MB，不像一张编码表。"))
        return file


class TermFilter(forms.Form):
    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=[("", _("全部")), *LocalTerm.State.choices]
    )
    q = forms.CharField(
        label=_("本院编码或名称"),
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("其中的字")}),
    )
