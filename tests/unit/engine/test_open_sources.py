"""Case lists read through DuckDB instances that stay open: the wall around the files must hold all the same."""

import threading

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from zhikong.engine.backends.base import Limits
from zhikong.engine.backends.source import Source
from zhikong.engine.backends.sql import session as opened

LIMITS = Limits(memory="100MB", threads=1)


@pytest.fixture
def source(tmp_path):
    """Gives a source of one file; the file holds the number that is asked for."""

    def of(number):
        path = tmp_path / f"{number}.parquet"
        pq.write_table(pa.table({"days": [number]}), path)
        return Source.of_files({"stays": [path]})

    return of


def days(connection, source):
    path = source.files["stays"].paths[0]
    return connection.execute(f"SELECT days FROM read_parquet('{path}')").fetchall()


def test_a_reader_cannot_read_files_of_another_source(source):
    one, other = source(1), source(2)
    with opened.reading(one, LIMITS) as first, opened.reading(other, LIMITS) as second:
        assert (days(first, one), days(second, other)) == ([(1,)], [(2,)])
        with pytest.raises(duckdb.PermissionException):
            days(first, other)


def test_readers_of_the_same_files_see_nothing_of_each_other(source):
    one = source(1)
    with opened.reading(one, LIMITS) as first, opened.reading(one, LIMITS) as second:
        first.register("codes", pa.table({"code": ["I21"]}))
        first.execute("CREATE TEMP TABLE kept AS SELECT 1")
        for name in ("codes", "kept"):
            with pytest.raises(duckdb.CatalogException):
                second.execute(f"SELECT * FROM {name}")


def test_a_reader_goes_on_while_newer_sources_take_its_place(source):
    first = source(0)
    with opened.reading(first, LIMITS) as reader:
        for number in range(1, opened.KEPT_OPEN + 2):
            with opened.reading(source(number), LIMITS) as other:
                days(other, source(number))
        assert days(reader, first) == [(0,)]
    assert len(opened._kept) == opened.KEPT_OPEN


def test_threads_read_at_the_same_time(source):
    one, found = source(7), []

    def read():
        with opened.reading(one, LIMITS) as connection:
            found.append(days(connection, one))

    threads = [threading.Thread(target=read) for _thread in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[(7,)]] * 8


def test_columns_of_a_changed_file_are_read_again(tmp_path):
    path = tmp_path / "stays.parquet"
    pq.write_table(pa.table({"days": [1]}), path)
    assert Source.of_files({"stays": [path]}).columns("stays") == {"days"}
    pq.write_table(pa.table({"days": [1], "sex": ["1"]}), path)
    assert Source.of_files({"stays": [path]}).columns("stays") == {"days", "sex"}
