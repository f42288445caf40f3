"""Truths about care among the events: nursing, infections, laboratory, medicines, blood; data/measures_care.csv.

What is counted by stay belongs to the month and department of discharge, as do tubes, infections and results by
the month of their stay; adverse events belong to the month in which they happened.
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from zhikong.simulator import catalogue
from zhikong.simulator.clock import DAY
from zhikong.simulator.events import drugs, findings, harm, nursing
from zhikong.simulator.events.block import Block
from zhikong.simulator.events.rows import NEVER, Rows
from zhikong.simulator.ledger_measures import Measure, Page
from zhikong.simulator.stages import Stages
from zhikong.simulator.tally import Tally, month_of

LATE = 1 << 60
"""Later than any minute."""


def measures(stages: Stages) -> Iterator[Measure]:
    """Further truths that need no events."""
    closed = np.flatnonzero(~stages.cohort.open)
    page = Page(stages, closed)
    days = stages.outcome.nursing[closed]
    whole = page.add(days.sum(axis=1))
    for column, level in ((2, "two"), (3, "three")):
        yield Measure(f"nursing_level_{level}_share", page.add(days[:, column]), whole)


def of_block(tally: Tally, block: Block, rows: dict[str, Rows]) -> None:
    """Count what a block of closed stays has; `rows` are its tables as the planter holds them."""
    stays = Stays(tally, block)
    _tubes(stays, rows["devices"])
    _assessments(stays, rows["assessments"])
    _harm(stays, rows["adverse_events"])
    _infections(stays, rows["infections"])
    _prophylaxis(stays, rows["operations"], rows["medications"])
    _cultures(stays, rows["results"], rows["medications"])


def of_month(tally: Tally, month: int, tables: dict[str, pa.Table]) -> None:
    """Count the outpatient side of one month."""


def of_hospital(tally: Tally) -> None:
    """Count what belongs to no block: days of beds, staff."""


class Stays:
    """The stays of a block as columns, and the ways in which rows of theirs are counted."""

    def __init__(self, tally: Tally, block: Block) -> None:
        self.tally, self.block, self.count = tally, block, len(block)
        self.month, self.last = block.cohort.month, block.last

    def share(self, key: str, top: np.ndarray, below: np.ndarray) -> None:
        """How many of the stays `below` are also `top`, by month and department of discharge."""
        self.tally.share(key, self.month, self.last, top, below)

    def rows(
        self, key: str, i: np.ndarray, at: np.ndarray, top: np.ndarray, below: np.ndarray | None
    ) -> None:
        """Rows by the month of their stay's discharge and the department where the patient lay at that minute."""
        self.tally.add(key, self.month[i], self.block.department_at(i, at), top, below)

    def any(self, i: np.ndarray) -> np.ndarray:
        """For each stay whether it is among `i`."""
        there = np.zeros(self.count, dtype=bool)
        there[i] = True
        return there

    def first(self, i: np.ndarray, minute: np.ndarray) -> np.ndarray:
        """The earliest minute of each stay; LATE without one."""
        found = np.full(self.count, LATE)
        np.minimum.at(found, i, minute)
        return found

    def final(self, i: np.ndarray, minute: np.ndarray) -> np.ndarray:
        """The latest minute of each stay; NEVER without one."""
        found = np.full(self.count, NEVER)
        np.maximum.at(found, i, minute)
        return found


_TUBES = (
    ("airway", harm.AIRWAY),
    ("gastric_tube", harm.STOMACH),
    ("urinary_catheter", harm.CATHETER),
    ("central_line", harm.LINE),
)


def _tubes(stays: Stays, made: Rows) -> None:
    """Tubes that came out unplanned for a thousand midnights with a tube."""
    placed, removed = made.columns["placed_at"], made.columns["removed_at"]
    nights = removed // DAY - placed // DAY
    for name, kind in _TUBES:
        own = made.columns["kind"].index == kind
        key, slipped = f"{name}_unplanned_removal", made.columns["unplanned_removal"][own]
        stays.rows(key, made.i[own], placed[own], slipped, nights[own])


_SCALES = (
    ("pain_assessed_within_8_hours", nursing.PAIN, 8, 0),
    ("nutrition_screened_within_24_hours", nursing.NUTRITION, 24, 0),
    ("vte_assessed_within_24_hours", nursing.VTE, 24, 14),
    ("fall_assessed_within_24_hours", nursing.FALL, 24, 0),
)
"""Key, scale, hours from admission, least age."""


def _assessments(stays: Stays, made: Rows) -> None:
    kind, at = made.columns["kind"].index, made.columns["at"]
    for key, scale, hours, age in _SCALES:
        own = kind == scale
        waited = stays.first(made.i[own], at[own]) - stays.block.admitted
        stays.share(key, waited <= hours * 60, stays.block.cohort.age >= age)


_HURT = ("mild", "moderate", "severe", "death")


def _harm(stays: Stays, made: Rows) -> None:
    """Adverse events, by the month and place in which they happened."""
    at, told = made.columns["occurred_at"], made.columns["recorded_at"]
    month, place = month_of(at), stays.block.department_at(made.i, at)
    degree, kind = made.columns["harm"].index, made.columns["category"].index
    every, hurt = np.ones(len(made), bool), np.isin(degree, [harm.HARMS.index(word) for word in _HURT])
    bad = hurt & (degree != harm.HARMS.index("mild"))
    share = stays.tally.share
    share("fall_injury_share", month, place, hurt, kind == harm.CATEGORIES.index("跌倒坠床"))
    share("medication_error_harm_share", month, place, hurt, kind == harm.CATEGORIES.index("用药错误"))
    share("adverse_event_harm_share", month, place, bad, every)
    share("adverse_event_recorded_within_24_hours", month, place, told - at <= DAY, every)


def _infections(stays: Stays, made: Rows) -> None:
    onset, told, sure = (made.columns[name] for name in ("onset_at", "reported_at", "confirmed_at"))
    every, silent = np.ones(len(made), bool), told == NEVER
    all_stays = np.ones(stays.count, bool)
    stays.share("hospital_infection_incidence", stays.any(made.i), all_stays)
    cases = np.bincount(made.i, minlength=stays.count)
    stays.tally.add("hospital_infection_case_rate", stays.month, stays.last, cases, all_stays)
    stays.share("resistant_infection_incidence", stays.any(made.i[made.columns["resistant"]]), all_stays)
    stays.rows("infection_missed_report", made.i, onset, silent, every)
    soon = ~silent & (told - sure <= DAY)
    stays.rows("infection_reported_within_24_hours", made.i, onset, soon, every)
    wound = made.i[made.columns["site"].index == harm.SITES.index("ssi")]
    stays.share("surgical_site_infection_registered", stays.any(wound), _operated(stays.block))


def _operated(block: Block) -> np.ndarray:
    """Stays with surgery or an intervention."""
    done, ops = block.stages.procedures, catalogue.operations()
    rows = block.rows(done.stay)
    cut = np.zeros(len(block), dtype=bool)
    cut[done.stay[rows][ops.surgical[done.operation[rows]]] - block.first] = True
    return cut


def _prophylaxis(stays: Stays, operations: Rows, given: Rows) -> None:
    """Prevention around the clean incisions of a stay: whether, when before the first, how long after the last."""
    clean = stays.block.stages.procedures.incision[stays.block.rows(stays.block.stages.procedures.stay)] == 1
    cut = stays.first(operations.i[clean], operations.columns["performed_at"][clean])
    closed = stays.final(operations.i[clean], operations.columns["ended_at"][clean])
    dose = (given.columns["purpose"].index == drugs.PROPHYLAXIS) & (
        given.columns["antibacterial_class"].index != drugs.CLASSES.index("none")
    )
    at = given.columns["given_at"][dose]
    first, last = stays.first(given.i[dose], at), stays.final(given.i[dose], at)
    had, prevented = cut != LATE, first != LATE
    stays.share("class_one_prophylaxis", prevented, had)
    before = cut - first
    stays.share("class_one_prophylaxis_timely", (before >= 30) & (before <= 120), had & prevented)
    stays.share("class_one_prophylaxis_stopped", last - closed <= DAY, had & prevented)


def _cultures(stays: Stays, results: Rows, given: Rows) -> None:
    """Whether the first specimen for culture was taken before the first curative dose of each class."""
    own = results.columns["kind"].index == findings.CULTURE
    taken = stays.first(results.i[own], results.columns["collected_at"][own])
    cure = given.columns["purpose"].index == drugs.TREATMENT
    for name in ("unrestricted", "restricted", "special"):
        dose = cure & (given.columns["antibacterial_class"].index == drugs.CLASSES.index(name))
        first = stays.first(given.i[dose], given.columns["given_at"][dose])
        stays.share(f"culture_before_{name}", taken <= first, first != LATE)
