"""The simulated hospital as views of a real PostgreSQL and a real MariaDB gives its own tables again."""

# ruff: noqa: DTZ001  facts carry the local wall time without a zone

from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from zhikong import packs
from zhikong.engine.tables import TABLES
from zhikong.intake.context import Context
from zhikong.intake.contract_columns import FREE_TEXT
from zhikong.intake.deidentifying import deidentify
from zhikong.intake.formats import sql
from zhikong.intake.formats.sql_connections import clock_of, reading
from zhikong.intake.mappings import load_mapping
from zhikong.intake.pseudonyms import pseudonym
from zhikong.intake.reading import read_files
from zhikong.simulator import hospital, simulate, views
from zhikong.simulator.export_hqms import admission_numbers

MAPPING = load_mapping(Path(next(iter(packs.__path__))) / "national" / "mappings" / "views_sample.yaml")
HOSPITAL = hospital.profile()
ZONE = HOSPITAL.time_zone
AT = datetime(2026, 3, 1, 12)
CONTEXT = Context(
    HOSPITAL.code, ZONE, b"key", {d.code: d.code for d in hospital.departments()}, datetime(2026, 11, 22)
)
FREE = {table: {name for one, name in FREE_TEXT if one == table} for table in TABLES}
SERVERS = pytest.mark.parametrize("his", ["postgresql", "mysql"], indirect=True)


@pytest.fixture(scope="module")
def made():
    return simulate(5, 1, "2026-01", 0.02, events=True)


@pytest.fixture(scope="module")
def numbers(made):
    return admission_numbers(made)


def pull(his, table, position=None):
    kind, engine, _write = his
    query = sql.Query(table, view=views.VIEWS[table], cursor=views.CHANGED, overlap=10, batch=1000)
    return list(sql.pull(engine, kind, query, MAPPING, position, zone=ZONE))


def read(content, folder):
    folder.mkdir()
    path = folder / "rows.jsonl"
    path.write_bytes(content)
    return read_files(dict.fromkeys(MAPPING.sources, path), MAPPING, CONTEXT, folder)


def by_key(table, rows):
    columns = TABLES[table].column_names
    return {tuple(row[k] for k in TABLES[table].key): {c: row[c] for c in columns} for row in rows}


def expected(made, numbers, table):
    """The simulator's own rows by key, with pseudonyms in place of its numbers, and free text as it is staged."""
    people = {row["patient_key"]: row["record_number"] for row in made.tables["identities"].to_pylist()}
    keys = ("stay_id", "patient_key")
    whose = dict(zip(*(made.tables["stays"][name].to_pylist() for name in keys), strict=True))
    rows = made.tables[table].to_pylist()
    for row in rows:
        if stay := row.get("stay_id"):
            number = [people[whose[stay]], str(numbers[stay])]
            row["stay_id"] = pseudonym(b"key", HOSPITAL.code, "stay", number)
        if patient := row.get("patient_key"):
            row["patient_key"] = pseudonym(b"key", HOSPITAL.code, "patient", [people.get(patient, patient)])
        for column in FREE[table] & row.keys():
            row[column] = row[column] and deidentify(row[column], []).text
    return by_key(table, rows)


@SERVERS
@pytest.mark.proves("INT-01")
def test_every_column_of_every_view_comes_back_equal(his, made, numbers, tmp_path):
    written = views.write(his[1], made.tables, numbers, at=AT)
    content = b"".join(batch.content for table in written.rows for batch in pull(his, table))
    result = read(content, tmp_path / "work")
    assert [(p.source, p.label, p.value, p.reason) for p in result.problems[:3]] == []
    assert set(written.rows) == {table for table, _ in views.carried()} & made.tables.keys()
    for table in written.rows:
        found = by_key(table, pq.read_table(result.tables[table]).to_pylist())
        assert found == expected(made, numbers, table), table
    names = set(pq.read_table(result.identities)["name"].to_pylist())
    assert names <= set(made.tables["identities"]["name"].to_pylist())


FAULTED = ("charges", "orders", "results")


@SERVERS
def test_late_changed_and_doubled_rows_end_in_the_right_table(his, made, numbers, tmp_path):
    tables = {name: made.tables[name] for name in ("stays", "identities", *FAULTED)}
    faults = {"changed": 4, "late": 4, "twice": 3, "ahead": 2}
    written = views.write(his[1], tables, numbers, at=AT, faults=faults)
    assert len(written.faults) == (1 + len(FAULTED)) * sum(faults.values())
    first = {table: pull(his, table) for table in FAULTED}
    with reading(his[1], his[0]) as connection:
        now = clock_of(connection, his[0])[1]
    assert all(batches[-1].position.value() <= now for batches in first.values())
    written.later(at=now.replace(microsecond=0))
    second = {table: pull(his, table, first[table][-1].position) for table in FAULTED}
    stays = b"".join(batch.content for batch in pull(his, "stays"))
    for table in FAULTED:
        merged = {}
        for n, batches in enumerate((first[table], second[table])):
            content = stays + b"".join(batch.content for batch in batches)
            result = read(content, tmp_path / f"{table}{n}")
            assert {p.reason for p in result.problems if p.source == table} <= {"duplicate"}
            merged |= by_key(table, pq.read_table(result.tables[table]).to_pylist())
            if n == 0:
                assert merged != expected(made, numbers, table)
        assert merged == expected(made, numbers, table), table
    assert sum(batch.rows for batches in second.values() for batch in batches) < written.rows["charges"]


def test_every_column_is_in_the_mapping_under_the_views_name():
    mapped = {(table.table, field.column) for table in MAPPING.tables for field in table.fields}
    assert views.carried() <= mapped
    for table in MAPPING.tables:
        own = {field.from_ for field in table.fields if field.from_} - {"stay_id", "patient_key"}
        assert own == set(views.column_names(table.table).values())
        assert all(len(name.encode()) <= 63 for name in own)
