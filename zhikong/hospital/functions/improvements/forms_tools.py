"""Forms of the tools: what is saved with a picture, and lines that people write, paste or upload."""

from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.hospital.functions.improvements.queries.tools import projects_for
from zhikong.hospital.functions.improvements.tools.library import Tool


class WordsForm(forms.Form):
    """Title, notes, and the project that a picture belongs to."""

    title = forms.CharField(
        label=_("标题"), max_length=120, required=False, help_text=_("不写就用图里的结论作标题。")
    )
    note = forms.CharField(
        label=_("说明"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    project = forms.ModelChoiceField(
        label=_("存入项目"), queryset=None, required=False, empty_label=_("不存入项目"),
        help_text=_("存入后，项目的成员都能看到这张图里的数字。"),
    )  # fmt: skip
    step = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = projects_for(user)


class EnteredForm(WordsForm):
    """Lines of a tool, typed or pasted, or an Excel file in their place; and the words and numbers that it needs."""

    text = forms.CharField(
        label=_("数据"), required=False, max_length=200_000, strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "class": "mono", "spellcheck": "false"}),
    )  # fmt: skip
    file = forms.FileField(
        label=_("或上传 Excel"), required=False, help_text=_("读第一张工作表（.xlsx 或 .csv），代替上面的内容。")
    )  # fmt: skip
    origin = forms.CharField(
        label=_("数据的来历"), required=False, max_length=120, help_text=_("如“9 月人工观察 200 次”，写在脚注里。")
    )  # fmt: skip

    field_order = ("text", "file")

    def __init__(self, *args, tool: Tool, **kwargs):
        super().__init__(*args, **kwargs)
        self.tool = tool
        self.fields["text"].help_text = tool.lines
        for field in tool.fields:
            self.fields[field.name] = forms.CharField(label=field.title, required=False, max_length=120, help_text=field.help)  # fmt: skip
        last = ["origin", "title", "note", "project", "step"]
        self.order_fields(["text", "file", *(field.name for field in tool.fields), *last])

    @property
    def options(self) -> dict[str, str]:
        """The words and numbers beside the lines, as typed; empty ones are left out."""
        names = ["origin", *(field.name for field in self.tool.fields)]
        return {name: said for name in names if (said := self.cleaned_data.get(name, "").strip())}
