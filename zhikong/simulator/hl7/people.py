"""Who a message is about: PID and PV1 of a stay or a visit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from zhikong.simulator.hl7.segments import Raw, parts, segment

Row = Mapping[str, Any]
SEX = {"1": "M", "2": "F", "0": "U", "9": "O"}


@dataclass(frozen=True)
class Stay:
    """A stay with its patient. number: which admission of the patient it is, from 1."""

    row: Row
    patient: Row
    number: int

    def pid(self) -> str:
        return pid(self.patient, self.row["institution"])

    @property
    def open(self) -> bool:
        """The patient still lies in the hospital."""
        return self.row.get("discharged_at") is None

    def pv1(
        self, department: str | None, *, before: str | None = None, final: bool = False, here: bool = False
    ) -> str:
        """PV1 with the department where the patient is now; `before`: where from; `final`: the stay is over;
        `here`: with ward and bed of a stay that is open."""
        row = self.row
        ward, bed = (row.get("ward"), row.get("bed")) if here else (None, None)
        fields = {
            1: 1,
            2: "I",
            3: Raw(parts(department, row.get("discharge_ward") if final else ward, bed)),
            6: before,
            7: row.get("attending_doctor"),
            14: row.get("admission_route"),
            17: row.get("resident_doctor"),
            18: {True: "D", False: "N"}.get(row.get("day_surgery")),
            19: Raw(parts(self.number, None, None, row["institution"], "VN")),
            20: row.get("payment"),
            44: row["admitted_at"],
        }
        if final:
            fields |= {36: row["discharge_way"], 45: row["discharged_at"]}
        return segment("PV1", fields)


def pid(patient: Row, institution: str) -> str:
    """PID: hospital number and national id as two identifiers of their types."""
    numbers = [parts(patient["record_number"], None, None, institution, "MR")]
    if patient.get("id_number"):
        numbers.append(parts(patient["id_number"], None, None, "GOV", "NI"))
    return segment(
        "PID",
        {
            1: 1,
            3: Raw("~".join(numbers)),
            5: patient.get("name"),
            7: patient.get("birth_date"),
            8: SEX.get(patient.get("sex")),
            11: patient.get("address"),
            13: patient.get("phone"),
        },
    )


def stays(tables: Mapping[str, pa.Table]) -> dict[str, Stay]:
    """Every stay by its id, those still open too, with the number of the admission (住院次数), counted by time."""
    patients = {row["patient_key"]: row for row in tables["identities"].to_pylist()}
    seen: Counter[str] = Counter()
    found = {}
    rows = [row for name in ("stays", "open_stays") if name in tables for row in tables[name].to_pylist()]
    for row in sorted(rows, key=_admission):
        seen[row["patient_key"]] += 1
        patient = patients.get(row["patient_key"], {"record_number": row["patient_key"]})
        found[row["stay_id"]] = Stay(row, patient, seen[row["patient_key"]])
    return found


def _admission(row: Row) -> tuple[datetime, str]:
    return row["admitted_at"], row["stay_id"]
