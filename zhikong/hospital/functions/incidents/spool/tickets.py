"""One ticket a form: it makes sending twice harmless, and everything the writer is given is derived from it.

A ticket is a random secret, the second it was issued and a signature. Neither is stored: the record's id, the
number and the key come from the secret by a one-way function, so that a form that is sent again (a double tap, a
reload, an answer that was lost on the way) gives the same receipt and no second report.
"""

import base64
import hashlib
import hmac
import secrets
import struct
import uuid
from dataclasses import dataclass

VALID = 12 * 3600  # seconds in which a form may be sent
HASTE = 3  # seconds before which only a machine sends
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is mistaken for another
FORM = struct.Struct(">16sI")
SIGNATURE = 16


class Expired(ValueError):
    """The ticket is not ours, too old, or used faster than a person can."""


@dataclass(frozen=True)
class Ticket:
    """What one form may send, once."""

    secret: bytes

    @property
    def record(self) -> uuid.UUID:
        """The id under which the record is kept, here and in the database."""
        return uuid.UUID(bytes=self._derived("record")[:16], version=4)

    @property
    def number(self) -> str:
        """Twelve digits by which the writer finds the conversation again."""
        return f"{int.from_bytes(self._derived('number')) % 10**12:012d}"

    @property
    def key(self) -> str:
        """Twenty letters that open it: 98 bits."""
        return spelled(self._derived("key"), 20)

    @property
    def sum(self) -> tuple[int, int]:
        """Two numbers to add, asked while the spool is filling."""
        raw = self._derived("sum")
        return 2 + raw[0] % 8, 2 + raw[1] % 8

    def tag(self, own: bytes) -> bytes:
        """By this the spool knows a record that it already holds."""
        return hmac.digest(own, b"tag" + self.record.bytes, "sha256")[:16]

    def _derived(self, what: str) -> bytes:
        return hmac.digest(self.secret, f"zhikong speak {what}".encode(), "sha256")


def issue(own: bytes, *, now: float) -> str:
    """A new ticket as text for the form."""
    body = FORM.pack(secrets.token_bytes(16), int(now))
    return base64.urlsafe_b64encode(body + _signature(own, body)).decode("ascii")


def read(text: str, own: bytes, *, now: float) -> Ticket:
    """The ticket of a form that came back; raises Expired."""
    try:
        raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
    except ValueError:
        raise Expired("not a ticket") from None
    body, given = raw[: FORM.size], raw[FORM.size :]
    if len(body) != FORM.size or not hmac.compare_digest(given, _signature(own, body)):
        raise Expired("not ours")
    secret, issued = FORM.unpack(body)
    if not HASTE <= now - issued <= VALID:
        raise Expired("too old or too fast")
    return Ticket(secret)


def peek(text: str) -> Ticket:
    """The ticket of a form that we are about to show; for sending it must be read."""
    return Ticket(FORM.unpack(base64.urlsafe_b64decode(text)[: FORM.size])[0])


def spelled(raw: bytes, length: int) -> str:
    """Bytes as letters that can be written down and typed."""
    number, letters = int.from_bytes(raw), []
    for _ in range(length):
        number, rest = divmod(number, len(LETTERS))
        letters.append(LETTERS[rest])
    return "".join(letters)


def typed(text: str) -> str:
    """What a person typed, without spaces and hyphens, in capitals."""
    return "".join(c for c in text.upper() if c.isascii() and c.isalnum())[:64]


def grouped(text: str) -> str:
    """In groups of four, as it is shown."""
    return "-".join(text[i : i + 4] for i in range(0, len(text), 4))


def _signature(own: bytes, body: bytes) -> bytes:
    return hmac.digest(own, b"ticket" + body, hashlib.sha256)[:SIGNATURE]
