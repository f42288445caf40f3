"""One run of all stages: what was planted, as arrays. Tables and ledger are both made from this."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from zhikong.simulator import (
    arrivals,
    clinical,
    costs,
    diagnoses,
    hospital,
    identities,
    movement,
    procedures,
    profiles,
    records,
    reported,
)  # fmt: skip
from zhikong.simulator.clock import Window, stream
from zhikong.simulator.shifts import Shift


@dataclass(frozen=True)
class Stages:
    """The arrays of one simulated hospital. Rows of other stages point to rows of the cohort by `stay`."""

    seed: int
    window: Window
    scale: float
    shifts: tuple[Shift, ...]
    cohort: arrivals.Cohort
    movement: movement.Movement
    outcome: clinical.Outcome
    attending: np.ndarray  # position in procedures.staff_numbers()
    resident: np.ndarray
    procedures: procedures.Procedures
    diagnoses: diagnoses.Diagnoses
    costs: costs.Costs
    documents: records.Documents
    results: records.Results
    identities: identities.Identities
    reported: reported.Reported
    occupied: np.ndarray  # (departments, days) occupied beds
    open_beds: np.ndarray  # beds of each department
    profile: profiles.Profile = profiles.CITY

    @cached_property
    def returned(self) -> np.ndarray:
        """Whether the patient of each stay was here before, as far as the simulated months go back."""
        order = np.lexsort((self.cohort.admitted, self.cohort.patient))
        patient = self.cohort.patient[order]
        again = np.zeros(len(order), dtype=bool)
        again[order[1:]] = patient[1:] == patient[:-1]
        return again


def run(
    seed: int,
    window: Window,
    scale: float,
    plan: tuple[Shift, ...],
    profile: profiles.Profile = profiles.CITY,
) -> Stages:
    """All stages in order; the same arguments give the same arrays bit for bit."""
    plan = (*profile.usual, *plan)
    cohort = arrivals.cohort(seed, window, scale, plan, profile.weights())
    moved = movement.movement(seed, cohort)
    outcome = clinical.outcomes(seed, cohort, moved, plan)
    attending, resident = _doctors(seed, moved.last)
    done = procedures.procedures(seed, cohort, moved, outcome, attending, plan)
    return Stages(
        seed, window, scale, plan, cohort, moved, outcome, attending, resident,
        procedures=done,
        diagnoses=diagnoses.diagnoses(seed, cohort, outcome),
        costs=costs.costs(seed, cohort, moved, outcome, done, profile.dear),
        documents=records.documents(seed, cohort, moved, outcome, done, careless=profile.careless),
        results=records.results(seed, cohort, plan),
        identities=identities.identities(seed, cohort),
        reported=reported.reported(seed, window, _registers(cohort, moved, outcome, window)),
        occupied=movement.census(cohort, moved, window),
        open_beds=movement.open_beds(scale),
        profile=profile,
    )  # fmt: skip


def _registers(cohort, moved, outcome, window: Window) -> reported.Registers:
    """Discharges and rescues by month and department of discharge, as a department counts them itself."""
    closed = np.flatnonzero(~cohort.open)
    cell = (cohort.month[closed] - window.first, moved.last[closed])

    def added(value: np.ndarray) -> np.ndarray:
        result = np.zeros((window.count, len(hospital.admitting())), dtype=np.int64)
        np.add.at(result, cell, value)
        return result

    return reported.Registers(
        discharges=added(np.ones(len(closed), dtype=np.int64)),
        rescues=added(outcome.rescues[closed].astype(np.int64)),
        successes=added(outcome.successes[closed].astype(np.int64)),
    )


def _doctors(seed: int, department: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Attending and resident doctor of each stay, drawn from its department's staff."""
    rng = stream(seed, "doctors")
    u = rng.random((2, len(department)))
    attending, resident = np.empty(len(department), np.int64), np.empty(len(department), np.int64)
    for number, owner in enumerate(hospital.admitting()):
        own = department == number
        seniors = procedures.doctors(owner.code, ("副主任医师", "主治医师", "主任医师"))
        juniors = procedures.doctors(owner.code, ("住院医师",))
        attending[own] = seniors[(u[0, own] * len(seniors)).astype(np.int64)]
        resident[own] = juniors[(u[1, own] * len(juniors)).astype(np.int64)]
    return attending, resident
