"""The only door from incidents to the tables of the foundation (house.md, decision 2; issue 8, non-punitive firewall).

What goes through it is a constant of ``Words``, an opaque key, a department, a post, a person who has to act, a day.
Who acts (``by``) is taken and written nowhere: not as a task's giver, a notice's sender or a file's uploader, and not
as the actor of the audit trail: these writes happen in a scope of nobody, without the number of the request. ``now``
is coarsened to its hour, so that no row of the foundation stands in the same second as somebody's request.

Import rule ``incidents-door``: no other module of incidents may use the foundation's tasks, notices, findings, files.
"""

import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import PurePath

from zhikong.foundation.access.scope import current_scope, job_scope, scoped
from zhikong.foundation.files import actions as files
from zhikong.foundation.files.models import File
from zhikong.foundation.files.storage import blobs
from zhikong.foundation.findings import sealed
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.notices.models import Notice
from zhikong.foundation.opaque import DUE_REASON, KEY, KIND, URL, Words
from zhikong.foundation.opaque import FILE_PURPOSE as PURPOSE
from zhikong.foundation.tasks import actions as tasks
from zhikong.foundation.tasks.models import Task

__all__ = [
    "KIND",
    "PURPOSE",
    "Words",
    "attach_file",
    "cancel_tasks",
    "close_finding",
    "complete_tasks",
    "file_content",
    "finding",
    "finding_state",
    "move_finding",
    "new_key",
    "nobody",
    "notice",
    "register_findings",
    "task",
]


@contextmanager
def nobody() -> Iterator[None]:
    """A scope of the whole institution in which nobody acts: no user, no request in audit rows or row policies."""
    with scoped(job_scope(current_scope().institution_id, job="incidents")):
        yield


def new_key() -> str:
    """An opaque random key; incidents keep it beside what they point at, the foundation knows nothing else."""
    return secrets.token_hex(12)


def task(
    *, by, now: datetime, owner, due_on: date, url: str, key: str,
    department_id: int | None = None, words: Words = Words.HANDLE,
) -> Task:  # fmt: skip
    """Give a person a task in constant words. key: opaque; ``complete_tasks(key=…)`` finishes all of the key.

    url: of the incident's own page by its opaque id. department_id: only where the owner's scope needs it.
    """
    with nobody():
        return tasks.assign(
            by=None, now=_hour(now), owner=owner, title=str(words), due_on=due_on, due_reason=DUE_REASON,
            source_kind=KIND, source_key=_opaque(key), url=_inside(url), department_id=department_id,
        )  # fmt: skip


def complete_tasks(*, by, now: datetime, key: str) -> int:
    """Finish all open tasks of a key; gives how many. Who did the step is known inside incidents only."""
    with nobody():
        return tasks.complete_for(source_kind=KIND, source_key=_opaque(key), by=None, now=_hour(now))


def cancel_tasks(*, by, now: datetime, key: str, owner=None) -> int:
    """Withdraw the open tasks of a key (of one owner, if given); gives how many."""
    with nobody():
        return tasks.cancel_for(
            source_kind=KIND, source_key=_opaque(key), by=None, now=_hour(now), reason=DUE_REASON, owner=owner
        )


def notice(
    *, by, now: datetime, url: str, key: str, users: Iterable = (), roles: Iterable[str] = (),
    departments: Iterable[int] = (), words: Words = Words.HANDLE,
) -> Notice:  # fmt: skip
    """Tell people in constant words that something waits at ``url``.

    Whoever acts is told like everybody else: a gap in the list of receivers would name the reporter.
    """
    with nobody():
        return notices.send(
            by=None, now=_hour(now), title=str(words), text="", url=_inside(url), users=users, roles=roles,
            departments=departments, kind=KIND, source_kind=KIND, source_key=_opaque(key),
        )  # fmt: skip


def finding(*, by, now: datetime, department_id: int, owner_post: str, due_on: date) -> str:
    """A finding born of an incident: department, post (a role's code), state, due date; gives its opaque key."""
    with nobody():
        return sealed.raise_sealed(department_id=department_id, owner_post=owner_post, due_on=due_on)


def finding_state(*, key: str) -> str:
    """raised, accepted or closed; empty when there is none."""
    with nobody():
        return sealed.state_of(_opaque(key))


def move_finding(*, by, now: datetime, key: str, due_on: date | None = None, state: str = "") -> None:
    """The measure is under way (``accepted``), came back (``reopened``), or has another due date."""
    with nobody():
        sealed.move(_opaque(key), state=state, due_on=due_on)


def close_finding(*, by, now: datetime, key: str) -> None:
    """Close it when incidents see no obstacle (``sealed.register``); else ValidationError with their sentences."""
    with nobody():
        sealed.close(_opaque(key), now=now)


def register_findings(*, address: Callable[..., str], obstacles: Callable[..., list[str]]) -> None:
    """Called in ready: ``address(key) -> url``, ``obstacles(key, now=) -> sentences`` why it may not be closed."""
    sealed.register(sealed.Kind(address, obstacles))


def attach_file(*, by, now: datetime, upload) -> File:
    """Keep an upload under a constant name, of nobody; incidents keep its id, the file store does not know for what.

    Nobody but jobs reads it through the file store: incidents' own pages check, then serve ``file_content``.
    upload: as Django's uploaded files are.
    """
    with nobody():
        kept = files.store(
            by=None, now=_hour(now), upload=_Unnamed(upload), purpose=PURPOSE, retention="incident"
        )
        kept.confidential, kept.received_digest, kept.used_for = True, kept.digest, PURPOSE
        kept.save(update_fields=["confidential", "received_digest", "used_for"])
        return kept


def file_content(*, by, now: datetime, file_id: int, small: bool = False) -> blobs.Content | None:
    """The bytes of a file (or its small picture); the caller has checked the reader's right to the incident."""
    with nobody():
        kept = _file(file_id)
        if small:
            return files.thumbnail(kept, by=None, now=_hour(now))
        return files.read(kept, by=None, now=_hour(now), purpose=PURPOSE)


def _file(file_id: int) -> File:
    return File.objects.select_related("blob", "thumbnail").get(pk=file_id, purpose=PURPOSE)


class _Unnamed:
    """An upload whose name says nothing but its kind."""

    def __init__(self, upload):
        self._upload, self.size, self.content_type = upload, upload.size, upload.content_type
        self.name = f"附件{PurePath(upload.name or '').suffix.lower()[:6]}"

    def chunks(self, size: int | None = None):
        return self._upload.chunks(size)


def _hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)


def _opaque(key: str) -> str:
    if not re.match(KEY, key):
        raise ValueError(
            "The key of an incident in the foundation must be opaque: 8 to 64 random characters."
        )
    return key


def _inside(url: str) -> str:
    if not re.match(URL, url):
        raise ValueError(
            "A link to an incident leads into its own rooms and carries nothing but an opaque id."
        )
    return url
