"""Files of several shapes and months, and what a connection may reach."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.spec.running import define
from zhikong.engine.backends.base import Limits
from zhikong.engine.backends.source import Source
from zhikong.engine.backends.sql.session import session
from zhikong.engine.compute import Results, compute
from zhikong.engine.definitions.examples import fill

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def stays(month: str, *rows: dict[str, Any]) -> pa.Table:
    tables = {"stays": [{"stay_id": f"{month}-{i}"} | row for i, row in enumerate(rows)]}
    fill(tables, month)
    return Source.of_rows(tables).memory["stays"]


def save(folder: Path, table: pa.Table, month: str, *, labelled: bool = True) -> Path:
    place = folder / (f"month={month}" if labelled else month)
    place.mkdir(parents=True)
    pq.write_table(table, place / "part.parquet")
    return place / "part.parquet"


def run(source: Source, backend: str, **said: Any) -> Results:
    definition = define(**({"kind": "mean", "numerator": {"sum": "days"}} | said))
    return compute(
        [definition], source=source, months=("2026-01", "2026-02"), now=NOW, data_version="v", backend=backend
    )


BACKENDS = pytest.mark.parametrize("backend", ["duckdb", "reference"])


@BACKENDS
@pytest.mark.parametrize("labelled", [True, False])
def test_files_by_month(tmp_path: Path, backend: str, labelled: bool) -> None:
    files = [
        save(tmp_path, stays(m, {"days": d}, {"days": d}), m, labelled=labelled)
        for m, d in (("2025-12", 100), ("2026-01", 3), ("2026-02", 5))
    ]
    found = run(Source.of_files({"stays": files}), backend).of("example")
    assert [(r.month, r.numerator, r.denominator) for r in found] == [("2026-01", 6, 2), ("2026-02", 10, 2)]


def test_only_the_files_of_the_months_are_opened(tmp_path: Path) -> None:
    """December's file vanishes after the source was looked at: nobody asks for it."""
    files = [save(tmp_path, stays(m, {"days": 3}), m) for m in ("2025-12", "2026-01")]
    source = Source.of_files({"stays": files})
    assert "days" in source.columns("stays")
    files[0].unlink()
    assert run(source, "duckdb").of("example", month="2026-01")[0].numerator == 3


@BACKENDS
def test_a_column_that_came_later(tmp_path: Path, backend: str) -> None:
    """Older files lack a column: its values are unknown there."""
    old = stays("2026-01", {"days": 3}).drop_columns(["rescues"])
    files = [save(tmp_path, old, "2026-01"), save(tmp_path, stays("2026-02", {"rescues": 2}), "2026-02")]
    said = {"numerator": {"sum": "rescues"}}
    found = run(Source.of_files({"stays": files}), backend, **said).of("example")
    assert [(r.numerator, r.denominator) for r in found] == [(0, 0), (2, 1)]


@BACKENDS
def test_a_column_that_no_file_has(tmp_path: Path, backend: str) -> None:
    file = save(tmp_path, stays("2026-01", {}).drop_columns(["days"]), "2026-01")
    results = run(Source.of_files({"stays": [file]}), backend).of("example")
    assert {r.reason and r.reason.kind for r in results} == {"missing_column"}
    assert results[0].reason is not None
    assert "实际住院天数（days）" in results[0].reason.sentence


@BACKENDS
def test_a_table_without_files_is_empty_not_missing(backend: str) -> None:
    results = run(Source.of_files({"stays": []}), backend).of("example")
    assert [r.reason and r.reason.kind for r in results] == ["no_data", "no_data"]


def test_a_table_outside_the_contract() -> None:
    with pytest.raises(KeyError):
        Source.of_files({"patients": []})
    with pytest.raises(KeyError):
        Source.of_rows({"patients": []})


def test_rows_of_a_wrong_type() -> None:
    with pytest.raises((pa.ArrowInvalid, pa.ArrowTypeError)):
        Source.of_rows({"stays": [{"days": "four"}]})


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_text('{other}')",
        "SELECT * FROM read_parquet('{folder}/*.parquet')",
        "COPY (SELECT 1) TO '{folder}/out.csv'",
        "ATTACH '{folder}/other.db'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SET memory_limit = '100GB'",
    ],
)
def test_a_connection_reaches_only_its_files(tmp_path: Path, query: str) -> None:
    other = tmp_path / "other.txt"
    other.write_text("secret")
    file = save(tmp_path, stays("2026-01", {}), "2026-01")
    with session(Source.of_files({"stays": [file]}), Limits()) as connection:
        assert connection.execute("SELECT count(*) FROM read_parquet(?)", [str(file)]).fetchall() == [(1,)]
        with pytest.raises(duckdb.Error):
            connection.execute(query.format(other=other, folder=tmp_path))


def test_quotes_in_names_do_not_break_out(tmp_path: Path) -> None:
    folder = tmp_path / "it's"
    file = save(folder, stays("2026-01", {"days": 3}), "2026-01")
    assert run(Source.of_files({"stays": [file]}), "duckdb").of("example", month="2026-01")[0].numerator == 3
