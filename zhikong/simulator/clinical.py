"""What becomes of each stay: confirmed diagnosis, agreement, rescues, grade of the record, care, way out."""

from dataclasses import dataclass

import numpy as np

from zhikong.simulator import catalogue, shifts
from zhikong.simulator.arrivals import Cohort
from zhikong.simulator.clock import DAY, stream
from zhikong.simulator.movement import Movement

NOT_DONE, AGREES, DIFFERS, UNCERTAIN = 0, 1, 2, 3
"""Values of the five agreements of diagnoses (诊断符合情况, RC008)."""


@dataclass
class Outcome:
    """One row is a stay of the cohort."""

    confirmed: np.ndarray  # day on which the diagnosis was confirmed
    admission_match: np.ndarray  # NOT_DONE … UNCERTAIN
    outpatient_match: np.ndarray
    operative_match: np.ndarray
    pathology_match: np.ndarray
    radiology_match: np.ndarray
    rescues: np.ndarray
    successes: np.ndarray
    grade: np.ndarray  # 1 A, 2 B, 3 C
    way: np.ndarray  # 离院方式 1–5, 9
    route: np.ndarray  # 入院途径 1, 2, 3
    planned: np.ndarray  # bool: a readmission within 31 days is planned
    nursing: np.ndarray  # (stays, 4) days of special, first, second and third level nursing
    ventilator: np.ndarray  # hours
    transfused: np.ndarray  # bool
    reaction: np.ndarray  # bool
    blood: np.ndarray  # (stays, 5) red cells (U), platelets (bags), plasma, whole blood, autologous (ml)
    surgical: np.ndarray  # bool: the principal operation is surgery or an intervention
    complication: np.ndarray  # bool: one of the listed complications arose after the operation
    acquired: np.ndarray  # bool: another harm arose in hospital
    neoplasm: np.ndarray  # bool: principal diagnosis C00–D48
    pathology_done: np.ndarray  # bool


def outcomes(seed: int, cohort: Cohort, moved: Movement, plan: tuple[shifts.Shift, ...]) -> Outcome:
    """Outcomes of all stays, closed and open alike."""
    rng = stream(seed, "clinical")
    habits, ops = catalogue.habits(), catalogue.operations()
    count, ward = len(cohort), moved.last
    surgical = (cohort.operation >= 0) & ops.surgical[cohort.operation]
    neoplasm = _starts(cohort.case, ("C", "D0", "D1", "D2", "D3", "D4"))
    pathology = (neoplasm & (rng.random(count) < 0.94)) | (surgical & (rng.random(count) < 0.22))
    imaging = rng.random(count) < habits.imaging[ward]
    rescues, successes = _rescues(rng, cohort, moved, habits.rescue[ward])
    transfused, blood = _transfusion(rng, cohort, moved)
    return Outcome(
        confirmed=_confirmed(rng, cohort, moved, plan),
        admission_match=_match(rng, np.ones(count, dtype=bool), habits.match[ward], missing=0.006),
        outpatient_match=_match(rng, np.ones(count, dtype=bool), habits.match[ward] - 0.025, missing=0.03),
        operative_match=_match(rng, surgical, np.full(count, 0.985)),
        pathology_match=_match(rng, pathology, np.full(count, 0.955)),
        radiology_match=_match(rng, imaging, np.full(count, 0.945)),
        rescues=rescues,
        successes=successes,
        grade=_grade(rng, cohort, ward, plan),
        way=_way(rng, cohort, habits.leaves[ward]),
        route=_route(rng, cohort),
        planned=(cohort.plan == 1) | ((rng.random(count) < 0.006) & ~cohort.dead),
        nursing=_nursing(rng, cohort, moved),
        ventilator=_ventilator(rng, cohort, moved),
        transfused=transfused,
        reaction=transfused & (rng.random(count) < 0.006),
        blood=blood,
        surgical=surgical,
        complication=surgical & (rng.random(count) < np.where(cohort.age >= 65, 0.026, 0.012)),
        acquired=(cohort.nights >= 3) & (rng.random(count) < 0.007),
        neoplasm=neoplasm,
        pathology_done=pathology,
    )


def _starts(case: np.ndarray, prefixes: tuple[str, ...]) -> np.ndarray:
    """Whether the principal diagnosis begins with one of the prefixes."""
    codes = catalogue.cases().code
    hit = np.zeros(len(codes), dtype=bool)
    for prefix in prefixes:
        hit |= np.char.startswith(codes, prefix)
    return hit[case]


def _confirmed(rng, cohort: Cohort, moved: Movement, plan) -> np.ndarray:
    """The day of the confirmed diagnosis: late only in stays of more than four nights, as habit has it."""
    count, ward = len(cohort), moved.last
    on_time = shifts.values(
        plan, "confirmed_within_3_days", catalogue.habits().confirmed[ward], ward, cohort.month
    )
    long = cohort.nights > 4
    width = len(catalogue.department_index())
    share = np.bincount(ward, long, width) / np.maximum(np.bincount(ward, minlength=width), 1)
    late = long & (rng.random(count) < np.minimum((1 - on_time) / np.maximum(share[ward], 0.05), 1))
    early = np.minimum(rng.choice(4, count, p=[0.30, 0.38, 0.22, 0.10]), cohort.nights)
    delay = 4 + np.floor(rng.random(count) ** 2 * (cohort.nights - 3)).astype(np.int64)
    return cohort.admitted // DAY + np.where(late, np.minimum(delay, cohort.nights), early)


def _match(rng, done: np.ndarray, share: np.ndarray, missing: float = 0.0) -> np.ndarray:
    """AGREES with the chance `share`, else mostly DIFFERS; NOT_DONE where not done or left empty."""
    u = rng.random(len(done))
    result = np.where(u < share, AGREES, np.where(u < share + (1 - share) * 0.82, DIFFERS, UNCERTAIN))
    return np.where(done & (rng.random(len(done)) >= missing), result, NOT_DONE)


def _rescues(rng, cohort: Cohort, moved: Movement, rate: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rescues and successful ones. A patient who dies in a rescue has one that failed: the last."""
    count = len(cohort)
    in_icu = moved.icu(catalogue.department_index()["ICUD"]).any(axis=1)
    survived = rng.poisson(rate * np.where(in_icu, 3.0, 1.0) * np.where(cohort.emergency, 1.3, 0.6))
    survived = np.minimum(np.where(cohort.day_surgery, 0, survived), 9)
    failed = (cohort.dead & (rng.random(count) < 0.82)).astype(np.int64)
    return survived + failed, survived


def _grade(rng, cohort: Cohort, ward: np.ndarray, plan) -> np.ndarray:
    """Grade of the archived record; C is rare."""
    habit = 0.952 + 0.012 * np.sin(np.arange(len(catalogue.department_index())) * 2.1)
    share = shifts.values(plan, "record_grade_a", habit[ward], ward, cohort.month)
    u = rng.random(len(cohort))
    return np.where(u < share, 1, np.where(u < 1 - (1 - share) * 0.004, 2, 3))


def _way(rng, cohort: Cohort, leaves: np.ndarray) -> np.ndarray:
    """离院方式: 5 for the dead; otherwise mostly on the doctor's order."""
    u = rng.random(len(cohort))
    alive = np.select([u < leaves, u < leaves + 0.012, u < leaves + 0.027, u > 0.996], [4, 2, 3, 9], 1)
    alive = np.where((cohort.plan > 0) & (alive == 2), 1, alive)
    return np.where(cohort.dead, 5, alive)


def _route(rng, cohort: Cohort) -> np.ndarray:
    """入院途径: emergency, outpatient clinic, transferred from another institution."""
    return np.where(rng.random(len(cohort)) < 0.02, 3, np.where(cohort.emergency, 1, 2))


def _nursing(rng, cohort: Cohort, moved: Movement) -> np.ndarray:
    """Days by level of nursing; they add up to the days of stay."""
    days, count = cohort.days, len(cohort)
    icu = moved.icu(catalogue.department_index()["ICUD"])
    in_icu = np.where(icu, moved.end // DAY - moved.start // DAY, 0).sum(axis=1)
    special = np.minimum(in_icu + (cohort.dead & (rng.random(count) < 0.4)), days)
    first = np.minimum(np.rint(days * rng.beta(1.3, 2.2, count)).astype(np.int64), days - special)
    second = np.rint((days - special - first) * rng.beta(4, 1.4, count)).astype(np.int64)
    return np.stack([special, first, second, days - special - first - second], axis=1)


def _ventilator(rng, cohort: Cohort, moved: Movement) -> np.ndarray:
    """Hours of invasive ventilation; where the principal operation is ventilation they fit its code."""
    ops, count = catalogue.operations(), len(cohort)
    in_icu = moved.icu(catalogue.department_index()["ICUD"]).any(axis=1)
    hours = np.exp(rng.normal(3.6, 0.9, count))
    hours = np.where(in_icu & (rng.random(count) < np.where(cohort.dead, 0.9, 0.42)), hours, 0)
    short, long = ops.number("96.7101"), ops.number("96.7201")
    hours = np.where(cohort.operation == short, 8 + 87 * rng.random(count), hours)
    hours = np.where(cohort.operation == long, 96 + 120 * rng.random(count), hours)
    stay = (cohort.discharged - cohort.admitted) // 60
    return np.where(cohort.operation == long, np.rint(hours), np.minimum(np.rint(hours), stay)).astype(
        np.int64
    )


def _transfusion(rng, cohort: Cohort, moved: Movement) -> tuple[np.ndarray, np.ndarray]:
    """Whether blood was given, and how much of each product."""
    count, numbers = len(cohort), catalogue.department_index()
    operation = np.where(cohort.operation >= 0, catalogue.operations().blood[cohort.operation], 0.0)
    bleeding = _starts(cohort.case, ("K92.2", "K25.4", "K26.4", "I85", "O72", "D61", "D46", "C92", "C91"))
    in_icu = moved.icu(numbers["ICUD"]).any(axis=1)
    chance = 0.006 + operation + 0.24 * bleeding + 0.16 * in_icu + 0.05 * (cohort.home == numbers["ONCO"])
    given = (rng.random(count) < chance) & ~cohort.day_surgery
    blood_disease = cohort.home == numbers["HEMA"]
    red = np.where(given & (rng.random(count) < 0.86), 1 + rng.poisson(1.6, count), 0)
    platelets = np.where(
        given & (rng.random(count) < np.where(blood_disease, 0.7, 0.06)), 1 + rng.poisson(1, count), 0
    )
    plasma = np.where(given & (rng.random(count) < 0.34), 200 * (1 + rng.poisson(1.2, count)), 0)
    red = np.where(given & (red + platelets + plasma == 0), 2, red)
    orthopaedic = given & (cohort.home == numbers["ORTH"]) & (rng.random(count) < 0.3)
    own = np.where(orthopaedic, 100 * (1 + rng.poisson(1.5, count)), 0)
    return given, np.stack([red, platelets, plasma, np.zeros(count, dtype=np.int64), own], axis=1)
