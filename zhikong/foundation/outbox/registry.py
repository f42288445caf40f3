"""What can be announced, and who listens. Apps meet here instead of importing each other."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar

_facts: dict[str, type["Fact"]] = {}
_subscribers: dict[str, dict[str, Callable[..., None]]] = {}

F = TypeVar("F", bound=type)


@dataclass(frozen=True)
class Fact:
    """Something that has happened. Carries ids and codes only, never names or clinical text."""


def fact(name: str) -> Callable[[F], F]:
    """Class decorator: register a fact under a lasting name; stored rows outlive the class's own name."""

    def register(cls: F) -> F:
        known = _facts.get(name)
        if known is not None and known.__qualname__ != cls.__qualname__:
            raise ValueError(f"Two facts are called {name!r}: {known.__qualname__} and {cls.__qualname__}.")
        cls.fact_name = name
        _facts[name] = cls
        return cls

    return register


def subscribe(fact_type: type[Fact], handler: Callable[..., None], *, name: str | None = None) -> None:
    """Let ``handler(fact, *, now)`` run once for every announced fact of this type, in its own transaction.

    name: a lasting name of the subscription; by default module and function. Registering twice is harmless.
    """
    key = name or f"{handler.__module__}.{handler.__qualname__}"
    _subscribers.setdefault(fact_type.fact_name, {})[key] = handler


def unsubscribe(fact_type: type[Fact], name: str) -> None:
    _subscribers.get(fact_type.fact_name, {}).pop(name, None)


def subscribers(fact_name: str) -> dict[str, Callable[..., None]]:
    return dict(_subscribers.get(fact_name, {}))


def to_payload(value: Fact) -> dict[str, Any]:
    """The fact as JSON values; refuses anything but whole numbers, short codes, flags and lists of them."""
    payload = asdict(value)
    for name, item in payload.items():
        items = item if isinstance(item, list | tuple) else [item]
        if not all(one is None or isinstance(one, int | str | bool) for one in items):
            raise TypeError(f"{type(value).__name__}.{name} may hold ids and codes only.")
        if any(isinstance(one, str) and len(one) > 64 for one in items):
            raise ValueError(f"{type(value).__name__}.{name} is text, not a code.")
    return {name: list(item) if isinstance(item, tuple) else item for name, item in payload.items()}


def from_payload(name: str, payload: dict[str, Any]) -> Fact:
    """The fact again; fields that a newer version dropped are ignored."""
    cls = _facts[name]
    known = {field.name for field in fields(cls)}
    values = {key: tuple(v) if isinstance(v, list) else v for key, v in payload.items() if key in known}
    return cls(**values)
