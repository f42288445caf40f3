"""Open stays as feeds tell of them, and the running check over them, for the tests of that half."""

from datetime import datetime
from zoneinfo import ZoneInfo

from tests.live_feed import admission, at, send

ZONE = ZoneInfo("Asia/Shanghai")


def moment(day, hour=8, minute=0):
    """A moment of November 2026 in the hospital."""
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


def admit(number, when=None, *, doctor="D1", department="CARD", **columns):
    """A patient comes; `doctor` is responsible for the record."""
    when = when or at(20, 1)
    said = {"attending_doctor": doctor, "resident_doctor": doctor, "age_years": 60, "sex": "1"}
    return admission(number, when, department=department, **(said | columns))


def document(number, name, kind, when, *, author="D1", level="resident", signed=True, **columns):
    """A document of a stay, written and (unless told otherwise) signed at a moment."""
    from zhikong.intake.live import VERSION

    said = {
        "stay_id": f"s{number}",
        "document_id": name,
        "type": kind,
        "author": author,
        "author_level": level,
    }
    times = {"written_at": when, "created_at": when} | ({"signed_at": when} if signed else {})
    return {**said, **times, **columns, VERSION: columns.pop(VERSION, when)}


def others():
    """Documents of another patient: feeds tell of documents, so that a missing one means something."""
    return [document(99, "z1", "39", at(19)), document(99, "z2", "38", at(19))]


def section(number, name, part, text, when, seq=1):
    """A part of a document."""
    from zhikong.intake.live import VERSION

    said = {"stay_id": f"s{number}", "document_id": name, "seq": seq, "section": part, "text": text}
    return said | {VERSION: when}


def tell(now, **tables):
    """Feeds tell something at a moment; then the worker looks at what was told of."""
    done = send(received_at=now, now=now, **tables)
    return done, look(now)


def look(now):
    """What the worker does every minute."""
    from zhikong.hospital.functions.records.actions.running import refreshing
    from zhikong.hospital.functions.records.queries.running.judged import forget_undelivered
    from zhikong.hospital.functions.records.queries.running.rule_prints import fingerprint

    forget_undelivered()
    return refreshing.refresh_due(by=None, now=now, fingerprint=fingerprint(now=now))


def obligation(rule, number=1):
    from zhikong.hospital.functions.records.models import Obligation

    return Obligation.objects.get(stay_id=f"s{number}", rule=rule)
