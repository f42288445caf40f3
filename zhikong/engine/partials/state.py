"""The manifest of partial results: which file counts what, from which data; switched in one rename.

Files are written under names of their own and never changed. A change becomes visible when the new manifest takes
the old one's name: whoever is killed before that leaves the old state, and files that nobody names.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from uuid import uuid4

import pyarrow as pa

from zhikong.engine.partials import layout

MANIFEST, PARTS, LOCK = "manifest.json", "parts", "lock"


@dataclass(frozen=True, slots=True)
class Record:
    """One file: the counters of `conditions` in one month, of one table, date and department.

    `reads` says from which data they were counted: table -> fingerprint. `grain` is 'day' or 'month'.
    """

    group: str
    month: str
    grain: str
    conditions: tuple[str, ...]
    reads: Mapping[str, str]
    file: str
    layout: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """All records of one generation, and the files that the generation before had."""

    generation: int = 0
    records: tuple[Record, ...] = ()
    before: tuple[str, ...] = ()

    def of(self, group: str, month: str) -> list[Record]:
        return [r for r in self.records if (r.group, r.month) == (group, month)]


@dataclass(slots=True)
class State:
    """The partial results below a folder, which is made when something is first written."""

    folder: Path

    def manifest(self) -> Manifest:
        """The generation in force. Raises ValueError when the manifest cannot be read."""
        path = self.folder / MANIFEST
        if not path.exists():
            return Manifest()
        said = json.loads(path.read_text())
        records = (Record(**(r | {"conditions": tuple(r["conditions"])})) for r in said["records"])
        return Manifest(said["generation"], tuple(records), tuple(said["before"]))

    def read(self, record: Record, wanted: list[str] | None = None) -> pa.Table:
        """The counters of a record; `wanted` narrows to some conditions."""
        return layout.read(self.folder / PARTS / record.file, wanted)

    @contextmanager
    def change(self) -> Iterator[Change]:
        """A change of the state by one writer at a time; without an error it is in force at the end."""
        (self.folder / PARTS).mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.folder / LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            change = Change(self, self.manifest())
            yield change
            if change.changed:
                _switch(self.folder, change)


@dataclass(slots=True)
class Change:
    """What a writer adds and drops; nobody sees it before the switch."""

    state: State
    manifest: Manifest
    added: list[Record] = field(default_factory=list)
    dropped: list[Record] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        return bool(self.added or self.dropped)

    def write(self, record: Record, table: pa.Table) -> None:
        """Adds a record with its counters; its file and layout are filled in here."""
        name = f"{record.group}-{record.month}-{uuid4().hex[:12]}.parquet"
        path = self.state.folder / PARTS / name
        kind = layout.write(table, path)
        _synced(path)
        self.added.append(replace(record, file=name, layout=kind))

    def drop(self, record: Record) -> None:
        """Takes a record away; its file stays for readers of the generation before."""
        self.dropped.append(record)

    def after(self) -> Manifest:
        """The manifest as it will be."""
        gone = {r.file for r in self.dropped}
        kept = tuple(r for r in self.manifest.records if r.file not in gone)
        return Manifest(self.manifest.generation + 1, (*kept, *self.added), tuple(sorted(gone)))


def _switch(folder: Path, change: Change) -> None:
    after = change.after()
    path = folder / f"{MANIFEST}.{os.getpid()}"
    said = {
        "generation": after.generation,
        "records": [asdict(r) for r in after.records],
        "before": after.before,
    }
    path.write_text(json.dumps(said, ensure_ascii=False))
    _synced(path)
    path.replace(folder / MANIFEST)
    _synced(folder)
    _clean(folder, {r.file for r in after.records} | set(after.before))


def _clean(folder: Path, named: set[str]) -> None:
    """Removes files that neither this generation nor the one before names: older ones, and what a kill left."""
    for path in (folder / PARTS).iterdir():
        if path.name not in named:
            path.unlink(missing_ok=True)
    for path in folder.glob(f"{MANIFEST}.*"):
        path.unlink(missing_ok=True)


def _synced(path: Path) -> None:
    """On the disk, not only on its way."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
