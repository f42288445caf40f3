"""The measures of the ledger, counted from the planter's arrays; data/measures.csv says what each counts."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from zhikong.simulator import catalogue, hospital, records, reported
from zhikong.simulator.arrivals import Cohort
from zhikong.simulator.clinical import AGREES, DIFFERS
from zhikong.simulator.clock import DAY, months_of
from zhikong.simulator.diagnoses import delivered
from zhikong.simulator.procedures import HEALED_A, INFECTED
from zhikong.simulator.stages import Stages

MONTH_MINUTES = 31 * DAY


@dataclass(frozen=True)
class Measure:
    """Matrices (months, departments) of integers; the denominator of a plain count is None."""

    key: str
    numerator: np.ndarray
    denominator: np.ndarray | None


@dataclass(frozen=True)
class Page:
    """Adds up rows by month and department; `row` are the stays that the values belong to."""

    stages: Stages
    row: np.ndarray

    def add(self, value: np.ndarray) -> np.ndarray:
        """Sum of the values (bool counts as 0 or 1) by month and department of discharge; exact."""
        cohort, window = self.stages.cohort, self.stages.window
        width = len(catalogue.department_index())
        cell = (cohort.month[self.row] - window.first) * width + self.stages.movement.last[self.row]
        result = np.zeros(window.count * width, dtype=np.int64)
        np.add.at(result, cell, value.astype(np.int64))
        return result.reshape(window.count, width)

    def share(self, key: str, top: np.ndarray, below: np.ndarray) -> Measure:
        """How many of the rows `below` are also `top`."""
        return Measure(key, self.add(top & below), self.add(below))


def measures(stages: Stages) -> Iterator[Measure]:
    """All measures, in the order of data/measures.csv."""
    closed = np.flatnonzero(~stages.cohort.open)
    page = Page(stages, closed)
    yield from _basic(stages, closed, page)
    yield from _agreements(stages, closed, page)
    yield from _care(stages, closed, page)
    yield from _surgery(stages, closed, page)
    yield from _money(stages, closed, page)
    yield from _documents(stages, closed, page)
    yield from _single_diseases(stages, closed, page)
    yield _readmission(stages, closed, page)
    yield _occupancy(stages)
    yield from _incisions(stages)
    yield _critical(stages)
    yield from _reported(stages)


def _basic(stages: Stages, closed, page: Page) -> Iterator[Measure]:
    cohort, outcome = stages.cohort.take(closed), stages.outcome
    way, every = outcome.way[closed], np.ones(len(closed), dtype=bool)
    yield Measure("discharges", page.add(every), None)
    yield Measure("average_length_of_stay", page.add(cohort.days), page.add(every))
    yield page.share("inpatient_mortality", cohort.dead, every)
    yield page.share("stays_over_30_days", cohort.days > 30, every)
    yield page.share("non_medical_order_discharges", way == 4, every)
    yield page.share("transfers_out", way == 2, every)
    yield page.share("transfers_to_community", way == 3, every)
    yield page.share("emergency_admissions", outcome.route[closed] == 1, every)
    yield page.share("elderly_share", cohort.age >= 65, every)
    yield page.share("infant_share", cohort.age == 0, every)


def _agreements(stages: Stages, closed, page: Page) -> Iterator[Measure]:
    outcome = stages.outcome
    for key, value in (
        ("admission_discharge_agreement", outcome.admission_match[closed]),
        ("outpatient_discharge_agreement", outcome.outpatient_match[closed]),
        ("preop_postop_agreement", outcome.operative_match[closed]),
        ("clinical_pathology_agreement", outcome.pathology_match[closed]),
        ("clinical_radiology_agreement", outcome.radiology_match[closed]),
    ):
        yield page.share(key, value == AGREES, (value == AGREES) | (value == DIFFERS))


def _care(stages: Stages, closed, page: Page) -> Iterator[Measure]:
    cohort, outcome, every = stages.cohort.take(closed), stages.outcome, np.ones(len(closed), dtype=bool)
    grade, given = outcome.grade[closed], outcome.transfused[closed]
    in_icu = stages.movement.icu(catalogue.department_index()["ICUD"])[closed].any(axis=1)
    soon = outcome.confirmed[closed] - cohort.admitted // DAY <= 3
    yield page.share("diagnosis_within_three_days", soon, every)
    yield page.share("grade_a_records", grade == 1, every)
    yield page.share("grade_b_records", grade == 2, every)
    yield page.share("transfusion_share", given, every)
    yield page.share("transfusion_reactions", outcome.reaction[closed], given)
    yield page.share("icu_share", in_icu, every)
    yield page.share("ventilator_share", outcome.ventilator[closed] > 0, every)
    yield Measure("grade_c_records", page.add(grade == 3), None)
    yield Measure("rescue_success", page.add(outcome.successes[closed]), page.add(outcome.rescues[closed]))
    nursing = outcome.nursing[closed]
    days = page.add(nursing.sum(axis=1))
    yield Measure("nursing_special_share", page.add(nursing[:, 0]), days)
    yield Measure("nursing_1_share", page.add(nursing[:, 1]), days)


def _surgery(stages: Stages, closed, page: Page) -> Iterator[Measure]:
    cohort, ops, done = stages.cohort.take(closed), catalogue.operations(), stages.procedures
    which, knife = done.operation, ops.surgical[done.operation]
    surgical = _any(stages, knife)[closed]
    elective = _any(stages, knife & done.elective)[closed]
    letter = catalogue.cases().code[cohort.case].astype("U1")
    counted = surgical & (letter != "O") & (letter != "P")
    caesarean = _any(stages, np.char.startswith(ops.code, "74.")[which])[closed]
    yield page.share("surgical_share", surgical, np.ones(len(closed), dtype=bool))
    yield page.share("surgical_mortality", cohort.dead, surgical)
    yield page.share("minimally_invasive_share", _any(stages, knife & ops.minimal[which])[closed], surgical)
    yield page.share("grade_4_share", _any(stages, knife & (ops.grade == "4")[which])[closed], surgical)
    yield page.share("unplanned_returns", _any(stages, done.unplanned)[closed], surgical)
    yield page.share("day_surgery_share", cohort.day_surgery, elective)
    yield page.share("surgical_complications", stages.outcome.complication[closed], counted)
    yield page.share("caesarean_share", caesarean, delivered(stages.cohort)[closed])


def _any(stages: Stages, rows: np.ndarray) -> np.ndarray:
    """For each stay whether one of its operations is flagged."""
    result = np.zeros(len(stages.cohort), dtype=bool)
    result[stages.procedures.stay[rows]] = True
    return result


_FEE_SHARES = (
    ("drug_share", ("D23", "D24", "D25")),
    ("material_share", ("D31", "D32", "D33")),
    ("antibacterial_share", ("D23x01",)),
    ("medical_service_share", ("D11",)),
    ("nursing_fee_share", ("D13",)),
    ("laboratory_share", ("D16",)),
    ("imaging_share", ("D17",)),
    ("surgery_fee_share", ("D20x02",)),
    ("self_paid_share", ("D09",)),
)


def _money(stages: Stages, closed, page: Page) -> Iterator[Measure]:
    fee = {code: page.add(value[closed]) for code, value in stages.costs.fee.items()}
    yield Measure("mean_cost", fee["D01"], page.add(np.ones(len(closed), dtype=bool)))
    for key, classes in _FEE_SHARES:
        yield Measure(key, sum(fee[code] for code in classes), fee["D01"])
    yield Measure("antibacterial_of_drugs", fee["D23x01"], fee["D23"] + fee["D24"] + fee["D25"])


def _documents(stages: Stages, closed, page: Page) -> Iterator[Measure]:
    cohort, made = stages.cohort.take(closed), stages.documents
    in_time, every = made.signed <= made.due, np.ones(len(closed), dtype=bool)
    full = cohort.discharged - cohort.admitted >= DAY
    for key, kinds, below in (
        ("first_note_8h", (records.FIRST_NOTE,), every),
        ("admission_record_24h", (records.ADMISSION,), full),
        ("discharge_record_24h", (records.DISCHARGE, records.DEATH), full),
        ("front_page_24h", (records.FRONT_PAGE,), every),
    ):
        good = np.bincount(made.stay[np.isin(made.kind, kinds) & in_time], minlength=len(stages.cohort)) > 0
        yield page.share(key, good[closed], below)
    knife = catalogue.operations().surgical[stages.procedures.operation]
    needed = np.bincount(stages.procedures.stay[knife], minlength=len(stages.cohort))[closed]
    there = np.bincount(made.stay[(made.kind == records.OPERATION) & in_time], minlength=len(stages.cohort))
    yield page.share("operation_record_24h", there[closed] >= needed, needed > 0)


SINGLE_DISEASES = (
    ("ami", ("I21",), 0),
    ("heart_failure", ("I11.0", "I13.0", "I13.2", "I50"), 0),
    ("pneumonia", ("J13", "J14", "J15", "J18"), 18),
    ("stroke", ("I63",), 0),
    ("copd", ("J44.0", "J44.1", "J44.9"), 0),
)
"""Key, prefixes of the principal diagnosis, least age in years (domain reference d16, perf 10)."""


def _single_diseases(stages: Stages, closed, page: Page) -> Iterator[Measure]:
    cohort, codes = stages.cohort.take(closed), catalogue.cases().code
    for key, prefixes, age in SINGLE_DISEASES:
        listed = np.any([np.char.startswith(codes, prefix) for prefix in prefixes], axis=0)
        own = listed[cohort.case] & (cohort.age >= age)
        cases = page.add(own)
        yield Measure(f"{key}_cases", cases, None)
        yield Measure(f"{key}_days", page.add(own * cohort.days), cases)
        yield Measure(f"{key}_cost", page.add(own * stages.costs.fee["D01"][closed]), cases)
        yield page.share(f"{key}_mortality", cohort.dead, own)


def readmitted(cohort: Cohort) -> np.ndarray:
    """Whether the patient's next of these stays began after this discharge, at most 31 × 24 h later."""
    order = np.lexsort((cohort.admitted, cohort.patient))
    same = np.append(cohort.patient[order][1:] == cohort.patient[order][:-1], False)
    gap = np.append(cohort.admitted[order][1:], 0) - cohort.discharged[order]
    soon = np.zeros(len(cohort), dtype=bool)
    soon[order] = same & (gap > 0) & (gap <= MONTH_MINUTES)
    return soon


def _readmission(stages: Stages, closed, page: Page) -> Measure:
    cohort = stages.cohort.take(closed)
    unplanned = readmitted(cohort) & ~stages.outcome.planned[closed]
    return page.share("unplanned_readmission_31d", unplanned, ~cohort.dead)


def _occupancy(stages: Stages) -> Measure:
    window = stages.window
    month = months_of(np.arange(window.first_day, window.end_day)) - window.first
    occupied = np.zeros((window.count, len(stages.occupied)), dtype=np.int64)
    np.add.at(occupied, month, stages.occupied.T)
    return Measure("bed_occupancy", occupied, np.bincount(month)[:, None] * stages.open_beds[None, :])


def _incisions(stages: Stages) -> Iterator[Measure]:
    done = stages.procedures
    rows = np.flatnonzero((done.incision == 1) & ~stages.cohort.open[done.stay])
    page, healing = Page(stages, done.stay[rows]), done.healing[rows]
    every = np.ones(len(rows), dtype=bool)
    yield page.share("class_1_healed_a", healing == HEALED_A, every)
    yield page.share("class_1_infected", healing == INFECTED, every)


def _critical(stages: Stages) -> Measure:
    made = stages.results
    rows = np.flatnonzero(made.critical)
    handled, notified = made.handled[rows], made.notified[rows]
    soon = (handled >= 0) & (handled - notified <= records.HANDLE_WITHIN)
    return Page(stages, made.stay[rows]).share("critical_handled_30min", soon, np.ones(len(rows), dtype=bool))


def _reported(stages: Stages) -> Iterator[Measure]:
    made, shape = stages.reported, (stages.window.count, len(hospital.departments()))
    for number, item in enumerate(reported.NAMES):
        own = made.item == number
        place = (made.month[own] - stages.window.first, made.department[own])
        top, below = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        top[place], below[place] = made.numerator[own], made.denominator[own]
        counted = (below[place] == reported.NO_DENOMINATOR).all()
        yield Measure(f"reported_{item}", top, None if counted else below)
