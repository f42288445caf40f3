"""The truth that was planted: exact numerators and denominators by month and department.

Counted here by the planter, from its own arrays and in its own words (domain reference, part d). It knows
nothing of the product's definitions; one that counts a thing as described here must give the same numbers.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from zhikong.simulator import catalogue, hospital, ledger_care, ledger_records
from zhikong.simulator.ledger_measures import Measure, measures
from zhikong.simulator.ledger_variants import variants
from zhikong.simulator.stages import Stages
from zhikong.simulator.tally import Tally

HOSPITAL = "*"
"""The key of the whole hospital beside the codes of departments."""
FILES = ("measures", "measures_care", "measures_records")
"""Files in data/ that say in words what each measure counts."""


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


def ledger(stages: Stages, tally: Tally | None = None) -> Ledger:
    """The ledger of a run; with the tally of its events also what those files explain that need events."""
    book = Ledger(stages.seed, stages.window.months, shifts=[shift.as_dict() for shift in stages.shifts])
    book.measures = {measure.key: _entries(stages, measure) for measure in _measures(stages)}
    if tally is not None:
        book.measures |= dict(tally.entries())
    explained = {row.pop("key"): row for name in FILES for row in catalogue.rows(name)}
    book.meanings = {key: row for key, row in explained.items() if key in book.measures}
    unexplained, uncounted = book.measures.keys() - explained, explained.keys() - book.measures
    if unexplained or (tally is not None and uncounted):
        raise ValueError(f"the files of measures and the ledger differ: {sorted(unexplained | uncounted)}")
    return book


def _measures(stages: Stages) -> Iterator[Measure]:
    """What needs no events."""
    sources = (measures, variants, ledger_care.measures, ledger_records.measures)
    return chain.from_iterable(source(stages) for source in sources)


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
