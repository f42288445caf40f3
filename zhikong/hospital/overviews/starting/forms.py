"""Lists of targets, and several files at once."""

from django import forms
from django.utils.translation import gettext_lazy as _

MOST_BYTES = 500 * 1024 * 1024
MOST_FILES = 40


class TargetsForm(forms.Form):
    """A list of targets, and the month from which they hold."""

    file = forms.FileField(
        label=_("目标值清单"),
        help_text=_("Excel（.xlsx、.xls）或 CSV，要有“指标名称”和“目标值”两列；先预览，确认后才写入。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv,.txt"}),
    )
    since = forms.ChoiceField(label=_("自何月起生效"))

    def __init__(self, *args, months, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["since"].choices = months


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files; each is checked by itself."""

    widget = ManyFilesInput(attrs={"accept": ".xlsx,.xls,.csv,.tsv,.txt"})

    def clean(self, data, initial=None):
        given = data if isinstance(data, list | tuple) else [data] if data else []
        files = [super(ManyFilesField, self).clean(one, initial) for one in given]
        if not files:
            raise forms.ValidationError(_("请选择文件。"))
        if len(files) > MOST_FILES:
            raise forms.ValidationError(_("一次最多 %(n)d 个文件，请分几次上传。") % {"n": MOST_FILES})
        if sum(one.size for one in files) > MOST_BYTES:
            raise forms.ValidationError(
                _("文件一共超过 500 MB。请分几次上传，或在服务器上用 zhikong import history 导入。")
            )
        return files


class HistoryForm(forms.Form):
    """Front pages of several months, with the files that came with them."""

    files = ManyFilesField(
        label=_("首页文件"),
        allow_empty_file=True,
        help_text=_(
            "可以一次选多个：HQMS 811 列、旧 P 码、N041 等首页按表头自动认出；附页、手术附页、床位日报、填报数和首页一起选。"
        ),
    )
