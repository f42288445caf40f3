# ruff: noqa: DTZ001 - the facts carry the local wall time
"""Counts of one month of one table: exact by department, day, field and kind, and the rows behind each count."""

from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from zhikong import packs
from zhikong.engine.quality import Kind, load_rulebook
from zhikong.engine.quality.profile import Part, Reader, Wanted, assessed, profile, rows_behind
from zhikong.engine.tables import arrow_schema

BOOK = load_rulebook(Path(next(iter(packs.__path__))) / "national" / "quality" / "plausible.yaml")
DAY = datetime(2026, 10, 5, 9)


def stay(number, **said):
    row = dict(
        stay_id=f"s{number}", patient_key=f"p{number}", institution="A", zone="Asia/Shanghai", age_years=50, sex="1",
        admitted_at=datetime(2026, 10, 1, 8), discharged_at=DAY, discharge_department="CARD", days=4,
        admission_department="CARD", discharge_way="1", principal_diagnosis="I21.900", month="2026-10",
    )  # fmt: skip
    return row | said


def write(folder, table, rows, name="part"):
    file = folder / f"{table}-{name}.parquet"
    pq.write_table(pa.Table.from_pylist(rows, schema=arrow_schema(table)), file)
    return str(file)


def counted(counts):
    return {(r["department"], r["day"].day, r["field"], r["kind"]): r["count"] for r in counts.to_pylist()}


@pytest.fixture
def stays(tmp_path):
    rows = [
        stay(1),
        stay(2, principal_diagnosis=None),
        stay(3, principal_diagnosis="", discharge_department="GSUR"),
        stay(4, age_years=130),
        stay(5, discharge_way="7"),
        stay(6, principal_diagnosis="急性心梗", discharged_at=datetime(2026, 10, 6, 9), days=5),
        stay(7, discharge_department="XX9", age_years=-1),
        stay(8, patient_key="p1"),  # the same content as s1
    ]
    return write(tmp_path, "stays", rows)


KNOWN = {"department": frozenset({"CARD", "GSUR"})}


@pytest.mark.proves("F-07")
def test_each_kind_is_counted_where_it_is(stays):
    found = counted(profile(Part("stays", "2026-10", (stays,)), Reader(BOOK, KNOWN)))
    assert found["CARD", 5, "", "rows"] == 5
    assert found["CARD", 5, "principal_diagnosis", "missing"] == 1
    assert found["GSUR", 5, "principal_diagnosis", "missing"] == 1  # a text of no characters is no value
    assert found["CARD", 6, "principal_diagnosis", "unmapped"] == 1
    assert found["CARD", 5, "age_years", "implausible"] == 1
    assert found["XX9", 5, "age_years", "implausible"] == 1  # below the contract's least value
    assert found["CARD", 5, "discharge_way", "unmapped"] == 1
    assert found["XX9", 5, "discharge_department", "unmapped"] == 1
    assert found["CARD", 5, "", "duplicated"] == 1
    assert ("CARD", 5, "sex", "missing") not in found


def test_what_cannot_be_counted_is_not_said_to_be_zero(stays):
    without = assessed(profile(Part("stays", "2026-10", (stays,)), Reader(BOOK)))
    assert ("discharge_department", Kind.UNMAPPED) not in without  # no list at hand
    assert ("sex", Kind.MISSING) in without  # counted, and nothing found
    assert ("", Kind.LATE) not in without
    assert ("discharge_department", Kind.UNMAPPED) in assessed(
        profile(Part("stays", "2026-10", (stays,)), Reader(BOOK, KNOWN))
    )


def test_rows_that_came_after_the_close_are_late(tmp_path, stays):
    before = write(tmp_path, "stays", [stay(1), stay(2)], "before")
    part = Part("stays", "2026-10", (stays,), closing=(before,))
    found = counted(profile(part, Reader(BOOK)))
    assert found["CARD", 5, "", "late"] == 3
    assert found["GSUR", 5, "", "late"] == 1


def test_a_child_belongs_to_its_stays_department_and_day(tmp_path, stays):
    def operation(stay_id, seq, **said):
        row = dict(stay_id=stay_id, seq=seq, code="36.06", kind="surgery", grade="4", month="2026-10",
                   performed_at=datetime(2026, 10, 2, 10))  # fmt: skip
        return row | said

    rows = [
        operation("s1", 1),
        operation("s1", 2),  # the same but for its number
        operation("s3", 1, grade=None),
        operation("s3", 2, grade=None, kind="diagnostic"),  # only surgery has a grade
        operation("s2", 1, performed_at=datetime(2026, 10, 9, 10)),
        operation("s4", 1, code="PCI"),
    ]
    part = Part("operations", "2026-10", (write(tmp_path, "operations", rows),), stays=(stays,))
    found = counted(profile(part, Reader(BOOK)))
    assert found["GSUR", 5, "grade", "missing"] == 1
    assert found["GSUR", 5, "grade", "expected"] == 1
    assert found["CARD", 5, "", "duplicated"] == 1
    assert found["CARD", 5, "performed_at", "implausible"] == 1
    assert found["CARD", 5, "code", "unmapped"] == 1


def test_the_rows_behind_a_count_are_listed_with_what_the_rule_compared(stays):
    part, reader = Part("stays", "2026-10", (stays,)), Reader(BOOK, KNOWN)
    rows, total = rows_behind(part, reader, Wanted("principal_diagnosis", Kind.MISSING), limit=1)
    assert (total, [row["stay_id"] for row in rows]) == (2, ["s2"])
    rows, total = rows_behind(
        part, reader, Wanted("principal_diagnosis", Kind.MISSING, departments=("GSUR",)), limit=9
    )
    assert [(row["stay_id"], row["in_department"]) for row in rows] == [("s3", "GSUR")]
    rows, total = rows_behind(part, reader, Wanted("", Kind.DUPLICATED, day=date(2026, 10, 5)), limit=9)
    assert [row["stay_id"] for row in rows] == ["s8"]
    rows, total = rows_behind(part, reader, Wanted("days", Kind.IMPLAUSIBLE), limit=9)
    assert total == 0


def test_an_older_file_that_lacks_a_column_says_nothing_of_it(tmp_path):
    schema = arrow_schema("stays")
    table = pa.Table.from_pylist([stay(1)], schema=schema).drop_columns(["sex", "total_fee"])
    file = tmp_path / "old.parquet"
    pq.write_table(table, file)
    counts = profile(Part("stays", "2026-10", (str(file),)), Reader(BOOK))
    assert ("sex", Kind.MISSING) not in assessed(counts)
