"""Checks of packs before they are published: every file of every kind readable, reviewed in date, its meaning locked.

Indicators, targets and codes have checks of their own in the engine; the other kinds are known here only.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from zhikong.engine.definitions import canonical
from zhikong.engine.definitions.located import Located, read_text
from zhikong.engine.definitions.locking import REMEDY, Lock
from zhikong.engine.definitions.problems import Problem
from zhikong.foundation.packstore import kinds, shelf
from zhikong.foundation.packstore.rules import clean_text

ENGINES = frozenset({"indicators", "targets", "codes", "events"})
BOOKKEEPING = ("version", "status", "next_review", "owner", "checker")
"""What may change without a new version: who looks after the definition, and when it is looked at again."""


@dataclass(frozen=True)
class Checked:
    """One file of a pack: name in the lock, what it says, what is wrong with it."""

    name: str
    file: Path
    data: Mapping[str, Any]
    problems: tuple[Problem, ...]

    @property
    def version(self) -> int:
        said = self.data.get("version", 1)
        return said if isinstance(said, int) else 1

    @property
    def hash(self) -> str:
        """Sixteen hex digits over what the definition says, not over comments, layout and bookkeeping."""
        said = {key: value for key, value in self.data.items() if key not in BOOKKEEPING}
        return canonical.digest(json.dumps(said, sort_keys=True, ensure_ascii=False, default=str))

    @property
    def published(self) -> bool:
        return self.data.get("status") != "draft" and not self.problems


def check(packs: Iterable[Path], *, today: date) -> list[Checked]:
    """Every file of every kind that lies in these packs, read and judged."""
    found = (
        _checked(kind, pack, file, today)
        for pack in packs
        for kind in kinds.all()
        if not ENGINES & set(kind.folders)
        for file in shelf.files(kind, pack)
    )
    return sorted(found, key=lambda one: one.name)


def _checked(kind: kinds.Kind, pack: Path, file: Path, today: date) -> Checked:
    name = f"{pack.name}/{file.parent.name}/{file.stem}"
    try:
        text = clean_text(file.read_text("utf-8-sig"))
    except UnicodeDecodeError:
        return Checked(name, file, {}, (Problem(file, 1, "文件不是 UTF-8 编码。", "请另存为 UTF-8。"),))
    read = kinds.read(kind.code, file.stem, text)
    located = read_text(text, file=file)
    problems = [replace(problem, file=file) for problem in read.problems]
    if kind.examples is not None and read.obj is not None:
        problems += kind.examples(read.obj, file)
    if not isinstance(located, Located) or not isinstance(located.data, dict):
        return Checked(name, file, {}, tuple(problems))
    return Checked(name, file, located.data, (*problems, *_overdue(located, today)))


def _overdue(located: Located, today: date) -> Iterator[Problem]:
    said = located.data.get("next_review")
    if isinstance(said, date) and said < today:
        yield located.problem(
            ("next_review",), f"复审日期 {said} 已过。", "请由复核岗位核对来源文件后更新 next_review。"
        )


def is_ours(name: str) -> bool:
    """Whether a name in the lock file is of a kind: pack/folder/id. Indicators are pack/id."""
    return name.count("/") == 2


def locked(found: Iterable[Checked], before: Mapping[str, Lock]) -> dict[str, Lock]:
    """The locks with new definitions and raised versions added; nothing that is locked is rewritten."""
    locks = {name: lock for name, lock in before.items() if is_ours(name)}
    for one in found:
        known = before.get(one.name)
        if one.published and (known is None or one.version > known.version):
            locks[one.name] = Lock(one.version, one.hash)
    return locks


def lock_problems(found: Iterable[Checked], locks: Mapping[str, Lock], file: Path) -> Iterator[Problem]:
    """Definitions that differ from the lock, and locked ones that are gone."""
    seen = {one.name: one for one in found}
    for one in seen.values():
        told = _difference(one, locks.get(one.name)) if one.published else None
        if told is not None:
            yield Problem(one.file, 1, *told)
    for name in sorted(name for name in locks if is_ours(name) and name not in seen):
        yield Problem(file, 1, f"已发布的 {name} 不见了，还有记录在引用它。", "请恢复该文件。")


def _difference(one: Checked, lock: Lock | None) -> tuple[str, str] | None:
    """Message and remedy, or None when definition and lock agree."""
    if lock is None:
        return f"{one.name} 已发布，但还没有锁定。", REMEDY
    if one.version < lock.version:
        return f"版本 {one.version} 低于已发布的版本 {lock.version}。", "版本号只能增加。"
    if one.version > lock.version:
        return f"版本 {one.version} 还没有锁定（已锁定的是版本 {lock.version}）。", REMEDY
    if one.hash != lock.hash:
        message = f"版本 {lock.version} 已发布，它的内容却变了。"
        return message, f"请改回原样，或写 version: {lock.version + 1}，再运行 zhikong check-packs --lock。"
    return None
