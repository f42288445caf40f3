"""Where everything lies. One link, ``current``, names program and data together; to move it is the whole switch.

<prefix>/sets/<version>/{venv,onsite,data,keys,VERSION,SET.json}
<prefix>/current → sets/<version>      <prefix>/{data,keys} → current/{data,keys}
<prefix>/backups                       <prefix>/bin/{zhikong,zhikong-site}
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from .words import Refused

UNFINISHED = "UNFINISHED"
TOLD = "SET.json"


@dataclass(frozen=True)
class Set:
    """One version of the program with the data that belongs to it."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def keys(self) -> Path:
        return self.folder / "keys"

    @property
    def version(self) -> str:
        return version_of(self.folder)["version"]

    def step(self, name: str) -> None:
        """Note on the disk how far this unfinished set is."""
        path = self.folder / UNFINISHED
        path.write_text(name, encoding="utf-8")
        sync(path)

    def told(self) -> dict[str, Any]:
        """What is known of this set: from, at, counts."""
        path = self.folder / TOLD
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def tell(self, **values: Any) -> None:
        """Remember more of this set, whole or not at all."""
        draft = self.folder / f".{TOLD}"
        draft.write_text(json.dumps({**self.told(), **values}, ensure_ascii=False), encoding="utf-8")
        sync(draft)
        draft.replace(self.folder / TOLD)


@dataclass(frozen=True)
class Layout:
    """The folders of one installation."""

    prefix: Path

    @property
    def sets(self) -> Path:
        return self.prefix / "sets"

    @property
    def link(self) -> Path:
        return self.prefix / "current"

    def current(self) -> Set | None:
        """The set in force; None before the first installation."""
        if not self.link.is_symlink():
            return None
        folder = self.link.resolve()
        if not folder.is_dir():
            raise Refused(f"{self.link} 指向的 {folder} 不见了。请用 ln -sfn 指回 {self.sets} 里的一个版本。")
        return Set(folder)

    def all(self) -> list[Set]:
        """Every set, finished or not, by the time it was made."""
        if not self.sets.is_dir():
            return []
        folders = [Set(path) for path in self.sets.iterdir() if path.is_dir()]
        return sorted(folders, key=lambda one: (one.folder.stat().st_ctime_ns, one.name))

    def leftovers(self) -> list[Set]:
        """Sets that an interrupted run left behind: marked, and never in force."""
        now = self.current()
        return [one for one in self.all() if (one.folder / UNFINISHED).exists() and one != now]

    def previous(self) -> Set | None:
        """The set that was in force before the current one, when it still lies there."""
        now = self.current()
        name = now.told().get("from") if now else None
        found = self.sets / name if name else None
        return Set(found) if found is not None and found.is_dir() else None

    def begin(self, version: str) -> Set:
        """An empty set, marked as unfinished before anything else lies in it."""
        self.sets.mkdir(parents=True, exist_ok=True)
        for number in range(1, 1000):
            folder = self.sets / (version if number == 1 else f"{version}-{number}")
            if not folder.exists():
                # the mark comes with the folder: no moment at which the folder looks finished
                draft = self.sets / f".{secrets.token_hex(4)}"
                draft.mkdir(mode=0o755)
                Set(draft).step("begun")
                draft.rename(folder)
                return Set(folder)
        raise Refused(f"{self.sets} 里 {version} 的版本太多，请先运行 zhikong-site clean。")

    def flip(self, to: Set) -> None:
        """Put a set in force: one rename, before which the old set is in force and after which the new one is."""
        os.sync()  # the machine writes all of its memory out: quicker than file by file
        draft = self.prefix / f".current.{secrets.token_hex(4)}"
        draft.symlink_to(Path("sets") / to.name)
        draft.replace(self.link)
        sync(self.prefix)
        (to.folder / UNFINISHED).unlink(missing_ok=True)

    def clear_leftovers(self) -> list[str]:
        """Remove what interrupted runs left; gives the names. A finished switch only loses its mark."""
        now = self.current()
        if now:
            (now.folder / UNFINISHED).unlink(missing_ok=True)
        found = self.leftovers()
        for one in found:
            shutil.rmtree(one.folder)
        for draft in [*self.prefix.glob(".current.*"), *self.sets.glob(".*")]:
            draft.unlink() if draft.is_symlink() else shutil.rmtree(draft)
        return [one.name for one in found]


def version_of(folder: Path) -> dict[str, str]:
    """VERSION of a bundle or a set: version, arch, python."""
    try:
        lines = (folder / "VERSION").read_text(encoding="utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines if line)
    except (OSError, ValueError) as error:
        raise Refused(f"读不了 {folder / 'VERSION'}。请用原来的压缩包重新解开。") from error


def order(version: str) -> tuple[int, ...]:
    """Versions by age: 0.9.0 is older than 0.10.0."""
    return tuple(int(part) if part.isdigit() else 0 for part in version.split("."))


def sync(path: Path) -> None:
    """What was written here survives a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def stamp(moment: datetime) -> str:
    """A moment for file names."""
    return moment.strftime("%Y%m%dT%H%M%S")
