"""What of an installation is backed up, and where it lies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from zhikong.site.backup import keys

# made again by themselves, or held by the database's own dump
LEFT_OUT = frozenset({"postgres", "cache", "static", "logs", "metrics", "backup-scratch", "backups", "run"})
DATA, KEYS, DUMP = "data", "keys", "database"
LOG = "_delta_log"


@dataclass(frozen=True)
class Item:
    """One file: its name in the backup (``data/…``, ``keys/…``, ``database/…``) and where it lies."""

    name: str
    path: Path


def items(*, data: Path, keys_folder: Path, dump: Path) -> list[Item]:
    """Every file of the installation and of the database's dump.

    Logs of lake tables come first: a file that a log names is then on the list, whatever a load adds meanwhile.
    """
    found = [*_under(data, DATA, LEFT_OUT), *_under(keys_folder, KEYS, {keys.FILE}), *_under(dump, DUMP)]
    return sorted(found, key=lambda item: (LOG not in item.path.parts, item.name))


def _under(folder: Path, prefix: str, left_out: frozenset[str] | set[str] = frozenset()) -> Iterator[Item]:
    """Files below a folder; links, sockets, drafts and locks at its top are no part of it."""
    if not folder.exists():
        return
    for top in folder.iterdir():
        if top.name in left_out or top.is_symlink() or top.name.startswith("."):
            continue
        for path in [top] if top.is_file() else top.rglob("*"):
            if path.is_file() and not path.is_symlink():
                yield Item(f"{prefix}/{path.relative_to(folder)}", path)


def target(name: str, *, data: Path, keys_folder: Path, dump: Path) -> Path:
    """Where a file of a backup belongs; a name that leads outside is refused."""
    prefix, _, rest = name.partition("/")
    base = {DATA: data, KEYS: keys_folder, DUMP: dump}[prefix]
    path = base / rest
    if not rest or ".." in Path(rest).parts or Path(rest).is_absolute():
        raise ValueError(name)
    return path
