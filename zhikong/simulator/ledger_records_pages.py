"""Truths of the front page beyond the first ones: harm after surgery, goals, single diseases, money."""

from collections.abc import Iterator

import numpy as np

from zhikong.simulator import catalogue, diagnoses, hospital, reported
from zhikong.simulator.clock import DAY
from zhikong.simulator.diagnoses import delivered
from zhikong.simulator.ledger_measures import Measure, Page
from zhikong.simulator.procedures import INFECTED
from zhikong.simulator.stages import Stages

NEVER = 1 << 50
SOON = 12 * 60
"""Minutes from admission within which an infarction is to be opened."""
AROUND = 48 * 60
"""Minutes after the last operation that still count as around it."""


def measures(stages: Stages) -> Iterator[Measure]:
    """All of them, in the order of data/measures_records.csv."""
    closed = np.flatnonzero(~stages.cohort.open)
    page = Page(stages, closed)
    yield from _days_around_surgery(stages, closed, page)
    yield _incisions(stages)
    yield from _harm(stages, closed, page)
    yield from _goals(stages, closed, page)
    yield from _single_procedures(stages, closed, page)
    yield from _money(stages, closed, page)
    yield from _survival(stages, closed, page)
    yield from _filled(stages, closed, page)
    yield _medical_office(stages)
    yield from _records_office(stages, page)


def _knife(stages: Stages) -> np.ndarray:
    """Rows of operations that are surgery or an intervention."""
    return catalogue.operations().surgical[stages.procedures.operation]


def _stays_with(stages: Stages, rows: np.ndarray) -> np.ndarray:
    """For each stay whether one of these rows of operations is its own."""
    return np.bincount(stages.procedures.stay[rows], minlength=len(stages.cohort)) > 0


def _outermost(stages: Stages, rows: np.ndarray, pick) -> np.ndarray:
    """The first (np.minimum) or last (np.maximum) beginning of these operations in each stay; ±NEVER without."""
    done = stages.procedures
    found = np.full(len(stages.cohort), NEVER if pick is np.minimum else -NEVER)
    pick.at(found, done.stay[rows], done.performed[rows])
    return found


def _days_around_surgery(stages: Stages, closed, page: Page) -> Iterator[Measure]:
    cohort, done, knife = stages.cohort.take(closed), stages.procedures, _knife(stages)
    planned, cut = _stays_with(stages, knife & done.elective)[closed], _stays_with(stages, knife)[closed]
    first = _outermost(stages, knife & done.elective, np.minimum)[closed]
    waited = np.where(planned, first // DAY - cohort.admitted // DAY, 0)
    yield Measure("days_before_planned_surgery", page.add(waited), page.add(planned))
    last, alive = _outermost(stages, knife, np.maximum)[closed], cut & ~cohort.dead
    healed = np.where(alive, cohort.discharged // DAY - last // DAY, 0)
    yield Measure("days_after_surgery", page.add(healed), page.add(alive))
    high = np.isin(catalogue.operations().grade, ["3", "4"])[done.operation]
    yield page.share("grade_3_or_4_share", _stays_with(stages, knife & high)[closed], cut)
    around = (cohort.discharged - last <= AROUND) & cohort.dead
    yield page.share("died_around_surgery", around, cut)


def _incisions(stages: Stages) -> Measure:
    done = stages.procedures
    rows = np.flatnonzero((done.incision > 0) & ~stages.cohort.open[done.stay])
    every = np.ones(len(rows), dtype=bool)
    return Page(stages, done.stay[rows]).share("incisions_infected", done.healing[rows] == INFECTED, every)


_AFTER_SURGERY = (
    ("arisen_embolism", ("I26",)),
    ("arisen_deep_thrombosis", ("I80.1", "I80.2", "I82.8")),
    ("arisen_sepsis", ("A40", "A41")),
    ("arisen_bleeding", ("T81.0",)),
    ("arisen_dehiscence", ("T81.3",)),
    ("arisen_respiratory_failure", ("J96.0", "J96.9")),
    ("arisen_metabolic", ("E86", "E87")),
)
"""Diagnoses that were not there on admission, in stays with surgery (reference d15, 2.2.3.1 to 2.2.3.8 without 2.2.3.6)."""
_INFUSION = ("T80.0", "T80.1", "T80.2", "T80.8", "T80.9")


def _harm(stages: Stages, closed, page: Page) -> Iterator[Measure]:
    cut, every = _stays_with(stages, _knife(stages))[closed], np.ones(len(closed), dtype=bool)
    for key, prefixes in _AFTER_SURGERY:
        yield page.share(key, np.isin(closed, _arisen(stages, prefixes)), cut)
    yield page.share("arisen_infusion_reaction", np.isin(closed, _arisen(stages, _INFUSION)), every)


def _arisen(stages: Stages, prefixes: tuple[str, ...]) -> np.ndarray:
    """Stays with such a diagnosis among the others, absent on admission."""
    made = stages.diagnoses
    own = (made.kind == diagnoses.KINDS.index("other")) & (made.on_admission == 4)
    return made.stay[own & _listed(diagnoses.terms()[0], prefixes)[made.term]]


def _listed(codes: np.ndarray, prefixes: tuple[str, ...]) -> np.ndarray:
    return np.any([np.char.startswith(codes, prefix) for prefix in prefixes], axis=0)


def _goals(stages: Stages, closed, page: Page) -> Iterator[Measure]:
    cohort, done, ops = stages.cohort.take(closed), stages.procedures, catalogue.operations()
    codes, urgent = catalogue.cases().code[cohort.case], stages.outcome.route[closed] == 1
    opened = _stays_with(stages, _listed(ops.code, ("99.10", "39.74"))[done.operation])[closed]
    yield page.share("stroke_opened", opened, _listed(codes, ("I63",)) & urgent)
    heart = _listed(ops.code, ("36.0", "00.66", "99.10"))[done.operation]
    soon = _stays_with(stages, heart & (done.performed - stages.cohort.admitted[done.stay] <= SOON))[closed]
    infarct = _listed(codes, ("I21.0", "I21.1", "I21.2", "I21.3")) & urgent
    yield page.share("infarct_opened_12h", soon, infarct)
    malignant = np.char.startswith(codes, "C")
    staged = malignant & (np.cumsum(malignant) % 20 != 0)  # the page leaves one in twenty out
    number = np.array([int(code[1:3]) if code[0] == "C" else 99 for code in codes.tolist()])
    yield page.share("tumour_staged", staged, number <= 80)
    yield _vaginal(stages, closed, page)


_BIRTH_HARM = ("O70.2", "O70.3", "O71", "O72", "O85", "O86", "O87", "O88", "O90")


def _vaginal(stages: Stages, closed, page: Page) -> Measure:
    made, ops = stages.diagnoses, catalogue.operations()
    listed = _listed(diagnoses.terms()[0], _BIRTH_HARM)[made.term]
    told = np.isin(made.kind, [diagnoses.KINDS.index(kind) for kind in ("principal", "other")])
    harmed = np.isin(closed, made.stay[listed & told])
    cut = _stays_with(stages, _listed(ops.code, ("74.",))[stages.procedures.operation])[closed]
    return page.share("vaginal_birth_harm", harmed, delivered(stages.cohort)[closed] & ~cut)


_PROCEDURES = (
    ("hip_days", ("81.51", "81.52")),
    ("knee_days", ("81.54",)),
    ("caesarean_days", ("74.0", "74.1", "74.2")),
)


def _single_procedures(stages: Stages, closed, page: Page) -> Iterator[Measure]:
    cohort, ops = stages.cohort.take(closed), catalogue.operations()
    for key, prefixes in _PROCEDURES:
        own = _stays_with(stages, _listed(ops.code, prefixes)[stages.procedures.operation])[closed]
        yield Measure(key, page.add(own * cohort.days), page.add(own))
    lungs = _listed(catalogue.cases().code, ("J13", "J14", "J15", "J18"))[cohort.case]
    young = lungs & (cohort.age >= 1) & (cohort.age <= 17)
    yield Measure("child_pneumonia_days", page.add(young * cohort.days), page.add(young))


def _money(stages: Stages, closed, page: Page) -> Iterator[Measure]:
    fee = {code: page.add(value[closed]) for code, value in stages.costs.fee.items()}
    yield Measure("laboratory_and_imaging_share", fee["D16"] + fee["D17"], fee["D01"])
    drugs = fee["D23"] + fee["D24"] + fee["D25"]
    yield Measure("mean_drug_cost", drugs, page.add(np.ones(len(closed), dtype=bool)))


def _survival(stages: Stages, closed, page: Page) -> Iterator[Measure]:
    cohort, outcome = stages.cohort.take(closed), stages.outcome
    urgent = outcome.route[closed] == 1
    yield Measure(
        "emergency_rescue_success",
        page.add(outcome.successes[closed] * urgent),
        page.add(outcome.rescues[closed] * urgent),
    )
    yield page.share("newborn_deaths", cohort.dead, _newborn(stages, closed))


def _newborn(stages: Stages, closed) -> np.ndarray:
    """Younger than one year and admitted at most 28 days after birth."""
    cohort, known = stages.cohort.take(closed), stages.identities
    born = known.birth[np.searchsorted(known.patient, cohort.patient)]
    return (cohort.age == 0) & (cohort.admitted // DAY - born <= 28)


def _medical_office(stages: Stages) -> Measure:
    """One report a month by the office, for what is a mean over months."""
    own = np.array([department.function == "medical_affairs" for department in hospital.departments()])
    reports = np.repeat(own[None, :].astype(np.int64), stages.window.count, axis=0)
    return Measure("medical_office_reports", reports, reports)


def _records_office(stages: Stages, page: Page) -> Iterator[Measure]:
    """Discharges where they were, and the staff that the records office reports where that office stands."""
    wide = (stages.window.count, len(hospital.departments()))
    discharged = np.zeros(wide, dtype=np.int64)
    discharged[:, : len(catalogue.department_index())] = page.add(np.ones(len(page.row), dtype=bool))
    made = stages.reported
    for key, item in (("records_per_clerk", "record_staff"), ("records_per_coder", "coders")):
        own, staff = made.item == reported.NAMES.index(item), np.zeros(wide, dtype=np.int64)
        staff[made.month[own] - stages.window.first, made.department[own]] = made.numerator[own]
        yield Measure(key, discharged, staff)


def _filled(stages: Stages, closed, page: Page) -> Iterator[Measure]:
    """How front pages are filled in: nothing that must be there is left out, but pathology is where it was not done."""
    every, made = np.ones(len(closed), dtype=bool), stages.diagnoses
    yield page.share("pages_complete", every, every)
    told = np.isin(made.kind, [diagnoses.KINDS.index(kind) for kind in ("principal", "other")])
    blank = made.stay[told & (made.on_admission == 0)]
    yield page.share("conditions_filled", ~np.isin(closed, blank), np.isin(closed, made.stay[told]))
    outcome = stages.outcome
    yield page.share("tumours_with_pathology", outcome.pathology_done[closed], outcome.neoplasm[closed])
