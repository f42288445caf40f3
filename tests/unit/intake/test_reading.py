"""What each word of the mapping vocabulary does to a value."""

# ruff: noqa: DTZ001  facts carry the local wall time without a zone

from dataclasses import replace
from datetime import date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from zhikong.intake.context import Context
from zhikong.intake.mappings import parse_mapping
from zhikong.intake.reading import read_files, read_tables
from zhikong.intake.reasons import FileRefused
from zhikong.intake.setting_aside import hidden

CONTEXT = Context("H", "Asia/Shanghai", b"key", {"CARD": "CARD", "心内科": "CARD"}, datetime(2026, 11, 22))
BASE = {
    "stay_id": "stay_id",
    "patient_key": "patient_key",
    "institution": {"context": "institution"},
    "zone": {"context": "zone"},
    "admitted_at": "in",
    "discharged_at": "out",
    "discharge_department": {"constant": "CARD"},
}


def read(tmp_path, lines, **columns):
    """One stay a line: number, in, out, value; returns (rows of stays, problems)."""
    mapping = parse_mapping(
        {
            "id": "x",
            "name": "x",
            "sources": {
                "page": {
                    "pseudonyms": {
                        "stay_id": {"kind": "stay", "of": ["no"]},
                        "patient_key": {"kind": "patient", "of": ["no"]},
                    }
                }
            },
            "tables": {"stays": {"from": "page", "columns": BASE | columns}},
        }
    )
    path = tmp_path / "a.csv"
    path.write_text("\n".join(["no,in,out,v,w", *lines]), encoding="utf-8")
    reading = read_files({"page": path}, mapping, CONTEXT, tmp_path)
    return pq.read_table(reading.tables["stays"]).to_pylist(), reading.problems


def value(tmp_path, text, column, spec, other=""):
    """What becomes of one cell: the value, or the reason why there is none."""
    rows, problems = read(tmp_path, [f"1,2026-01-01 08:00,2026-01-03 08:00,{text},{other}"], **{column: spec})
    return problems[0].reason if problems else rows[0][column]


@pytest.mark.parametrize(
    ("text", "column", "spec", "found"),
    [
        ("5", "days", "v", 5),
        ("5.00", "days", "v", 5),
        ("5.5", "days", "v", "not_a_whole_number"),
        (" 7 ", "days", "v", 7),
        ("　7　", "days", "v", 7),
        ("-", "days", "v", None),
        ("2", "ventilator_hours", {"from": "v", "times": 60}, 120),
        ("12.34", "total_fee", {"from": "v", "as": "fen"}, 1234),
        ("0.005", "total_fee", {"from": "v", "as": "fen"}, 1),
        ("1e3", "total_fee", {"from": "v", "as": "fen"}, 100000),
        ("12元", "total_fee", {"from": "v", "as": "fen"}, "not_an_amount"),
        ("-1", "total_fee", {"from": "v", "as": "fen"}, "below_minimum"),
        ("是", "day_surgery", "v", True),
        ("0", "day_surgery", "v", False),
        ("也许", "day_surgery", "v", "not_yes_no"),
        ("2026-01-02", "confirmed_on", "v", date(2026, 1, 2)),
        ("2026/1/2", "confirmed_on", "v", date(2026, 1, 2)),
        ("20260102", "confirmed_on", "v", date(2026, 1, 2)),
        ("2026年01月02日", "confirmed_on", "v", date(2026, 1, 2)),
        ("2026-01-02 10:30:00", "confirmed_on", "v", date(2026, 1, 2)),
        ("2026-02-30", "confirmed_on", "v", "not_a_date"),
        ("02/01/2026", "confirmed_on", "v", "not_a_date"),
        ("心内科", "admission_department", {"from": "v", "as": "department"}, "CARD"),
        ("火星", "admission_department", {"from": "v", "as": "department"}, "unknown_department"),
        ("男", "sex", {"from": "v", "codes": {"男": "1"}}, "1"),
        ("雄", "sex", {"from": "v", "codes": {"男": "1"}}, "not_in_codes"),
        ("雄", "sex", {"from": "v", "lenient": True}, None),
        ("x", "sex", {"from": "v", "codes": {"x": None}}, None),
        ("i21.900X001", "principal_diagnosis", {"from": "v", "as": "code"}, "I21.900x001"),
        ("X44", "principal_diagnosis", {"from": "v", "as": "code"}, "X44"),
        ("", "principal_diagnosis", {"from": "v", "as": "code"}, None),
        ("", "days", {"days_between": ["in", "out"]}, 2),
    ],
)  # fmt: skip
def test_forms(tmp_path, text, column, spec, found):
    assert value(tmp_path, text, column, spec) == found


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-01-01 08:05:09", datetime(2026, 1, 1, 8, 5, 9)),
        ("2026-01-01T08:05", datetime(2026, 1, 1, 8, 5)),
        ("2026/1/1 8:05", datetime(2026, 1, 1, 8, 5)),
        ("20260101080509", datetime(2026, 1, 1, 8, 5, 9)),
        ("2026-01-01", datetime(2026, 1, 1)),
        ("2026-01-01 08:05:09+08:00", None),  # an offset would have to be shifted: refused
        ("2026-01-01 25:00", None),
    ],
)
def test_times_are_wall_times_and_never_shifted(tmp_path, text, time):
    rows, problems = read(tmp_path, [f"1,{text},2026-01-03 08:00,,"])
    assert (rows[0]["admitted_at"] if rows else None) == time
    assert [p.reason for p in problems] == ([] if time else ["not_a_datetime"])


def test_quoted_cells_keep_commas_and_line_breaks_and_row_numbers_count_records(tmp_path):
    rows, problems = read(
        tmp_path,
        ['1,2026-01-01,2026-01-03,"a, ""b""\nc",', "2,2026-01-01,nonsense,,", ",,,,", ""],
        principal_diagnosis="v",
    )
    assert rows[0]["principal_diagnosis"] == 'a, "b"\nc'
    assert [(p.row, p.reason) for p in problems] == [(3, "not_a_datetime")]


def test_every_fault_of_a_row_is_named_and_none_of_the_row_is_taken(tmp_path):
    rows, problems = read(tmp_path, ["1,x,y,z,"], days="v")
    assert rows == []
    assert {p.label for p in problems} == {"in 入院时间", "out 出院时间", "v 实际住院天数"}


def test_a_quote_that_is_never_closed_is_one_sentence(tmp_path):
    with pytest.raises(FileRefused, match="引号"):
        read(tmp_path, ['1,"2026-01-01,2026-01-03,,', *["2,2026-01-01,2026-01-03,,"] * 400_000])


def test_staging_files_hold_no_record_number(tmp_path):
    read(tmp_path, ["70070070,2026-01-01,2026-01-03,,"])
    for path in tmp_path.glob("*.parquet"):
        text = str(pq.read_table(path).to_pylist())
        assert "70070070" not in text, path


def test_the_same_number_gets_the_same_pseudonym_and_another_key_another_one(tmp_path):
    from zhikong.intake.pseudonyms import pseudonym

    one = pseudonym(b"k", "H", "patient", ["7"])
    assert one == pseudonym(b"k", "H", "patient", ["7"])
    others = [(b"x", "H", "patient", ["7"]), (b"k", "I", "patient", ["7"]), (b"k", "H", "stay", ["7"])]
    assert one not in {pseudonym(*other) for other in others}
    assert pseudonym(b"k", "H", "stay", ["1", "11"]) != pseudonym(b"k", "H", "stay", ["11", "1"])


@pytest.mark.parametrize(
    ("value", "reason", "shown"),
    [
        ("13812345678", "not_a_date", "13****78"),
        ("11010119900101123X", "not_in_codes", "11****3X"),
        ("王小明", "not_a_date", "王**"),
        ("火星科", "unknown_department", "火星科"),
        ("2026-13-01", "not_a_date", "2026-13-01"),
        (None, "missing_value", None),
        ("长" * 300, "unknown_department", "长" * 80),
    ],
)
def test_faulty_values_are_masked_where_they_could_identify(value, reason, shown):
    assert hidden(value, reason) == shown


def test_tables_of_the_contract_with_wrong_types_or_columns_are_refused(tmp_path):
    with pytest.raises(FileRefused, match="表 moons 不在数据契约中"):
        read_tables({"moons": pa.table({"a": [1]})}, CONTEXT, tmp_path)
    with pytest.raises(FileRefused, match="表 stays 缺少必填列：patient_key"):
        read_tables({"stays": pa.table({"stay_id": ["1"]})}, CONTEXT, tmp_path)
    beds = {
        "institution": ["H"],
        "department": ["CARD"],
        "day": ["x"],
        "open_beds": [1],
        "occupied_beds": [1],
    }
    with pytest.raises(FileRefused, match="表 bed_days 的列类型与数据契约不符"):
        read_tables({"bed_days": pa.table(beds)}, CONTEXT, tmp_path)


def test_a_confirmed_local_code_is_read_as_the_standard_one(tmp_path):
    """F-08: what people confirmed holds for what is read from then on; other columns with the same text keep it."""
    context = replace(CONTEXT, terms={"stays.principal_diagnosis": {"GXY": "I10.x00", "i10.x00": "I10.x00"}})
    mapping = parse_mapping(
        {
            "id": "x",
            "name": "x",
            "sources": {
                "page": {
                    "pseudonyms": {n: {"kind": "stay", "of": ["no"]} for n in ("stay_id", "patient_key")}
                }
            },
            "tables": {
                "stays": {
                    "from": "page",
                    "columns": BASE | {"principal_diagnosis": "v", "discharge_ward": "v"},
                }
            },
        }
    )
    path = tmp_path / "a.csv"
    lines = [f"{n},2026-01-01 08:00,2026-01-03 08:00,{v}" for n, v in enumerate(["GXY", "J18.900", ""])]
    path.write_text("\n".join(["no,in,out,v", *lines]), encoding="utf-8")
    reading = read_files({"page": path}, mapping, context, tmp_path)
    rows = pq.read_table(reading.tables["stays"]).to_pylist()
    found = {(row["discharge_ward"], row["principal_diagnosis"]) for row in rows}
    assert found == {("GXY", "I10.x00"), ("J18.900", "J18.900"), (None, None)}


def test_a_table_may_have_several_sources_and_a_key_holds_over_all_of_them(tmp_path):
    result = {"stay_id": "stay_id", "item": "what", "at": "at", "value": "v"}
    hidden_number = {"pseudonyms": {"stay_id": {"kind": "stay", "of": ["no"]}}}
    mapping = parse_mapping(
        {
            "id": "x",
            "name": "x",
            "sources": {
                "page": {
                    "pseudonyms": {n: {"kind": "stay", "of": ["no"]} for n in ("stay_id", "patient_key")}
                },
                "labs": hidden_number,
                "vitals": hidden_number,
            },
            "tables": {
                "stays": {"from": "page", "columns": BASE},
                "results": {"from": "labs", "columns": result | {"kind": {"constant": "lab"}}},
                "results@vitals": {"from": "vitals", "columns": result | {"kind": {"constant": "vital"}}},
            },
        }
    )
    files = {
        "page": "no,in,out\n1,2026-01-01 08:00,2026-01-03 08:00",
        "labs": "no,what,at,v\n1,K,2026-01-01 09:00,4.1\n1,K,2026-01-01 09:00,4.2\n9,K,2026-01-01 09:00,4",
        "vitals": "no,what,at,v\n1,T,2026-01-01 09:00,36.5\n1,K,2026-01-01 09:00,4.3\n1,P,2026-01-01 09:00,much",
    }
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    delivered = {name: tmp_path / f"{name}.csv" for name in files}
    reading = read_files(delivered, mapping, CONTEXT, tmp_path)
    rows = pq.read_table(reading.tables["results"]).to_pylist()
    assert [(r["item"], r["value"], r["kind"], r["month"]) for r in rows] == [
        ("K", 4.1, "lab", "2026-01"),
        ("T", 36.5, "vital", "2026-01"),
    ]
    assert sorted((p.source, p.row, p.reason) for p in reading.problems) == [
        ("labs", 3, "duplicate"),
        ("labs", 4, "no_stay"),
        ("vitals", 3, "duplicate"),
        ("vitals", 4, "not_a_number"),
    ]
    assert (reading.delivered_rows, reading.faulty_rows, reading.rows["results"]) == (7, 4, 2)
