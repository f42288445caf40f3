"""Opening a conversation with number and key, and what stands in it. Reading writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from zhikong.foundation.access.scope import job_scope, scoped
from zhikong.foundation.organisation.queries import institution_ids
from zhikong.hospital.functions.incidents.models.anonymous import AnonymousThread
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.queries import reporting
from zhikong.hospital.functions.incidents.spool import claims, locks
from zhikong.hospital.functions.incidents.spool.places import places

JOB = "incidents.anonymous"
OFFICE, REPORTER = "office", "reporter"


@dataclass(frozen=True)
class Said:
    """One message of a conversation. question: its key when it asks for an answer."""

    side: str
    at: datetime
    text: str
    question: int | None = None


@dataclass(frozen=True)
class Conversation:
    """What the key holder sees. reward: "" none, "offered", "ready"; code: once it is ready."""

    thread: str
    institution: int
    incident: str
    state: str
    reported_at: datetime
    messages: list[Said]
    reward_fen: int = 0
    signature: int | None = None

    @property
    def questions(self) -> list[Said]:
        """Questions of the office that have no answer yet."""
        answered = {m.question for m in self.messages if m.side == REPORTER}
        return [m for m in self.messages if m.side == OFFICE and m.question and m.question not in answered]

    def public_key(self) -> claims.Public:
        """Of the reward's amount."""
        return claims.signer(places(), self.reward_fen).public


def opened(*, number: str, key: str) -> Conversation | None:
    """The conversation, or None when number and key do not belong together. Takes as long for a wrong number."""
    for institution in institution_ids().values():
        with scoped(job_scope(institution, job=JOB)):
            for thread in AnonymousThread.objects.select_related("incident").filter(number=number):
                if locks.fits(key, thread.salt, thread.key_hash):
                    return _conversation(thread)
    locks.hashed(key, b"no such number..")
    return None


def thread_of(incident: Incident) -> AnonymousThread | None:
    """The conversation's row, for those who see the incident."""
    return AnonymousThread.objects.filter(incident_id=incident.pk).first()


def messages(incident: Incident) -> list[Said]:
    """Both sides in the order of time."""
    from zhikong.hospital.functions.incidents.queries.handling import answers

    told = [Said(REPORTER, a.added_at, a.text, a.question) for a in reporting.additions(incident)]
    said = [Said(OFFICE, a.said_at, a.text, a.question) for a in answers.messages(incident)]
    return sorted([*told, *said], key=lambda m: (m.at, m.side != OFFICE))


def _conversation(thread: AnonymousThread) -> Conversation:
    one = thread.incident
    return Conversation(
        thread=str(thread.pk),
        institution=one.institution_id,
        incident=one.code,
        state=one.get_state_display(),
        reported_at=one.reported_at,
        messages=messages(one),
        reward_fen=thread.reward_fen,
        signature=None if thread.signature is None else int.from_bytes(bytes(thread.signature)),
    )
