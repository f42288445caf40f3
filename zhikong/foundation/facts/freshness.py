"""How fresh the sources behind a number are: each function that feeds the facts registers a provider (F-07, F-32).

A page that shows numbers names the tables behind them and asks here; nobody imports the function that feeds them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from zhikong.foundation.access.scope import once


class State(StrEnum):
    """On time, later than its rhythm allows, stopped by somebody, broken, or never come."""

    FRESH = "fresh"
    LATE = "late"
    PAUSED = "paused"
    BROKEN = "broken"
    NEVER = "never"


@dataclass(frozen=True)
class Fresh:
    """One source. last_success: when it last brought something without error; last_row_at: the newest row's own time.

    lag: how long ago that was. tables: the contract's tables that it fills; none means all of them.
    url: the source's page, for those who may open it.
    """

    source: str
    last_success: datetime | None
    last_row_at: datetime | None
    lag: timedelta | None
    state: State
    tables: frozenset[str] = frozenset()
    url: str = ""

    @property
    def bad(self) -> bool:
        """Somebody has to look at it before the number is believed."""
        return self.state in (State.LATE, State.BROKEN, State.NEVER)


Provider = Callable[[], Iterable[Fresh]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Let ``provider() -> Fresh, …`` tell of its sources in the current scope; twice the same is once."""
    if provider not in _providers:
        _providers.append(provider)


def unregister(provider: Provider) -> None:
    _providers.remove(provider)


def freshness(tables: Iterable[str] | None = None) -> list[Fresh]:
    """The sources that fill any of these tables (None: all sources), those that need a look first.

    The providers are asked once in a request: several parts of a page may show the same line.
    """
    wanted = None if tables is None else frozenset(tables)
    found: list[Fresh] = once("facts.freshness", lambda: [one for ask in _providers for one in ask()])
    chosen = [one for one in found if wanted is None or not one.tables or one.tables & wanted]
    return sorted(chosen, key=lambda one: (not one.bad, one.source))
