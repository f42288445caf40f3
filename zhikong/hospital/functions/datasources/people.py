"""What a reading says of people: identities into the sealed store, and the departments that treat them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from zhikong.foundation.patients import actions as patients
from zhikong.foundation.patients.rules import Identity
from zhikong.intake.reading import Reading

_IDENTITIES_AT_ONCE = 20_000


def store_people(*, by, now: datetime, reading: Reading) -> None:
    """Identities into the sealed store, and which departments may see them."""
    store_identities(by=by, now=now, reading=reading)
    if "stays" in reading.tables:
        patients.note_treating_departments(by=by, pairs=_treated(reading.tables["stays"]))


def store_identities(*, by, now: datetime, reading: Reading, partial: bool = False) -> None:
    """Identities into the sealed store; partial: what a message does not say of a person stays as it is known."""
    if reading.identities is not None:
        with pq.ParquetFile(reading.identities) as file:
            for batch in file.iter_batches(batch_size=_IDENTITIES_AT_ONCE):
                patients.store_identities(by=by, now=now, identities=_identities(batch), partial=partial)


def _identities(batch: pa.RecordBatch) -> dict[str, Identity]:
    fields = [name for name in batch.schema.names if name != "patient_key"]
    return {
        row["patient_key"]: Identity(**{name: row[name] or "" for name in fields})
        for row in batch.to_pylist()
    }


def _treated(stays: Path) -> Iterator[tuple[str, str]]:
    """Distinct pairs of patient and department, of admission or discharge."""
    table = pq.read_table(stays, columns=["patient_key", "admission_department", "discharge_department"])
    for column in ("admission_department", "discharge_department"):
        pairs = table.select(["patient_key", column]).group_by(["patient_key", column]).aggregate([])
        for key, code in zip(pairs["patient_key"].to_pylist(), pairs[column].to_pylist(), strict=True):
            if code is not None:
                yield key, code
