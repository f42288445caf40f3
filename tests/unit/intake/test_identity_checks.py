"""What is said of names, numbers and birth dates while they stream by; only the verdicts go on."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.unit.intake.test_reading import CONTEXT
from zhikong.intake.identity_checks import judge
from zhikong.intake.mappings import parse_mapping
from zhikong.intake.reading import read_files


def said(kind, **columns):
    return judge(kind, {name: pa.array([value], pa.string()) for name, value in columns.items()}).to_pylist()[
        0
    ]


@pytest.mark.parametrize(
    ("name", "nationality", "verdict"),
    [
        ("王秀英", "CHN", "ok"),
        ("买买提·艾力", None, "ok"),
        ("王", "CHN", "length"),
        ("王" * 41, "CHN", "length"),
        ("王3英", "CHN", "characters"),
        ("王 英", "CHN", "characters"),
        ("王英.", "CHN", "characters"),
        ("J0hn", "USA", "exempt"),
        (None, "CHN", None),
    ],
)
def test_names(name, nationality, verdict):
    assert said("name_check", name=name, nationality=nationality) == verdict


@pytest.mark.parametrize(
    ("number", "verdict"),
    [
        ("11010519491231002X", "ok"),  # the example of GB 11643
        ("11010519491231002x", "ok"),
        ("440524188001010014", "ok"),  # the same
        ("110105194912310021", "check_digit"),
        ("110105194913310021", "birth"),
        ("110105190002290026", "birth"),  # 1900 was no leap year
        ("130503670401001", "ok"),  # the old fifteen places
        ("1101051949123100", "pattern"),
        ("11010519491231002Y", "pattern"),
        (None, None),
    ],
)
def test_numbers(number, verdict):
    assert said("id_number_check", id_number=number, nationality="CHN", name="王英", age="40") == verdict


@pytest.mark.parametrize(
    "who", [{"nationality": "USA"}, {"name": "无名氏"}, {"age": "0"}, {"age": "1"}], ids=str
)
def test_who_needs_no_number(who):
    usual = {"id_number": "1", "nationality": "CHN", "name": "王英", "age": "40"}
    assert said("id_number_check", **(usual | who)) == "exempt"


@pytest.mark.parametrize(
    ("birth", "admitted", "age", "number", "verdict"),
    [
        ("1949-12-31", "2026-01-01 08:00", "76", "11010519491231002X", "ok"),
        ("19491231", "20260101", "76", None, "ok"),
        ("1949-12-31", "2025-12-30 08:00", "75", None, "ok"),  # the day before the birthday
        ("1949-12-31", "2025-12-31 08:00", "75", None, "age_differs"),
        ("1949-12-30", "2026-01-01", "76", "11010519491231002X", "id_differs"),
        ("2026-01-02", "2026-01-01", "0", None, "after_admission"),
        ("1949-12-31", None, "76", None, "ok"),
        ("1949-02-30", "2026-01-01", "76", None, None),
        (None, "2026-01-01", "76", None, None),
    ],
)
def test_birth_dates(birth, admitted, age, number, verdict):
    assert said("birth_check", birth=birth, admitted=admitted, age=age, id_number=number) == verdict


def test_only_the_verdicts_reach_the_staging_files(tmp_path):
    mapping = parse_mapping(
        {
            "id": "x",
            "name": "x",
            "sources": {
                "page": {
                    "pseudonyms": {
                        "stay_id": {"kind": "stay", "of": ["no"]},
                        "patient_key": {"kind": "patient", "of": ["no"]},
                    },
                    "may_lack": ["coder"],
                    "judged": {
                        "name_check": {"name": "who", "nationality": "from"},
                        "record_number_length": {"record_number": "no"},
                    },
                }
            },
            "tables": {
                "stays": {
                    "from": "page",
                    "columns": {
                        "stay_id": "stay_id",
                        "patient_key": "patient_key",
                        "institution": {"context": "institution"},
                        "zone": {"context": "zone"},
                        "admitted_at": {"from": "in", "hour": "hour"},
                        "discharged_at": "out",
                        "discharge_department": {"constant": "CARD"},
                    },
                },
                "front_pages": {
                    "from": "page",
                    "columns": {
                        "stay_id": "stay_id",
                        "name_check": "name_check",
                        "record_number_length": "record_number_length",
                        "signed_nurse": {"from": "nurse", "as": "given"},
                        "signed_coder": {"from": "coder", "as": "given"},
                        "nurse": {"from": "nurse", "as": "staff_number"},
                    },
                },
            },
        }
    )
    path = tmp_path / "a.csv"
    lines = ["no,who,from,in,hour,out,nurse", "10000001,王秀英,CHN,20260101,8,2026-01-02 09:30,李护士"]
    lines.append("10000002,赵铁柱,CHN,2026-01-01,09:15,2026-01-02 09:30,N0001")
    path.write_text("\n".join(lines), encoding="utf-8")
    reading = read_files({"page": path}, mapping, CONTEXT, tmp_path)
    rows = {
        row["record_number_length"]: row for row in pq.read_table(reading.tables["front_pages"]).to_pylist()
    }
    assert list(rows) == [8]
    pages = pq.read_table(reading.tables["front_pages"]).to_pylist()
    assert [(row["name_check"], row["record_number_length"]) for row in pages] == [("ok", 8), ("ok", 8)]
    assert [row["nurse"] for row in pages] == [None, "N0001"]
    assert [row["signed_nurse"] for row in pages] == [True, True]
    assert [row["signed_coder"] for row in pages] == [None, None]  # no such column: unknown, not unsigned
    stays = pq.read_table(reading.tables["stays"]).to_pylist()
    assert sorted(str(row["admitted_at"]) for row in stays) == ["2026-01-01 08:00:00", "2026-01-01 09:15:00"]
    for file in tmp_path.glob("*.parquet"):
        for column in pq.read_table(file).columns:
            assert {"王秀英", "赵铁柱", "10000001"}.isdisjoint(map(str, column.to_pylist())), file
