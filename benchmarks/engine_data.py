"""Synthetic contract tables of any size for the engine benchmarks: numpy in, one Parquet file a month out.

Only distributions that matter to cost are modelled: column widths, code cardinalities, children per stay.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from zhikong.engine import months as calendar
from zhikong.engine.tables import arrow_schema

MONTHS = calendar.span("2024-11", "2026-10")
DEPARTMENTS = np.array([f"D{i:03d}" for i in range(40)])
LETTERS = "ABCDEFGHIJKLMNOPQRST"
# 4,000 four-character and longer ICD-10 codes, with the ones that the indicators ask about among them
CODES = np.array([f"{letter}{i:02d}.{j}00" for letter in LETTERS for i in range(100) for j in (0, 9)])
OPERATION_CODES = np.array([f"{i:02d}.{j:02d}00" for i in range(1, 90) for j in range(0, 60, 3)])
MICROS = np.timedelta64(1, "us")


def files(folder: Path) -> dict[str, list[Path]]:
    """The Parquet files of each table below a folder."""
    return {t.name: sorted(t.glob("month=*/part.parquet")) for t in sorted(folder.iterdir()) if t.is_dir()}


def write(folder: Path, stays: int, seed: int = 20261122) -> None:
    """Writes stays, diagnoses, operations, icu_stays and bed_days of 24 months.

    A patient has one and a half stays on average, drawn at random, so some overlap as real data do.
    """
    rng = np.random.default_rng(seed)
    per_month = stays // len(MONTHS)
    for position, month in enumerate(MONTHS):
        size = per_month if position else stays - per_month * (len(MONTHS) - 1)
        table = _stays(rng, month, position, size, patients=max(1, stays * 12 // 10))
        _save(folder, "stays", month, table)
        ids = table["stay_id"]
        _save(folder, "diagnoses", month, _diagnoses(rng, ids, table["principal_diagnosis"]))
        _save(folder, "operations", month, _operations(rng, ids, table["discharged_at"]))
        _save(folder, "icu_stays", month, _icu(rng, ids, table["admitted_at"]))
        _save(folder, "bed_days", month, _beds(rng, month))


def _save(folder: Path, name: str, month: str, columns: dict[str, np.ndarray]) -> None:
    schema = arrow_schema(name, with_month=False)
    size = len(next(iter(columns.values())))
    arrays = [
        pa.array(columns[f.name], from_pandas=True).cast(f.type)
        if f.name in columns
        else pa.nulls(size, f.type)
        for f in schema
    ]
    target = folder / name / f"month={month}"
    target.mkdir(parents=True, exist_ok=True)
    loose = pa.schema([f.with_nullable(True) for f in schema])
    pq.write_table(pa.Table.from_arrays(arrays, schema=loose), target / "part.parquet", compression="zstd")


def _pick(rng: np.random.Generator, size: int, values: str, weights: list[float]) -> np.ndarray:
    chances = np.array(weights) / sum(weights)
    return np.array(list(values))[rng.choice(len(values), size, p=chances)]


def _stays(rng, month: str, position: int, size: int, patients: int) -> dict[str, np.ndarray]:
    start = np.datetime64(f"{month}-01", "us")
    minutes = rng.integers(0, 28 * 1440, size)
    discharged = start + minutes.astype("timedelta64[m]")
    length = (rng.gamma(2.0, 4.2, size) * 1440 + 60).astype(np.int64)
    admitted = discharged - length.astype("timedelta64[m]")
    total = (length * 130 + rng.integers(50_000, 900_000, size)).astype(np.int64)
    rescues = (rng.random(size) < 0.03) * rng.integers(1, 4, size)
    found = {
        "stay_id": np.array([f"ZY{position:02d}{i:08d}" for i in range(size)]),
        "patient_key": np.array([f"P{i:09d}" for i in rng.integers(0, patients, size)]),
        "institution": np.full(size, "DEMO600"),
        "zone": np.full(size, "Asia/Shanghai"),
        "admitted_at": admitted,
        "discharged_at": discharged,
        "age_years": rng.integers(0, 95, size),
        "sex": _pick(rng, size, "12", [1, 1]),
        "admission_route": _pick(rng, size, "1239", [4, 5, 1, 0.2]),
        "admission_department": DEPARTMENTS[rng.integers(0, 40, size)],
        "discharge_department": DEPARTMENTS[rng.integers(0, 40, size)],
        "discharge_way": _pick(rng, size, "12345", [90, 3, 3, 3, 1]),
        "readmission_planned": _pick(rng, size, "12", [95, 5]),
        "day_surgery": rng.random(size) < 0.05,
        "days": np.maximum(1, length // 1440),
        "confirmed_on": (admitted + (rng.integers(0, 6, size) * 1440).astype("timedelta64[m]")).astype("datetime64[D]"),
        "rescues": rescues,
        "rescue_successes": np.minimum(rescues, rng.integers(0, 4, size)),
        "record_grade": _pick(rng, size, "123", [93, 6.9, 0.1]),
        "principal_diagnosis": CODES[rng.integers(0, len(CODES), size)],
        "total_fee": total,
    }  # fmt: skip
    for name in ("admission_discharge", "outpatient_discharge", "clinical_pathology", "clinical_radiology"):
        found[f"{name}_match"] = _pick(rng, size, "0123", [20, 75, 4, 1])
    for name in ("special", "1", "2", "3"):
        found[f"nursing_{name}_days"] = rng.integers(0, 6, size)
    fees = "self_paid western_drug antibacterial chinese_patent_drug herbal_drug exam_material treatment_material"
    for name in (fees + " surgery_material medical_service nursing surgery").split():
        found[f"{name}_fee"] = (total * rng.random(size) * 0.15).astype(np.int64)
    return found


def _repeated(rng: np.random.Generator, ids: np.ndarray, mean: float) -> tuple[np.ndarray, np.ndarray]:
    """The rows of `ids` repeated by a Poisson number, and the position of each among its siblings."""
    counts = rng.poisson(mean, len(ids))
    index = np.repeat(np.arange(len(ids)), counts)
    starts = np.repeat(np.cumsum(counts) - counts, counts)
    return index, np.arange(len(index)) - starts + 1


def _diagnoses(rng, ids: np.ndarray, principal: np.ndarray) -> dict[str, np.ndarray]:
    index, seq = _repeated(rng, ids, 3.0)
    others = len(index)
    return {
        "stay_id": np.concatenate([ids, ids[index]]),
        "kind": np.concatenate([np.full(len(ids), "principal"), np.full(others, "other")]),
        "seq": np.concatenate([np.ones(len(ids), np.int64), seq]),
        "code": np.concatenate([principal, CODES[rng.integers(0, len(CODES), others)]]),
        "on_admission": _pick(rng, len(ids) + others, "1234", [88, 4, 2, 6]),
    }


def _operations(rng, ids: np.ndarray, discharged: np.ndarray) -> dict[str, np.ndarray]:
    index, seq = _repeated(rng, ids, 0.6)
    size = len(index)
    kinds = np.array(["surgery", "intervention", "treatment", "diagnostic"])
    return {
        "stay_id": ids[index],
        "seq": seq,
        "code": OPERATION_CODES[rng.integers(0, len(OPERATION_CODES), size)],
        "kind": kinds[rng.choice(4, size, p=[0.4, 0.1, 0.3, 0.2])],
        "performed_at": discharged[index] - rng.integers(1, 9000, size).astype("timedelta64[m]"),
        "minutes": rng.integers(10, 400, size),
        "grade": _pick(rng, size, "1234", [3, 4, 2, 1]),
        "elective": rng.random(size) < 0.8,
        "minimally_invasive": rng.random(size) < 0.3,
        "unplanned_return": rng.random(size) < 0.003,
        "incision_class": _pick(rng, size, "0123", [4, 3, 2, 1]),
        "healing": _pick(rng, size, "1239", [95, 3, 1, 1]),
    }


def _icu(rng, ids: np.ndarray, admitted: np.ndarray) -> dict[str, np.ndarray]:
    chosen = np.flatnonzero(rng.random(len(ids)) < 0.05)
    entered = admitted[chosen] + np.timedelta64(60, "m")
    return {
        "stay_id": ids[chosen],
        "unit": np.full(len(chosen), "ICU"),
        "entered_at": entered,
        "left_at": entered + rng.integers(600, 9000, len(chosen)).astype("timedelta64[m]"),
    }


def _beds(rng, month: str) -> dict[str, np.ndarray]:
    start = np.datetime64(month, "M")
    days = np.arange(start.astype("datetime64[D]"), (start + 1).astype("datetime64[D]"))
    size = len(days) * len(DEPARTMENTS)
    beds = rng.integers(20, 60, size)
    return {
        "institution": np.full(size, "DEMO600"),
        "department": np.tile(DEPARTMENTS, len(days)),
        "day": np.repeat(days, len(DEPARTMENTS)),
        "open_beds": beds,
        "occupied_beds": beds - rng.integers(-2, 8, size),
    }
