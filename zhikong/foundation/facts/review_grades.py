"""Grades of reviewed records by month: who reviews registers a provider, and analyses ask here and import nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Graded:
    """How many reviewed records of a month and department (its code) got a grade, such as 甲. Whole numbers."""

    department: str
    grade: str
    records: int


Provider = Callable[[str], Iterable[Graded]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Let ``provider(month) -> Graded, …`` tell the final grades of records discharged in the month; twice is once."""
    if provider not in _providers:
        _providers.append(provider)


def unregister(provider: Provider) -> None:
    _providers.remove(provider)


def grades_of(month: str) -> list[Graded]:
    """The grades of a month in the current scope; empty when nobody reviews, which is not the same as no 丙."""
    return [one for ask in _providers for one in ask(month)]
