"""The simulator's arrays as the Arrow tables of the data contract."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhikong.engine.tables import TABLES, arrow_schema
from zhikong.simulator import catalogue, diagnoses, hospital, records, reported
from zhikong.simulator.clock import months_of
from zhikong.simulator.columns import (
    codes,
    dates,
    department_words,
    known_codes,
    minutes,
    month_words,
    numbered,
    one,
    patient_keys,
    stay_ids,
    words,
)  # fmt: skip
from zhikong.simulator.events import EVENT_TABLES
from zhikong.simulator.procedures import staff_numbers
from zhikong.simulator.stages import Stages

ICU_UNIT = "ICUD"
APART = ("front_pages",)
"""Made from the other tables, in front_pages.py."""
EXTENDED = ("operations", "results", "documents")
"""Tables that stand without events already; with them they have more rows and the columns below."""
_UNKNOWN = {
    "operations": ("ended_at", "first_assistant", "second_assistant", "anaesthesia_grade", "side"),
    "results": ("kind", "name", "text", "unit", "abnormal", "collected_at", "order_id", "department"),
    "documents": (
        "title",
        "occurred_at",
        "created_at",
        "author_level",
        "cosigned_by",
        "cosigner_level",
        "cosigned_at",
        "about",
    ),
}
"""Columns that are unknown without events, on purpose; any other column of the contract has to be made."""


def makers() -> dict[str, Callable[[Stages], dict[str, pa.Array]]]:
    """How each of the ten tables that stand without events is made; raises ValueError if the contract has others."""
    made = {
        "stays": _stays,
        "diagnoses": _diagnoses,
        "operations": _operations,
        "transfers": _transfers,
        "icu_stays": _icu_stays,
        "documents": _documents,
        "results": _results,
        "bed_days": _bed_days,
        "reported_counts": _reported_counts,
        "inspection_answers": _none,
    }
    differ = set(TABLES) ^ {*made, *EVENT_TABLES, *APART}
    if differ - set(APART):
        raise ValueError(f"tables without a maker, or makers without a table: {sorted(differ)}")
    return made


def contract_table(name: str, stages: Stages) -> pa.Table:
    """One of these tables, with its `month` column. Raises KeyError for another name."""
    return _checked(name, makers()[name](stages))


def contract_tables(stages: Stages) -> dict[str, pa.Table]:
    """The ten tables of the data contract that stand without events."""
    return {name: contract_table(name, stages) for name in makers()}


def _none(stages: Stages) -> dict[str, pa.Array]:
    """No rows: inspections.py makes them for the checklists that its caller names."""
    schema = arrow_schema("inspection_answers")
    return {name: pa.nulls(0, schema.field(name).type) for name in schema.names}


def before(table: pa.Table, month: str) -> pa.Table:
    """The rows of earlier months."""
    return table.filter(pc.less(table["month"], month))


def _checked(name: str, columns: dict[str, pa.Array]) -> pa.Table:
    """The columns in the contract's order; one that is missing or foreign is an error."""
    schema = arrow_schema(name)
    rows = len(next(iter(columns.values())))
    columns |= {column: pa.nulls(rows, schema.field(column).type) for column in _UNKNOWN.get(name, ())}
    if set(schema.names) != set(columns):
        raise ValueError(f"{name}: columns differ: {sorted(set(schema.names) ^ set(columns))}")
    return pa.table([columns[field.name].cast(field.type) for field in schema], schema=schema)


def _stays(stages: Stages) -> dict[str, pa.Array]:
    closed = np.flatnonzero(~stages.cohort.open)
    return who(stages, closed) | _quality(stages, closed) | _care(stages, closed) | _money(stages, closed)


def who(stages: Stages, stay: np.ndarray) -> dict[str, pa.Array]:
    """Columns of a stay that tell who, where and when."""
    cohort, moved, outcome = stages.cohort.take(stay), stages.movement, stages.outcome
    return {
        "stay_id": stay_ids(stay),
        "patient_key": patient_keys(cohort.patient),
        "institution": one(hospital.profile().code, len(stay)),
        "zone": one(hospital.profile().time_zone, len(stay)),
        "admitted_at": minutes(cohort.admitted),
        "discharged_at": minutes(cohort.discharged),
        "age_years": pa.array(cohort.age),
        "sex": words(np.where(cohort.male, 0, 1), ["1", "2"]),
        "admission_route": codes(outcome.route[stay]),
        "admission_department": department_words(moved.first[stay]),
        "discharge_department": department_words(moved.last[stay]),
        "discharge_ward": words(moved.ward[stay], [ward.code for ward in hospital.wards()]),
        "discharge_way": codes(outcome.way[stay]),
        "readmission_planned": words(outcome.planned[stay].astype(np.int64), ["1", "2"]),
        "day_surgery": pa.array(cohort.day_surgery),
        "days": pa.array(cohort.days),
        "month": month_words(cohort.month),
    }


def _quality(stages: Stages, stay: np.ndarray) -> dict[str, pa.Array]:
    cohort, outcome = stages.cohort, stages.outcome
    matches = {
        "admission_discharge_match": outcome.admission_match,
        "outpatient_discharge_match": outcome.outpatient_match,
        "preop_postop_match": outcome.operative_match,
        "clinical_pathology_match": outcome.pathology_match,
        "clinical_radiology_match": outcome.radiology_match,
    }
    return {name: codes(value[stay]) for name, value in matches.items()} | {
        "confirmed_on": dates(outcome.confirmed[stay]),
        "rescues": pa.array(outcome.rescues[stay]),
        "rescue_successes": pa.array(outcome.successes[stay]),
        "record_grade": codes(outcome.grade[stay]),
        "attending_doctor": words(stages.attending[stay], staff_numbers()),
        "resident_doctor": words(stages.resident[stay], staff_numbers()),
        "principal_diagnosis": words(cohort.case[stay], catalogue.cases().code),
    }


def _care(stages: Stages, stay: np.ndarray) -> dict[str, pa.Array]:
    outcome = stages.outcome
    levels = ("nursing_special_days", "nursing_1_days", "nursing_2_days", "nursing_3_days")
    products = ("red_cells_units", "platelet_units", "plasma_ml", "whole_blood_ml", "autologous_ml")
    reaction = np.where(outcome.transfused, np.where(outcome.reaction, 1, 2), 0)[stay]
    return (
        {name: pa.array(outcome.nursing[stay, n]) for n, name in enumerate(levels)}
        | {name: pa.array(outcome.blood[stay, n]) for n, name in enumerate(products)}
        | {"ventilator_hours": pa.array(outcome.ventilator[stay]), "transfusion_reaction": codes(reaction)}
    )


def _money(stages: Stages, stay: np.ndarray) -> dict[str, pa.Array]:
    """The contract says itself from which HQMS fee class each of its money columns comes."""
    columns = [c for c in TABLES["stays"].columns if c.name.endswith("_fee")]
    fees = {c.name: pa.array(stages.costs.fee[c.hqms][stay]) for c in columns}
    return fees | {"payment": codes(stages.costs.payment[stay])}


def _child(stages: Stages, stay: np.ndarray) -> dict[str, pa.Array]:
    return {"stay_id": stay_ids(stay), "month": month_words(stages.cohort.month[stay])}


def _diagnoses(stages: Stages) -> dict[str, pa.Array]:
    made = stages.diagnoses
    rows = np.flatnonzero(~stages.cohort.open[made.stay])
    code, name = diagnoses.terms()
    return _child(stages, made.stay[rows]) | {
        "kind": words(made.kind[rows], diagnoses.KINDS),
        "seq": pa.array(made.seq[rows]),
        "code": words(made.term[rows], code),
        "name": words(made.term[rows], name),
        "on_admission": words(made.on_admission[rows] - 1, ["1", "2", "3", "4"]),
        "outcome": known_codes(made.outcome[rows]),
    }


def _operations(stages: Stages) -> dict[str, pa.Array]:
    done, ops = stages.procedures, catalogue.operations()
    rows = np.flatnonzero(~stages.cohort.open[done.stay])
    which = done.operation[rows]
    grade = np.array([int(text or 0) for text in ops.grade])
    anaesthesia = np.array([int(text or 0) for text in ops.anaesthesia])
    return _child(stages, done.stay[rows]) | {
        "seq": pa.array(done.seq[rows]),
        "code": words(which, ops.code),
        "name": words(which, ops.name),
        "kind": words(which, ops.kind),
        "performed_at": minutes(done.performed[rows]),
        "minutes": pa.array(done.minutes[rows]),
        "grade": known_codes(grade[which]),
        "elective": pa.array(done.elective[rows]),
        "minimally_invasive": pa.array(ops.minimal[which]),
        "unplanned_return": pa.array(done.unplanned[rows]),
        "incision_class": codes(done.incision[rows]),
        "healing": known_codes(done.healing[rows]),
        "anaesthesia": known_codes(anaesthesia[which]),
        "operator": words(done.operator[rows], staff_numbers()),
        "anaesthetist": words(done.anaesthetist[rows], staff_numbers()),
    }


def _transfers(stages: Stages) -> dict[str, pa.Array]:
    moved = stages.movement
    stay, part = np.nonzero((moved.department[:, 1:] >= 0) & ~stages.cohort.open[:, None])
    return _child(stages, stay) | {
        "seq": pa.array(part + 1),
        "from_department": department_words(moved.department[stay, part]),
        "to_department": department_words(moved.department[stay, part + 1]),
        "at": minutes(moved.start[stay, part + 1]),
    }


def _icu_stays(stages: Stages) -> dict[str, pa.Array]:
    moved = stages.movement
    unit = catalogue.department_index()[ICU_UNIT]
    stay, part = np.nonzero((moved.department == unit) & ~stages.cohort.open[:, None])
    return _child(stages, stay) | {
        "unit": one(ICU_UNIT, len(stay)),
        "entered_at": minutes(moved.start[stay, part]),
        "left_at": minutes(moved.end[stay, part]),
    }


def _documents(stages: Stages) -> dict[str, pa.Array]:
    made = stages.documents
    author = np.where(made.senior, stages.attending[made.stay], stages.resident[made.stay])
    return _child(stages, made.stay) | {
        "document_id": numbered("W", np.arange(1, len(made.stay) + 1), 9),
        "type": words(made.kind, [f"{n:02d}" for n in range(int(made.kind.max(initial=0)) + 1)]),
        "written_at": minutes(made.written),
        "signed_at": minutes(made.signed),
        "author": words(author, staff_numbers()),
        "department": department_words(made.department),
    }


def _results(stages: Stages) -> dict[str, pa.Array]:
    made = stages.results
    return _child(stages, made.stay) | {
        "item": words(made.item, [row[0] for row in records.ITEMS]),
        "value": pa.array(made.value),
        "at": minutes(made.at),
        "critical": pa.array(made.critical),
        "notified_at": minutes(made.notified, made.notified >= 0),
        "handled_at": minutes(made.handled, made.handled >= 0),
    }


def _bed_days(stages: Stages) -> dict[str, pa.Array]:
    occupied, window = stages.occupied, stages.window
    day = np.tile(np.arange(window.first_day, window.end_day), len(occupied))
    department = np.repeat(np.arange(len(occupied)), occupied.shape[1])
    return {
        "institution": one(hospital.profile().code, len(day)),
        "department": department_words(department),
        "day": dates(day),
        "open_beds": pa.array(stages.open_beds[department]),
        "occupied_beds": pa.array(occupied.ravel()),
        "month": month_words(months_of(day)),
    }


def _reported_counts(stages: Stages) -> dict[str, pa.Array]:
    made = stages.reported
    period = month_words(made.month)
    return {
        "institution": one(hospital.profile().code, len(made.month)),
        "department": words(made.department, [d.code for d in hospital.departments()]),
        "period": period,
        "item": words(made.item, list(reported.NAMES)),
        "numerator": pa.array(made.numerator),
        "denominator": pa.array(made.denominator, mask=made.denominator == reported.NO_DENOMINATOR),
        "month": period,
    }
