"""The delivery files: layout, round trip of values, encodings, planted faults."""

import csv
from collections import Counter

import pytest

from zhikong.simulator import export_hqms, hqms_layout
from zhikong.simulator.export_hqms import ANNEX, OPERATIONS, PAGE, export, large
from zhikong.simulator.faults import KINDS

FAULTS = {kind: 2 for kind in KINDS} | {"duplicate_stay": 3}


def read(path, encoding="utf-8"):
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def delivery(small, tmp_path_factory):
    return export(small, tmp_path_factory.mktemp("clean"))


def test_layout_has_811_columns_by_letter():
    names = hqms_layout.columns()
    assert Counter(name[0] for name in names) == {"A": 37, "B": 31, "C": 567, "D": 30, "F": 146}
    assert names[:6] == ["A01", "A02", "A48", "A49", "B12", "B15"]
    assert names[-1] == "D34"


def test_page_says_what_the_stays_say(small, delivery):
    rows = read(delivery.files[0])
    assert delivery.files[0].name == PAGE
    stays = small.tables["stays"].to_pylist()
    assert len(rows) == len(stays)
    for row, stay in zip(rows, stays, strict=True):
        assert list(row) == hqms_layout.columns()
        assert row["B15"] == stay["discharged_at"].strftime("%Y-%m-%d %H:%M:%S")
        assert (row["B16C"], row["B34C"], row["C03C"]) == (
            stay["discharge_department"], stay["discharge_way"], stay["principal_diagnosis"],
        )  # fmt: skip
        assert round(float(row["D01"]) * 100) == stay["total_fee"]
        assert (int(row["B20"]), row["F04"]) == (stay["days"], stay["confirmed_on"].isoformat())
    assert len({(row["A48"], row["A49"]) for row in rows}) == len(rows)


def test_groups_hold_all_diagnoses_operations_and_icu_stays(small, delivery):
    rows = read(delivery.files[0])
    others = sum(row[hqms_layout.other_diagnosis(n)[0]] != "-" for row in rows for n in range(1, 41))
    kinds = Counter(small.tables["diagnoses"]["kind"].to_pylist())
    assert others == kinds["other"]
    assert sum(row["C09C"] != "-" for row in rows) == kinds["pathology"]
    operations = sum(row[hqms_layout.operation(n)[0]] != "-" for row in rows for n in range(41))
    assert operations == small.tables["operations"].num_rows
    icu = sum(row[hqms_layout.icu_stay(n)[0]] != "-" for row in rows for n in range(1, 6))
    assert icu == small.tables["icu_stays"].num_rows


def test_annexes_have_the_same_keys(small, delivery):
    files = {path.name: path for path in delivery.files}
    keys = {(row["A48"], row["A49"]) for row in read(files[PAGE])}
    annex = read(files[ANNEX])
    assert {(row["病案号"], row["住院次数"]) for row in annex} == keys
    rescued = sum(int(row["抢救次数"]) for row in annex)
    assert rescued == sum(small.tables["stays"]["rescues"].to_pylist())
    operations = read(files[OPERATIONS])
    assert len(operations) == small.tables["operations"].num_rows
    assert {(row["病案号"], row["住院次数"]) for row in operations} <= keys


def test_gbk_is_the_same_text(small, delivery, tmp_path):
    made = export(small, tmp_path, months=["2026-01"], encoding="gbk")
    own = [row for row in read(delivery.files[0]) if row["B15"].startswith("2026-01")]
    assert read(made.files[0], "gbk") == own
    with pytest.raises(UnicodeDecodeError):
        made.files[0].read_text(encoding="utf-8")


def test_planted_faults_are_where_they_are_said_to_be(small, delivery, tmp_path):
    made = export(small, tmp_path, months=["2025-12", "2026-01"], faults=FAULTS)
    rows = read(made.files[0])
    assert Counter(fault.kind for fault in made.faults) == FAULTS
    clean = [row for row in read(delivery.files[0]) if row["B15"] < "2026-02"]
    assert len(rows) == len(clean) + 3
    known = {(row["A48"], row["A49"]): row for row in clean}
    for fault in made.faults:
        row = rows[fault.row - 1]
        if fault.kind != "missing_record_number":
            assert row["A48"] == fault.record_number
        if fault.kind == "duplicate_stay":
            assert rows.count(row) == 2
        elif fault.kind != "missing_record_number":
            assert row[fault.column] != known[row["A48"], row["A49"]][fault.column]
    touched = {fault.row for fault in made.faults}
    assert all(row in clean for number, row in enumerate(rows, 1) if number not in touched)


def test_careless_clerks_and_missing_columns(small, tmp_path):
    made = export(small, tmp_path, months=["2026-01"], defects=True, without=("A47",))
    rows = read(made.files[0])
    assert "A47" not in rows[0]
    assert made.faults
    assert all(rows[fault.row - 1][fault.column] == "" for fault in made.faults)
    assert sum(value == "" for row in rows for value in row.values()) == len(made.faults)


def test_what_cannot_be_planted_is_refused(small, tmp_path):
    with pytest.raises(ValueError, match="typo"):
        export(small, tmp_path, months=["2026-01"], faults={"typo": 1})


def test_a_large_file_is_streamed_with_its_faults(tmp_path, monkeypatch):
    original = export_hqms.simulate
    monkeypatch.setattr(export_hqms, "simulate", lambda seed, months, scale: original(seed, 2, scale=0.1))
    made = large(
        tmp_path / "large.csv", 4000, {"wrong_type": 30, "unknown_department": 10, "duplicate_stay": 5}
    )
    rows = read(made.files[0])
    assert len(rows) == 4005
    assert len({(row["A48"], row["A49"]) for row in rows}) == 4000
    assert sum(row["D01"] == "壹万元" for row in rows) == 30
    assert sum(row["B16C"] == "XX99" for row in rows) == 10
