"""The simulated hospital's tables as bulk NDJSON files, one or several for each resource type, a month at a time."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc

from zhikong.engine.tables import TABLES
from zhikong.simulator.fhir import clinical, directory, encounters, ordering
from zhikong.simulator.fhir.faults import Planted, Planter
from zhikong.simulator.fhir.values import Clock, Resource

Row = dict[str, Any]
Maker = Callable[[Row, str, Clock], Resource]

_OF_STAYS: dict[str, Maker] = {
    "diagnoses": clinical.condition,
    "operations": clinical.procedure,
    "results": clinical.observation,
    "orders": ordering.order,
    "consultations": ordering.consultation,
    "medications": ordering.administration,
}
_OF_PATIENTS: dict[str, Callable[[Row, str | None, Clock], Resource]] = {
    "visits": encounters.visit,
    "prescriptions": ordering.prescription,
}
_AT_ONCE = 5_000


@dataclass
class Export:
    """The files written, how many resources of each type, and the faults planted."""

    files: list[Path] = field(default_factory=list)
    resources: dict[str, int] = field(default_factory=dict)
    faults: list[Planted] = field(default_factory=list)


def write(
    tables: Mapping[str, pa.Table],
    folder: Path,
    *,
    zone: str = "Asia/Shanghai",
    seed: int = 1,
    faults: dict[str, int] | None = None,
    lines_a_file: int = 1_000_000,
) -> Export:
    """Write the contract's tables (with `identities`) as FHIR R4 NDJSON into `folder`.

    Wall times become instants of `zone`. `faults` plants so many Encounters of each kind (see `faults.KINDS`).
    A type with more than `lines_a_file` resources gets several files, as bulk exports have them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    planter = Planter(seed, tables["stays"].num_rows, faults or {})
    with _Files(folder, lines_a_file) as files:
        _Hospital(tables, Clock(zone), files, planter).write()
        return Export(files.paths, dict(files.counts), planter.found)


class _Files:
    """The NDJSON files that are open; a type's next file begins when one is full."""

    def __init__(self, folder: Path, limit: int):
        self.folder, self.limit = folder, limit
        self.counts: dict[str, int] = defaultdict(int)
        self.lines: dict[str, int] = defaultdict(int)
        self.paths: list[Path] = []
        self._open: dict[str, IO[str]] = {}
        self._parts: dict[str, int] = defaultdict(int)

    def __enter__(self) -> _Files:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._open.values():
            file.close()

    def write(self, resource: Resource) -> None:
        """One resource as one line."""
        self.write_line(
            resource["resourceType"], json.dumps(resource, ensure_ascii=False, separators=(",", ":"))
        )
        self.counts[resource["resourceType"]] += 1

    def write_line(self, kind: str, line: str) -> None:
        """A line into the file of a type."""
        self.file_of(kind).write(line + "\n")
        self.lines[kind] += 1

    def file_of(self, kind: str) -> IO[str]:
        """The file into which the next line of a type goes."""
        if kind in self._open and self.lines[kind] >= self.limit:
            self._open.pop(kind).close()
            self.lines[kind] = 0
        if kind not in self._open:
            self._parts[kind] += 1
            path = self.folder / f"{kind}.{self._parts[kind]:03d}.ndjson"
            self.paths.append(path)
            self._open[kind] = path.open("w", encoding="utf-8")
        return self._open[kind]


class _Hospital:
    """All tables, written month by month, so that what belongs to one stay is at hand."""

    def __init__(self, tables: Mapping[str, pa.Table], clock: Clock, files: _Files, planter: Planter):
        self.tables, self.clock, self.files, self.planter = tables, clock, files, planter
        self.people: set[str] = set()
        people = tables["identities"]
        keys, numbers = people["patient_key"].to_pylist(), people["record_number"].to_pylist()
        self.numbers: dict[str, str] = dict(zip(keys, numbers, strict=True))
        self.names = dict(zip(numbers, people["name"].to_pylist(), strict=True))
        self.patients: dict[str, str] = {}  # stay → number of its patient

    def write(self) -> None:
        """Everything, people and places last, when it is known who and what was named."""
        stays = self.tables["stays"]
        for month in sorted(set(stays["month"].to_pylist())):
            self._month(month)
        self._other_tables()
        for row in self._rows("identities"):
            self.files.write(directory.patient(row, self.numbers[row["patient_key"]]))
        icu = set(self.tables["icu_stays"]["unit"].to_pylist()) if "icu_stays" in self.tables else set()
        for resource in (*directory.places(icu), *directory.practitioners(self.people)):
            self.files.write(resource)

    def _month(self, month: str) -> None:
        children = {name: self._by_stay(name, month) for name in ("diagnoses", "transfers", "icu_stays")}
        for row in self._rows("stays", month):
            number = row["stay_id"]
            patient = self.patients[number] = self.numbers[row["patient_key"]]
            own = [children[name].get(number, []) for name in ("diagnoses", "transfers", "icu_stays")]
            self._encounter(encounters.stay(self._named(row), patient, *own, self.clock))
            for resource in encounters.coverage(row, patient):
                self.files.write(resource)
        for name, make in _OF_STAYS.items():
            for row in self._rows(name, month):
                self.files.write(make(self._named(row), self.patients[row["stay_id"]], self.clock))
        self._documents(month)

    def _encounter(self, resource: Resource) -> None:
        file = Path(self.files.file_of("Encounter").name).name
        for line in self.planter.lines(resource, file, self.files.lines["Encounter"] + 1):
            self.files.write_line("Encounter", line)
        self.files.counts["Encounter"] += 1

    def _documents(self, month: str) -> None:
        sections: dict[str, list[Row]] = defaultdict(list)
        told = "delivered_sections" if "delivered_sections" in self.tables else "document_sections"
        for row in self._rows(told, month):
            sections[row["document_id"]].append(row)
        for row in self._rows("documents", month):
            own = sorted(sections.get(row["document_id"], []), key=lambda one: one["seq"])
            patient = self.patients[row["stay_id"]]
            resource = clinical.document(self._named(row), own, patient, self.clock)
            resource["subject"]["display"] = self.names[patient]
            self.files.write(resource)

    def _other_tables(self) -> None:
        for name, make in _OF_PATIENTS.items():
            for row in self._rows(name):
                self.files.write(
                    make(
                        self._named(row), self.numbers.get(row["patient_key"], row["patient_key"]), self.clock
                    )
                )
        for row in self._rows("adverse_events"):
            self.files.write(clinical.adverse_event(row, self.patients.get(row["stay_id"]), self.clock))
        for row in self._rows("staff"):
            self.files.write(directory.role(self._named(row)))

    def _rows(self, name: str, month: str | None = None) -> Iterator[Row]:
        """Rows of a table, in the order of its key; none when the hospital has no such table."""
        table = self.tables.get(name)
        if table is None:
            return
        if month is not None:
            table = table.filter(pc.equal(table["month"], month))
        if name in TABLES:
            table = table.sort_by([(column, "ascending") for column in TABLES[name].key])
        for batch in table.to_batches(max_chunksize=_AT_ONCE):
            yield from batch.to_pylist()

    def _by_stay(self, name: str, month: str) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self._rows(name, month):
            found[row["stay_id"]].append(row)
        return found

    def _named(self, row: Row) -> Row:
        """The row with the people whom it names as numbers of Practitioners."""
        named = {column: f"P-{row[column]}" for column in _STAFF & row.keys() if row[column]}
        if "valid_from" in row:
            named["code"] = f"P-{row['code']}"
        self.people.update(number.removeprefix("P-") for number in named.values())
        return row | named


_STAFF = frozenset(
    (
        *("attending_doctor", "resident_doctor", "operator", "anaesthetist", "first_assistant"),
        *("author", "cosigned_by", "doctor", "nurse", "prescriber"),
    )
)
