"""DingTalk (钉钉): a group's custom robot with signature.

Source: 钉钉开放平台《自定义机器人接入》 and 《加签》, paraphrased from public mirrors: sign = Base64(HMAC-SHA256(key =
secret, text = timestamp + "\\n" + secret)), timestamp in milliseconds and within an hour of the call.
"""

import base64
import hmac
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from zhikong.foundation.notices.adapters.base import Adapter, Field, Outgoing, SendFailed, clipped
from zhikong.foundation.notices.adapters.transport import call

OFFICIAL = "https://oapi.dingtalk.com"
TOO_OFTEN = {130101, 90030}  # send too fast; webhook over limit
PUNISHED = timedelta(minutes=10)  # how long a robot is silenced that sent too fast


def sign(secret: str, milliseconds: int) -> str:
    """The signature, before it is encoded for the address."""
    text = f"{milliseconds}\n{secret}".encode()
    return base64.b64encode(hmac.digest(secret.encode(), text, "sha256")).decode()


def url(config, now: datetime) -> str:
    query = {"access_token": config["token"]}
    if config.get("sign"):
        at = int(now.timestamp() * 1000)
        query |= {"timestamp": str(at), "sign": sign(config["sign"], at)}
    base = (config.get("gateway") or OFFICIAL).rstrip("/")
    return f"{base}/robot/send?{urlencode(query)}"


def payload(outgoing: Outgoing) -> dict:
    """Markdown; the title is what the phone's banner shows."""
    link = [f"[打开]({outgoing.url})"] if outgoing.url else []
    text = "\n\n".join([f"**{outgoing.title}**", *outgoing.lines, *link])
    return {"msgtype": "markdown", "markdown": {"title": outgoing.title, "text": clipped(text, 5000)}}


def send(config, outgoing: Outgoing, now: datetime) -> None:
    code = call(url(config, now), payload(outgoing), key=outgoing.key).get("errcode", 0)
    if code:
        raise SendFailed(f"钉钉返回错误 {code}。", PUNISHED if code in TOO_OFTEN else None)


DINGTALK_ROBOT = Adapter(
    "dingtalk_robot",
    _("钉钉群机器人"),
    personal=False,
    fields=(
        Field("token", _("Webhook 的 access_token"), "secret"),
        Field(
            "sign", _("加签密钥"), "secret", required=False, help=_("安全设置选“加签”时，以 SEC 开头的一串。")
        ),
        Field("gateway", _("网关地址"), required=False, help=_("院内经前置机转发时填写；不填就用官方地址。")),
    ),
    send=send,
)
