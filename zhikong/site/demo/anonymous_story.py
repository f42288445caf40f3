"""The demo hospital's anonymous reporters: each report has its number and key; one pair is printed in the manual."""

from __future__ import annotations

import secrets
import uuid

from zhikong.hospital.functions.incidents.models.anonymous import AnonymousThread
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.rules_reporting import Privacy
from zhikong.hospital.functions.incidents.spool import locks, tickets

NUMBER, KEY = "202611228888", "DEMX2345DEMX6789DEMX"


def tell() -> None:
    """Give every anonymous report of the story a conversation; the latest one opens with the printed pair."""
    found = Incident.objects.filter(privacy=Privacy.ANONYMOUS, anonymous_thread=None)
    for place, incident in enumerate(found.order_by("-reported_at", "pk")):
        known = place == 0 and not AnonymousThread.objects.filter(number=NUMBER).exists()
        _open(incident, *((NUMBER, KEY) if known else _drawn()))


def _drawn() -> tuple[str, str]:
    return f"{secrets.randbelow(10**12):012d}", tickets.spelled(secrets.token_bytes(20), 20)


def _open(incident: Incident, number: str, key: str) -> None:
    lock = locks.made_for(key)
    AnonymousThread.objects.create(
        institution_id=incident.institution_id,
        id=uuid.uuid4(),
        incident=incident,
        number=number,
        salt=bytes.fromhex(lock["salt"]),
        key_hash=bytes.fromhex(lock["key_hash"]),
    )
