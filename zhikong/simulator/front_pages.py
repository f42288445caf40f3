"""The rest of the front page (contract table `front_pages`) of a simulated hospital, one row a finished stay."""

from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhikong.engine.tables import MONTH, arrow_schema
from zhikong.simulator import hospital, people

_COMA = tuple(f"coma_{when}_{unit}" for when in ("before", "after") for unit in ("days", "hours", "minutes"))
_CITY = "示范市第二人民医院"


def admission_numbers(stays: pa.Table) -> pa.Array:
    """住院次数 of each stay in the table's order: which admission of its patient it is, from 1, by time."""
    order = pc.sort_indices(stays, sort_keys=[("admitted_at", "ascending")]).to_numpy()
    seen: Counter = Counter()
    numbers = np.empty(stays.num_rows, np.int64)
    for place, patient in zip(order, stays["patient_key"].take(pa.array(order)).to_pylist(), strict=True):
        seen[patient] += 1
        numbers[place] = seen[patient]
    return pa.array(numbers)


def front_pages(tables: dict[str, pa.Table]) -> pa.Table:
    """From the stays, identities, transfers and diagnoses of one simulation; columns it does not make are unknown."""
    stays = tables["stays"].combine_chunks()
    patients = tables["identities"]
    who = patients.take(pc.index_in(stays["patient_key"], patients["patient_key"]))
    made = (
        {"stay_id": stays["stay_id"], MONTH: stays[MONTH], "admission_count": admission_numbers(stays)}
        | _person(stays, who)
        | _way(stays, tables["transfers"])
        | _clinical(stays, tables["diagnoses"])
        | _signatures(stays)
    )
    schema, count = arrow_schema("front_pages"), stays.num_rows
    columns = [made.get(f.name, pa.nulls(count, f.type)) for f in schema]
    return pa.table([_cast(c, f) for c, f in zip(columns, schema, strict=True)], schema=schema)


def _cast(column, field: pa.Field) -> pa.Array:
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return column.cast(field.type)


def _same(value, count: int) -> pa.Array:
    return pa.array([value]).take(pa.array(np.zeros(count, np.int64)))


def _person(stays: pa.Table, who: pa.Table) -> dict[str, pa.Array]:
    count, age = stays.num_rows, stays["age_years"].to_numpy()
    born = who["birth_date"].to_numpy().astype("datetime64[D]")
    days = (stays["admitted_at"].to_numpy().astype("datetime64[D]") - born).astype(np.int64)
    weight = 1800 + days % 7 * 10 + np.arange(count) % 190 * 10
    grown = (age > 0) | (days > 28)
    infant = pa.array(age > 1)
    return {
        "record_number_length": pc.utf8_length(who["record_number"]),
        "name_check": _same("ok", count),
        "id_number_check": pc.if_else(infant, "ok", "exempt"),
        "birth_check": _same("ok", count),
        "id_type": _same("1", count),
        "nationality": _same("CHN", count),
        "native_province": _same("99", count),
        "ethnicity": _same("1", count),
        "marital": pc.if_else(pa.array(age >= 23), "20", "10"),
        "occupation": _same("90", count),
        "contact_relation": _same("1", count),
        "age_days": pa.array(days, mask=age > 0),
        "newborn_weight_1": pa.array(weight, mask=grown),
        "admission_weight": pa.array(weight, mask=grown),
    }


def _way(stays: pa.Table, transfers: pa.Table) -> dict[str, pa.Array]:
    away = pc.is_in(stays["discharge_way"], pa.array(["2", "3"]))
    planned = pc.equal(stays["readmission_planned"], "2")
    nothing = pa.scalar(None, pa.string())
    moves: dict[str, list[str]] = {}
    for stay, target in zip(
        transfers["stay_id"].to_pylist(), transfers["to_department"].to_pylist(), strict=True
    ):
        moves.setdefault(stay, []).append(target)
    listed = ["→".join(moves[s]) if s in moves else None for s in stays["stay_id"].to_pylist()]
    return {
        "transfer_departments": pa.array(listed, pa.string()),
        "admission_condition": pc.if_else(pc.equal(stays["admission_route"], "1"), "2", "3"),
        "readmission_purpose": pc.if_else(planned, "继续治疗", nothing),
        "receiving_institution": pc.if_else(away, _CITY, nothing),
        "autopsy": pc.if_else(pc.equal(stays["discharge_way"], "5"), "2", nothing),
    }


def _clinical(stays: pa.Table, diagnoses: pa.Table) -> dict[str, pa.Array]:
    count = stays.num_rows
    pathology = diagnoses.filter(pc.equal(diagnoses["kind"], "pathology"))["stay_id"]
    given = pc.not_equal(stays["transfusion_reaction"], "0")
    injured = np.zeros(count, dtype=bool)
    discharge = pc.is_in(diagnoses["kind"], pa.array(["principal", "other"]))
    head = diagnoses.filter(pc.and_(discharge, pc.starts_with(diagnoses["code"], "S0")))["stay_id"]
    injured |= pc.is_in(stays["stay_id"], head).to_numpy()
    abo = np.where(given.to_numpy(), np.arange(count) % 4, 5)
    return {
        "tnm_stage": _staged(stays),
        "pathology_numbered": pc.is_in(stays["stay_id"], pathology),
        "drug_allergy": _same("1", count),
        **{name: _same("0", count) for name in ("hbsag", "hcv_ab", "hiv_ab")},
        "abo": pa.array([str(n) for n in range(1, 7)]).take(pa.array(abo)),
        "rh": pc.if_else(given, "2", "4"),
        **{name: pa.array(np.zeros(count, np.int64), mask=~injured) for name in _COMA},
    }


def _staged(stays: pa.Table) -> pa.Array:
    """TNM stage of malignant tumours; one in twenty is left out."""
    malignant = pc.starts_with(stays["principal_diagnosis"], "C").to_numpy()
    left_out = np.cumsum(malignant) % 20 == 0
    return pc.if_else(pa.array(malignant & ~left_out), "T2N0M0", pa.scalar(None, pa.string()))


def _signatures(stays: pa.Table) -> dict[str, pa.Array]:
    heads = {d.code: people.holder(d.code, "department_head") for d in hospital.admitting()}
    nurses = {d.code: people.of_department(d.code, "nurse")[-1] for d in hospital.admitting()}
    owners = stays["discharge_department"].to_pylist()
    head = pa.array([heads[owner].staff_number for owner in owners])
    checked = stays["discharged_at"].to_numpy().astype("datetime64[D]") + 2
    signed = ("department_head", "chief_doctor", "attending_doctor", "resident_doctor", "nurse", "coder")
    return {
        "department_head": head,
        "chief_doctor": head,
        "nurse": pa.array([nurses[owner].staff_number for owner in owners]),
        "qc_date": pa.array(checked, pa.date32()),
        **{f"signed_{name}": _same(True, stays.num_rows) for name in signed},
    }
