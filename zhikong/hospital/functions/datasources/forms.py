"""Choosing a file and a mapping; filtering the quarantine."""

from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.hospital.functions.datasources.mappings import mappings

MOST_BYTES = 500 * 1024 * 1024
"""Larger files go in by `zhikong load` on the server, which needs no upload."""


def uploadable() -> list[tuple[str, str]]:
    """Mappings whose delivery is one file: text with columns, or FHIR resources (several files as one ZIP)."""
    found = (file.mapping for file in mappings().values())
    return [(m.id, m.name) for m in found if m.sources[m.main].format in ("csv", "fhir")]


class UploadForm(forms.Form):
    mapping = forms.ChoiceField(label=_("文件的格式"), required=False)
    file = forms.FileField(
        label=_("文件"),
        allow_empty_file=True,  # an empty file gets its own sentence when it is read
        help_text=_(
            "Excel（.xlsx、.xls，取第一个带表头的工作表）、CSV 或制表符分隔的文本（UTF-8 或 GBK），不超过 500 MB；"
            "更大的文件请在服务器上用 zhikong load 导入。"
        ),
        widget=forms.ClearableFileInput(
            attrs={"accept": ".xlsx,.xls,.csv,.tsv,.txt,text/csv,.ndjson,.json,.gz,.zip"}
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["mapping"].choices = [("", _("按表头自动识别")), *uploadable()]

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("文件超过 500 MB。请按月拆分，或在服务器上用 zhikong load 导入。"))
        return file


class QuarantineFilter(forms.Form):
    reason = forms.ChoiceField(label=_("原因"), required=False)
    q = forms.CharField(
        label=_("列名或说明"), required=False, widget=forms.TextInput(attrs={"placeholder": _("其中的字")})
    )

    def __init__(self, *args, reasons, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [("", _("全部")), *reasons]
