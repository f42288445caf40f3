"""Stays of a whole region for the engine's benchmarks: a hundred hospitals, thirty departments, twelve months.

    python benchmarks/engine_region.py --rows 10000000 --folder DIR

One Parquet file a month in the contract's columns. `dx` is an extra column that the contract does not know: the
diagnosis group of the principal diagnosis, worked out beforehand for the hand-written peers. The engine reads the
codes themselves.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from zhikong.engine import months as calendar
from zhikong.engine.tables import arrow_schema

MONTHS = calendar.span("2025-01", "2025-12")
DEPARTMENTS = np.array([f"D{i:02d}" for i in range(30)])
LETTERS = "ABCDEFGHIJKLMNOPQRST"
CODES = np.array([f"{letter}{i:02d}.{j}00" for letter in LETTERS for i in range(100) for j in (0, 9)])
GROUPS = [tuple(f"{letter}{i:02d}" for i in range(20, 25)) for letter in LETTERS]  # prefixes of group 1, 2, …
ROW_GROUP = 131_072


def hospitals(rows: int) -> int:
    """Hospitals scale with the rows, as in life: one for each hundred thousand stays a year."""
    return max(10, min(1000, rows // 100_000))


def write(folder: Path, rows: int, seed: int = 20261122) -> None:
    """Writes the files of `rows` stays below folder/stays."""
    rng = np.random.default_rng(seed)
    per_month = rows // len(MONTHS)
    for month in MONTHS:
        size = per_month if month != MONTHS[-1] else rows - per_month * (len(MONTHS) - 1)
        target = folder / "stays" / f"month={month}" / "part.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(
            _month(rng, month, size, hospitals(rows)), target, compression="zstd", row_group_size=ROW_GROUP
        )


def _codes(rng: np.random.Generator, size: int, values: list[str], weights: list[float]) -> pa.Array:
    chosen = rng.choice(len(values), size, p=np.array(weights) / sum(weights))
    return _dictionary(chosen, values)


def _dictionary(chosen: np.ndarray, values: list[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(chosen, pa.int32()), pa.array(values)).cast(pa.string())


def _month(rng: np.random.Generator, month: str, size: int, count: int) -> pa.Table:
    start = np.datetime64(f"{month}-01", "us")
    last = (np.datetime64(month, "M") + 1).astype("datetime64[us]") - start
    discharged = start + (rng.random(size) * (last.astype(np.int64) // 60_000_000)).astype(np.int64).astype(
        "timedelta64[m]"
    )
    days = np.maximum(1, rng.gamma(2.0, 4.2, size).astype(np.int64))
    admitted = discharged - (days * 1440 + rng.integers(0, 1440, size)).astype("timedelta64[m]")
    diagnosis = rng.integers(0, len(CODES), size)
    total = days * 150_000 + rng.integers(50_000, 900_000, size)
    names = [f"H{i:04d}" for i in range(count)]
    found = {
        "institution": _dictionary(rng.integers(0, count, size), names),
        "discharge_department": _dictionary(rng.integers(0, 30, size), list(DEPARTMENTS)),
        "admitted_at": pa.array(admitted),
        "discharged_at": pa.array(discharged),
        "age_years": pa.array(rng.integers(0, 95, size), mask=rng.random(size) < 0.01),
        "sex": _codes(rng, size, ["1", "2"], [1, 1]),
        "admission_route": _codes(rng, size, ["1", "2", "3", "9"], [4, 5, 1, 0.2]),
        "discharge_way": _codes(rng, size, ["1", "2", "3", "4", "5"], [90, 3, 3, 3, 1]),
        "day_surgery": pa.array(rng.random(size) < 0.05),
        "days": pa.array(days),
        "record_grade": _codes(rng, size, ["1", "2", "3"], [93, 6.9, 0.1]),
        "admission_discharge_match": _codes(rng, size, list("0123"), [20, 75, 4, 1]),
        "outpatient_discharge_match": _codes(rng, size, list("0123"), [20, 75, 4, 1]),
        "clinical_pathology_match": _codes(rng, size, list("0123"), [60, 35, 4, 1]),
        "principal_diagnosis": _dictionary(diagnosis, list(CODES)),
        "rescues": pa.array((rng.random(size) < 0.03) * rng.integers(1, 4, size)),
        "nursing_special_days": pa.array(rng.integers(0, 6, size)),
        "ventilator_hours": pa.array((rng.random(size) < 0.05) * rng.integers(1, 200, size)),
        "payment": _codes(rng, size, ["1", "2", "3", "7"], [50, 30, 15, 5]),
        "transfusion_reaction": _codes(rng, size, ["0", "1", "2"], [90, 1, 9]),
        "total_fee": pa.array(total),
        "self_paid_fee": pa.array((total * rng.random(size) * 0.4).astype(np.int64)),
        "western_drug_fee": pa.array((total * rng.random(size) * 0.3).astype(np.int64)),
        "surgery_fee": pa.array((total * rng.random(size) * 0.15).astype(np.int64)),
        "dx": pa.array(_groups()[diagnosis]),
    }
    return pa.table(found | _filler(rng, size, month))


def _filler(rng: np.random.Generator, size: int, month: str) -> dict[str, pa.Array]:
    """Columns that a real table has and none of the indicators reads."""
    wanted = {f.name: f.type for f in arrow_schema("stays", with_month=False)}
    ids = pa.array(rng.integers(0, 1 << 62, size).astype(str))
    filled = {
        "stay_id": ids,
        "patient_key": ids,
        "zone": _dictionary(np.zeros(size, np.int64), ["Asia/Shanghai"]),
    }
    fees = ("nursing_fee", "lab_fee", "imaging_fee", "medical_service_fee", "exam_material_fee")
    filled |= {name: pa.array(rng.integers(0, 90_000, size), wanted[name]) for name in fees}
    return filled


def _groups() -> np.ndarray:
    """The diagnosis group of each code: 0 for none."""
    place = {prefix: i for i, prefixes in enumerate(GROUPS, start=1) for prefix in prefixes}
    return np.array([place.get(code[:3], 0) for code in CODES], np.int16)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, required=True)
    given = parser.parse_args()
    write(given.folder, given.rows)


if __name__ == "__main__":
    main()
