"""Rows of a feed: incomplete ones are welcome, the same key may come again, some rows take others back."""

# ruff: noqa: DTZ001  facts carry the local wall time without a zone

from datetime import datetime

import pyarrow as pa
import pyarrow.parquet as pq

from zhikong.intake.context import Context
from zhikong.intake.mappings import parse_mapping
from zhikong.intake.reading import read_files, read_tables

CONTEXT = Context("H", "Asia/Shanghai", b"key", {"CARD": "CARD", "心内科": "CARD"}, datetime(2026, 11, 22))
HEADER = "no,pid,name,phone,event,at,in,out,dept,bed,way"
WORDS = {
    "version": "at",
    "cancel": {"event": ["A11"]},
    "clear": [{"where": {"event": "A13"}, "columns": ["discharged_at", "discharge_way"]}],
    "whole": False,
}


def mapping(words=WORDS, form="csv"):
    return parse_mapping(
        {
            "id": "x",
            "name": "x",
            "sources": {
                "page": {
                    "format": form,
                    "pseudonyms": {
                        "stay_id": {"kind": "stay", "of": ["no"]},
                        "patient_key": {"kind": "patient", "of": ["pid"]},
                    },
                    "identity": {"name": "name", "phone": "phone"},
                }
            },
            "tables": {
                "stays": {
                    "from": "page",
                    "columns": {
                        "stay_id": "stay_id",
                        "patient_key": "patient_key",
                        "institution": {"context": "institution"},
                        "admitted_at": "in",
                        "discharged_at": "out",
                        "current_department": {"from": "dept", "as": "department"},
                        "current_bed": "bed",
                        "discharge_way": "way",
                    },
                    **words,
                }
            },
        }
    )


def read(tmp_path, *lines, words=WORDS):
    path = tmp_path / "a.csv"
    path.write_text("\n".join([HEADER, *lines]), encoding="utf-8")
    return read_files({"page": path}, mapping(words), CONTEXT, tmp_path, live=True)


def rows(reading, table="stays"):
    return pq.read_table(reading.tables[table]).to_pylist()


def test_an_open_stay_is_welcome_and_has_no_month(tmp_path):
    reading = read(tmp_path, "1,7,王小明,139,A01,2026-11-01 08:05,2026-11-01 08:00,,心内科,12,")
    (row,) = rows(reading)
    assert "month" not in row
    assert row["admitted_at"] == datetime(2026, 11, 1, 8)
    assert row["discharged_at"] is None
    assert (row["current_department"], row["current_bed"]) == ("CARD", "12")
    assert row["__version"] == datetime(2026, 11, 1, 8, 5)
    assert row["__cleared"] == []
    assert reading.problems == []
    assert reading.removed == {}


def test_the_same_stay_comes_again_in_its_order(tmp_path):
    reading = read(
        tmp_path,
        "1,7,,,A01,2026-11-01 08:05,2026-11-01 08:00,,CARD,12,",
        "1,7,,,A03,2026-11-05 09:00,,2026-11-05 09:00,,,1",
    )
    assert [(r["__seq"] < 4, r["discharge_way"]) for r in rows(reading)] == [(True, None), (True, "1")]
    assert reading.rows["stays"] == 2


def test_what_a_message_takes_back(tmp_path):
    reading = read(
        tmp_path, "1,7,,,A11,2026-11-01 09:00,,,,,", "2,8,,,A01,2026-11-01 09:00,2026-11-01 08:00,,,,"
    )
    (gone,) = pq.read_table(reading.removed["stays"]).to_pylist()
    assert set(gone) == {"stay_id", "__seq", "__version"}
    assert gone["__version"] == datetime(2026, 11, 1, 9)
    assert [r["stay_id"] for r in rows(reading)] != [gone["stay_id"]]
    assert len(rows(reading)) == 1


def test_a_cancelled_discharge_and_hl7s_null_empty_cells(tmp_path):
    quotes = '""""""'  # how CSV writes two quotation marks
    reading = read(
        tmp_path,
        "1,7,,,A13,2026-11-06 09:00,,,,,",
        f"2,8,,,A08,2026-11-06 09:00,,{quotes},,{quotes},{quotes}",
    )
    first, second = rows(reading)
    assert sorted(first["__cleared"]) == ["discharge_way", "discharged_at"]
    assert sorted(second["__cleared"]) == ["current_bed", "discharge_way", "discharged_at"]
    assert second["current_bed"] is None
    assert reading.problems == []


def test_a_whole_row_says_that_a_blank_is_empty(tmp_path):
    reading = read(tmp_path, "1,7,,,A01,,2026-11-01 08:00,,CARD,,", words={})
    (row,) = rows(reading)
    assert sorted(row["__cleared"]) == ["current_bed", "discharge_way", "discharged_at"]
    assert row["__version"] is None


def test_a_faulty_row_goes_aside_also_in_a_feed(tmp_path):
    reading = read(
        tmp_path,
        "1,7,王,,A01,2026-11-01 08:05,31 日,,CARD,12,",
        ",8,李,,A01,2026-11-01 08:05,2026-11-01 08:00,,CARD,12,",
        "3,9,张,,A01,2026-11-01 08:05,2026-11-01 08:00,,无名科,12,",
    )
    assert [p.reason for p in reading.problems] == ["not_a_datetime", "missing_value", "unknown_department"]
    assert rows(reading) == []
    assert reading.faulty_rows == 3
    assert pq.read_table(reading.identities).num_rows == 0


def test_what_was_said_last_of_a_person_stays_said(tmp_path):
    reading = read(
        tmp_path,
        "1,7,王小明,139,A01,2026-11-01 08:05,2026-11-01 08:00,,CARD,12,",
        "1,7,王晓明,,A08,2026-11-01 08:06,,,,,",
    )
    (person,) = pq.read_table(reading.identities).to_pylist()
    assert (person["name"], person["phone"]) == ("王晓明", "139")


def test_tables_may_lack_columns_and_their_stay(tmp_path):
    moved = pa.table({"stay_id": ["S"], "to_department": ["CARD"], "at": [datetime(2026, 11, 2, 8)]})
    found = rows(read_tables({"transfers": moved}, CONTEXT, tmp_path, live=True), "transfers")
    assert [(r["seq"], r["to_department"]) for r in found] == [(None, "CARD")]


def test_a_row_that_is_named_by_its_time_needs_one(tmp_path):
    moved = pa.table({"stay_id": ["S"], "at": pa.array([None], pa.timestamp("us"))})
    assert [p.reason for p in read_tables({"transfers": moved}, CONTEXT, tmp_path, live=True).problems] == [
        "missing_value"
    ]


def test_rows_from_repeated_columns_have_the_time_of_their_message(tmp_path):
    spec = {
        "id": "x",
        "name": "x",
        "sources": {"page": {"pseudonyms": {"stay_id": {"kind": "stay", "of": ["no"]}}}},
        "tables": {
            "diagnoses": {
                "from": "page",
                "columns": {
                    "stay_id": "stay_id",
                    "kind": {"constant": "other"},
                    "seq": "seq",
                    "code": "code",
                },
                "unfold": [{"times": [1, 2], "take": {"code": "c{n}"}}],
                "present": "code",
                "version": "at",
            }
        },
    }
    path = tmp_path / "a.csv"
    path.write_text("no,at,c1,c2\n1,2026-11-01 08:05,I10.x00,E11.900\n", encoding="utf-8")
    found = rows(read_files({"page": path}, parse_mapping(spec), CONTEXT, tmp_path, live=True), "diagnoses")
    assert [(r["seq"], r["code"], r["__version"]) for r in found] == [
        (1, "I10.x00", datetime(2026, 11, 1, 8, 5)),
        (2, "E11.900", datetime(2026, 11, 1, 8, 5)),
    ]


def test_a_reading_says_which_columns_it_speaks_of(tmp_path):
    source = {"may_lack": ["bed"], "pseudonyms": {"stay_id": {"kind": "stay", "of": ["no"]}}}
    columns = {"stay_id": "stay_id", "sex": "way", "payment": "bed", "zone": {"context": "zone"}}
    spec = {
        "id": "x",
        "name": "x",
        "sources": {"page": source, "more": {"optional": True}},
        "tables": {"stays": {"from": "page", "columns": columns | {"rescues": "more.n"}, "join": ["more"]}},
    }
    path = tmp_path / "a.csv"
    path.write_text("no,way\n1,1\n", encoding="utf-8")
    reading = read_files({"page": path}, parse_mapping(spec), CONTEXT, tmp_path, live=True)
    assert reading.stated == {"stays": ("stay_id", "sex", "zone")}
