"""The kinds of definitions that the pack store holds. The app that owns a kind registers it in its ready()."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from zhikong.engine.definitions.located import Located, read_text
from zhikong.engine.definitions.problems import Problem
from zhikong.foundation.access.scope import current_scope_or_none, once
from zhikong.foundation.packstore.comparing import STAMPED, data_of, flattened
from zhikong.foundation.packstore.rules import text_hash

log = logging.getLogger(__name__)
CRASHED = "检查程序读到这份内容时出错（%s），不能判断对错，因此不能使用。"
CRASHED_REMEDY = "请先撤销最近的改动；仍然出错时，请把正文交给管理员。"


class Parse(Protocol):
    """Text to the kind's own object, or everything that is wrong with it. Pure: equal text, equal answer."""

    def __call__(self, text: str, *, file: Path) -> Any | list[Problem]: ...


class Effect(Protocol):
    """Sentences that say what would change if ``new`` came into force instead of ``old`` (None: nothing yet)."""

    def __call__(self, old: Any | None, new: Any, *, now: datetime) -> list[str]: ...


@dataclass(frozen=True)
class Kind:
    """One kind of definitions.

    code: stored in rows; part of addresses.
    folder: sub-folders of a pack with files ``<id>.yaml`` of this kind.
    preview: ``preview(request, obj)`` gives safe HTML that shows the object as its users will see it.
    editor_url: name of an address with a friendlier editor; it takes the version's number (pk).
    fields: ``fields(obj)`` gives {dotted field: value}: what the definition says, however it is written. A package
        that changes none of them changed nothing; without it the values of the YAML are compared.
    preview_url: name of an address with a fuller preview of what publishing changes; it takes the version's number (pk).
    before_publish: ``before_publish(version, by=…)`` raises ValidationError while something is left to do first.
    starter: the text with which a new definition begins; ``{id}`` is replaced.
    id_key: the field of the file that repeats its name.
    holds: whether a packaged object counts at all; without it every one does. A draft in a pack does not.
    examples: ``examples(obj, file)`` gives the problems of the worked examples beside a packaged file.
    self_contained: False when ``parse`` also asks what else is in force; its readings then last one request or job.
    """

    code: str
    folder: str | tuple[str, ...]
    title: Any
    parse: Parse
    title_of: Callable[[Any], str]
    preview: Callable[[Any, Any], str] | None = None
    effect: Effect | None = None
    editor_url: str | None = None
    fields: Callable[[Any], Mapping[str, Any]] | None = None
    preview_url: str | None = None
    before_publish: Callable[..., None] | None = None
    starter: str = ""
    id_key: str = "id"
    holds: Callable[[Any], bool] | None = None
    self_contained: bool = True
    examples: Callable[[Any, Path], list[Problem]] | None = None

    @property
    def folders(self) -> tuple[str, ...]:
        return (self.folder,) if isinstance(self.folder, str) else tuple(self.folder)


class UnknownKind(LookupError):
    """No app registered this kind."""


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind known; registering the same code again replaces it."""
    _kinds[kind.code] = kind
    _read.cache_clear()


def unregister(code: str) -> None:
    """Forget a kind; for tests that made one up."""
    _kinds.pop(code, None)
    _read.cache_clear()


def get(code: str) -> Kind:
    """The kind of a code. Raises UnknownKind."""
    try:
        return _kinds[code]
    except KeyError:
        raise UnknownKind(f"没有“{code}”这类内容。") from None


def all() -> tuple[Kind, ...]:
    """Every registered kind, by code."""
    return tuple(_kinds[code] for code in sorted(_kinds))


@dataclass(frozen=True)
class Reading:
    """A text as its kind understands it: the object, or the problems that keep it from being one."""

    obj: Any | None
    problems: tuple[Problem, ...] = ()


def read(code: str, definition_id: str, text: str) -> Reading:
    """Parse a text once per process, or once per request or job; callers must not change the object."""
    if get(code).self_contained:
        return _read(code, definition_id, text)
    if current_scope_or_none() is None:
        return try_text(code, definition_id, text)
    key = f"packstore.reading.{code}.{definition_id}.{text_hash(text)}"
    return once(key, lambda: try_text(code, definition_id, text))


def try_text(code: str, definition_id: str, text: str) -> Reading:
    """Parse a text that is still being written: remembered nowhere."""
    return _read.__wrapped__(code, definition_id, text)


@lru_cache(maxsize=2000)
def _read(code: str, definition_id: str, text: str) -> Reading:
    kind, file = get(code), Path(f"{definition_id}.yaml")
    try:
        found = kind.parse(text, file=file)
    except Exception as error:
        log.exception("the check of a %s failed", code)  # a check that crashed is an error, never a pass
        return Reading(None, (Problem(file, 1, CRASHED % type(error).__name__, CRASHED_REMEDY),))
    if isinstance(found, list):
        return Reading(None, tuple(found))
    wrong = _misnamed(kind, text, file)
    return Reading(None, (wrong,)) if wrong else Reading(found)


def _misnamed(kind: Kind, text: str, file: Path) -> Problem | None:
    """The id in the text must be the definition's: a copy under another name would answer for the wrong one."""
    located = read_text(text, file=file)
    if not isinstance(located, Located) or not isinstance(located.data, dict):
        return None
    said = located.data.get(kind.id_key)
    if said is None or str(said) == file.stem:
        return None
    return located.problem(
        (kind.id_key,), f"{kind.id_key} {said} 与编号 {file.stem} 不同。", "请让两者相同。"
    )


def meaning(code: str, definition_id: str, text: str) -> Mapping[str, Any]:
    """{dotted field: value} of a text: equal for two texts that say the same. Empty when it cannot be read."""
    kind, obj = get(code), read(code, definition_id, text).obj
    if obj is None:
        return {}
    found = kind.fields(obj) if kind.fields else flattened(data_of(text))
    return {name: value for name, value in found.items() if name not in STAMPED}


def title(code: str, definition_id: str, text: str) -> str:
    """The title of a text; its id where the text cannot be read yet."""
    obj = read(code, definition_id, text).obj
    return definition_id if obj is None else str(get(code).title_of(obj))
