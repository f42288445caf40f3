"""What is published is frozen: its meaning is locked by hash, and a change of meaning is a new version.

A line of the lock file is `pack/id version hash`. Names, prose, owners and targets may change without a new version,
because they do not enter the hash.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from zhikong.engine.definitions.model import Catalogue, Definition, Status
from zhikong.engine.definitions.problems import Problem

HEAD = """\
# Published definitions: pack/id (indicators) or pack/folder/id, version, hash of the meaning. Written by `zhikong check-packs --lock`, never by hand.
# Results carry the hash, so a line that is here may be raised to a new version but never rewritten or removed.
"""
REMEDY = "核对无误后运行 zhikong check-packs --lock。"


@dataclass(frozen=True, slots=True)
class Lock:
    """One line of the lock file."""

    version: int
    hash: str


def read_lock(file: Path) -> dict[str, Lock]:
    """`pack/id` -> lock; empty when there is no file yet. Raises ValueError for a line that is none."""
    locks = {}
    for line in file.read_text("utf-8").splitlines() if file.exists() else ():
        if line.strip() and not line.startswith("#"):
            name, version, digest = line.split()
            locks[name] = Lock(int(version), digest)
    return locks


def lock_text(
    catalogue: Catalogue, before: Mapping[str, Lock], *, also: Mapping[str, Lock] | None = None
) -> str:
    """The lock file with new definitions and raised versions added; what was locked and is wrong now stays as it was.

    also: locks of definitions that are no indicators, as they are to stand from now on.
    """
    locks = {**before, **(also or {})}
    for definition in _published(catalogue):
        name = _name(definition)
        if name not in before or definition.version > before[name].version:
            locks[name] = Lock(definition.version, definition.hash)
    return HEAD + "".join(f"{name} {lock.version} {lock.hash}\n" for name, lock in sorted(locks.items()))


def lock_problems(catalogue: Catalogue, file: Path, *, besides: Container[str] = ()) -> Iterator[Problem]:
    """Published definitions that differ from the lock, and locked ones that are gone.

    besides: names in the lock that are no indicators; somebody else answers for them.
    """
    locks = {name: lock for name, lock in read_lock(file).items() if name not in besides}
    known = {_name(d): d for d in catalogue.indicators.values()}
    for definition in _published(catalogue):
        found = _difference(definition, locks.get(_name(definition)))
        if found is not None:
            yield Problem(definition.file, 1, *found)
    broken = {problem.file.stem for problem in catalogue.problems}  # said already, and absent for that reason
    for name in sorted(locks.keys() - known.keys()):
        if name.rpartition("/")[2] not in broken:
            message = f"已发布的指标 {name} 不见了，历史结果还在引用它。"
            yield Problem(file, 1, message, "请恢复该文件，不再使用时把 status 改为 deprecated。")


def _published(catalogue: Catalogue) -> Iterable[Definition]:
    return (d for d in catalogue.indicators.values() if d.status is not Status.DRAFT)


def _name(definition: Definition) -> str:
    return f"{definition.pack}/{definition.id}"


def _difference(definition: Definition, lock: Lock | None) -> tuple[str, str] | None:
    """Message and remedy, or None when definition and lock agree."""
    if lock is None:
        return f"指标 {definition.id} 已发布，但还没有锁定。", REMEDY
    if definition.version < lock.version:
        return f"版本 {definition.version} 低于已发布的版本 {lock.version}。", "版本号只能增加。"
    if definition.version > lock.version:
        return f"版本 {definition.version} 还没有锁定（已锁定的是版本 {lock.version}）。", REMEDY
    if definition.hash != lock.hash:
        message = f"版本 {lock.version} 已发布，它的口径却变了。"
        return message, f"请改回原口径，或写 version: {lock.version + 1}，再运行 zhikong check-packs --lock。"
    return None
