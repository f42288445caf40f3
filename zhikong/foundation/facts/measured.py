"""Which indicators are in force: whoever keeps them says so here, and others may ask what reads a column."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from zhikong.engine.definitions import Definition

Provider = Callable[[], Mapping[str, Definition]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Let ``provider() -> {id: definition}`` tell the definitions in force in the current scope; twice is once."""
    if provider not in _providers:
        _providers.append(provider)


def unregister(provider: Provider) -> None:
    _providers.remove(provider)


def definitions() -> dict[str, Definition]:
    """Every definition in force, by its id."""
    return {key: found for ask in _providers for key, found in ask().items()}
