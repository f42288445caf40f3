"""Truths of indicators that stand on others: recomputed from the ledger in fractions, by formulas written here by hand."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from tests.acceptance.truth import Cell
from zhikong.engine.results import Result
from zhikong.simulator.ledger import Ledger

DIGITS = 15
"""A quotient is compared to so many digits after the point: the engine keeps twenty-eight in all."""


def quotient(ledger: Ledger, keys: tuple[str, str], months: list[str], place: str) -> Fraction | None:
    """Numerators over denominators of these months; None where there is nothing below the line."""
    top = sum(ledger.measures[keys[0]][month][place][0] for month in months)
    below = sum(ledger.measures[keys[1]][month][place][1] or 0 for month in months)
    return Fraction(top, below) if below else None


def shown(value: Fraction | None) -> tuple[int | None, None]:
    """The value as a whole number of its last digit."""
    return (None if value is None else round(value * 10**DIGITS)), None


@dataclass(frozen=True)
class Derived(ABC):
    """What growths and composites share: no numerator and denominator, only a value."""

    @property
    @abstractmethod
    def keys(self) -> list[str]:
        """The measures of the ledger that it stands on."""

    @abstractmethod
    def value(self, ledger: Ledger, month: str, place: str) -> Fraction | None:
        """The exact value of a month and place; None where it cannot be computed."""

    @property
    def key(self) -> str:
        return self.keys[0]

    def stands_in(self, ledger: Ledger) -> bool:
        """Whether the ledger counts all that this stands on."""
        return all(key in ledger.measures for key in self.keys)

    def cells(self, ledger: Ledger) -> Iterator[tuple[Cell, tuple[int | None, None]]]:
        """Each month and place with the value that must come out."""
        for month in ledger.months:
            for place in ledger.measures[self.key][month]:
                yield (month, place), shown(self.value(ledger, month, place))

    def got(self, result: Result | None, truth, multiplier) -> tuple[int | None, None]:
        """What a result says in the same words."""
        known = result is not None and result.value is not None
        return shown(Fraction(result.value) if known else None)


@dataclass(frozen=True)
class Grown(Derived):
    """The change in per cent against the same month a year before, or against the whole year `base`."""

    of: str = ""
    base: int | None = None

    @property
    def keys(self) -> list[str]:
        return [self.of]

    def value(self, ledger: Ledger, month: str, place: str) -> Fraction | None:
        now = quotient(ledger, (self.of, self.of), [month], place)
        past = self._past(ledger, month)
        then = quotient(ledger, (self.of, self.of), past, place) if past else None
        return None if now is None or not then else (now - then) / then * 100

    def _past(self, ledger: Ledger, month: str) -> list[str]:
        if self.base is not None:
            return [m for m in ledger.months if m.startswith(str(self.base))]
        before = f"{int(month[:4]) - 1}{month[4:]}"
        return [before] if before in ledger.months else []


@dataclass(frozen=True)
class Scored(Derived):
    """Parts: (key, multiplier, weight, value of 0 points, value of 100 points); points never leave 0 to 100."""

    parts: tuple[tuple[str, int, int, int, int], ...] = ()

    @property
    def keys(self) -> list[str]:
        return [part[0] for part in self.parts]

    def value(self, ledger: Ledger, month: str, place: str) -> Fraction | None:
        points = [self._points(ledger, part, month, place) for part in self.parts]
        if any(one is None for one in points):
            return None
        return sum(one * part[2] for one, part in zip(points, self.parts, strict=True)) / 100

    def _points(self, ledger: Ledger, part, month: str, place: str) -> Fraction | None:
        key, multiplier, _weight, zero, full = part
        found = quotient(ledger, (key, key), [month], place)
        if found is None:
            return None
        return min(max((found * multiplier - zero) * 100 / (full - zero), Fraction(0)), Fraction(100))
