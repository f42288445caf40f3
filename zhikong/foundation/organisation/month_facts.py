"""What is known of a department's month: each function offers a section, the monthly quality record shows them all.

A function registers its provider in its ready(); nobody imports anybody. Values are plain text and numbers, so that
a record can keep them as they were when it was signed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Line:
    """One fact: what, its figure, a note, and a state (ok, warn, bad, none) with its word."""

    text: str
    value: str = ""
    note: str = ""
    state: str = ""
    word: str = ""
    url: str = ""


@dataclass(frozen=True)
class Section:
    """Facts of one kind. summary: one sentence; source: where they come from, such as 系统计算 or 科室填报."""

    code: str
    title: str
    summary: str = ""
    lines: tuple[Line, ...] = ()
    source: str = ""
    order: int = 100


Provider = Callable[..., Section | None]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Let ``provider(department_id=, month=, now=) -> Section | None`` tell of a month; twice the same is once."""
    if provider not in _providers:
        _providers.append(provider)


def unregister(provider: Provider) -> None:
    _providers.remove(provider)


def sections(*, department_id: int, month: str, now: datetime) -> list[Section]:
    """What all functions know of the month, in their order; within the reader's scope."""
    found = (provider(department_id=department_id, month=month, now=now) for provider in _providers)
    return sorted((section for section in found if section is not None), key=lambda s: (s.order, s.code))


def frozen(found: list[Section]) -> list[dict[str, Any]]:
    """Sections as JSON, to be kept."""
    return [asdict(section) for section in found]


def thawed(kept: list[dict[str, Any]]) -> list[Section]:
    """Kept sections again."""
    return [Section(**{**row, "lines": tuple(Line(**line) for line in row["lines"])}) for row in kept]
