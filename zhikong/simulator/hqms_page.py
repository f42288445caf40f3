"""The front pages of one month as text columns, from the tables of a simulation."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhikong.engine.tables import TABLES
from zhikong.simulator import hospital, hqms_layout, people
from zhikong.simulator.simulation import Simulation

NOTHING = "-"
"""What the page says where there is nothing to fill in."""

# class of the incision and healing -> HQMS code (RC014); class 0 is '0' whatever the healing
_HEALING = {
    ("1", "1"): "1", ("1", "2"): "2", ("1", "3"): "3", ("1", "9"): "10",
    ("2", "1"): "4", ("2", "2"): "5", ("2", "3"): "6", ("2", "9"): "11",
    ("3", "1"): "7", ("3", "2"): "8", ("3", "3"): "9", ("3", "9"): "12",
}  # fmt: skip


def text(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Any column as text, '-' for null; times to the second, flags as 1 and 0."""
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_timestamp(column.type):
        column = pc.strftime(column.cast(pa.timestamp("s")), "%Y-%m-%d %H:%M:%S")
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    return column.cast(pa.string()).fill_null(NOTHING)


def yuan(fen: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Fen as yuan with two decimals."""
    value = fen.to_numpy(zero_copy_only=False) if isinstance(fen, pa.Array) else fen.to_numpy()
    whole, rest = pa.array(value // 100).cast(pa.string()), pa.array(value % 100).cast(pa.string())
    return pc.binary_join_element_wise(whole, pc.utf8_lpad(rest, 2, "0"), ".")


class Month:
    """One month's stays in file order, with what belongs to them looked up by position."""

    def __init__(self, made: Simulation, month: str, admission_number: dict[str, int]):
        self.stays = _of_month(made.tables["stays"], month)
        self.front = _of_month(made.tables["front_pages"], month)
        self.count = self.stays.num_rows
        self.children = {
            name: _of_month(made.tables[name], month)
            for name in ("diagnoses", "operations", "transfers", "icu_stays")
        }
        self.fees = made.tables["front_page_fees"].take(
            pc.index_in(self.stays["stay_id"], made.tables["front_page_fees"]["stay_id"])
        )
        patients = made.tables["identities"]
        self.patients = patients.take(pc.index_in(self.stays["patient_key"], patients["patient_key"]))
        self.number = pa.array([str(admission_number[stay]) for stay in self.stays["stay_id"].to_pylist()])
        self.blank = self.same(NOTHING)

    def same(self, value: str) -> pa.Array:
        """The same text in every row."""
        return pa.array([value]).take(pa.array(np.zeros(self.count, dtype=np.int64)))

    def where(self, mask: np.ndarray, value: str, otherwise: str = NOTHING) -> pa.Array:
        """One text where the mask is true and another where it is not."""
        return pa.array([otherwise, value]).take(pa.array(mask.astype(np.int64)))

    def column(self, name: str) -> np.ndarray:
        """A column of the stays as numpy."""
        return self.stays[name].to_numpy(zero_copy_only=False)

    def group(self, table: pa.Table) -> tuple[np.ndarray, np.ndarray]:
        """For each child row the position of its stay, and its rank among that stay's rows (from 0)."""
        position = pc.index_in(table["stay_id"], self.stays["stay_id"]).to_numpy()
        return position, np.arange(len(position)) - np.searchsorted(position, position)

    def spread(self, table: pa.Table, rank: int) -> pa.Table:
        """For each stay its child row of this rank; nulls where it has none."""
        position, ranks = self.group(table)
        index = np.full(self.count, -1)
        own = np.flatnonzero(ranks == rank)
        index[position[own]] = own
        return table.take(pa.array(index, mask=index < 0))

    def depth(self, table: pa.Table) -> int:
        """The greatest number of child rows of one stay."""
        return int(self.group(table)[1].max(initial=-1)) + 1


def _of_month(table: pa.Table, month: str) -> pa.Table:
    return table.filter(pc.equal(table["month"], month)).combine_chunks()


def page(month: Month) -> pa.Table:
    """All 811 columns as text, in order."""
    found = _patient(month) | _stay(month) | _diagnoses(month) | _people(month) | _operations(month)
    found |= _icu(month) | _money(month)
    unknown = set(found) - set(hqms_layout.columns())
    if unknown:
        raise AssertionError(f"no such columns: {sorted(unknown)}")
    names = hqms_layout.columns()
    return pa.table([found.get(name, month.blank) for name in names], names=names)


FRONT = {
    "A49": "admission_count", "A15C": "nationality", "A21C": "marital", "A38C": "occupation", "A19C": "ethnicity",
    "A20N": "id_type", "A23C": "native_province", "A33C": "contact_relation", "A16": "age_days",
    "A17": "admission_weight", **{f"A18x0{n}": f"newborn_weight_{n}" for n in range(1, 6)},
    "B14": "admission_ward", "B21C": "transfer_departments", "F01": "admission_condition",
    "B37": "readmission_purpose", "B35": "receiving_institution", "C34C": "autopsy",
    "C24C": "drug_allergy", "C25": "allergens", "F10": "hbsag", "F11": "hcv_ab", "F12": "hiv_ab",
    "C26C": "abo", "C27C": "rh", "C28": "coma_before_days", "C29": "coma_before_hours",
    "C30": "coma_before_minutes", "C31": "coma_after_days", "C32": "coma_after_hours", "C33": "coma_after_minutes",
    "B22C": "department_head", "B23C": "chief_doctor", "B26C": "nurse", "B33": "qc_date",
}  # fmt: skip
"""Columns of the page that say what the table `front_pages` says."""
STAY = {
    "A46C": "payment", "A12C": "sex", "A14": "age_years", "B12": "admitted_at", "B15": "discharged_at",
    "B38": "day_surgery", "B11C": "admission_route", "B13C": "admission_department", "B16C": "discharge_department",
    "B17": "discharge_ward", "B20": "days", "F04": "confirmed_on", "B36C": "readmission_planned",
    "B34C": "discharge_way", "B30C": "record_grade", "B24C": "attending_doctor", "B25C": "resident_doctor",
    "F17": "nursing_special_days", "F18": "nursing_1_days", "F19": "nursing_2_days", "F20": "nursing_3_days",
    "F21": "transfusion_reaction", "F22": "red_cells_units", "F23": "platelet_units", "F24": "plasma_ml",
    "F25": "whole_blood_ml", "F26": "autologous_ml", "C47": "ventilator_hours",
}  # fmt: skip
"""Columns of the page that say what the table `stays` says."""
DIAGNOSIS = ("code", "name", "on_admission", "outcome")
OPERATION = (
    "code", "name", "performed_at", "grade", "minutes", "operator", "first_assistant", "second_assistant", "wound",
    "anaesthesia", "anaesthesia_grade", "anaesthetist",
)  # fmt: skip
ICU_STAY = ("unit", "entered_at", "left_at")


def carried() -> frozenset[tuple[str, str]]:
    """(table, column) of the contract that a delivery of HQMS files carries, companion files included."""
    fees = {c.name for c in TABLES["stays"].columns if c.name.endswith("_fee")}
    annex = {"rescues", "rescue_successes"} | {
        c for c in TABLES["stays"].column_names if c.endswith("_match")
    }
    who = {"stay_id", "patient_key", "institution", "zone", "principal_diagnosis"}
    signed = {
        c for c in TABLES["front_pages"].column_names if c.startswith("signed_") or c.endswith("_check")
    }
    own = {
        "stays": {*STAY.values(), *fees, *annex, *who},
        "front_pages": {"stay_id", *FRONT.values(), *signed, "pathology_numbered", "record_number_length",
                        "tnm_stage"},
        "diagnoses": {"stay_id", "kind", "seq", *DIAGNOSIS},
        "operations": {"stay_id", "seq", *OPERATION, "incision_class", "healing", "kind", "elective",
                       "minimally_invasive", "unplanned_return"} - {"wound"},
        "transfers": {"stay_id", "seq", "from_department", "to_department"},
        "icu_stays": {"stay_id", *ICU_STAY},
        "fees": {"stay_id", "kind", "amount"},
        "bed_days": set(TABLES["bed_days"].column_names),
        "reported_counts": set(TABLES["reported_counts"].column_names),
    }  # fmt: skip
    return frozenset((table, column) for table, columns in own.items() for column in columns)


def _patient(month: Month) -> dict[str, pa.Array]:
    who, address = month.patients, text(month.patients["address"])
    return {
        "A01": text(month.stays["institution"]), "A02": month.same(hospital.profile().name),
        "A48": text(who["record_number"]), "A11": text(who["name"]), "A13": text(who["birth_date"]),
        "A20": text(who["id_number"]), "A22": month.same("示范市"), "A24": address, "A25C": month.same("990000"),
        "A26": address, "A27": text(who["phone"]), "A28C": month.same("990000"), "A34": address,
        "A35": text(who["phone"]),
    }  # fmt: skip


def _stay(month: Month) -> dict[str, pa.Array]:
    stays = {code: text(month.stays[name]) for code, name in STAY.items()}
    return stays | {code: text(month.front[name]) for code, name in FRONT.items()}


def _diagnoses(month: Month) -> dict[str, pa.Array]:
    kinds = month.children["diagnoses"]["kind"]
    parts = {
        kind: month.children["diagnoses"].filter(pc.equal(kinds, kind))
        for kind in pc.unique(kinds).to_pylist()
    }
    empty = month.children["diagnoses"].slice(0, 0)
    found = {}
    single = (
        ("outpatient", ("C01C", "C02N", None, None)), ("admission", ("F02C", "F03N", None, None)),
        ("principal", ("C03C", "C04N", "C05C", "F05")), ("pathology", ("C09C", "C10N", None, None)),
        ("external", ("C12C", "C13N", None, None)),
    )  # fmt: skip
    groups = [(parts.get(kind, empty), 0, names) for kind, names in single]
    others = parts.get("other", empty)
    depth = min(month.depth(others), hqms_layout.OTHERS)
    groups += [(others, rank, hqms_layout.other_diagnosis(rank + 1)) for rank in range(depth)]
    for table, rank, names in groups:
        row = month.spread(table, rank)
        for name, column in zip(names, DIAGNOSIS, strict=True):
            if name:
                found[name] = text(row[column])
    found["C11"] = pc.if_else(
        pc.equal(found["C09C"], NOTHING), NOTHING, pc.binary_join_element_wise("BL", month.number, "")
    )
    return found


def _people(month: Month) -> dict[str, pa.Array]:
    names = {person.staff_number: person.name for person in people.staff()}
    heads = {d.code: people.holder(d.code, "department_head") for d in hospital.admitting()}
    nurses = {d.code: people.of_department(d.code, "nurse")[-1] for d in hospital.admitting()}
    owners = month.stays["discharge_department"].to_pylist()
    chiefs, carers = [heads[owner] for owner in owners], [nurses[owner] for owner in owners]
    attending, resident = month.stays["attending_doctor"], month.stays["resident_doctor"]
    name = pa.array([p.name for p in chiefs])
    return {
        "B22": name, "B23": name, "B24": pa.array([names[n] for n in attending.to_pylist()]),
        "B25": pa.array([names[n] for n in resident.to_pylist()]), "B26": pa.array([p.name for p in carers]),
        "B29": month.same(people.of_department("RECO")[1].name), "B31": name,
        "B32": pa.array([p.name for p in carers]),
    }  # fmt: skip


def _operations(month: Month) -> dict[str, pa.Array]:
    table, found = month.children["operations"], {}
    pairs = zip(table["incision_class"].to_pylist(), table["healing"].to_pylist(), strict=True)
    table = table.append_column("wound", pa.array([_HEALING.get(pair, "0") for pair in pairs], pa.string()))
    for rank in range(min(month.depth(table), hqms_layout.OTHERS + 1)):
        row = month.spread(table, rank)
        found |= {
            name: text(row[column])
            for name, column in zip(hqms_layout.operation(rank), OPERATION, strict=True)
        }
    return found


def _icu(month: Month) -> dict[str, pa.Array]:
    table, found = month.children["icu_stays"], {}
    for rank in range(min(month.depth(table), hqms_layout.ICU_STAYS)):
        row = month.spread(table, rank)
        columns = (text(row[name]) for name in ICU_STAY)
        found |= dict(zip(hqms_layout.icu_stay(rank + 1), columns, strict=True))
    return found


def _money(month: Month) -> dict[str, pa.Array]:
    return {code: yuan(month.fees[code]) for code in month.fees.column_names if code != "stay_id"}
