"""What a person sets up for a feed of database views."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.hospital.functions.datasources.sql import rules
from zhikong.intake.formats.sql_connections import KINDS, missing_driver
from zhikong.intake.reasons import FileRefused


class SqlForm(forms.Form):
    """Where the views are, who reads them, and which of them."""

    secrets = ("password",)

    database = forms.ChoiceField(
        label=_("数据库种类"), choices=[(code, kind.title) for code, kind in KINDS.items()]
    )
    host = forms.CharField(
        label=_("服务器地址"), max_length=200, required=False, help_text=_("主机名或 IP。")
    )
    port = forms.IntegerField(
        label=_("端口"), min_value=1, max_value=65535, required=False, help_text=_("空着按种类的常例。")
    )
    name = forms.CharField(
        label=_("库名"),
        max_length=200,
        help_text=_("Oracle 填服务名；SQLite 填数据文件夹 sqlite 目录里的文件名。"),
    )
    user = forms.CharField(
        label=_("用户名"),
        max_length=100,
        required=False,
        help_text=_("请数据库管理员建一个只能读这些视图的账号。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    password = forms.CharField(
        label=_("密码"),
        max_length=200,
        required=False,
        strip=False,
        help_text=_("加密保存；空着表示不改。"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    encrypted = forms.BooleanField(label=_("必须加密连接（TLS）"), required=False)
    queries = forms.CharField(
        label=_("要读取的视图"),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_(
            "每行一个：来源 | 视图名或 SELECT 语句 | 游标列 | 回看。来源是映射里的名称；游标列只增不减，如更新时间，"
            "空着就每次全读；回看的单位，时间是分钟，流水号是个数。"
        ),
    )

    def __init__(self, *args, initial=None, **kwargs):
        given = dict(initial or {})
        if isinstance(given.get("queries"), list):
            given["queries"] = rules.written_lines(given["queries"])
        super().__init__(*args, initial=given, **kwargs)

    def clean_database(self) -> str:
        kind = self.cleaned_data["database"]
        if lacking := missing_driver(kind):
            raise forms.ValidationError(lacking)
        return kind

    def clean(self):
        found = super().clean()
        if found.get("database") not in (None, "sqlite") and not found.get("host"):
            self.add_error("host", _("请填写服务器地址。"))
        if found.get("queries") and found.get("database"):
            try:
                found["queries"] = rules.parsed_lines(found["queries"], found["database"])
            except FileRefused as refused:
                self.add_error("queries", str(refused))
        return found
