"""How what feeds say becomes one state of a row, whatever arrives first, twice or late. Pure functions.

Each column keeps the time of the event that spoke of it last. A later event wins, an earlier one that arrives late
fills only what nobody spoke of since; of equal times the later arrival wins, and a removal wins over what it removes.
So the end does not depend on the way: the same events give the same state in any order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Values = dict[str, Any]


class Outcome(StrEnum):
    """What an event did to a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    OLDER = "older"
    REMOVED = "removed"


@dataclass
class State:
    """A row as the events told of it so far. Times are microseconds; None where nobody spoke.

    values: column -> value, null for “emptied”. stamps: column -> time where it differs from `version`; a column with
    a stamp and no value is a fact in the lake already.
    """

    values: Values = field(default_factory=dict)
    stamps: dict[str, int] = field(default_factory=dict)
    version: int | None = None
    removed: int | None = None

    def stamp(self, column: str) -> int | None:
        """When a column was spoken of last, None when never."""
        return self.stamps.get(column, self.version if column in self.values else None)

    def copy(self) -> State:
        return State(dict(self.values), dict(self.stamps), self.version, self.removed)

    @property
    def there(self) -> bool:
        """Whether the row exists, here or in the lake: something was said that no removal took back."""
        return bool(self.values) or bool(self.stamps)


@dataclass(frozen=True)
class Event:
    """What one message says of a row. values: column -> value, null for “empty it”; removes: it takes the row back."""

    version: int
    values: Mapping[str, Any] = field(default_factory=dict)
    removes: bool = False


def told(state: State, event: Event) -> Outcome:
    """Change `state` by an event; says what happened. Times of equal value count as told later."""
    return _remove(state, event) if event.removes else _tell(state, event)


def _remove(state: State, event: Event) -> Outcome:
    if state.removed is not None and state.removed >= event.version:
        return Outcome.UNCHANGED
    was_there = state.there
    for column in [*state.values, *state.stamps]:
        said = state.stamp(column)
        if said is not None and said <= event.version:
            state.values.pop(column, None)
            state.stamps.pop(column, None)
    state.removed = event.version
    _raise(state, event.version)
    if not was_there:
        return Outcome.UNCHANGED
    return Outcome.CHANGED if state.there else Outcome.REMOVED


def _tell(state: State, event: Event) -> Outcome:
    if state.removed is not None and event.version <= state.removed:
        return Outcome.OLDER
    newer = [c for c in event.values if _counts(state, c, event.version)]
    if not newer:
        return Outcome.OLDER
    was_there, before = state.there, {c: state.values.get(c) for c in newer}
    _raise(state, event.version)
    for column in newer:
        state.values[column] = event.values[column]
        state.stamps.pop(column, None)
        if event.version != state.version:
            state.stamps[column] = event.version
    if not was_there:
        return Outcome.NEW
    return Outcome.CHANGED if any(before[c] != event.values[c] for c in newer) else Outcome.UNCHANGED


def _counts(state: State, column: str, version: int) -> bool:
    said = state.stamp(column)
    return said is None or version >= said


def _raise(state: State, version: int) -> None:
    """A newer event makes the row newer; columns that it does not speak of keep their own time."""
    if state.version is not None and version <= state.version:
        return
    if state.version is not None:
        for column in state.values:
            state.stamps.setdefault(column, state.version)
    state.version = version


def lost(before: Mapping[str, Any], after: State) -> bool:
    """Whether a value that was there is gone or another: then the former row belongs into the history."""
    return any(value is not None and after.values.get(column) != value for column, value in before.items())
