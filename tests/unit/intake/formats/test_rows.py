"""Rows as JSON lines: what becomes of every kind of value, and of lines that are no rows."""

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from zhikong.intake.formats import rows
from zhikong.intake.mappings import parse_mapping
from zhikong.intake.staging import Staged


def mapping_of(**source):
    """Two sources in one file, of which the first is the main one."""
    return parse_mapping(
        {
            "id": "x",
            "name": "x",
            "main": "charges",
            "sources": {
                "charges": {"format": "rows", **source},
                "orders": {"format": "rows", "of": "charges"},
            },
            "tables": {"charges": {"from": "charges", "columns": {"name": "名称", "amount": "amount"}}},
        }
    )


def read(tmp_path, content, *, source="charges", wanted=("名称", "amount"), **words):
    """(row numbers, rows) and the staged source."""
    mapping = mapping_of(**words)
    path = tmp_path / "a.jsonl"
    path.write_bytes(content)
    result = Staged(mapping.sources[source], tmp_path / "out.parquet", None)
    numbers, found = [], []
    for at, columns in rows.batches(path, mapping.sources[source], list(wanted), mapping, result):
        numbers += at.to_pylist()
        found += list(zip(*(columns[name].to_pylist() for name in wanted), strict=True))
    return numbers, found, result


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        (True, "1"),
        (False, "0"),
        (12, "12"),
        (Decimal("1.50"), "1.50"),
        (Decimal("1E+3"), "1000"),
        (1e-7, "0.0000001"),
        (float("nan"), None),
        (Decimal("Infinity"), None),
        (date(2026, 1, 31), "2026-01-31"),
        (datetime(2026, 1, 31, 8, 30), "2026-01-31 08:30:00"),  # noqa: DTZ001  as a database gives it
        (datetime(2026, 1, 31, 8, 30, 0, 250000), "2026-01-31 08:30:00.250000"),  # noqa: DTZ001
        (datetime(2026, 1, 31, 0, 30, tzinfo=UTC), "2026-01-31 08:30:00"),
        (time(8, 5), "08:05:00"),
        (timedelta(hours=8, minutes=5), "8:05:00"),
        (b"\x01", "1"),
        (b"\x00", "0"),
        (memoryview(b"\xff\x10"), "ff10"),
        (UUID(int=7), "0" * 31 + "7"),
        ({"b": 1, "a": Decimal("2.5")}, '{"a": "2.5", "b": 1}'),
        ("张\x00三\ud800", "张三?"),
    ],
)
def test_values_become_the_text_that_an_export_would_hold(value, text):
    assert rows.as_text(value, "Asia/Shanghai") == text


def test_what_is_written_is_read_and_equal_rows_give_equal_bytes(tmp_path):
    made = [{"名称": "床位费", "amount": Decimal("30.50")}, {"amount": None, "名称": "  "}]
    content = rows.written("charges", made)
    assert content == rows.written("charges", [dict(reversed(list(row.items()))) for row in made])
    numbers, found, result = read(tmp_path, content)
    assert numbers == [1, 2]
    assert found == [("床位费", "30.50"), (None, None)]
    assert result.lacking == ()


def test_a_file_may_hold_several_sources_each_numbered_for_itself(tmp_path):
    content = rows.written("charges", [{"名称": "一"}])
    content += rows.written("orders", [{"名称": "别的"}]) + rows.written("charges", [{"名称": "二"}])
    assert read(tmp_path, content)[:2] == ([1, 2], [("一", None), ("二", None)])
    assert read(tmp_path, content, source="orders")[:2] == ([1], [("别的", None)])


def test_a_row_cannot_pretend_to_be_a_section(tmp_path):
    with pytest.raises(ValueError, match="@"):
        rows.written("charges", [{"@rows": "staff"}])


def test_lines_that_are_no_rows_are_set_aside_with_their_number(tmp_path):
    bad = [b"not json", b"[1,2]", b'{"a":', "{'x'}".encode("gb18030"), b"[" * 100_000, b'{"n":' + b"9" * 9]
    content = (
        b'{"amount": 1}\n' + b"\n".join(bad) + b'\n\n{"amount": 1.10, "\xe5\x90\x8d\xe7\xa7\xb0": true}\n'
    )
    numbers, found, result = read(tmp_path, content)
    assert (numbers, found) == ([1, 8], [(None, "1"), ("1", "1.10")])
    assert [fault.row for fault in result.problems] == [2, 3, 4, 5, 6, 7]
    assert {fault.reason for fault in result.problems} == {"unreadable_row"}
    assert all("not json" not in fault.message for fault in result.problems)


def test_a_line_beyond_all_measure_is_one_faulty_row_not_a_full_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(rows, "_LONGEST_LINE", 64)
    content = json.dumps({"名称": "x" * 500}).encode() + b'\n{"amount": "2"}\n'
    numbers, found, result = read(tmp_path, content)
    assert (numbers, found, [f.row for f in result.problems]) == ([2], [(None, "2")], [1])


def test_columns_are_found_by_alias_and_without_regard_to_case(tmp_path):
    content = b'{"AMOUNT": 3, "XMMC": "\xe5\xba\x8a"}\n{"mc": "\xe8\x8d\xaf", "other": 1}\n'
    found = read(tmp_path, content, aliases={"名称": ["xmmc"]}, names={"名称": "MC"})[1]
    assert found == [("床", "3"), ("药", None)]


def test_a_column_that_no_row_has_is_noted(tmp_path):
    assert read(tmp_path, b'{"amount": 3}\n')[2].lacking == ("名称",)
    assert read(tmp_path, b"")[2].lacking == ()


def test_parquet_rows_are_taken_as_well(tmp_path):
    pq.write_table(pa.table({"名称": ["床"], "amount": [2.5]}), tmp_path / "a.parquet")
    assert read(tmp_path, (tmp_path / "a.parquet").read_bytes())[1] == [("床", "2.5")]
