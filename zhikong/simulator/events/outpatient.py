"""The outpatient side: visits, appointments and prescriptions of patients of the hospital and of others."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhikong.engine.tables import arrow_schema
from zhikong.engine.tables.event_codes import APPOINTMENT_STATUS, DISPOSITION, VISIT_KIND
from zhikong.simulator import catalogue, hospital, seasons
from zhikong.simulator.clock import DAY, months_of, stream
from zhikong.simulator.columns import (
    department_words,
    minutes,
    month_words,
    numbered,
    one,
    patient_keys,
    words,
)
from zhikong.simulator.events import visit_records
from zhikong.simulator.events.drugs import CLASSES, drugs
from zhikong.simulator.events.planting import FAULT, NEAR, SCHEMA
from zhikong.simulator.events.staffing import pick, pick_of
from zhikong.simulator.procedures import staff_numbers
from zhikong.simulator.stages import Stages

KINDS = [code for code, _ in VISIT_KIND.values]
PLACES = [code for code, _ in DISPOSITION.values]
STATES = [code for code, _ in APPOINTMENT_STATUS.values]
SERVICES = ("门诊", "检查", "日间", "手术")
_VISITS_PER_ADMISSION = 2.2
"""The simulated clinics are a sample: real ones see fifteen times as many as are admitted."""
_MOST_IN_A_MONTH = 1_000_000  # visits: their numbers begin with the month's
_STRANGERS = 40_000_000  # patients who were never admitted have numbers from here
OUTPATIENT_DAYS, EMERGENCY_DAYS, MOST_DRUGS = 7, 3, 5


def tables(stages: Stages, month: int) -> dict[str, pa.Table]:
    """`visits`, `appointments`, `prescriptions` of one month (its number since 1970-01), and what was planted there."""
    rng = stream(stages.seed, f"events outpatient {month}")
    start, end = (
        int(np.datetime64(n, "M").astype("datetime64[D]").astype(np.int64)) for n in (month, month + 1)
    )
    days = np.arange(start, end)
    expected = seasons.expected_admissions(days) * stages.scale * _VISITS_PER_ADMISSION
    expected = expected * stages.profile.weights()[:, None]
    count = rng.poisson(expected)
    department = np.repeat(np.repeat(np.arange(len(count)), len(days)), count.ravel())
    day = np.repeat(np.tile(days, len(count)), count.ravel())
    order = np.argsort(day, kind="stable")
    department, day = department[order], day[order]
    visit = _visits(rng, stages, department, day)
    visit["number"] += month * _MOST_IN_A_MONTH
    forgotten = stream(stages.seed, f"events triage {month}").random(len(day)) < 0.02
    visit["triage"] = np.where(forgotten, 0, visit["triage"])
    prescription, planted = _prescriptions(rng, visit)
    numbers = pc.unique(prescription["visit_id"])
    drugs = pc.is_in(numbered("MZ", visit["number"], 9), numbers).to_numpy(zero_copy_only=False)
    written = visit_records.table(stages, month, visit, drugs)
    return {
        "visits": _visit_table(visit),
        "visit_records": written["visit_records"],
        "appointments": _appointment_table(rng, visit),
        "prescriptions": prescription,
        "planted_events": pa.concat_tables([planted, written["planted_events"]]),
    }


def _visits(rng, stages: Stages, department: np.ndarray, day: np.ndarray) -> dict[str, np.ndarray]:
    """Numpy columns of the visits; a quarter are patients who were also admitted at some time."""
    count, mix = len(day), catalogue.cases()
    urgent = rng.random(count) < 0.22
    kind = np.where(
        urgent, np.where(rng.random(count) < 0.06, 2, 1), np.where(rng.random(count) < 0.04, 3, 0)
    )
    first = np.searchsorted(mix.department, department)
    size = np.searchsorted(mix.department, department, side="right") - first
    case = first + (rng.random(count) * size).astype(np.int64)
    known = rng.random(count) < 0.25
    which = rng.integers(0, len(stages.cohort), count)
    low, high = mix.age_from[case], np.maximum(mix.age_to[case], 1)
    age = (low + rng.random(count) * (high - low)).astype(np.int64)
    male = np.where(mix.sex[case] == 0, rng.random(count) < 0.5, mix.sex[case] == 1)
    at = day * DAY + np.where(
        urgent, rng.integers(0, DAY, count), 7 * 60 + 30 + (560 * rng.beta(1.3, 1.6, count)).astype(np.int64)
    )
    wait = np.where(urgent, 2 + rng.exponential(12, count), 5 + rng.exponential(35, count)).astype(np.int64)
    length = np.where(kind == 2, 240 + rng.exponential(900, count), 6 + rng.exponential(25, count)).astype(
        np.int64
    )
    place = rng.choice(6, count, p=[0.86, 0.07, 0.03, 0.01, 0.0005, 0.0295])
    return {
        "number": np.arange(1, count + 1), "department": department, "kind": kind, "case": case, "urgent": urgent,
        "patient": np.where(known, stages.cohort.patient[which], _STRANGERS + rng.integers(0, 20_000_000, count)),
        "age": np.where(known, stages.cohort.age[which], age),
        "male": np.where(known, stages.cohort.male[which], male),
        "at": at, "seen": at + wait, "left": at + wait + length, "place": np.where(kind == 3, 0, place),
        "triage": np.where(urgent, rng.choice(4, count, p=[0.02, 0.1, 0.5, 0.38]) + 1, 0),
        "doctor": pick(rng, "specialist", department),
    }  # fmt: skip


def _visit_table(v: dict[str, np.ndarray]) -> pa.Table:
    mix = catalogue.cases()
    columns = {
        "visit_id": numbered("MZ", v["number"], 9),
        "patient_key": patient_keys(v["patient"]),
        "institution": one(hospital.profile().code, len(v["number"])),
        "department": department_words(v["department"]),
        "kind": words(v["kind"], KINDS),
        "registered_at": minutes(v["at"]),
        "seen_at": minutes(v["seen"], v["place"] != 5),
        "left_at": minutes(v["left"]),
        "triage_level": pa.array(v["triage"], mask=v["triage"] == 0),
        "disposition": words(v["place"], PLACES),
        "doctor": words(v["doctor"], staff_numbers()),
        "diagnosis_code": words(v["case"], mix.code),
        "diagnosis": words(v["case"], mix.name),
        "age_years": pa.array(v["age"]),
        "sex": words(np.where(v["male"], 0, 1), ["1", "2"]),
        "month": month_words(months_of(v["at"] // DAY)),
    }
    return _table("visits", columns)


def _table(name: str, columns: dict[str, pa.Array]) -> pa.Table:
    schema = arrow_schema(name)
    if set(schema.names) != set(columns):
        raise ValueError(f"{name}: columns differ: {sorted(set(schema.names) ^ set(columns))}")
    return pa.table([columns[field.name].cast(field.type) for field in schema], schema=schema)


def _appointment_table(rng, v: dict[str, np.ndarray]) -> pa.Table:
    """An appointment for most ordinary visits, and some that were missed, cancelled or stopped."""
    own = np.flatnonzero((v["kind"] == 0) & (rng.random(len(v["at"])) < 0.72))
    status = rng.choice(4, len(own), p=[0.88, 0.05, 0.055, 0.015]) + 1
    at = v["at"][own]
    scheduled = at // 15 * 15
    booked = scheduled - (rng.exponential(4 * DAY, len(own)) + 30).astype(np.int64)
    columns = {
        "appointment_id": numbered("YY", v["number"][own], 9),
        "patient_key": patient_keys(v["patient"][own]),
        "institution": one(hospital.profile().code, len(own)),
        "department": department_words(v["department"][own]),
        "doctor": words(v["doctor"][own], staff_numbers()),
        "service": words(rng.choice(4, len(own), p=[0.75, 0.18, 0.04, 0.03]), SERVICES),
        "booked_at": minutes(booked),
        "scheduled_at": minutes(scheduled),
        "arrived_at": minutes(at, status == 1),
        "status": words(status, STATES),
        "month": month_words(months_of(scheduled // DAY)),
    }
    return _table("appointments", columns)


def _prescriptions(rng, v: dict[str, np.ndarray]) -> tuple[pa.Table, pa.Table]:
    """One prescription for most visits with one to five medicines; violations of days, number and class planted."""
    visit = np.flatnonzero((rng.random(len(v["at"])) < 0.7) & (v["place"] != 5))
    several = np.minimum(1 + rng.poisson(1.1, len(visit)), MOST_DRUGS)
    many = rng.random(len(visit)) < 0.004
    several = np.where(many, MOST_DRUGS + 1, several)
    row = np.repeat(np.arange(len(visit)), several)
    seq = np.arange(len(row)) - np.searchsorted(row, row)
    own, table = visit[row], drugs()
    plain, anti = np.flatnonzero(~np.isin(table.group, ["anti", "rescue"])), table.of_group("anti")
    special = rng.random(len(row)) < 0.0012
    is_anti = (rng.random(len(visit)) < np.where(v["urgent"][visit], 0.3, 0.13))[row] & (seq == 0)
    drug = plain[(rng.integers(0, len(plain), len(visit))[row] + seq * 7) % len(plain)]
    drug = np.where(is_anti, anti[rng.integers(0, 8, len(row))], drug)
    drug = np.where(special, anti[rng.integers(8, len(anti), len(row))], drug)
    limit = np.where(v["urgent"][own], EMERGENCY_DAYS, OUTPATIENT_DAYS)
    days = np.minimum(1 + rng.poisson(limit * 0.55), limit)
    long = rng.random(len(row)) < 0.008
    days = np.where(long, limit + rng.integers(0, 3, len(row)), days)
    late = v["seen"][own] + ((v["left"] - v["seen"])[own] * 0.8).astype(np.int64)
    unseen, reviewer = rng.random(len(visit)) < 0.006, pick_of(rng, "PHAR", "pharmacist", len(visit))
    empty = rng.random(len(visit)) < 0.005
    columns = {
        "prescription_id": numbered("CF", v["number"][own], 9),
        "seq": pa.array(seq + 1),
        "visit_id": numbered("MZ", v["number"][own], 9),
        "patient_key": patient_keys(v["patient"][own]),
        "institution": one(hospital.profile().code, len(own)),
        "department": department_words(v["department"][own]),
        "prescribed_at": minutes(late),
        "prescriber": words(v["doctor"][own], staff_numbers()),
        "reviewer": words(np.where(unseen, -1, reviewer)[row], staff_numbers()),
        "diagnosis_code": words(np.where(empty[row], -1, v["case"][own]), catalogue.cases().code),
        "code": words(drug, table.code),
        "name": words(drug, table.name),
        "dose": pa.array(table.dose[drug]),
        "dose_unit": words(drug, table.unit),
        "route": words(drug, table.route),
        "frequency": words(drug, table.frequency),
        "days": pa.array(days),
        "antibacterial_class": words(table.level[drug], CLASSES),
        "amount": pa.array((300 + rng.integers(0, 4000, len(row))) * days),
        "month": month_words(months_of(late // DAY)),
    }
    made = _table("prescriptions", columns)
    over = days - limit
    key = np.char.add(
        np.char.add(made["prescription_id"].to_numpy(zero_copy_only=False).astype("U11"), "|"),
        (seq + 1).astype("U2"),
    )
    month = made["month"]
    first = seq == 0
    planted = [
        _planted("prescription_days", key, month, over >= 0, over > 0, over),
        _planted("prescription_more_than_5", key, month, first & (several[row] >= MOST_DRUGS), many[row]),
        _planted(
            "prescription_special_class", key, month, table.level[drug] == CLASSES.index("special"), True
        ),
        _planted("prescription_not_reviewed", key, month, first & unseen[row], True),
        _planted("prescription_without_diagnosis", key, month, first & empty[row], True),
    ]
    return made, pa.concat_tables(planted)


def _planted(rule: str, key, month, where, fault, over=None) -> pa.Table:
    """Ledger rows of prescriptions; `over` counts days, so it is given as minutes of days."""
    own = np.flatnonzero(where)
    verdict = np.where(np.broadcast_to(fault, len(key))[own], FAULT, NEAR)
    minutes_over = pa.nulls(len(own), pa.int64()) if over is None else pa.array(over[own] * DAY)
    columns = [
        [rule] * len(own), verdict.tolist(), ["prescriptions"] * len(own), key[own].tolist(), pa.nulls(len(own), pa.string()),
        pa.nulls(len(own), pa.int64()), minutes_over, month.take(pa.array(own)).combine_chunks(),
    ]  # fmt: skip
    return pa.table(
        [c if isinstance(c, pa.Array) else pa.array(c, pa.string()) for c in columns], schema=SCHEMA
    )
