"""What else stands in the year's calendar: meetings, campaigns, themes. Apps meet here instead of importing each other."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from zhikong.foundation.access.permissions import Permission, can


@dataclass(frozen=True)
class Dated:
    """One thing with a day, or with days from ``on`` to ``until``. department_id: whose it is; None: the hospital's.

    body: the committee's name, if it is one's. kind: the code of its source. note: a word beside it, such as 已召开.
    """

    on: date
    title: str
    url: str = ""
    until: date | None = None
    department_id: int | None = None
    body: str = ""
    kind: str = ""
    note: str = ""

    @property
    def last(self) -> date:
        return self.until or self.on


@dataclass(frozen=True)
class DateSource:
    """A kind of dates. dates: ``dates(start, end)`` gives those that touch the days; it asks for rows in scope only.

    opens: permissions of which one opens the pages that the dates lead to; empty when everybody may.
    """

    code: str
    title: Any
    dates: Callable[[date, date], Iterable[Dated]]
    order: int = 100
    opens: tuple[Permission, ...] = ()

    def may_open(self, reader) -> bool:
        return reader is None or not self.opens or any(can(reader, one) for one in self.opens)


_sources: dict[str, DateSource] = {}


def register_dates(source: DateSource) -> None:
    """Show an app's dates in the year's calendar; called in its ready(). The same code again replaces it."""
    _sources[source.code] = source


def unregister_dates(code: str) -> None:
    _sources.pop(code, None)


def sources() -> list[DateSource]:
    return sorted(_sources.values(), key=lambda one: (one.order, one.code))


def between(start: date, end: date, *, reader=None) -> list[Dated]:
    """Everything that other apps have in some days, by day and source; without a way to pages closed to the reader."""
    found = []
    for rank, source in enumerate(sources()):
        closed = {} if source.may_open(reader) else {"url": ""}
        for one in source.dates(start, end):
            if one.on <= end and one.last >= start:
                found.append((one.on, rank, one.title, replace(one, kind=source.code, **closed)))
    return [one for *_order, one in sorted(found, key=lambda row: row[:3])]
