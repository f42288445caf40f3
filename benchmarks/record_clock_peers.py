"""The same thirty rules over the same tables by a plain Python loop and by DuckDB's ASOF joins: what others would write."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from record_clock_data import BEFORE, EVERY, TYPES, WITHIN

Counts = list[dict[str, int]]
"""For each rule how many encounters passed, failed, and had nothing to judge."""


def python(files: dict[str, list[Path]]) -> Counts:
    """One pass over the encounters; the times of each type in a sorted list, looked up by bisection."""
    places, starts, ends = _stays(files["stays"])
    chart: list[list[list[int]] | None] = [None] * len(places)
    for file in files["documents"]:
        _fill(file, places, chart)
    counts: list[Counter] = [Counter() for _ in range(len(WITHIN) + len(EVERY) + len(BEFORE))]
    nothing: list[list[int]] = [[] for _ in TYPES]
    for place, lists in enumerate(chart):
        _judge(lists or nothing, starts[place], ends[place], counts)
    return [dict(one) for one in counts]


def _fill(file: Path, places: dict[str, int], chart: list) -> None:
    """The times of a file's documents, by stay and type."""
    columns = ["stay_id", "type", "signed_at"]
    table = pq.read_table(file, partitioning=None, columns=columns, read_dictionary=columns[:2])
    table = table.unify_dictionaries().combine_chunks()
    ids, kinds_of = table["stay_id"].chunk(0), table["type"].chunk(0)
    own = [places[text] for text in ids.dictionary.to_pylist()]
    kinds = [TYPES.index(text) for text in kinds_of.dictionary.to_pylist()]
    minutes = _minutes(table["signed_at"]).to_pylist()
    for encounter, kind, minute in zip(
        ids.indices.to_pylist(), kinds_of.indices.to_pylist(), minutes, strict=True
    ):
        lists = chart[own[encounter]]
        if lists is None:
            lists = chart[own[encounter]] = [[] for _ in TYPES]
        lists[kinds[kind]].append(minute)


def _judge(lists: list[list[int]], start: int, end: int, counts: list[Counter]) -> None:
    for times in lists:
        times.sort()
    place = 0
    for a, b, hours in WITHIN:
        counts[place][_within(lists[a], lists[b], hours * 60)] += 1
        place += 1
    for b, hours in EVERY:
        counts[place][_every(lists[b], start, end, hours * 60)] += 1
        place += 1
    for a, b, hours in BEFORE:
        counts[place][_before(lists[a], lists[b], hours * 60)] += 1
        place += 1


def _within(anchors: list[int], answers: list[int], limit: int) -> str:
    for at in anchors:
        place = bisect_left(answers, at)
        if place == len(answers) or answers[place] > at + limit:
            return "fail"
    return "pass" if anchors else "not_applicable"


def _every(answers: list[int], start: int, end: int, limit: int) -> str:
    if not answers:
        return "fail" if end - start > limit else "not_applicable"
    before = start
    for at in answers:
        if at - before > limit:
            return "fail"
        before = at
    return "fail" if end - before > limit else "pass"


def _before(anchors: list[int], answers: list[int], limit: int) -> str:
    for at in anchors:
        place = bisect_right(answers, at) - 1
        if place < 0 or answers[place] < at - limit:
            return "fail"
    return "pass" if anchors else "not_applicable"


def _stays(files: list[Path]) -> tuple[dict[str, int], list[int], list[int]]:
    columns = ["stay_id", "admitted_at", "discharged_at"]
    table = pa.concat_tables(pq.read_table(file, partitioning=None, columns=columns) for file in files)
    places = {text: place for place, text in enumerate(table["stay_id"].to_pylist())}
    return places, _minutes(table["admitted_at"]).to_pylist(), _minutes(table["discharged_at"]).to_pylist()


def _minutes(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.divide(column.cast(pa.timestamp("us")).cast(pa.int64()), 60_000_000)


def asof(files: dict[str, list[Path]], order: str = "t, e, m") -> Counts:
    """One ASOF join per rule over a table of whole numbers that is made first, ordered by type, encounter and time, so
    that a rule reads only what it asks about; with another order it reads the types of all rows."""
    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    stays, documents = (_read(files[name]) for name in ("stays", "documents"))
    connection.execute(
        f"CREATE TABLE s AS SELECT stay_id, CAST(row_number() OVER () AS INTEGER) AS e, {_minute('admitted_at')} AS a, "
        f"{_minute('discharged_at')} AS b FROM {stays}"
    )
    connection.execute(
        f"CREATE TABLE v AS SELECT s.e, CAST(d.type AS TINYINT) - 1 AS t, {_minute('d.signed_at')} AS m "
        f"FROM {documents} AS d JOIN s USING (stay_id) ORDER BY {order}"
    )
    (every,) = connection.execute("SELECT count(*) FROM s").fetchone()
    return [_counts(connection.execute(query).fetchone(), every) for query in _queries()]


def _read(files: list[Path]) -> str:
    return "read_parquet([" + ", ".join(f"'{file}'" for file in files) + "], hive_partitioning = false)"


def _minute(column: str) -> str:
    return f"CAST(epoch_us({column}) // 60000000 AS INTEGER)"


def _queries() -> list[str]:
    found = []
    for a, b, hours in WITHIN:
        late = f"y.m IS NULL OR y.m > x.m + {hours * 60}"
        found.append(_grouped(f"(SELECT * FROM v WHERE t = {a}) x ASOF LEFT JOIN (SELECT * FROM v WHERE t = {b}) y "
                              "ON x.e = y.e AND y.m >= x.m", late))  # fmt: skip
    for b, hours in EVERY:
        points = f"(SELECT e, a AS m FROM s UNION ALL SELECT e, m FROM v WHERE t = {b})"
        joined = f"{points} x ASOF LEFT JOIN (SELECT * FROM v WHERE t = {b}) y ON x.e = y.e AND y.m > x.m JOIN s ON s.e = x.e"
        found.append(
            f"SELECT count(*) FILTER (late), count(*) FILTER (NOT late AND n > 1) FROM (SELECT x.e, count(*) AS n, "
            f"bool_or(coalesce(y.m, s.b) - x.m > {hours * 60}) AS late FROM {joined} GROUP BY x.e)"
        )
    for a, b, hours in BEFORE:
        late = f"y.m IS NULL OR y.m < x.m - {hours * 60}"
        found.append(_grouped(f"(SELECT * FROM v WHERE t = {a}) x ASOF LEFT JOIN (SELECT * FROM v WHERE t = {b}) y "
                              "ON x.e = y.e AND x.m >= y.m", late))  # fmt: skip
    return found


def _grouped(joined: str, late: str) -> str:
    return (
        "SELECT count(*) FILTER (late), count(*) FILTER (NOT late) "
        f"FROM (SELECT x.e, bool_or({late}) AS late FROM {joined} GROUP BY x.e)"
    )


def _counts(row: tuple[int, int], every: int) -> dict[str, int]:
    failed, passed = row
    found = {"fail": failed, "pass": passed, "not_applicable": every - failed - passed}
    return {word: count for word, count in found.items() if count}
