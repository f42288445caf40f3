"""What can be announced, and who listens. Apps meet here instead of importing each other."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar

from django.apps import apps

_facts: dict[str, type["Fact"]] = {}
_subscribers: dict[str, dict[str, Callable[..., None]]] = {}
_manners: dict[tuple[str, str], "Manner"] = {}

F = TypeVar("F", bound=type)


@dataclass(frozen=True)
class Fact:
    """Something that has happened. Carries ids and codes only, never names or clinical text."""


def fact(name: str, title: Any = "") -> Callable[[F], F]:
    """Class decorator: register a fact under a lasting name; stored rows outlive the class's own name.

    title: what has happened, in Chinese, for the administrator's page.
    """

    def register(cls: F) -> F:
        known = _facts.get(name)
        if known is not None and known.__qualname__ != cls.__qualname__:
            raise ValueError(f"Two facts are called {name!r}: {known.__qualname__} and {cls.__qualname__}.")
        cls.fact_name, cls.fact_title = name, title or name
        _facts[name] = cls
        return cls

    return register


@dataclass(frozen=True)
class Manner:
    """How a subscriber wants its facts. order_by: a field of the fact; outside: it gets an idempotency key."""

    order_by: str = ""
    outside: bool = False


def subscribe(
    fact_type: type[Fact],
    handler: Callable[..., None],
    *,
    name: str | None = None,
    order_by: str = "",
    outside: bool = False,
) -> None:
    """Let ``handler(fact, *, now)`` run for every announced fact of this type, in the transaction of its receipt.

    name: a lasting name of the subscription; by default module and function. Registering twice is harmless.
    order_by: a field of the fact, such as "finding_id": facts about the same one arrive in their order; one that
        is not taken holds those behind it until it is, or until the administrator passes it over.
    outside: the handler acts outside the database (a mail, a call): it is called as ``handler(fact, *, now, key)``,
        with the same key at each attempt, because after a crash an attempt may be repeated.
    """
    if order_by and order_by not in {field.name for field in fields(fact_type)}:
        raise ValueError(f"{fact_type.__name__} has no field {order_by!r} to order by.")
    key = name or f"{handler.__module__}.{handler.__qualname__}"
    _subscribers.setdefault(fact_type.fact_name, {})[key] = handler
    _manners[fact_type.fact_name, key] = Manner(order_by, outside)


def unsubscribe(fact_type: type[Fact], name: str) -> None:
    _subscribers.get(fact_type.fact_name, {}).pop(name, None)
    _manners.pop((fact_type.fact_name, name), None)


def subscribers(fact_name: str) -> dict[str, Callable[..., None]]:
    return dict(_subscribers.get(fact_name, {}))


def subscriptions() -> list[tuple[type[Fact], str]]:
    """Every fact type with every subscriber's name, in a stable order."""
    return [(_facts[fact], name) for fact in sorted(_subscribers) for name in sorted(_subscribers[fact])]


def subject_of(value: Fact, subscriber: str) -> str:
    """What a subscriber's deliveries are ordered by: empty when the order does not matter to it."""
    order_by = _manners.get((value.fact_name, subscriber), Manner()).order_by
    return f"{order_by}={getattr(value, order_by)}" if order_by else ""


def is_outside(fact_name: str, subscriber: str) -> bool:
    return _manners.get((fact_name, subscriber), Manner()).outside


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


def title_of(fact_name: str) -> str:
    """What has happened, in words; the stored name when no class knows it any more."""
    return str(getattr(_facts.get(fact_name), "fact_title", fact_name))


def taker_of(fact_name: str, subscriber: str) -> str:
    """The app that takes the fact, in the words of its menu, or the subscription's name."""
    handler = _subscribers.get(fact_name, {}).get(subscriber)
    module = getattr(handler, "__module__", "") or ""
    app = next((a for a in apps.get_app_configs() if module.startswith(a.name + ".")), None)
    return str(app.verbose_name) if app else subscriber
