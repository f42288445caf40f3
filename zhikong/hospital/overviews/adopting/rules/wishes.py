"""An item of a plan as the adopters read it, and the plan itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any


@dataclass(frozen=True)
class Wish:
    """One accepted item of a plan. fields: what the reader found and people corrected, as `zhikong read --json` has it.

    sentence: the whole sentence around the item. link: (kind, id) of what exists, ("", "") without one. department: id
    of the department it was assigned to; post: role code of the person. start, end: place in the plan's text.
    """

    item: int
    kind: str
    text: str
    sentence: str
    start: int
    end: int
    fields: Mapping[str, Any] = field(default_factory=dict, compare=False)
    link: tuple[str, str] = ("", "")
    department: int | None = None
    department_code: str = ""
    post: str = ""

    def __hash__(self) -> int:
        return hash((self.item, self.start, self.end))

    def word(self, name: str) -> str:
        """A field as text; empty when it was not told."""
        found = self.fields.get(name)
        return "" if found is None else str(found).strip()

    @property
    def subject(self) -> str:
        return self.word("subject")

    @property
    def value(self) -> Decimal | None:
        try:
            return Decimal(str(self.fields["value"]))
        except (KeyError, InvalidOperation):
            return None

    @property
    def often(self) -> tuple[int | None, str]:
        """(how many times, in which period); (None, "") where the plan names no period."""
        found = self.fields.get("frequency") or {}
        count = found.get("count")
        return (None if count is None else round(count), found.get("per") or "")

    @property
    def within(self) -> tuple[float, str] | None:
        found = self.fields.get("within") or {}
        value = found.get("value")
        return None if value is None else (float(value), found.get("unit") or "")

    @property
    def month(self) -> int | None:
        found = self.fields.get("theme_month")
        return int(found) if found else None

    def says(self, name: str) -> bool:
        """Whether a mark such as conditional, negated or relative is set."""
        return bool(self.fields.get(name))

    def days(self, year: int) -> tuple[date | None, date | None]:
        """The dates of the item; where the plan gives no year, the plan's own. 02-29 is the last of February."""
        return _day(self.word("starts_on"), year), _day(self.word("ends_on"), year)


def _day(text: str, year: int) -> date | None:
    parts = text.split("-")
    if len(parts) not in (2, 3) or not all(part.isdigit() for part in parts):
        return None
    numbers = [int(part) for part in parts]
    year, month, day = numbers if len(numbers) == 3 else (year, *numbers)
    for last in (day, 30, 29, 28):
        try:
            return date(year, month, min(day, last))
        except ValueError:
            continue
    return None


@dataclass(frozen=True)
class Paper:
    """The plan that is adopted. department: of a department's own plan, None for the hospital's. url: its review page.

    level: the institution's level. choices: item → way that the reader chose for what could not be as it stood.
    """

    document: int
    title: str
    year: int
    url: str
    today: date
    level: str
    department: int | None = None
    choices: Mapping[int, str] = field(default_factory=dict)

    def quote(self, wish: Wish, longest: int = 200) -> str:
        """Where a thing comes from, in one line: the plan's title and the words of the sentence."""
        return f"{self.title}：{' '.join(wish.sentence.split())}"[:longest]
