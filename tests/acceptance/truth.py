"""What a truth is: a measure of the simulator's ledger that an indicator must give, month by month and place by place."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from zhikong.engine.results import Result
from zhikong.simulator.ledger import Ledger
from zhikong.simulator.tally import TENTHS

Pair = tuple[int | Decimal | None, int | None]
Cell = tuple[str, str]  # month, department or HOSPITAL


@dataclass(frozen=True)
class Truth:
    """The ledger's measure `key`; its denominator may stand in another measure.

    `ranked`: a median or percentile, of which the ledger has ten times the value and the number of values.
    """

    key: str
    denominator: str | None = None
    ranked: bool = False

    def stands_in(self, ledger: Ledger) -> bool:
        """Whether the ledger has what this truth needs: without events it has not everything."""
        return self.key in ledger.measures and (self.denominator or self.key) in ledger.measures

    def cells(self, ledger: Ledger) -> Iterator[tuple[Cell, Pair]]:
        """Each month and department with numerator and denominator; a plain count has denominator None."""
        for month, places in ledger.measures[self.key].items():
            for place, (numerator, own) in places.items():
                other = self.denominator and ledger.measures[self.denominator][month][place][1]
                yield (month, place), (numerator, own if self.denominator is None else other)

    def got(self, result: Result | None, truth: Pair, multiplier: Decimal) -> Pair:
        """What a result says in the same words; zero where there is none, and no denominator for a count."""
        if result is None:
            return 0, None if truth[1] is None else 0
        if not self.ranked:
            return result.numerator, result.denominator
        value = 0 if result.value is None else result.value * TENTHS / multiplier
        return value, result.denominator or 0
