"""The simulated hospital as FHIR files through the reader and the national mapping gives its own tables again."""

# ruff: noqa: DTZ001  facts carry the local wall time without a zone

import json
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from zhikong import packs
from zhikong.engine.tables import TABLES
from zhikong.intake.context import Context
from zhikong.intake.formats.fhir import words
from zhikong.intake.mappings import load_mapping
from zhikong.intake.pseudonyms import pseudonym
from zhikong.intake.reading import read_files
from zhikong.intake.staging import wanted_columns
from zhikong.simulator import fhir, hospital
from zhikong.simulator.fhir.faults import SPOILING
from zhikong.simulator.simulation import simulate

MAPPING = load_mapping(Path(next(iter(packs.__path__))) / "national" / "mappings" / "fhir_r4.yaml")
HOSPITAL = hospital.profile()
CONTEXT = Context(
    HOSPITAL.code,
    HOSPITAL.time_zone,
    b"key",
    {d.code: d.code for d in hospital.departments()},
    datetime(2026, 11, 22),
)
FREE_TEXT = ("document_sections", "text")
FAULTS = dict.fromkeys(fhir.KINDS, 2)


@pytest.fixture(scope="module")
def made():
    return simulate(5, months=1, scale=0.05, events=True)


def read(folder, tmp_path):
    work = tmp_path / "work"
    work.mkdir()
    return read_files(dict.fromkeys(MAPPING.sources, folder), MAPPING, CONTEXT, work)


def hidden(kind, number):
    return pseudonym(b"key", HOSPITAL.code, kind, [number])


def expected(made, table, columns):
    """The simulator's own rows by key, with pseudonyms in place of its numbers."""
    people = made.tables["identities"]
    numbers = dict(zip(people["patient_key"].to_pylist(), people["record_number"].to_pylist(), strict=True))
    rows = made.tables[table].to_pylist()
    for row in rows:
        for name, kind in (("stay_id", "stay"), ("visit_id", "visit")):
            if row.get(name):
                row[name] = hidden(kind, row[name])
        if row.get("patient_key"):
            row["patient_key"] = hidden("patient", numbers.get(row["patient_key"], row["patient_key"]))
    return _by_key(table, rows, columns)


def _by_key(table, rows, columns):
    key = TABLES["document_sections" if table == "delivered_sections" else table].key
    return {tuple(r[k] for k in key): {c: r[c] for c in columns} for r in rows}


def given(reading, table, columns):
    return _by_key(table, pq.read_table(reading.tables[table]).to_pylist(), columns)


@pytest.mark.proves("INT-01")
def test_every_column_that_fhir_carries_comes_back_equal(made, tmp_path):
    export = fhir.write(made.tables, tmp_path / "out", lines_a_file=500)
    assert len(export.files) > len(export.resources)  # some types have several files
    reading = read(tmp_path / "out", tmp_path)
    assert reading.problems == []
    tables = {table for table, _ in fhir.carried()}
    assert tables <= made.tables.keys()
    for table in sorted(tables):
        columns = sorted(c for t, c in fhir.carried() - {FREE_TEXT} if t == table)
        assert given(reading, table, columns) == expected(made, table, columns), table


def test_texts_without_identifiers_come_back_as_they_were(made, tmp_path):
    """Texts with identifiers lose them on the way; how well is the business of the tests of de-identification."""
    fhir.write(made.tables, tmp_path / "out")
    found = given(read(tmp_path / "out", tmp_path), *FREE_TEXT[:1], ["text"])
    texts = {key: row["text"] for key, row in expected(made, FREE_TEXT[0], ["text"]).items()}
    plain = {key: text for key, text in texts.items() if "【" not in (text or "")}
    assert len(plain) > len(texts) / 2
    assert {key: found[key]["text"] for key in plain} == plain
    delivered = expected(made, "delivered_sections", ["text"]).values()
    names = {row["name"] for row in made.tables["identities"].to_pylist() if len(row["name"]) > 2}
    assert any(name in (row["text"] or "") for row in delivered for name in names)


def test_identities_come_back_sealed_apart_and_no_staged_file_holds_one(made, tmp_path):
    fhir.write(made.tables, tmp_path / "out")
    reading = read(tmp_path / "out", tmp_path)
    found = {row["patient_key"]: row for row in pq.read_table(reading.identities).to_pylist()}
    closed = {key for table in ("stays", "visits") for key in made.tables[table]["patient_key"].to_pylist()}
    people = [row for row in made.tables["identities"].to_pylist() if row["patient_key"] in closed]
    assert len(found) == len(people)
    for person in people:
        one = found[hidden("patient", person["record_number"])]
        assert {name: one[name] for name in ("name", "id_number", "phone", "address", "record_number")} == {
            name: person[name] for name in ("name", "id_number", "phone", "address", "record_number")
        }
        assert one["birth_date"] == person["birth_date"].isoformat()
    names = {person["name"].encode() for person in people}
    for path in (tmp_path / "work").glob("*.parquet"):
        if "identities" not in path.name and "document_sections" not in path.name:
            texts = b"\n".join(str(row).encode() for row in pq.read_table(path).to_pylist())
            assert not any(name in texts for name in names), path.name


def test_no_text_keeps_the_name_of_its_own_patient(made, tmp_path):
    fhir.write(made.tables, tmp_path / "out")
    people = {row["patient_key"]: row["name"] for row in made.tables["identities"].to_pylist()}
    names = {
        hidden("stay", s): people[p]
        for s, p in zip(
            *(made.tables["stays"][c].to_pylist() for c in ("stay_id", "patient_key")), strict=True
        )
    }
    for row in pq.read_table(read(tmp_path / "out", tmp_path).tables["document_sections"]).to_pylist():
        assert names[row["stay_id"]] not in (row["text"] or "")


EXPECTED_REASON = {
    "missing_subject": "missing_value",
    "wrong_clock": "in_the_future",
    "bad_date": "not_a_datetime",
    "partial_date": "not_a_datetime",
    "duplicate": "duplicate",
    "older_version": "superseded",
    "entered_in_error": "withdrawn",
    "broken_line": "unreadable_row",
    "wrong_type": "wrong_resource",
}


def test_every_planted_fault_is_found_at_its_line_and_nothing_else_is_lost(made, tmp_path):
    export = fhir.write(made.tables, tmp_path / "out", faults=FAULTS)
    reading = read(tmp_path / "out", tmp_path)
    assert len(export.faults) == sum(FAULTS.values())
    of_encounters = {(p.row, p.reason) for p in reading.problems if p.source == "encounters"}
    assert of_encounters == {(f.line, EXPECTED_REASON[f.kind]) for f in export.faults}
    spoilt = {hidden("stay", f.number) for f in export.faults if f.kind in SPOILING}
    whole = expected(made, "stays", ["stay_id"]).keys()
    assert given(reading, "stays", ["stay_id"]).keys() == whole - {(stay,) for stay in spoilt}
    account = reading.accounts["encounters"]
    assert (account.loaded, account.looked_up) == (len(whole) - len(spoilt), 0)
    assert account.rows == export.resources["Encounter"] + sum(
        FAULTS[kind] for kind in FAULTS if kind not in SPOILING
    )


def test_every_path_of_the_mapping_is_of_the_language():
    for source in MAPPING.sources.values():
        if source.format == "fhir":
            words(source, wanted_columns(source, MAPPING), "Asia/Shanghai")


def test_what_is_said_to_be_carried_is_in_the_contract_and_in_the_mapping():
    mapped = {(table.table, field.column) for table in MAPPING.tables for field in table.fields}
    assert fhir.carried() <= mapped


def test_a_live_feed_takes_open_stays_and_takes_back_what_was_a_mistake(tmp_path):
    """Open stays are welcome, the time of the last change goes with the row, DELETE and entered-in-error cancel."""
    subject, department = {"reference": "Patient/p"}, {"reference": "Organization/O-CARD"}
    changed = {"lastUpdated": "2026-11-20T08:00:00Z"}
    entered = {
        "resourceType": "Encounter",
        "status": "in-progress",
        "class": {"code": "IMP"},
        "subject": subject,
    }
    order = {
        "resourceType": "ServiceRequest",
        "intent": "order",
        "encounter": {"reference": "Encounter/open"},
    }
    resources = [
        {"resourceType": "Organization", "id": "O-CARD", "identifier": [{"value": "CARD"}]},
        entered
        | {
            "id": "open",
            "period": {"start": "2026-11-19T10:00:00+08:00"},
            "serviceProvider": department,
            "meta": changed,
        },
        order | {"id": "o1", "status": "active", "authoredOn": "2026-11-19T11:00:00+08:00"},
        order | {"id": "o2", "status": "entered-in-error", "authoredOn": "2026-11-19T11:00:00+08:00"},
    ]
    entries = [{"resource": one} for one in resources]
    entries.append({"request": {"method": "DELETE", "url": "ServiceRequest/o3"}})
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps({"resourceType": "Bundle", "type": "batch", "entry": entries}))
    work = tmp_path / "work"
    work.mkdir()
    reading = read_files(dict.fromkeys(MAPPING.sources, path), MAPPING, CONTEXT, work, live=True)
    assert reading.problems == []
    (stay,) = pq.read_table(reading.tables["stays"]).to_pylist()
    assert (stay["discharged_at"], stay["admission_department"]) == (None, "CARD")
    assert stay["__version"] == datetime(2026, 11, 20, 16)
    assert [row["order_id"] for row in pq.read_table(reading.tables["orders"]).to_pylist()] == ["o1"]
    assert [row["order_id"] for row in pq.read_table(reading.removed["orders"]).to_pylist()] == ["o2", "o3"]
