"""Taking over what lies in the spool. Runs in the worker, each hour for everything that is due, in random order.

All of an hour's records become rows in one transaction: they share its number and its moment, and the order of rows
is the order of a shuffle. Killed before the end, nothing is in the database and everything in the spool; killed
after it, the records are known as taken and only wiped.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from zhikong.foundation.access.scope import current_scope, job_scope, scoped
from zhikong.foundation.outbox.actions import announce
from zhikong.hospital.functions.incidents.actions.anonymous import rewarding
from zhikong.hospital.functions.incidents.actions.reporting import adding, placing
from zhikong.hospital.functions.incidents.facts import IncidentReported
from zhikong.hospital.functions.incidents.models.anonymous import AnonymousTaken, AnonymousThread
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.rules_reporting import State
from zhikong.hospital.functions.incidents.rules_reporting_report import Report
from zhikong.hospital.functions.incidents.spool import keys, problems, records, sealing, slots
from zhikong.hospital.functions.incidents.spool.places import Places, places

JOB = "incidents.anonymous"
REMEMBER = timedelta(days=7)  # longer than the spool's keys live
_lots = random.SystemRandom()


@dataclass(frozen=True)
class Found:
    """A record and the slot that it lies in."""

    slot: slots.Waiting
    record: records.Record


@dataclass(frozen=True)
class Outcome:
    """What a run did."""

    taken: int = 0
    failed: int = 0
    unreadable: int = 0


def commit(*, now: datetime, urgent_only: bool = False) -> Outcome:
    """Take over what is due (urgent_only: only what goes at once, which is always due)."""
    where = places()
    found, unreadable = _opened(where, slots.waiting(where, urgent_only=urgent_only))
    due = [one for one in found if one.record.due <= now.timestamp()]
    taken = failed = 0
    for institution in sorted({one.record.institution for one in due}):
        mine = [one for one in due if one.record.institution == institution]
        done = _in_one_transaction(where, institution, mine, now)
        slots.wipe(where, [one.slot for one in done])
        taken, failed = taken + len(done), failed + len(mine) - len(done)
    return Outcome(taken, failed, unreadable)


def needed_keys() -> set[bytes]:
    """Keys without which something in the spool could not be opened."""
    return {one.content[: sealing.KEY_ID] for one in slots.waiting(places())}


def _opened(where: Places, waiting: Iterable[slots.Waiting]) -> tuple[list[Found], int]:
    found, unreadable = [], 0
    for one in waiting:
        private = keys.private_key(where, one.content[: sealing.KEY_ID])
        try:
            if private is None:
                raise sealing.Unreadable("its key is gone")
            found.append(Found(one, records.unpacked(sealing.opened(one.content, private))))
        except (sealing.Unreadable, ValueError, KeyError):
            unreadable += 1
    return found, unreadable


def _in_one_transaction(where: Places, institution: int, found: list[Found], now: datetime) -> list[Found]:
    """Gives what is in the database now; what failed stays in the spool for the next hour."""
    _lots.shuffle(found)
    hour = now.replace(minute=0, second=0, microsecond=0)
    # a conversation's words need its report: reports first, the order within each kind is the shuffle's
    found.sort(key=lambda one: one.record.kind != "report")
    done = []
    with scoped(job_scope(institution, job=JOB)):
        known = set(
            AnonymousTaken.objects.filter(pk__in=[f.record.id for f in found]).values_list("pk", flat=True)
        )
        for one in found:
            if one.record.id in known or _taken(where, one.record, hour):
                done.append(one)
    _settle(institution)
    return done


def _taken(where: Places, record: records.Record, hour: datetime) -> bool:
    try:
        with transaction.atomic():
            TAKERS[record.kind](where, record, hour)
            AnonymousTaken.objects.create(
                institution_id=current_scope().institution_id, id=record.id, on=hour.date()
            )
    except Exception as error:  # noqa: BLE001  one bad record must not hold up the others; it stays in the spool
        problems.note(where, error)
        return False
    return True


def _settle(institution: int) -> None:
    """Look at the new rows once: PostgreSQL then marks them as committed now, and not when the writer reads them."""
    with scoped(job_scope(institution, job=JOB)):
        list(AnonymousThread.objects.select_related("incident").order_by("-pk")[:500])
        list(AnonymousTaken.objects.all()[:2000])


def _take_report(where: Places, record: records.Record, hour: datetime) -> None:
    said = dict(record.fields)
    lock = said.pop("lock")
    report = Report(**{**said, "occurred_on": date.fromisoformat(said["occurred_on"])})
    made = placing.place(now=hour, report=report, reported_at=hour, once=record.id.hex)
    AnonymousThread.objects.create(
        institution_id=made.institution_id,
        id=record.id,
        incident=made,
        number=lock["number"],
        salt=bytes.fromhex(lock["salt"]),
        key_hash=bytes.fromhex(lock["key_hash"]),
    )
    for photo in record.photos:
        _keep_photo(where, made, photo, hour)


def _keep_photo(where: Places, made: Incident, photo: bytes, hour: datetime) -> None:
    """A picture that the file store refuses does not cost the report."""
    try:
        with transaction.atomic():
            adding.place_photo(
                now=hour, incident=made, upload=SimpleUploadedFile("photo.jpg", photo, "image/jpeg")
            )
    except Exception as error:  # noqa: BLE001  whatever the scanner or decoder raises
        problems.note(where, error)


def _take_told(where: Places, record: records.Record, hour: datetime) -> None:
    """More words; of a report that was returned for them, they bring it in again."""
    thread = AnonymousThread.objects.select_related("incident").get(pk=record.fields["thread"])
    one = thread.incident
    adding.place_addition(
        now=hour, incident=one, text=record.fields["text"], question=record.fields.get("question")
    )
    if one.state == State.RETURNED:
        Incident.objects.filter(pk=one.pk).update(state=State.REPORTED)
        announce(IncidentReported(incident_id=one.pk), now=hour)


def _take_claim(where: Places, record: records.Record, hour: datetime) -> None:
    rewarding.sign(thread_id=record.fields["thread"], blinded=int(record.fields["blinded"], 16))


TAKERS = {"report": _take_report, "told": _take_told, "claim": _take_claim}


def forget_old(*, today: date) -> None:
    """Records that the spool cannot hold any more need not be known."""
    AnonymousTaken.objects.filter(on__lt=today - REMEMBER).delete()
