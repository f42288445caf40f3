"""What a picture is to be drawn of: one question, the same in an address, in a saved tool and in a form."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
COUNT = "count"
LISTS = ("departments",)
NUMBERS = ("low", "high", "target")
SPAN = 12  # months that are looked at when nobody says which
LONGEST = 200


class Unanswerable(ValueError):
    """The question cannot be answered; str: the sentence for the screen."""


@dataclass(frozen=True)
class Asked:
    """source, key: whose rows. first, last: months, both count. by, across: dimensions. measure: its id, or count.

    only: ``dimension:value`` narrows to rows of one value. cut: first month of "after". measure_y, key_y: the second
    quantity of a scatter. low, high, target: specification and aim as typed. rule: how a histogram's classes are made.
    """

    source: str = ""
    key: str = ""
    first: str = ""
    last: str = ""
    departments: tuple[int, ...] = ()
    by: str = ""
    across: str = ""
    measure: str = COUNT
    measure_y: str = ""
    key_y: str = ""
    only: str = ""
    cut: str = ""
    low: str = ""
    high: str = ""
    target: str = ""
    rule: str = "sqrt"
    most: int = 10

    @classmethod
    def of(cls, said: Mapping[str, Any], *, today: date) -> Asked:
        """From a query string or stored JSON; what cannot be read takes its default."""
        values: dict[str, Any] = {}
        for name, default in asdict(cls()).items():
            if name in LISTS:
                values[name] = _ids(said.getlist(name) if hasattr(said, "getlist") else said.get(name) or ())
            elif name == "most":
                values[name] = _bounded(said.get(name), default)
            else:
                values[name] = str(said.get(name) or default).strip()[:LONGEST]
        return cls(**values)._in_time(today)

    def _in_time(self, today: date) -> Asked:
        """Months that are none are replaced: the last whole year up to this month."""
        last = self.last if MONTH.fullmatch(self.last) else f"{today:%Y-%m}"
        first = self.first if MONTH.fullmatch(self.first) else moved(last, 1 - SPAN)
        cut = self.cut if MONTH.fullmatch(self.cut) else ""
        return replace(self, first=min(first, last), last=max(first, last), cut=cut)

    def number(self, name: str) -> float | None:
        """One of low, high and target as a number; raises Unanswerable when it is none."""
        text = getattr(self, name)
        try:
            return float(text) if text else None
        except ValueError:
            raise Unanswerable(f"“{text}”不是数，请改成数字。") from None

    def stored(self) -> dict[str, Any]:
        """As JSON keeps it: only what is not the default."""
        plain = asdict(Asked())
        return {
            name: list(value) if name in LISTS else value
            for name, value in asdict(self).items()
            if value != plain[name]
        }

    def query(self, **changes: Any) -> str:
        """As an address says it."""
        return urlencode(replace(self, **changes).stored(), doseq=True)


def moved(month: str, by: int) -> str:
    """The month so many months later."""
    count = int(month[:4]) * 12 + int(month[5:]) - 1 + by
    return f"{count // 12:04d}-{count % 12 + 1:02d}"


def _ids(said: Sequence[Any]) -> tuple[int, ...]:
    return tuple(sorted({int(one) for one in said if str(one).isdigit()}))


def _bounded(said: Any, default: int) -> int:
    return min(max(int(said), 3), 20) if str(said or "").isdigit() else default
