"""The mapping of rows that already have the contract's columns."""

from datetime import datetime

import pyarrow.parquet as pq
import pytest

from zhikong.engine.tables import TABLES, Type
from zhikong.hospital.functions.datasources.mappings import packaged
from zhikong.intake.context import Context
from zhikong.intake.contract_columns import contract_columns
from zhikong.intake.formats import rows
from zhikong.intake.reading import read_files

NOW = datetime(2026, 11, 22)  # noqa: DTZ001  facts carry the local wall time
CONTEXT = Context("H", "Asia/Shanghai", b"key", {"CARD": "CARD", "心内科": "CARD"}, NOW)
STAY = {
    "record_number": "100200",
    "admission_number": 2,
    "name": "王小明",
    "admitted_at": "2026-10-01 08:00",
    "discharged_at": "2026-10-04T09:30:00",
    "discharge_department": "心内科",
    "principal_diagnosis": "i10.X00",
    "total_fee": 123456,
    "day_surgery": False,
}


@pytest.fixture(scope="module")
def mapping():
    return packaged()["contract_rows"].mapping


def test_every_table_and_column_of_the_contract_can_be_supplied(mapping):
    assert set(mapping.sources) == set(TABLES) == {table.table for table in mapping.tables}
    for table in mapping.tables:
        assert tuple(field.column for field in table.fields) == TABLES[table.table].column_names
        hidden = mapping.sources[table.source].pseudonyms
        assert {"stay_id", "patient_key"} & set(TABLES[table.table].column_names) == set(hidden)


def test_departments_codes_and_free_text_are_treated_as_such():
    assert contract_columns(TABLES["stays"])["admission_department"] == {
        "from": "admission_department",
        "as": "department",
    }
    assert contract_columns(TABLES["operations"])["code"]["as"] == "code"
    assert contract_columns(TABLES["document_sections"])["text"]["as"] == "deidentified"
    assert contract_columns(TABLES["orders"])["code"] == "code"


def test_rows_become_tables_without_anybodys_name(mapping, tmp_path):
    path = tmp_path / "rows.jsonl"
    key = {"record_number": "100200", "admission_number": "2"}
    section = {
        **key,
        "document_id": "D1",
        "section": "chief",
        "seq": 1,
        "text": "患者王小明，咳嗽三天",
        "name": "王小明",
    }
    path.write_bytes(
        rows.written("stays", [STAY])
        + rows.written("charges", [{**key, "charge_id": "C1", "amount": 50, "department": "心内科"}])
        + rows.written("document_sections", [section])
    )
    reading = read_files(dict.fromkeys(mapping.sources, path), mapping, CONTEXT, tmp_path)
    assert (reading.problems, reading.delivered_rows) == ([], 3)
    stay = pq.read_table(reading.tables["stays"]).to_pylist()[0]
    assert (stay["principal_diagnosis"], stay["total_fee"], stay["discharge_department"]) == (
        "I10.x00",
        123456,
        "CARD",
    )
    assert stay["day_surgery"] is False
    charge = pq.read_table(reading.tables["charges"]).to_pylist()[0]
    assert (charge["stay_id"], charge["department"]) == (stay["stay_id"], "CARD")
    assert pq.read_table(reading.identities)["name"].to_pylist() == ["王小明"]
    texts = pq.read_table(reading.tables["document_sections"]).to_pylist()
    assert "王小明" not in str(texts)
    assert "咳嗽三天" in texts[0]["text"]


def test_a_faulty_row_is_set_aside_with_its_number_and_reason(mapping, tmp_path):
    path = tmp_path / "rows.jsonl"
    bad = {**STAY, "admission_number": 3, "discharge_department": "不存在科"}
    path.write_bytes(rows.written("stays", [STAY, bad]))
    reading = read_files(dict.fromkeys(mapping.sources, path), mapping, CONTEXT, tmp_path)
    assert [(p.row, p.reason) for p in reading.problems] == [(2, "unknown_department")]
    assert reading.rows["stays"] == 1


def test_amounts_are_whole_fen():
    for table in TABLES.values():
        assert all(c.type is Type.INT for c in table.columns if c.unit == "分")
