"""Other readings of measures that hospitals count in more than one way; data/measures.csv tells them apart."""

from collections.abc import Iterator

import numpy as np

from zhikong.simulator import catalogue, diagnoses, records
from zhikong.simulator.clinical import AGREES, NOT_DONE
from zhikong.simulator.ledger_measures import Measure, Page, readmitted
from zhikong.simulator.stages import Stages


def variants(stages: Stages) -> Iterator[Measure]:
    """The other readings, in the order of data/measures.csv."""
    closed = np.flatnonzero(~stages.cohort.open)
    page = Page(stages, closed)
    yield from _agreements(stages, closed, page)
    yield from _front_page(stages, closed, page)
    yield from _documents(stages, closed, page)
    yield from _cases(stages, closed, page)
    yield from _acquired(stages, closed, page)


def _agreements(stages: Stages, closed, page: Page) -> Iterator[Measure]:
    outcome = stages.outcome
    for key, value in (
        ("admission_discharge", outcome.admission_match[closed]),
        ("outpatient_discharge", outcome.outpatient_match[closed]),
        ("preop_postop", outcome.operative_match[closed]),
        ("clinical_pathology", outcome.pathology_match[closed]),
        ("clinical_radiology", outcome.radiology_match[closed]),
    ):
        yield page.share(f"{key}_agreement_of_valued", value == AGREES, value != NOT_DONE)


def _front_page(stages: Stages, closed, page: Page) -> Iterator[Measure]:
    outcome, every = stages.outcome, np.ones(len(closed), dtype=bool)
    fee = {code: page.add(value[closed]) for code, value in stages.costs.fee.items()}
    nursing = outcome.nursing[closed]
    days = page.add(nursing.sum(axis=1))
    yield page.share("grade_b_or_c_records", outcome.grade[closed] != 1, every)
    yield page.share("transfers_out_all", np.isin(outcome.way[closed], [2, 3]), every)
    yield Measure("nursing_special_or_1_share", page.add(nursing[:, :2].sum(axis=1)), days)
    yield Measure("antibacterial_of_western", fee["D23x01"], fee["D23"])
    yield Measure("labour_fee_share", fee["D11"] + fee["D13"] + fee["D20x02"], fee["D01"])


def _documents(stages: Stages, closed, page: Page) -> Iterator[Measure]:
    made, every = stages.documents, np.ones(len(closed), dtype=bool)
    for key, kind in (("admission_record", records.ADMISSION), ("discharge_record", records.DISCHARGE)):
        own = made.stay[(made.kind == kind) & (made.signed <= made.due)]
        yield page.share(f"{key}_24h_of_all", np.isin(closed, own), every)
    short = made.stay[np.isin(made.kind, (records.SHORT_STAY, records.SHORT_STAY_DEATH))]
    due = ~np.isin(closed, short)  # who has the record of a short stay owes no other
    for key, kind, owed in (
        ("admission_record", records.ADMISSION, due),
        ("discharge_record", records.DISCHARGE, due & ~stages.cohort.dead[closed]),
    ):
        own = made.stay[(made.kind == kind) & (made.signed <= made.due)]
        yield page.share(f"{key}_24h_of_owed", np.isin(closed, own), owed)


def _cases(stages: Stages, closed, page: Page) -> Iterator[Measure]:
    cohort, codes = stages.cohort.take(closed), catalogue.cases().code
    cyclic = np.char.startswith(codes, "Z49") | np.char.startswith(codes, "Z51")
    left = ~cohort.dead & ~stages.outcome.planned[closed] & ~cyclic[cohort.case]
    yield page.share("unplanned_readmission_31d_of_unplanned", readmitted(cohort), left)
    own = (np.char.startswith(codes, "J44.0") | np.char.startswith(codes, "J44.1"))[cohort.case]
    yield Measure("copd_exacerbation_days", page.add(own * cohort.days), page.add(own))
    yield page.share("copd_exacerbation_mortality", cohort.dead, own)


_ACQUIRED = (
    ("acquired_pneumonia", ("J12", "J13", "J14", "J15", "J16", "J18")),
    ("acquired_pressure_injury", ("L89",)),
    ("acquired_thrombosis", ("I26", "I80.1", "I80.2", "I82.8")),
)


def _acquired(stages: Stages, closed, page: Page) -> Iterator[Measure]:
    made, codes = stages.diagnoses, diagnoses.terms()[0]
    arisen = (made.kind == diagnoses.KINDS.index("other")) & (made.on_admission == 4)
    for key, prefixes in _ACQUIRED:
        listed = np.any([np.char.startswith(codes, prefix) for prefix in prefixes], axis=0)
        own = made.stay[arisen & listed[made.term]]
        yield page.share(key, np.isin(closed, own), np.ones(len(closed), dtype=bool))
