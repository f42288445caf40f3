"""What a person sets up for an HL7 feed."""

from __future__ import annotations

import ipaddress

from django import forms
from django.utils.translation import gettext_lazy as _


class MllpForm(forms.Form):
    """Settings of a feed that listens: port, who may connect, whether tests are welcome."""

    port = forms.IntegerField(
        label=_("端口"),
        min_value=1024,
        max_value=65535,
        initial=2575,
        help_text=_("对方系统连接的 TCP 端口，每个 HL7 来源用一个。"),
    )
    addresses = forms.CharField(
        label=_("允许的地址"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("对方服务器的 IP 或网段，一行一个，如 10.1.2.3、10.1.0.0/16；空着表示不限制。"),
    )
    tests = forms.BooleanField(
        label=_("接收测试消息"),
        required=False,
        help_text=_("MSH-11 为 T 或 D 的消息；正式使用后请关闭。"),
    )
    message_mb = forms.IntegerField(
        label=_("单条消息最多（MB）"), min_value=1, max_value=64, initial=4, required=False
    )
    listen = forms.BooleanField(label=_("打开端口"), required=False, initial=True)

    def __init__(self, *args, initial=None, **kwargs):
        given = dict(initial or {})
        if isinstance(given.get("addresses"), list):
            given["addresses"] = "\n".join(given["addresses"])
        super().__init__(*args, initial=given, **kwargs)

    def clean_addresses(self) -> list[str]:
        """Addresses and networks, as their own notation."""
        found = []
        for text in self.cleaned_data["addresses"].replace(",", " ").replace("，", " ").split():
            try:
                found.append(str(ipaddress.ip_network(text, strict=False)))
            except ValueError:
                raise forms.ValidationError(_("“%(text)s”不是 IP 地址或网段。") % {"text": text}) from None
        return found
