"""Guesses of who wrote a report, from everything but the truth: rows in every order, moments, roster, logs.

An attacker gives each report one name among those who stood on its shift. Named right by chance: one in as many.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

from scipy.stats import norm

from tests.attack.month import HOUR, Month

HOLD = 24  # hours that a report may wait: no secret
LEVEL = 0.025  # one end of a 95% interval, shared by all attackers, as the best of many guesses is looked at


@dataclass(frozen=True)
class Row:
    """What a dump, the write-ahead log and hourly backups tell of one report; ``orders``: every order that rows have.

    seen: the moment of the backup (or log record) in which it first stands. name: only for counting who was right.
    """

    name: str
    room: int
    day: int
    shift: str
    seen: float
    orders: dict[str, int]


Guess = Callable[[Month, list[Row], Row, list[int]], int]


def _last_before(month: Month, rows, row: Row, people: list[int]) -> int:
    """Whose request stands last before the row."""
    return min(people, key=lambda p: month.nearest(p, row.seen, before=True))


def _busiest(hours: int) -> Guess:
    def guess(month: Month, rows, row: Row, people: list[int]) -> int:
        return max(people, key=lambda p: month.count(p, row.seen - hours * HOUR, row.seen))

    return guess


def _likeliest(month: Month, rows, row: Row, people: list[int]) -> int:
    """Bayes, knowing how people write: a report comes after one of the writer's own requests of the shift."""

    def weight(person: int) -> float:
        whole = max(1, month.count(person, row.day * 24 * HOUR, (row.day + 1) * 24 * HOUR))
        hours = range(1, HOLD + 1)
        return sum(month.count(person, row.seen - h * HOUR, row.seen - (h - 1) * HOUR) for h in hours) / whole

    return max(people, key=weight)


def _longest_silence(month: Month, rows, row: Row, people: list[int]) -> int:
    """Writing takes a minute or two in which one does nothing else."""

    def gap(person: int) -> float:
        moments = [
            row.seen - HOUR,
            *(m for m in month.clicks[person] if row.seen - HOUR <= m <= row.seen),
            row.seen,
        ]
        return max(b - a for a, b in pairwise(moments))

    return max(people, key=gap)


def _by_order(order: str) -> Guess:
    """Rows of one commit in some order of theirs, spread over the hour before: who clicked next to that moment?"""

    def guess(month: Month, rows, row: Row, people: list[int]) -> int:
        together = sorted((r for r in rows if r.seen == row.seen), key=lambda r: r.orders[order])
        share = (together.index(row) + 0.5) / len(together)
        return min(people, key=lambda p: month.nearest(p, row.seen - HOUR + share * HOUR))

    return guess


def attackers(orders: Iterable[str]) -> dict[str, Guess]:
    """Every way of guessing, by name."""
    plain: dict[str, Guess] = {
        "whose request stands last before the row": _last_before,
        "who was busiest in the hour": _busiest(1),
        "who was busiest in the hours that it may have waited": _busiest(HOLD),
        "Bayes over the hours that it may have waited": _likeliest,
        "who was silent longest": _longest_silence,
    }
    return {**plain, **{f"order of {order}": _by_order(order) for order in orders}}


@dataclass(frozen=True)
class Result:
    """How often an attacker was right, and how often chance is, with the upper end of its interval."""

    attacker: str
    right: int
    expected: float
    most: float

    @property
    def beats_chance(self) -> bool:
        return self.right > self.most


def judged(month: Month, rows: list[Row]) -> list[Result]:
    """Every attacker on every row. most: upper end of chance's interval, a sum of unequal coins (normal, corrected)."""
    truth = {one.name: one.person for one in month.written}
    shares = [1 / len(month.roster[row.room, row.day, row.shift]) for row in rows]
    mean, variance = sum(shares), sum(share * (1 - share) for share in shares)
    guesses = attackers(rows[0].orders)
    most = mean + norm.isf(LEVEL / len(guesses)) * variance**0.5 + 0.5
    found = []
    for name, guess in guesses.items():
        right = sum(
            guess(month, rows, row, month.roster[row.room, row.day, row.shift]) == truth[row.name]
            for row in rows
        )
        found.append(Result(name, right, mean, most))
    return found
