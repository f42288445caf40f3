"""What every way out has in common."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True)
class Outgoing:
    """One message as it leaves the house: category words and a link, nothing else.

    to: the member's address for personal channels, empty for a group's robot.
    key: the idempotency key, the same at each attempt.
    """

    title: str
    lines: tuple[str, ...]
    url: str
    key: str
    to: str = ""

    def text(self) -> str:
        """Title, lines and link as plain text."""
        return "\n".join((self.title, *self.lines, *([self.url] if self.url else [])))


class SendFailed(Exception):
    """The service did not take the message. The text is for the administrator and holds no secret.

    pause: how long the service wants to be left alone, if it said so.
    """

    def __init__(self, reason: str, pause: timedelta | None = None):
        super().__init__(reason)
        self.pause = pause


@dataclass(frozen=True)
class Field:
    """One setting of a channel on the administrator's page. kind: text, number, secret, tls."""

    name: str
    label: Any
    kind: str = "text"
    required: bool = True
    default: Any = ""
    help: Any = ""


Send = Callable[[Mapping[str, Any], Outgoing, datetime], None]


@dataclass(frozen=True)
class Adapter:
    """One way out. personal: it reaches single members at an address; otherwise it is a group's robot.

    send(config, outgoing, now): config holds the settings and the opened secrets; raises SendFailed.
    """

    code: str
    title: Any
    personal: bool
    fields: tuple[Field, ...]
    send: Send
    address_label: Any = ""
    help: Any = ""


def clipped(text: str, most: int) -> str:
    """At most so many bytes of UTF-8, whole characters only: the services cut or refuse what is longer."""
    return text.encode()[:most].decode(errors="ignore")
