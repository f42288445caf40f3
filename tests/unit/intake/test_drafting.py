"""Choices become a mapping that the reader understands; what is still missing is named."""

from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from zhikong.intake.context import Context
from zhikong.intake.drafting import Choices, mapping_text, missing
from zhikong.intake.mappings import read_mapping
from zhikong.intake.reading import read_files
from zhikong.intake.reasons import FileRefused

STAYS = {
    "admitted_at": "入院",
    "discharged_at": "出院",
    "discharge_department": "科室",
    "sex": "性别",
    "principal_diagnosis": "诊断",
    "total_fee": "费用",
}
WHO = {"record_number": "号", "admission_number": "次", "name": "名"}


def read(tmp_path, choices, text):
    file = tmp_path / "file.csv"
    file.write_text(text, encoding="utf-8")
    mapping = read_mapping(mapping_text(choices), Path("own.yaml"))
    context = Context(
        "H", "Asia/Shanghai", b"key", {"内科": "MED", "MED": "MED"}, datetime.fromisoformat("2026-11-22")
    )
    return read_files({"file": file}, mapping, context, tmp_path)


def test_a_simple_list_of_discharges_is_read(tmp_path):
    choices = Choices("own", "出院一览", "stays", STAYS, WHO, {"sex": {"男性": "1", "不详": None}})
    reading = read(
        tmp_path,
        choices,
        "号,次,名,入院,出院,科室,性别,诊断,费用\n"
        "1,1,张,2026-01-01 08:00,2026-01-03 09:30,内科,男性,i10.X00,12.5\n"
        "2,1,李,2026-01-01,2026-01-01,内科,不详,,\n"
        "3,1,王,2026-01-01,2026-01-02,火星科,1,,\n",
    )
    rows = pq.read_table(reading.tables["stays"]).to_pylist()
    assert [(r["sex"], r["days"], r["total_fee"], r["principal_diagnosis"]) for r in rows] == [
        ("1", 2, 1250, "I10.x00"),
        (None, 1, None, None),
    ]
    assert [p.reason for p in reading.problems] == ["unknown_department"]
    assert "张" not in str(rows)
    assert pq.read_table(reading.identities).column_names == ["patient_key", "record_number", "name"]


def test_rows_of_a_stay_are_numbered_when_the_file_does_not(tmp_path):
    stays = Choices("own", "出院", "stays", {k: STAYS[k] for k in list(STAYS)[:3]}, WHO)
    known = read(tmp_path, stays, "号,次,名,入院,出院,科室\n1,1,张,2026-01-01,2026-01-03,内科\n")
    chosen = Choices("own2", "诊断", "diagnoses", {"kind": "类", "code": "码"}, WHO | {"name": "名"})
    (tmp_path / "d").mkdir()
    mapping = read_mapping(mapping_text(chosen), Path("own2.yaml"))
    file = tmp_path / "d.csv"
    file.write_text("号,次,类,码\n1,1,other,I10\n1,1,principal,I21\n1,1,other,E11\n", encoding="utf-8")
    context = Context("H", "Asia/Shanghai", b"key", {}, datetime.fromisoformat("2026-11-22"))
    found = read_files({"file": file}, mapping, context, tmp_path / "d", known_stays=[known.tables["stays"]])
    rows = pq.read_table(found.tables["diagnoses"]).to_pylist()
    assert sorted((r["kind"], r["seq"], r["code"]) for r in rows) == [
        ("other", 1, "I10"),
        ("other", 2, "E11"),
        ("principal", 1, "I21"),
    ]


def test_the_visits_own_number_is_enough_to_tell_stays_apart():
    choices = Choices("own", "出院", "stays", STAYS, {"record_number": "号", "visit_number": "流水"})
    mapping = read_mapping(mapping_text(choices), Path("own.yaml"))
    assert mapping.sources["file"].pseudonyms["stay_id"] == ("stay", ("流水",))


def test_what_is_missing_is_named():
    choices = Choices("own", "出院", "stays", {"admitted_at": "入院"}, {})
    assert missing(choices) == ["病案号", "病案号和住院次数（或住院流水号）", "出院时间", "出院科室代码"]
    with pytest.raises(FileRefused, match="还没有指定：病案号"):
        mapping_text(choices)


def test_a_table_without_stays_asks_for_no_record_number(tmp_path):
    beds = {"department": "科", "day": "日", "open_beds": "开", "occupied_beds": "占"}
    choices = Choices("own", "床位", "bed_days", beds)
    assert missing(choices) == []
    assert read(tmp_path, choices, "科,日,开,占\n内科,2026-01-01,40,38\n").rows == {"bed_days": 1}
