"""Every example of the interface specification goes through the reader that a vendor's delivery would go through."""

import importlib
import json
from datetime import datetime

import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from tests.unit.docs.guides import ROOT, files_in, page
from zhikong.engine.tables import TABLES
from zhikong.intake.context import Context
from zhikong.intake.formats import rows, sql
from zhikong.intake.formats.sql_connections import Database, engine_of
from zhikong.intake.mappings import load_mapping
from zhikong.intake.reading import read_files

ZONE = "Asia/Shanghai"
NOW = datetime(2026, 11, 22)  # noqa: DTZ001  facts carry the local wall time
NAMES = ("普通外科", "心血管内科")
FILES = files_in("interface")
ROWS = json.loads((ROOT / "docs" / "examples" / "rows.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def interface():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "docs"))
        yield importlib.import_module("interface")


def mapping(name):
    return load_mapping(ROOT / "zhikong" / "packs" / "national" / "mappings" / f"{name}.yaml")


def read(tmp_path, name, file, content, **how):
    path = tmp_path / file
    path.write_bytes(content)
    departments = {name: name for name in (*NAMES, *_departments())}
    found = mapping(name)
    return read_files(
        dict.fromkeys(found.sources, path),
        found,
        Context("H", ZONE, b"key", departments, NOW),
        tmp_path,
        **how,
    )


def _departments():
    return {str(v) for row in ROWS.values() for k, v in row.items() if k.split("_")[-1] == "department"}


def rows_of(reading, table):
    return pq.read_table(reading.tables[table]).to_pylist()


def test_the_specification_is_what_the_contract_says_now(interface):
    committed = (ROOT / "docs" / "guide" / "interface.md").read_text("utf-8")
    assert committed == interface.page(), "run `make docs` and commit docs/guide/interface.md"


def test_it_tells_every_table_and_column_that_a_vendor_sends(interface):
    text = interface.page()
    for table in TABLES.values():
        if table.name not in interface.OWN:
            assert f"\n### {table.name}\n" in text
            sent = [c for c in table.columns if c.name not in interface.GIVEN]
            assert all(f"| `{c.name}` | {c.meaning}" in text for c in sent)
    anchors = [b.anchor for b in page("interface") if b.kind == "heading"]
    assert len(set(anchors)) == len(anchors), "a link to a table must not lead to a code list"


def test_the_example_row_of_every_table_is_taken_whole(tmp_path):
    content = b"".join(rows.written(table, [row]) for table, row in ROWS.items())
    reading = read(tmp_path, "contract_rows", "rows.jsonl", content)
    assert (reading.problems, reading.delivered_rows) == ([], len(ROWS))
    assert set(ROWS) == {name for name in TABLES if name != "inspection_answers"}


def test_a_wrong_example_would_be_told(tmp_path):
    wrong = {**ROWS["stays"], "sex": "男"}
    reading = read(tmp_path, "contract_rows", "rows.jsonl", rows.written("stays", [wrong]))
    assert [problem.column for problem in reading.problems] == ["sex"]


def test_the_front_page_file(tmp_path):
    reading = read(tmp_path, "front_page", "front_page.csv", FILES["front_page.csv"].encode())
    assert reading.problems == []
    first, second = sorted(rows_of(reading, "stays"), key=lambda row: row["admitted_at"])
    assert (first["sex"], first["days"], first["total_fee"]) == ("1", 9, 1823050)
    assert second["discharge_department"] == "心血管内科"


def test_the_pushed_rows(tmp_path):
    content = rows.written("charges", json.loads(FILES["push.json"]))
    reading = read(tmp_path, "contract_rows", "rows.jsonl", content, live=True)
    assert reading.problems == []
    assert [row["amount"] for row in rows_of(reading, "charges")] == [3000, 186000]


@pytest.mark.parametrize(("file", "way"), [("admission.hl7", None), ("discharge.hl7", "1")])
def test_the_messages(tmp_path, file, way):
    content = FILES[file].rstrip("\n").replace("\n", "\r").encode()
    reading = read(tmp_path, "hl7_v2", file, content, live=True)
    assert reading.problems == []
    (stay,) = rows_of(reading, "stays")
    assert stay["admitted_at"] == datetime(2026, 1, 5, 9, 10)  # noqa: DTZ001
    assert stay["discharge_way"] == way
    assert {row["code"] for row in rows_of(reading, "diagnoses")} == {"K80.100"}


def test_the_bundle(tmp_path):
    reading = read(tmp_path, "fhir_r4", "bundle.json", FILES["bundle.json"].encode())
    assert reading.problems == []
    (stay,) = rows_of(reading, "stays")
    assert (stay["sex"], stay["discharged_at"]) == ("1", datetime(2026, 1, 14, 10, 30))  # noqa: DTZ001
    assert [(row["kind"], row["code"]) for row in rows_of(reading, "diagnoses")] == [("principal", "K80.100")]


def test_the_view(tmp_path):
    source, view, cursor, overlap = (part.strip() for part in FILES["view.txt"].split("|"))
    file = tmp_path / "his.db"
    with sa.create_engine(f"sqlite:///{file}", poolclass=sa.NullPool).begin() as his:
        his.execute(sa.text("CREATE TABLE his_fyxx (bah, zycs, lsh, xmmc, je, jfsj, ksmc, gxsj)"))
        given = (
            "('1002003', 1, 'F1', '床位费', 30.0, '2026-01-05 23:59:00', '普通外科', '2026-01-06 00:10:00')"
        )
        his.execute(sa.text(f"INSERT INTO his_fyxx VALUES {given}"))
        his.execute(sa.text(FILES["view.sql"]))
    query = sql.Query(source, view=view, cursor=cursor, overlap=int(overlap))
    engine = engine_of(Database("sqlite", name=str(file)))
    (batch,) = sql.pull(engine, "sqlite", query, mapping("contract_rows"), None, zone=ZONE)
    reading = read(tmp_path, "contract_rows", "rows.jsonl", batch.content, live=True)
    assert reading.problems == []
    (charge,) = rows_of(reading, "charges")
    assert (charge["amount"], charge["department"]) == (3000, "普通外科")
