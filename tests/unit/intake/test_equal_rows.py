"""Equal rows that the source does not number are kept, and the reading says how many."""

# ruff: noqa: DTZ001  facts carry the local wall time without a zone

from datetime import datetime

import pyarrow.parquet as pq
import pytest

from zhikong.intake.context import Context
from zhikong.intake.mappings import parse_mapping
from zhikong.intake.reading import read_files

CONTEXT = Context("H", "Asia/Shanghai", b"key", None, datetime(2026, 11, 22))
STAY = {"stay_id": {"kind": "stay", "of": ["no"]}}
STAYS = {
    "stay_id": "stay_id",
    "patient_key": "patient_key",
    "institution": {"context": "institution"},
    "zone": {"context": "zone"},
    "admitted_at": "in",
    "discharged_at": "out",
    "age_years": {"constant": "60"},
    "discharge_department": {"constant": "CARD"},
}
DIAGNOSES = {
    "stay_id": "stay_id",
    "kind": {"constant": "other"},
    "seq": {"number_within": ["stay_id"]},
    "name": "name",
}


def mapping():
    page = {"format": "csv", "pseudonyms": {**STAY, "patient_key": {"kind": "patient", "of": ["no"]}}}
    return parse_mapping(
        {
            "id": "x",
            "name": "x",
            "main": "page",
            "sources": {"page": page, "diagnoses": {"format": "csv", "pseudonyms": STAY}},
            "tables": {
                "stays": {"from": "page", "columns": STAYS},
                "diagnoses": {"from": "diagnoses", "columns": DIAGNOSES},
            },
        }
    )


@pytest.mark.parametrize(
    ("lines", "note"),
    [
        (["1,贫血", "1,高血压"], None),
        (["1,贫血", "1,贫血", "1,高血压", "2,贫血"], "有 2 行内容完全相同（1 组）"),
        (["1,贫血", "1,贫血", "1,贫血", "2,高血压", "2,高血压"], "有 5 行内容完全相同（2 组）"),
    ],
)
def test_equal_rows_without_a_number_are_kept_and_said(tmp_path, lines, note):
    page, diagnoses = tmp_path / "page.csv", tmp_path / "diagnoses.csv"
    stays = [f"{n},2026-09-01 08:00:00,2026-09-0{n + 2} 08:00:00" for n in (1, 2)]
    page.write_text("\n".join(["no,in,out", *stays]) + "\n", encoding="utf-8")
    diagnoses.write_text("\n".join(["no,name", *lines]) + "\n", encoding="utf-8")
    reading = read_files({"page": page, "diagnoses": diagnoses}, mapping(), CONTEXT, tmp_path)
    assert pq.read_metadata(reading.tables["diagnoses"]).num_rows == len(lines)
    assert reading.problems == []
    found = [text for text in reading.notes if "完全相同" in text]
    assert (len(found), note is None or note in found[0]) == (note is not None, True)
