"""What is known against a number: gaps in the data behind it, told by whoever watches the data's quality (F-07).

The function that watches registers a provider; the pages that show indicators ask here and import nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from zhikong.foundation.access.scope import once

Place = int | None
"""A department's id, or None for the whole hospital."""


@dataclass(frozen=True)
class Note:
    """One sentence about one indicator. affected of base: cases that cannot be assessed, whole numbers."""

    indicator: str
    sentence: str
    affected: int
    base: int
    url: str = ""
    severity: str = "warn"  # warn or bad


Provider = Callable[..., Iterable[Note]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Let ``provider(month=, place=) -> Note, …`` tell what speaks against the month's numbers; twice is once."""
    if provider not in _providers:
        _providers.append(provider)


def unregister(provider: Provider) -> None:
    _providers.remove(provider)


def notes(*, month: str, place: Place) -> dict[str, Sequence[Note]]:
    """Indicator -> what is known against its number of the month in the place, the most affected first."""
    return once(f"facts.quality_notes.{month}.{place}", lambda: _asked(month, place))


def _asked(month: str, place: Place) -> dict[str, Sequence[Note]]:
    found: dict[str, list[Note]] = {}
    for provider in _providers:
        for note in provider(month=month, place=place):
            found.setdefault(note.indicator, []).append(note)
    return {key: sorted(said, key=lambda note: -note.affected) for key, said in found.items()}
