"""WeCom (企业微信): a group's robot by webhook, and messages of the hospital's own app to single members.

Source: 企业微信开发者中心《群机器人配置说明》(path 91770) and 《发送应用消息》(path 90236), paraphrased from public
mirrors; text of a robot at most 2048 bytes, a card's title 128 and description 512 bytes. The app interface drops a
second message with equal JSON within ``duplicate_check_interval`` (at most four hours): our key stands in the link,
so a repeated attempt is dropped and two different messages are not.
"""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from zhikong.foundation.notices.adapters.base import Adapter, Field, Outgoing, SendFailed, clipped
from zhikong.foundation.notices.adapters.transport import call

OFFICIAL = "https://qyapi.weixin.qq.com"
TOO_OFTEN = {45009, 45033}  # api freq out of limit; concurrent calls out of limit
DUPLICATE_SECONDS = 4 * 60 * 60

GATEWAY = Field(
    "gateway",
    _("网关地址"),
    required=False,
    help=_("院内经前置机转发时填写；不填就用官方地址。"),
)


def robot_url(config) -> str:
    return f"{_base(config)}/cgi-bin/webhook/send?{urlencode({'key': config['key']})}"


def robot_payload(outgoing: Outgoing) -> dict:
    return {"msgtype": "text", "text": {"content": clipped(outgoing.text(), 2048)}}


def app_payload(config, outgoing: Outgoing) -> dict:
    """A card with a button where there is a link, else a text."""
    common = {
        "touser": outgoing.to,
        "agentid": int(config["agent"]),
        "enable_duplicate_check": 1,
        "duplicate_check_interval": DUPLICATE_SECONDS,
    }
    if not outgoing.url:
        return {**common, "msgtype": "text", "text": {"content": clipped(outgoing.text(), 2048)}}
    card = {
        "title": clipped(outgoing.title, 128),
        "description": clipped("\n".join(outgoing.lines) or outgoing.title, 512),
        "url": outgoing.url,
        "btntxt": "打开",
    }
    return {**common, "msgtype": "textcard", "textcard": card}


def send_robot(config, outgoing: Outgoing, now: datetime) -> None:
    _check(call(robot_url(config), robot_payload(outgoing), key=outgoing.key))


def send_app(config, outgoing: Outgoing, now: datetime) -> None:
    asked = urlencode({"corpid": config["corp"], "corpsecret": config["secret"]})
    token = _check(call(f"{_base(config)}/cgi-bin/gettoken?{asked}")).get("access_token", "")
    url = f"{_base(config)}/cgi-bin/message/send?{urlencode({'access_token': token})}"
    answer = _check(call(url, app_payload(config, outgoing), key=outgoing.key))
    if answer.get("invaliduser"):
        raise SendFailed("企业微信里没有这个成员账号，请本人在“通知设置”里改正。")


def _base(config) -> str:
    return (config.get("gateway") or OFFICIAL).rstrip("/")


def _check(answer: dict) -> dict:
    code = answer.get("errcode", 0)
    if code:
        raise SendFailed(f"企业微信返回错误 {code}。", timedelta(minutes=1) if code in TOO_OFTEN else None)
    return answer


WECOM_ROBOT = Adapter(
    "wecom_robot",
    _("企业微信群机器人"),
    personal=False,
    fields=(Field("key", _("Webhook 的 key"), "secret"), GATEWAY),
    send=send_robot,
    help=_("群设置里添加群机器人后，Webhook 地址中 key= 后面的部分。"),
)
WECOM_APP = Adapter(
    "wecom_app",
    _("企业微信应用消息"),
    personal=True,
    fields=(
        Field("corp", _("企业 ID")),
        Field("agent", _("应用 AgentId"), "number"),
        Field("secret", _("应用 Secret"), "secret"),
        GATEWAY,
    ),
    send=send_app,
    address_label=_("企业微信账号"),
    help=_("管理后台“应用管理”里自建应用的三个值；发送机器的地址要在应用的可信 IP 里。"),
)
