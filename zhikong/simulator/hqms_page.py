"""The front pages of one month as text columns, from the tables of a simulation."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

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
    found |= _care(month) | _icu(month) | _money(month)
    unknown = set(found) - set(hqms_layout.columns())
    if unknown:
        raise AssertionError(f"no such columns: {sorted(unknown)}")
    names = hqms_layout.columns()
    return pa.table([found.get(name, month.blank) for name in names], names=names)


def _patient(month: Month) -> dict[str, pa.Array]:
    who, age = month.patients, month.column("age_years")
    born = who["birth_date"].to_numpy().astype("datetime64[D]")
    days = (month.column("admitted_at").astype("datetime64[D]") - born).astype(np.int64)
    weight = pa.array(1800 + days % 7 * 10 + np.arange(month.count) % 190 * 10).cast(pa.string())
    newborn = pa.array((age == 0) & (days <= 28))
    address, phone = text(who["address"]), text(who["phone"])
    return {
        "A01": text(month.stays["institution"]), "A02": month.same(hospital.profile().name),
        "A48": text(who["record_number"]), "A49": month.number,
        "A46C": text(month.stays["payment"]), "A11": text(who["name"]), "A12C": text(month.stays["sex"]),
        "A13": text(who["birth_date"]), "A14": text(month.stays["age_years"]), "A15C": month.same("CHN"),
        "A21C": month.where(age >= 23, "20", "10"), "A38C": month.same("90"), "A19C": month.same("1"),
        "A20N": month.same("1"), "A20": text(who["id_number"]), "A22": month.same("示范市"),
        "A23C": month.same("99"), "A24": address, "A25C": month.same("990000"), "A26": address, "A27": phone,
        "A28C": month.same("990000"), "A33C": month.same("1"), "A34": address, "A35": phone,
        "A16": pc.if_else(pa.array(age == 0), pa.array(days).cast(pa.string()), NOTHING),
        "A17": pc.if_else(newborn, weight, NOTHING), "A18x01": pc.if_else(newborn, weight, NOTHING),
    }  # fmt: skip


def _stay(month: Month) -> dict[str, pa.Array]:
    stays, way = month.stays, month.column("discharge_way")
    transfers = month.children["transfers"]
    moves = [[] for _ in range(month.count)]
    for position, target in zip(
        month.group(transfers)[0], transfers["to_department"].to_pylist(), strict=True
    ):
        moves[position].append(target)
    return {
        "B12": text(stays["admitted_at"]), "B15": text(stays["discharged_at"]),
        "B38": text(stays["day_surgery"]), "B11C": text(stays["admission_route"]),
        "B13C": text(stays["admission_department"]), "B16C": text(stays["discharge_department"]),
        "B17": text(stays["discharge_ward"]), "B20": text(stays["days"]),
        "B21C": pa.array(["→".join(move) or NOTHING for move in moves]),
        "F01": month.where(month.column("admission_route") == "1", "2", "3"), "F04": text(stays["confirmed_on"]),
        "B36C": text(stays["readmission_planned"]),
        "B37": month.where(month.column("readmission_planned") == "2", "继续治疗"),
        "B34C": text(stays["discharge_way"]), "B35": month.where(np.isin(way, ["2", "3"]), "示范市第二人民医院"),
        "C34C": month.where(way == "5", "2"), "B30C": text(stays["record_grade"]),
    }  # fmt: skip


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
        for name, column in zip(names, ("code", "name", "on_admission", "outcome"), strict=True):
            if name:
                found[name] = text(row[column])
    found["C11"] = pc.if_else(
        pc.equal(found["C09C"], NOTHING), NOTHING, pc.binary_join_element_wise("BL", month.number, "")
    )
    return found | {"C24C": month.same("1")} | {name: month.same("0") for name in ("F10", "F11", "F12")}


def _people(month: Month) -> dict[str, pa.Array]:
    names = {person.staff_number: person.name for person in people.staff()}
    heads = {d.code: people.holder(d.code, "department_head") for d in hospital.admitting()}
    nurses = {d.code: people.of_department(d.code, "nurse")[-1] for d in hospital.admitting()}
    owners = month.stays["discharge_department"].to_pylist()
    chiefs, carers = [heads[owner] for owner in owners], [nurses[owner] for owner in owners]
    attending, resident = month.stays["attending_doctor"], month.stays["resident_doctor"]
    checked = month.column("discharged_at").astype("datetime64[D]") + 2
    number, name = (pa.array([getattr(p, field) for p in chiefs]) for field in ("staff_number", "name"))
    return {
        "B22C": number, "B22": name, "B23C": number, "B23": name,
        "B24C": text(attending), "B24": pa.array([names[n] for n in attending.to_pylist()]),
        "B25C": text(resident), "B25": pa.array([names[n] for n in resident.to_pylist()]),
        "B26C": pa.array([p.staff_number for p in carers]), "B26": pa.array([p.name for p in carers]),
        "B29": month.same(people.of_department("RECO")[1].name), "B31": name,
        "B32": pa.array([p.name for p in carers]), "B33": pa.array(checked).cast(pa.string()),
    }  # fmt: skip


def _operations(month: Month) -> dict[str, pa.Array]:
    table, found = month.children["operations"], {}
    pairs = zip(table["incision_class"].to_pylist(), table["healing"].to_pylist(), strict=True)
    table = table.append_column("wound", pa.array([_HEALING.get(pair, "0") for pair in pairs], pa.string()))
    table = table.append_column("none", pa.nulls(table.num_rows, pa.string()))
    source = ("code", "name", "performed_at", "grade", "minutes", "operator", "none", "none", "wound", "anaesthesia",
              "none", "anaesthetist")  # fmt: skip
    for rank in range(min(month.depth(table), hqms_layout.OTHERS + 1)):
        row = month.spread(table, rank)
        found |= {
            name: text(row[column]) for name, column in zip(hqms_layout.operation(rank), source, strict=True)
        }
    return found


def _care(month: Month) -> dict[str, pa.Array]:
    stays = month.stays
    names = {
        "F17": "nursing_special_days", "F18": "nursing_1_days", "F19": "nursing_2_days", "F20": "nursing_3_days",
        "F21": "transfusion_reaction", "F22": "red_cells_units", "F23": "platelet_units", "F24": "plasma_ml",
        "F25": "whole_blood_ml", "F26": "autologous_ml", "C47": "ventilator_hours",
    }  # fmt: skip
    given = month.column("transfusion_reaction") != "0"
    abo = np.where(given, np.arange(month.count) % 4, 5)
    injured = np.char.startswith(month.column("principal_diagnosis").astype("U7"), "S0")
    coma = {f"C{number}": month.where(injured, "0") for number in range(28, 34)}
    return {code: text(stays[name]) for code, name in names.items()} | coma | {
        "C26C": pa.array([str(n) for n in range(1, 7)]).take(pa.array(abo)),
        "C27C": month.where(given, "2", "4"),
    }  # fmt: skip


def _icu(month: Month) -> dict[str, pa.Array]:
    table, found = month.children["icu_stays"], {}
    for rank in range(min(month.depth(table), hqms_layout.ICU_STAYS)):
        row = month.spread(table, rank)
        columns = (row["unit"], row["entered_at"], row["left_at"])
        found |= dict(zip(hqms_layout.icu_stay(rank + 1), map(text, columns), strict=True))
    return found


def _money(month: Month) -> dict[str, pa.Array]:
    return {code: yuan(month.fees[code]) for code in month.fees.column_names if code != "stay_id"}
