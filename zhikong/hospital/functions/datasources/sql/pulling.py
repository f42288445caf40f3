"""The turn of a feed of database views: what is new is kept raw, and how far it was read is noted with it."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from django.conf import settings

from zhikong.foundation.access.scope import Scope, job_scope, scoped
from zhikong.foundation.organisation.queries import institution
from zhikong.hospital.functions.datasources import feeds
from zhikong.hospital.functions.datasources.mappings import mapping_named
from zhikong.hospital.functions.datasources.models import Feed
from zhikong.hospital.functions.datasources.receiving import receive
from zhikong.hospital.functions.datasources.sql import rules
from zhikong.intake.formats.sql import Batch, Look, Query, look, pull
from zhikong.intake.formats.sql_connections import Database, SourceFault, engine_of
from zhikong.intake.formats.sql_cursors import Position
from zhikong.intake.mappings import Mapping
from zhikong.intake.reasons import FileRefused

SECONDS = 600
"""How long a query may take at the hospital's server, and how long the network may be silent."""
_DIGESTS = 2_000
log = logging.getLogger("zhikong.datasources")


@dataclass(frozen=True)
class Source:
    """A feed ready to be read: its database, the engine for it, its mapping, the hospital's zone."""

    database: Database
    engine: sa.Engine = field(repr=False)
    mapping: Mapping
    zone: str
    queries: list[Query]


def opened(feed: Feed) -> Source:
    """The feed's database; needs a scope. Raises SourceFault or FileRefused for settings that cannot be used."""
    database = rules.database_of(feed.settings, feeds.secret_of(feed))
    ours = [
        (str(found.get("HOST") or ""), int(found.get("PORT") or 5432))
        for found in settings.DATABASES.values()
    ]
    folder = Path(settings.ZHIKONG_HOME) / "sqlite"
    rules.refuse_address(database, ours=ours, local=settings.SQL_SOURCES_LOCAL, folder=folder)
    if database.kind == "sqlite":
        database = Database("sqlite", name=str((folder / database.name).resolve()))
    return Source(
        database,
        engine_of(database, seconds=SECONDS),
        mapping_named(feed.mapping).mapping,
        institution().time_zone,
        rules.queries_of(feed.settings),
    )


def pull_feed(*, feed: Feed, now: datetime) -> None:
    """Read every view of the feed on from where it was; see feeds.Kind.pull.

    A view that cannot be read does not hold up the others; a server that cannot be reached ends the turn.
    Raises PullFailed with all that went wrong.
    """
    scope, faults = job_scope(feed.institution_id, job=f"feed.{feed.code}"), []
    try:
        with scoped(scope):
            source = opened(feed)
    except (SourceFault, FileRefused) as error:
        raise feeds.PullFailed(str(error)) from error
    for query in source.queries:
        try:
            _pull_one(feed, scope, source, query, now)
        except (SourceFault, FileRefused) as error:
            log.warning("feed %s, %s: %s", feed.code, query.source, error, exc_info=error.__cause__)
            faults.append(f"{query.source}：{error}")
            if getattr(error, "passing", False):
                break
    if faults:
        raise feeds.PullFailed("".join(faults))


def _pull_one(feed: Feed, scope: Scope, source: Source, query: Query, now: datetime) -> None:
    key = rules.key_of(query)
    state = _State.of(feed, key)
    kind = source.database.kind
    batches = pull(
        source.engine, kind, query, source.mapping, state.position, zone=source.zone, seconds=SECONDS
    )
    for batch in batches:
        known = state.notice(batch)
        with scoped(scope):
            if not known:
                identity = f"{key}#{state.run}.{batch.place}"
                receive(
                    feed=feed,
                    now=now,
                    content=batch.content,
                    identity=identity,
                    note=f"{query.source} {batch.rows} 行",
                )
            state.save(feed, key)


@dataclass
class _State:
    """How far a query was read. run: number of the reading; before: hashes of the last reading's batches.

    A batch that equals the batch in the same place of the last reading brings nothing: every row of it was already
    told just so, and was not told otherwise since.
    """

    position: Position | None
    run: int
    before: list[str]
    seen: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, feed: Feed, key: str) -> _State:
        kept = feed.cursor.get(key, {})
        position = Position(*kept["position"]) if kept.get("position") else None
        return cls(position, kept.get("run", 0) + 1, kept.get("digests", []))

    def notice(self, batch: Batch) -> bool:
        """Move on; True when the batch is known already."""
        digest = hashlib.sha256(batch.content).hexdigest()[:24]
        known = batch.place < len(self.before) and self.before[batch.place] == digest
        if len(self.seen) < _DIGESTS:
            self.seen.append(digest)
        self.position = batch.position
        return known

    def save(self, feed: Feed, key: str) -> None:
        """With the receipt in one transaction: a process that dies has noted both or neither."""
        position = [self.position.kind, self.position.text] if self.position else None
        locked = Feed.objects.select_for_update().get(pk=feed.pk)
        locked.cursor[key] = {"position": position, "run": self.run, "digests": self.seen}
        locked.save(update_fields=["cursor"])


def tried(feed: Feed) -> list[tuple[Query, Look | None, str]]:
    """Each query of a feed with what a first look shows, or the sentence that says why nothing is shown."""
    try:
        source = opened(feed)
    except (SourceFault, FileRefused) as error:
        return [(query, None, str(error)) for query in rules.queries_of(feed.settings)]
    found: list[tuple[Query, Look | None, str]] = []
    for query in source.queries:
        try:
            seen = look(source.engine, source.database.kind, query, source.mapping, zone=source.zone)
            found.append((query, seen, ""))
        except (SourceFault, FileRefused) as error:
            found.append((query, None, str(error)))
            if getattr(error, "passing", False):
                break
    return found
