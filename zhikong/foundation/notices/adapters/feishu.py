"""Feishu (飞书): a group's custom robot with signature.

Source: 飞书开放平台《自定义机器人使用指南》, paraphrased from public mirrors: sign = Base64(HMAC-SHA256(key = timestamp +
"\\n" + secret, text empty)), timestamp in seconds and within an hour of the call; both stand in the body.
"""

import base64
import hmac
from datetime import datetime, timedelta
from urllib.parse import quote

from django.utils.translation import gettext_lazy as _

from zhikong.foundation.notices.adapters.base import Adapter, Field, Outgoing, SendFailed, clipped
from zhikong.foundation.notices.adapters.transport import call

OFFICIAL = "https://open.feishu.cn"
TOO_OFTEN = {11232, 9499}


def sign(secret: str, seconds: int) -> str:
    return base64.b64encode(hmac.digest(f"{seconds}\n{secret}".encode(), b"", "sha256")).decode()


def url(config) -> str:
    base = (config.get("gateway") or OFFICIAL).rstrip("/")
    return f"{base}/open-apis/bot/v2/hook/{quote(config['token'], safe='')}"


def payload(config, outgoing: Outgoing, now: datetime) -> dict:
    body = {"msg_type": "text", "content": {"text": clipped(outgoing.text(), 4096)}}
    if config.get("sign"):
        at = int(now.timestamp())
        body = {"timestamp": str(at), "sign": sign(config["sign"], at), **body}
    return body


def send(config, outgoing: Outgoing, now: datetime) -> None:
    answer = call(url(config), payload(config, outgoing, now), key=outgoing.key)
    code = answer.get("code") or answer.get("StatusCode") or 0
    if code:
        raise SendFailed(f"飞书返回错误 {code}。", timedelta(minutes=1) if code in TOO_OFTEN else None)


FEISHU_ROBOT = Adapter(
    "feishu_robot",
    _("飞书群机器人"),
    personal=False,
    fields=(
        Field("token", _("Webhook 末尾的一串"), "secret", help=_("地址中 /hook/ 后面的部分。")),
        Field("sign", _("签名校验密钥"), "secret", required=False),
        Field("gateway", _("网关地址"), required=False, help=_("院内经前置机转发时填写；不填就用官方地址。")),
    ),
    send=send,
)
