"""The simulated hospital as HL7 v2 messages, read back through the packaged mapping: equal wherever HL7 can say it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import zhikong
from zhikong.engine.tables import TABLES
from zhikong.intake.context import Context
from zhikong.intake.deidentifying import deidentify
from zhikong.intake.formats.hl7_messages import raw_messages
from zhikong.intake.mappings import load_mapping
from zhikong.intake.pseudonyms import pseudonym
from zhikong.intake.reading import read_files
from zhikong.simulator import catalogue, hl7, hospital, simulate
from zhikong.simulator.events import event_tables
from zhikong.simulator.hl7 import people

SECRET = b"round trip"
MAPPING = Path(zhikong.__file__).parent / "packs" / "national" / "mappings" / "hl7_v2.yaml"
NUMBERED = {"transfers": "at"}
"""Where a message does not know the number of its row, the time tells which row is meant."""


@pytest.fixture(scope="module")
def tables():
    made = simulate(7, 1, "2026-01", 0.02)
    tables = dict(made.tables) | event_tables(made.stages)
    # texts without identifiers, so that they come back as they are; and finished stays only
    return {name: table for name, table in tables.items() if name not in ("delivered_sections", "open_stays")}


def context() -> Context:
    codes = [*catalogue.department_index(), *(d.code for d in hospital.departments())]
    now = datetime(2026, 12, 1)  # noqa: DTZ001 - the hospital's wall time
    return Context("DEMO600", "Asia/Shanghai", SECRET, dict.fromkeys(codes) | {c: c for c in codes}, now)


def read(tables, folder: Path, **options):
    """(what was written, live reading)."""
    folder.mkdir(exist_ok=True)
    written = hl7.write(tables, folder / "stream.hl7", **options)
    mapping = load_mapping(MAPPING)
    files = {name: written.file for name, one in mapping.sources.items() if one.of or name == "adt"}
    return written, read_files(files, mapping, context(), folder, live=True)


def folded(reading, table: str) -> dict[tuple, dict]:
    """Rows by key after all that was said of them, in the order of events: what is not said stays."""
    key = TABLES[table].event_key
    said = [(row, False) for row in pq.read_table(reading.tables[table]).to_pylist()]
    if table in reading.removed:
        said += [(row, True) for row in pq.read_table(reading.removed[table]).to_pylist()]
    rows: dict[tuple, dict] = {}
    for row, gone in sorted(said, key=lambda one: (one[0]["__version"], one[0]["__seq"])):
        name = tuple(row[column] for column in key)
        if gone:
            rows.pop(name, None)
            continue
        found = rows.setdefault(name, {})
        found |= {c: v for c, v in row.items() if v is not None}
        found |= dict.fromkeys(row["__cleared"])
    return rows


def expected(tables, table: str) -> dict[tuple, dict]:
    """The simulator's rows by the same key, with the pseudonyms that the mapping makes."""
    stays = people.stays(tables)
    numbers = {row["patient_key"]: row["record_number"] for row in tables["identities"].to_pylist()}
    rows = {}
    for row in tables[table].to_pylist():
        if "stay_id" in row:
            stay = stays[row["stay_id"]]
            row["stay_id"] = hashed("stay", stay.patient["record_number"], str(stay.number))
            if row.get("text"):  # a batch number that looks like a telephone is hidden too
                known = [
                    stay.patient[name] for name in ("name", "id_number", "phone", "address", "record_number")
                ]
                row["text"] = deidentify(row["text"], known).text
        if "patient_key" in row:
            row["patient_key"] = hashed("patient", numbers.get(row["patient_key"]))
        rows[tuple(row[column] for column in TABLES[table].event_key)] = row
    return rows


def hashed(kind: str, *parts: str | None) -> str | None:
    return None if None in parts else pseudonym(SECRET, "DEMO600", kind, parts)


@pytest.fixture(scope="module")
def reading(tables, tmp_path_factory):
    return read(tables, tmp_path_factory.mktemp("hl7"))[1]


def test_nothing_is_set_aside(reading):
    assert reading.faulty_rows == 0
    assert reading.problems == []


@pytest.mark.parametrize("table", sorted({table for table, _ in hl7.carried()}))
def test_every_carried_column_comes_back(tables, reading, table):
    wanted, found = expected(tables, table), folded(reading, table)
    if table == "visits":  # a visit of somebody who never lay in the hospital has no identity to send
        wanted = {key: row for key, row in wanted.items() if row["patient_key"]}
    if table == "medications":
        wanted = {key: row for key, row in wanted.items() if row["given_at"]}
    assert wanted
    assert found.keys() == wanted.keys()
    columns = [column for name, column in sorted(hl7.carried()) if name == table]
    differing = {
        (column, str(row[column]), str(found[key].get(column)))
        for key, row in wanted.items()
        for column in columns
        if not same(row[column], found[key].get(column))
    }
    assert differing == set()


def same(one, other) -> bool:
    return (
        (one or None) == (other or None) if isinstance(one, str) or isinstance(other, str) else one == other
    )


def test_what_is_carried_is_in_the_contract_and_comes_in_all_columns_of_the_key():
    for table, column in hl7.carried():
        assert TABLES[table].column(column), (table, column)
    for table in {table for table, _ in hl7.carried()}:
        assert {(table, column) for column in TABLES[table].event_key} <= hl7.carried()


def test_gb18030_says_the_same(tables, reading, tmp_path):
    other = read(tables, tmp_path, encoding="gb18030")[1]
    for table in ("stays", "diagnoses", "documents"):
        assert folded(other, table) == folded(reading, table)


def test_faults_are_found_as_planted(tables, reading, tmp_path):
    faults = dict.fromkeys(
        ("duplicate", "missing_id", "no_end", "cut", "garbage", "reused_id", "out_of_order"), 3
    )
    written, found = read(tables, tmp_path, faults=faults)
    assert sorted(one.kind for one in written.faults) == sorted(kind for kind in faults for _ in range(3))
    assert [p.reason for p in found.problems].count("not_hl7") == 3
    # what else is wrong are the halves of the messages that were cut off
    assert {p.reason for p in found.problems} <= {"not_hl7", "missing_value", "bad_encoding"}
    assert len(found.problems) <= 6
    # told twice, without an id, cut off and sent again, later than others: the rows are the same in the end
    for table in ("transfers", "operations", "medications", "orders"):
        assert comparable(folded(found, table)) == comparable(folded(reading, table))


def comparable(rows: dict) -> dict:
    return {
        key: {c: v for c, v in row.items() if not c.startswith("__") and v is not None}
        for key, row in rows.items()
    }


def test_a_missing_day_of_a_feed_is_in_the_ledger(tables, tmp_path):
    written, _ = read(tables, tmp_path, faults={"missing_day": 1})
    assert {one.kind for one in written.faults} == {"missing_day"}
    whole = hl7.write(tables, tmp_path / "whole.hl7")
    assert whole.messages - written.messages == len(written.faults)


def test_open_stays_are_told_of_with_their_place(tmp_path):
    made = simulate(7, 1, "2026-01", 0.02, events=True)
    assert sum(table.num_rows for table in made.open_events.values())
    _, reading = read(hl7.everything(made.tables, made.open_events), tmp_path)
    assert reading.faulty_rows == 0
    rows = list(folded(reading, "stays").values())
    there = [row for row in rows if "discharged_at" not in row]
    wanted = made.tables["open_stays"].to_pylist()
    assert wanted
    assert sorted((r["current_department"], r["current_ward"], r["current_bed"]) for r in there) == sorted(
        (row["department"], row["ward"], row["bed"]) for row in wanted
    )


def test_texts_as_a_hospital_sends_them_lose_their_names_on_the_way(tables, tmp_path):
    made = simulate(7, 1, "2026-01", 0.02)
    delivered = event_tables(made.stages)["delivered_sections"]
    _, reading = read(tables | {"delivered_sections": delivered}, tmp_path)
    texts = [row.get("text") or "" for row in folded(reading, "document_sections").values()]
    numbers = {row["record_number"] for row in made.tables["identities"].to_pylist()}
    assert any(number in (row or "") for row in delivered["text"].to_pylist() for number in numbers)
    assert not any(number in text for text in texts for number in numbers)


def test_messages_come_in_the_order_of_events(tables):
    made = list(hl7.messages(tables))
    assert [one.at for one in made] == sorted(one.at for one in made)
    assert len({one.control_id for one in made}) == len(made)


def test_the_file_holds_what_was_counted(tables, tmp_path):
    written = hl7.write(tables, tmp_path / "x.hl7")
    assert sum(1 for _ in raw_messages(written.file)) == written.messages
