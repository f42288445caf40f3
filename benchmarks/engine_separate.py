"""Forty indicators as an analyst writes them for DuckDB: one query each, in its most direct good form."""

from __future__ import annotations

from pathlib import Path

import duckdb

SURGICAL = "o.kind IN ('surgery', 'intervention')"
Piece = tuple[str, str, str]  # where, numerator, denominator


def _op(condition: str) -> str:
    return f"EXISTS (SELECT 1 FROM {{operations}} o WHERE o.stay_id = s.stay_id AND {condition})"


def _dx(condition: str) -> str:
    return f"EXISTS (SELECT 1 FROM {{diagnoses}} d WHERE d.stay_id = s.stay_id AND {condition})"


def _starts(column: str, *prefixes: str) -> str:
    return "(" + " OR ".join(f"starts_with({column}, '{p}')" for p in prefixes) + ")"


def _share(where: str, condition: str) -> Piece:
    return where, f"count(*) FILTER ({condition})", "count(*)"


def _sums(where: str, above: str, below: str) -> Piece:
    known = f"({above}) IS NOT NULL AND ({below}) IS NOT NULL"
    return f"({where}) AND {known}", f"sum({above})", f"sum({below})"


def _mean(where: str, value: str) -> Piece:
    return f"({where}) AND {value} IS NOT NULL", f"sum({value})", "count(*)"


AMI = _starts("principal_diagnosis", "I21", "I22")
STROKE = _starts("principal_diagnosis", "I63")
PNEUMONIA = _starts("principal_diagnosis", "J13", "J14", "J15", "J18")
NEW = "d.kind = 'other' AND d.on_admission = '4' AND "
COMPLICATIONS = _starts(
    "d.code", "T81.0", "T81.1", "T81.3", "T81.7", "T81.8", "T81.9", "A40", "A41.0", "I26.9", "R96", "J96",
    "E86", "I80.2",
)  # fmt: skip
BIRTH = _starts("d.code", "O80", "O81", "O82", "O83", "O84", "Z37")
CAESAREAN = _starts("o.code", "74.0", "74.1", "74.2", "74.4", "74.9")
LUNG = _starts("d.code", "J12", "J13", "J14", "J15", "J16", "J18")
OBSTETRIC = "d.kind = 'principal' AND " + _starts("d.code", "O", "P")
NURSING = "nursing_special_days + nursing_1_days"

STAYS: dict[str, Piece] = {
    "admission_discharge_agreement": _share(
        "admission_discharge_match IN ('1', '2', '3')", "admission_discharge_match = '1'"
    ),
    "against_advice_discharge": _share("discharge_way IS NOT NULL", "discharge_way = '4'"),
    "ami_length_of_stay": _mean(AMI, "days"),
    "ami_mortality": _share(AMI, "discharge_way = '5'"),
    "antibacterial_cost_share": _sums("true", "antibacterial_fee", "western_drug_fee"),
    "average_length_of_stay": _mean("true", "days"),
    "caesarean_rate": _share(_dx(f"d.kind IN ('principal', 'other') AND {BIRTH}"), _op(CAESAREAN)),
    "clinical_pathology_agreement": _share(
        "clinical_pathology_match IN ('1', '2')", "clinical_pathology_match = '1'"
    ),
    "clinical_radiology_agreement": _share(
        "clinical_radiology_match IN ('1', '2')", "clinical_radiology_match = '1'"
    ),
    "consumables_share": _sums(
        "true", "exam_material_fee + treatment_material_fee + surgery_material_fee", "total_fee"
    ),
    "cost_per_stay": _mean("true", "total_fee"),
    "day_surgery_share": _share(_op(f"{SURGICAL} AND o.elective"), "day_surgery"),
    "diagnosis_within_three_days": _share(
        "NOT coalesce(starts_with(principal_diagnosis, 'Z38'), false)",
        "confirmed_on - admitted_at::DATE <= 3",
    ),
    "discharges": ("true", "count(*)", "NULL"),
    "drug_share": _sums("true", "western_drug_fee + chinese_patent_drug_fee + herbal_drug_fee", "total_fee"),
    "emergency_admission_share": _share("admission_route IS NOT NULL", "admission_route = '1'"),
    "grade_a_records": _share("record_grade IN ('1', '2', '3')", "record_grade = '1'"),
    "grade_c_records": _share("record_grade IN ('1', '2', '3')", "record_grade = '3'"),
    "grade_four_share": _share(_op(SURGICAL), _op(f"{SURGICAL} AND o.grade = '4'")),
    "hospital_acquired_pneumonia": _share("true", _dx(NEW + LUNG)),
    "hospital_acquired_pressure_injury": _share("true", _dx(NEW + _starts("d.code", "L89"))),
    "icu_share": _share("true", "EXISTS (SELECT 1 FROM {icu_stays} i WHERE i.stay_id = s.stay_id)"),
    "inpatient_mortality": _share("discharge_way IS NOT NULL", "discharge_way = '5'"),
    "medical_service_share": _sums("true", "medical_service_fee + nursing_fee + surgery_fee", "total_fee"),
    "minimally_invasive_share": _share(_op(SURGICAL), _op(f"{SURGICAL} AND o.minimally_invasive")),
    "outpatient_discharge_agreement": _share(
        "outpatient_discharge_match IN ('1', '2')", "outpatient_discharge_match = '1'"
    ),
    "pneumonia_mortality": _share(f"{PNEUMONIA} AND age_years >= 18", "discharge_way = '5'"),
    "rescue_success": _sums("true", "rescue_successes", "rescues"),
    "self_paid_share": _sums("true", "self_paid_fee", "total_fee"),
    "special_nursing_share": _sums("true", NURSING, f"{NURSING} + nursing_2_days + nursing_3_days"),
    "stays_over_thirty_days": _share("true", "days > 30"),
    "stroke_length_of_stay": _mean(STROKE, "days"),
    "surgical_complications": _share(
        f"{_op(SURGICAL)} AND NOT {_dx(OBSTETRIC)}",
        _dx(NEW + COMPLICATIONS),
    ),
    "surgical_mortality": _share(_op(SURGICAL), "discharge_way = '5'"),
    "surgical_share": _share("true", _op(SURGICAL)),
    "unplanned_reoperation": _share(_op(SURGICAL), _op("o.unplanned_return")),
}  # fmt: skip

HEALING = """
SELECT s.discharge_department, date_trunc('month', s.discharged_at),
       sum(o.healed), sum(o.n)
FROM {stays} s JOIN (
  SELECT stay_id, count(*) n, count(*) FILTER (healing = '%s') healed
  FROM {operations} WHERE incision_class = '1' GROUP BY stay_id) o USING (stay_id) GROUP BY ALL"""

READMISSION = """
SELECT s.discharge_department, date_trunc('month', s.discharged_at),
       count(*) FILTER (epoch_us(n.admitted_at) - epoch_us(s.discharged_at) < 44641 * 60000000::BIGINT),
       count(*)
FROM {stays} s ASOF LEFT JOIN (SELECT patient_key, admitted_at FROM {stays}) n
  ON s.patient_key = n.patient_key AND s.discharged_at <= n.admitted_at
WHERE s.discharge_way <> '5' AND coalesce(s.readmission_planned, '') <> '2'
  AND NOT EXISTS (SELECT 1 FROM {diagnoses} d WHERE d.stay_id = s.stay_id AND d.kind = 'principal'
                  AND (starts_with(d.code, 'Z51') OR starts_with(d.code, 'Z49')))
GROUP BY ALL"""

OTHERS = {
    "bed_occupancy": "SELECT department, date_trunc('month', day), sum(occupied_beds), sum(open_beds)"
    " FROM {bed_days} GROUP BY ALL",
    "class_one_grade_a_healing": HEALING % "1",
    "class_one_infection": HEALING % "3",
    "unplanned_readmission_31_days": READMISSION,
}


def queries(files: dict[str, list[Path]]) -> dict[str, str]:
    """Indicator id -> query over the given Parquet files."""
    tables = {
        name: "read_parquet([" + ", ".join(f"'{p}'" for p in paths) + "], hive_partitioning = false)"
        for name, paths in files.items()
    }
    texts = dict(OTHERS)
    for key, (where, above, below) in STAYS.items():
        texts[key] = (
            f"SELECT discharge_department, date_trunc('month', discharged_at), {above}, {below}"
            f" FROM {{stays}} s WHERE {where} GROUP BY ALL"
        )
    return {key: text.format(**tables) for key, text in sorted(texts.items())}


def run(
    files: dict[str, list[Path]], threads: int
) -> dict[str, dict[tuple[str, str], tuple[int, int | None]]]:
    """Runs every query on its own; the numbers by indicator and (department, month)."""
    found = {}
    with duckdb.connect(config={"threads": threads}) as connection:
        for key, query in queries(files).items():
            rows = connection.execute(query).fetchall()
            found[key] = {
                (d, f"{m:%Y-%m}"): (int(a or 0), None if b is None else int(b)) for d, m, a, b in rows
            }
    return found
