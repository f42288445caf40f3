"""What lies beside the contract: stays still open, identities, all fee classes of the front page."""

import numpy as np
import pyarrow as pa

from zhikong.simulator import catalogue, diagnoses, hospital
from zhikong.simulator.clock import DAY
from zhikong.simulator.columns import dates, department_words, patient_keys, stay_ids, words
from zhikong.simulator.procedures import staff_numbers
from zhikong.simulator.stages import Stages
from zhikong.simulator.tables import who


def open_stays(stages: Stages) -> pa.Table:
    """Who lies in the hospital when the window ends: for the hot store, with current department and bed."""
    end = stages.window.end_day * DAY
    stay = np.flatnonzero(stages.cohort.open)
    moved, cohort = stages.movement, stages.cohort
    here = ((moved.start[stay] <= end) & (moved.department[stay] >= 0)).sum(axis=1) - 1
    department = moved.department[stay, here]
    made = stages.diagnoses
    admission = made.term[(made.kind == diagnoses.KINDS.index("admission")) & cohort.open[made.stay]]
    front = who(stages, stay)
    kept = (
        "stay_id",
        "patient_key",
        "institution",
        "zone",
        "admitted_at",
        "age_years",
        "sex",
        "admission_route",
    )
    code, name = diagnoses.terms()
    ward, bed = _beds(stages, stay, department)
    return pa.table(
        {column: front[column] for column in (*kept, "admission_department")}
        | {
            "department": department_words(department),
            "ward": words(ward, [w.code for w in hospital.wards()]),
            "bed": pa.array(bed),
            "attending_doctor": words(stages.attending[stay], staff_numbers()),
            "resident_doctor": words(stages.resident[stay], staff_numbers()),
            "admission_diagnosis_code": words(admission, code),
            "admission_diagnosis": words(admission, name),
        }
    )


def _beds(stages: Stages, stay: np.ndarray, department: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Ward and bed number in order of admission; beyond the ward's beds extra beds (加床) are set up."""
    wards = hospital.wards()
    owner = np.array([catalogue.department_index()[w.department] for w in wards])
    taken, ward, bed = [0] * len(wards), np.empty(len(stay), dtype=np.int64), []
    for row in np.argsort(stages.cohort.admitted[stay], kind="stable"):
        own = np.flatnonzero(owner == department[row])
        ward[row] = min(own, key=lambda n: taken[n] / wards[n].beds)
        taken[ward[row]] += 1
    count = [0] * len(wards)
    for row in range(len(stay)):
        count[ward[row]] += 1
        beds = wards[ward[row]].beds
        bed.append(f"{count[ward[row]]}床" if count[ward[row]] <= beds else f"加{count[ward[row]] - beds}床")
    return ward, bed


def identity_table(stages: Stages) -> pa.Table:
    """Names and numbers of all patients: never part of the lake."""
    made = stages.identities
    return pa.table(
        {
            "patient_key": patient_keys(made.patient),
            "name": pa.array(made.name.tolist()),
            "id_number": pa.array(made.id_number.tolist()),
            "phone": pa.array(made.phone.tolist()),
            "birth_date": dates(made.birth),
            "sex": words(np.where(made.male, 0, 1), ["1", "2"]),
            "address": pa.array(made.address.tolist()),
            "record_number": pa.array(made.record_number.tolist()),
        }
    )


def fee_table(stages: Stages) -> pa.Table:
    """All fee classes of closed stays in fen, by HQMS code: more than the contract keeps."""
    closed = np.flatnonzero(~stages.cohort.open)
    fees = {code: pa.array(value[closed]) for code, value in sorted(stages.costs.fee.items())}
    return pa.table({"stay_id": stay_ids(closed)} | fees)
