from django import forms
from django.utils.translation import gettext_lazy as _


class ServiceForm(forms.Form):
    enabled = forms.BooleanField(label=_("启用"), required=False)
    address = forms.CharField(
        label=_("服务地址"), max_length=200, required=False,
        help_text=_("院内大模型服务的地址，写到 /v1 为止，例如 http://10.1.2.3:8000/v1。"),
    )  # fmt: skip
    model = forms.CharField(label=_("模型名称"), max_length=80, required=False)
    key = forms.CharField(
        label=_("密钥"), max_length=300, required=False, strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}, render_value=False),
        help_text=_("不填表示不改；已填的密钥加密保存，不再显示。"),
    )  # fmt: skip
    hosts = forms.CharField(
        label=_("允许的院外主机"), max_length=300, required=False,
        help_text=_("一般留空：只允许院内地址。确需使用院外服务的，写主机名，用空格分开。"),
    )  # fmt: skip
    seconds = forms.IntegerField(label=_("等待时间（秒）"), min_value=5, max_value=120, initial=30)
