"""The truth that was planted: exact numerators and denominators by month and department.

Counted here by the planter, from its own arrays and in its own words (domain reference, part d). It knows
nothing of the product's definitions; one that counts a thing as described here must give the same numbers.
"""

from dataclasses import dataclass, field
from itertools import chain

from zhikong.simulator import catalogue, hospital
from zhikong.simulator.ledger_measures import Measure, measures
from zhikong.simulator.ledger_variants import variants
from zhikong.simulator.stages import Stages

HOSPITAL = "*"
"""The key of the whole hospital beside the codes of departments."""


@dataclass
class Ledger:
    """`measures[key][month][department or '*']` is [numerator, denominator]; a count has denominator None."""

    seed: int
    months: list[str]
    meanings: dict[str, dict[str, str]] = field(default_factory=dict)
    measures: dict[str, dict[str, dict[str, list[int | None]]]] = field(default_factory=dict)
    shifts: list[dict] = field(default_factory=list)

    def as_dict(self) -> dict:
        """What ledger.json holds."""
        return dict(vars(self))

    def value(self, key: str, month: str, department: str = HOSPITAL) -> tuple[int, int | None]:
        """Numerator and denominator; KeyError if nothing was planted there."""
        numerator, denominator = self.measures[key][month][department]
        return numerator, denominator


def ledger(stages: Stages) -> Ledger:
    """The ledger of a run."""
    book = Ledger(stages.seed, stages.window.months, shifts=[shift.as_dict() for shift in stages.shifts])
    book.meanings = {row.pop("key"): row for row in catalogue.rows("measures")}
    book.measures = {
        measure.key: _entries(stages, measure) for measure in chain(measures(stages), variants(stages))
    }
    if list(book.meanings) != list(book.measures):
        raise ValueError("measures.csv does not explain the ledger's measures in their order")
    return book


def _entries(stages: Stages, measure: Measure) -> dict:
    """The two matrices (months, departments) as nested dictionaries, with the sum as the hospital."""
    codes = _codes(measure)
    entries = {}
    for row, month in enumerate(stages.window.months):
        top = measure.numerator[row].tolist()
        below = [None] * len(top) if measure.denominator is None else measure.denominator[row].tolist()
        entries[month] = {HOSPITAL: [sum(top), None if measure.denominator is None else sum(below)]}
        entries[month] |= {code: [n, d] for code, n, d in zip(codes, top, below, strict=True)}
    return entries


def _codes(measure: Measure) -> list[str]:
    if measure.numerator.shape[1] == len(catalogue.department_index()):
        return list(catalogue.department_index())
    return [department.code for department in hospital.departments()]
