"""E-mail by the hospital's own server. The idempotency key is the Message-ID, which servers and readers compare."""

import smtplib
from datetime import datetime

from django.core.mail import EmailMessage, get_connection
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.notices.adapters.base import Adapter, Field, Outgoing, SendFailed

PATIENCE = 15  # seconds
BACKEND = "django.core.mail.backends.smtp.EmailBackend"


def message(config, outgoing: Outgoing) -> EmailMessage:
    """The mail: category in the subject, category and link in the text."""
    domain = config["sender"].rpartition("@")[2] or "localhost"
    return EmailMessage(
        subject=outgoing.title,
        body=outgoing.text(),
        from_email=config["sender"],
        to=[outgoing.to],
        headers={"Message-ID": f"<{outgoing.key}@{domain}>", "Auto-Submitted": "auto-generated"},
    )


def send(config, outgoing: Outgoing, now: datetime) -> None:
    connection = get_connection(
        BACKEND,
        host=config["server"],
        port=int(config["port"]),
        username=config.get("account") or "",
        password=config.get("password") or "",
        use_tls=config.get("tls") == "starttls",
        use_ssl=config.get("tls") == "ssl",
        timeout=PATIENCE,
    )
    mail = message(config, outgoing)
    mail.connection = connection
    try:
        mail.send()
    except smtplib.SMTPException as error:
        raise SendFailed(
            f"邮件服务器没有接受（{type(error).__name__}），请检查账号、密码和发件地址。"
        ) from None
    except OSError as error:
        raise SendFailed(
            f"连接不上邮件服务器（{type(error).__name__}），请检查服务器、端口和加密。"
        ) from None


EMAIL = Adapter(
    "email",
    _("电子邮件"),
    personal=True,
    fields=(
        Field("server", _("服务器")),
        Field("port", _("端口"), "number", default=465),
        Field("tls", _("加密"), "tls", required=False, default="ssl"),
        Field("sender", _("发件地址")),
        Field("account", _("登录账号"), required=False),
        Field("password", _("密码或授权码"), "secret", required=False),
    ),
    send=send,
    address_label=_("邮箱"),
)
