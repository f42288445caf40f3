"""The packaged definitions: files of the packs that came with the installation, read once per process.

A pack's `level` in pack.yaml says whose content it is: national, province, region or hospital; the nearer to the
hospital, the stronger. `sample` is content of the demonstration hospital and is seen by no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import yaml

from zhikong import packs
from zhikong.foundation.packstore import kinds
from zhikong.foundation.packstore.rules import clean_text, text_hash

LEVELS = ("national", "province", "region", "hospital", "sample")
SAMPLE = "sample"
EXAMPLES = ".examples.yaml"
TITLE = re.compile(r"^(?:title|name):[ \t]*[\"']?(.*)$", re.M)
_root = Path(packs.__path__[0])


@dataclass(frozen=True)
class Packaged:
    """One file of a pack."""

    kind: str
    id: str
    pack: str
    level: str
    file: Path
    text: str
    hash: str


def of(kind: str, definition_id: str, *, samples: bool = False) -> Packaged | None:
    """The strongest packaged definition of that id, or None."""
    found = _shelf(kind).get(definition_id, ())
    return next((p for p in found if samples or p.level != SAMPLE), None)


def ids(kind: str, *, samples: bool = False) -> list[str]:
    """The ids of every packaged definition of a kind, sorted."""
    return sorted(name for name in _shelf(kind) if of(kind, name, samples=samples))


def may_say(kind: str, definition_id: str, words: str, *, samples: bool = False) -> bool:
    """Whether a packaged definition's id or title may hold the words (lower case), told without reading it whole.

    False is certain: a title is written after `title:` or `name:` at the left edge. Where none is, the answer is True.
    """
    found = of(kind, definition_id, samples=samples)
    if found is None or words in definition_id.lower():
        return True
    titles = _titles(found.text)
    return not titles or any(not title or words in title.lower() for title in titles)


@lru_cache(maxsize=4000)
def _titles(text: str) -> Sequence[str]:
    return tuple(TITLE.findall(text))


def with_hash(kind: str, digest: str) -> Packaged | None:
    """The packaged definition with exactly this text, or None."""
    return _by_hash(kind).get(digest)


def files(kind: kinds.Kind, folder: Path) -> list[Path]:
    """The files of a kind in one pack's folder, without the examples beside them."""
    found = (file for name in kind.folders for file in (folder / name).glob("*.yaml"))
    return sorted(file for file in found if not file.name.endswith(EXAMPLES))


@cache
def pack_name(pack: str) -> str:
    """The Chinese name of a pack; its id where it has none, or is no longer installed."""
    file = _root / pack / "pack.yaml"
    said = yaml.safe_load(file.read_text("utf-8-sig")).get("name") if file.is_file() else None
    return str(said.get("zh") or pack) if isinstance(said, dict) else pack


@contextmanager
def instead(root: Path) -> Iterator[None]:
    """Let another folder of packs stand in for the packaged ones: a rehearsal of an upgrade."""
    global _root
    before, _root = _root, root
    forget()
    try:
        yield
    finally:
        _root = before
        forget()


def forget() -> None:
    """Read the files anew at the next question."""
    _shelf.cache_clear()
    _by_hash.cache_clear()
    pack_name.cache_clear()


@cache
def _shelf(kind: str) -> Mapping[str, Sequence[Packaged]]:
    """Id -> packaged definitions, the strongest pack first."""
    found: dict[str, list[Packaged]] = {}
    for folder in sorted(_root.iterdir()):
        if (folder / "pack.yaml").is_file():
            for packaged in _of_pack(kinds.get(kind), folder):
                found.setdefault(packaged.id, []).append(packaged)
    return {name: sorted(several, key=_strongest_first) for name, several in found.items()}


@cache
def _by_hash(kind: str) -> Mapping[str, Packaged]:
    return {p.hash: p for several in _shelf(kind).values() for p in reversed(several)}


def _strongest_first(packaged: Packaged) -> tuple[int, str]:
    return -LEVELS.index(packaged.level), packaged.pack


def _of_pack(kind: kinds.Kind, folder: Path) -> Iterator[Packaged]:
    level = _level(folder)
    for file in files(kind, folder):
        text = clean_text(file.read_text("utf-8-sig"))
        yield Packaged(kind.code, file.stem, folder.name, level, file, text, text_hash(text))


def _level(folder: Path) -> str:
    """Raises ValueError for a level that does not exist: content of unknown rank must not be in force."""
    said = yaml.safe_load((folder / "pack.yaml").read_text("utf-8-sig")).get("level", LEVELS[0])
    if said not in LEVELS:
        raise ValueError(f"{folder / 'pack.yaml'}: level {said!r}, one of {', '.join(LEVELS)} is known")
    return said
