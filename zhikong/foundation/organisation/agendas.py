"""What apps put before committees by themselves. Apps meet here, because functions do not import each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Offered:
    """A topic for an agenda. key: the same thing has the same key; url: where its facts stand."""

    key: str
    title: str
    text: str = ""
    url: str = ""


Offer = Callable[[date], Iterable[Offered]]
_offers: dict[str, Offer] = {}


def register(code: str, offer: Offer) -> None:
    """Offer an app's topics as of a day; called in its ready(). The same code again replaces it."""
    _offers[code] = offer


def offered(*, on: date) -> list[Offered]:
    """Everything that apps put forward, within the reader's scope."""
    return [one for code in sorted(_offers) for one in _offers[code](on)]
