"""The kinds of feeds, and what every feed has: a code, a secret, a schedule.

A kind's own code (a listener, a puller, an endpoint) registers itself when its app is ready:
``feeds.register(Kind("sql", _("数据库视图"), settings_form=SqlForm, pull=pull))``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.notices import sealing
from zhikong.hospital.functions.datasources.models import Feed


class PullFailed(RuntimeError):
    """Fetching did not succeed; the message is a Chinese sentence for the feed's page."""


def join_lines(contents: list[Path], target: Path) -> None:
    """Several contents as one file, each on lines of its own: NDJSON, JSON rows, HL7 messages."""
    with target.open("wb") as file:
        for path in contents:
            content = path.read_bytes()
            file.write(content)
            if not content.endswith((b"\n", b"\r")):
                file.write(b"\n")


@dataclass(frozen=True)
class Kind:
    """What a kind of feed brings.

    settings_form: a django Form over ``feed.settings``; its fields are shown on the feed's page. None: no settings.
    pull: fetches what is new and hands it to receiving.receive; called by the schedule as ``pull(feed=, now=)``
        without a scope, so that each of its steps commits by itself; a step that receives and moves ``feed.cursor``
        does both in one ``scoped(job_scope(…))``. Raises PullFailed. None: the others send by themselves.
    permission: what setting one up takes.
    join: several received contents, oldest first, as one file of the kind's format.
    """

    code: str
    title: str
    settings_form: type | None = None
    pull: Callable[..., None] | None = None
    join: Callable[[list[Path], Path], None] = join_lines
    permission: Permission = Permission.MANAGE_DATA


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind known; the latest registration of a code counts."""
    if kind.code not in Feed.Kind.values:
        raise ValueError(f"{kind.code!r} is no kind of feed")
    _kinds[kind.code] = kind


def kind_of(feed: Feed) -> Kind:
    """The kind of a feed; one that nothing was registered for has no settings and no puller."""
    return _kinds.get(feed.kind) or Kind(feed.kind, feed.get_kind_display())


def kinds() -> dict[str, Kind]:
    """Every registered kind by code."""
    return dict(_kinds)


def seal_secret(feed: Feed, values: dict[str, str]) -> None:
    """Put passwords and tokens into ``feed.secret``, sealed and bound to the feed; the caller saves."""
    feed.secret = sealing.seal(values, bound_to=_bound_to(feed)) if values else None


def secret_of(feed: Feed) -> dict[str, str]:
    """The values again; raises notices.sealing.Unreadable when they were sealed on another installation."""
    return sealing.unseal(feed.secret or b"", bound_to=_bound_to(feed))


def _bound_to(feed: Feed) -> str:
    return f"datasources.feed:{feed.institution_id}:{feed.code}"


def feed_named(code: str) -> Feed | None:
    """The feed with a code in the scope's institution, or None."""
    return Feed.objects.filter(code=code).first()


def next_run(feed: Feed, now: datetime) -> datetime | None:
    """When a feed that fetches runs next; None for one that only waits for what is sent."""
    from zhikong.hospital.functions.datasources.rules import following

    return None if kind_of(feed).pull is None else following(feed.schedule, now)
