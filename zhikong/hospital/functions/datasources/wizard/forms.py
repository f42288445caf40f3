"""Taking the file; naming the mapping. The tables of columns and codes are read straight from the request."""

from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.hospital.functions.datasources.forms import MOST_BYTES


class StartForm(forms.Form):
    file = forms.FileField(
        label=_("文件"),
        help_text=_(
            "Excel（.xlsx、.xls）、CSV 或制表符分隔的文本。只用来认列名和试读，核对之后才导入；7 天不处理会自动删除。"
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv,.tsv,.txt,text/csv"}),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("文件超过 500 MB。请先用一个月的数据做好映射。"))
        return file


class SaveForm(forms.Form):
    name = forms.CharField(
        label=_("映射的名称"),
        max_length=80,
        help_text=_("给这种文件起个名字，如“住院收费系统出院明细”。以后同样格式的文件直接选它。"),
    )
