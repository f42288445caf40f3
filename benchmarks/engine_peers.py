"""The hundred ratios as four other engines count them, each in its best form by hand, over the same files.

Every side gives the same thing: for each hospital, department and month the count of each distinct condition. The
peers read `dx`, the diagnosis group worked out beforehand; the engine reads the codes. Forms are those that measured
best (design notes): DuckDB packs four counters into one sum, chDB counts with countIf, DataFusion with FILTER, polars
adds up booleans.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.engine_hundred import Ratio, conditions, definitions
from benchmarks.engine_region import MONTHS

THREADS = 2
WIDTH, PER_SUM = 15, 4
Side = Callable[[Path, list[Ratio]], tuple[float, np.ndarray]]


def paths(folder: Path) -> list[str]:
    """The files of the stays."""
    return [str(p) for p in sorted((folder / "stays").glob("month=*/*.parquet"))]


def cpu() -> float:
    """CPU seconds of this process, over all its threads."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def engine(folder: Path, ratios: list[Ratio]) -> tuple[float, np.ndarray]:
    """The vectorised pass of the engine, from definitions to counters by condition."""
    import pyarrow.compute  # noqa: F401  # an import, like those of the peers, is not measured

    from zhikong.engine.backends.source import Source
    from zhikong.engine.backends.vector import counting
    from zhikong.engine.backends.vector.backend import plan_of
    from zhikong.engine.plan.groups import groups_of

    wanted = definitions(ratios)
    source = Source.of_files({"stays": paths(folder)})
    start = cpu()
    (group,) = groups_of(wanted)
    found = counting.run(plan_of(group, MONTHS), source, group.partitions(MONTHS), THREADS)
    spent = cpu() - start
    keys = list(group.counters)
    order = []
    for ratio in ratios:
        recipe = group.recipes[ratio.id]
        order += [keys.index(recipe.numerator.key) + 1, keys.index(recipe.denominator.key) + 1]
    return spent, found.matrix[order].sum(axis=1)


def _by_ratio(ratios: list[Ratio], totals: dict[str, int]) -> np.ndarray:
    return np.array([totals[text] for ratio in ratios for text in ratio.counters], np.int64)


def duckdb_packed(folder: Path, ratios: list[Ratio]) -> tuple[float, np.ndarray]:
    """DuckDB, four counters of fifteen bits in one sum, one month's file after the other."""
    import duckdb

    texts = conditions(ratios)
    start = cpu()
    totals = np.zeros(len(texts), np.int64)
    with duckdb.connect(config={"threads": THREADS}) as connection:
        for path in paths(folder):
            atoms = {text: f"c{i}" for i, text in enumerate(texts)}
            columns = ", ".join(f"({text}) AS {name}" for text, name in atoms.items())
            sums = [
                "CAST(sum(" + " + ".join(
                    f"CASE WHEN {atoms[t]} THEN {1 << (WIDTH * i)}::BIGINT ELSE 0::BIGINT END"
                    for i, t in enumerate(texts[k : k + PER_SUM])
                ) + ") AS BIGINT)"
                for k in range(0, len(texts), PER_SUM)
            ]  # fmt: skip
            found = connection.execute(
                f"SELECT institution, discharge_department, month, {', '.join(sums)} FROM (SELECT institution,"
                f" discharge_department, date_trunc('month', discharged_at) AS month, {columns}"
                f" FROM read_parquet('{path}', hive_partitioning = false)) GROUP BY ALL"
            ).fetchnumpy()
            packed = list(found.values())[3:]
            for k, column in enumerate(packed):
                values = np.asarray(column, np.int64)
                for i in range(min(PER_SUM, len(texts) - k * PER_SUM)):
                    totals[k * PER_SUM + i] += ((values >> (WIDTH * i)) & ((1 << WIDTH) - 1)).sum()
    return cpu() - start, _by_ratio(ratios, dict(zip(texts, totals.tolist(), strict=True)))


def duckdb_separate(folder: Path, ratios: list[Ratio]) -> tuple[float, np.ndarray]:
    """DuckDB, a query for each ratio, over the diagnosis group worked out beforehand."""
    import duckdb

    start = cpu()
    totals: dict[str, int] = {}
    files = ", ".join(f"'{path}'" for path in paths(folder))
    with duckdb.connect(config={"threads": THREADS}) as connection:
        for ratio in ratios:
            above, below = ratio.counters
            found = connection.execute(
                f"SELECT institution, discharge_department, date_trunc('month', discharged_at),"
                f" count(*) FILTER ({above}) AS a, count(*) AS b"
                f" FROM read_parquet([{files}], hive_partitioning = false) WHERE {below} GROUP BY ALL"
            ).fetchnumpy()
            totals |= {above: int(found["a"].sum()), below: int(found["b"].sum())}
    return cpu() - start, _by_ratio(ratios, totals)


def chdb_count_if(folder: Path, ratios: list[Ratio]) -> tuple[float, np.ndarray]:
    """chDB, countIf."""
    import chdb
    import pyarrow as pa

    texts = conditions(ratios)
    start = cpu()
    sums = ", ".join(f"countIf({text.replace('1 = 1', 'true')}) AS c{i}" for i, text in enumerate(texts))
    found = chdb.query(
        f"SELECT institution, discharge_department, toStartOfMonth(discharged_at) AS m, {sums}"
        f" FROM file('{folder}/stays/*/part.parquet', Parquet)"
        f" GROUP BY institution, discharge_department, m SETTINGS max_threads = {THREADS}",
        "Arrow",
    )
    table = pa.ipc.open_file(pa.BufferReader(found.bytes())).read_all()
    spent = cpu() - start
    return spent, _totals(table, texts, ratios)


def datafusion_filter(folder: Path, ratios: list[Ratio]) -> tuple[float, np.ndarray]:
    """DataFusion, count with FILTER."""
    import datafusion
    import pyarrow as pa

    texts = conditions(ratios)
    start = cpu()
    settings = datafusion.SessionConfig().with_target_partitions(THREADS)
    context = datafusion.SessionContext(settings)
    context.register_parquet("stays", f"{folder}/stays/", table_partition_cols=[("month", pa.string())])
    sums = ", ".join(f"count(*) FILTER (WHERE {text}) AS c{i}" for i, text in enumerate(texts))
    found = context.sql(
        f"SELECT institution, discharge_department, date_trunc('month', discharged_at) AS m, {sums}"
        f" FROM stays GROUP BY institution, discharge_department, m"
    ).to_arrow_table()
    return cpu() - start, _totals(found, texts, ratios)


def polars_sums(folder: Path, ratios: list[Ratio]) -> tuple[float, np.ndarray]:
    """polars, sums of booleans, one month's file after the other (its best form here)."""
    import polars

    texts = conditions(ratios)
    start = cpu()
    sums = ", ".join(f"SUM(CAST(({text}) AS INTEGER)) AS c{i}" for i, text in enumerate(texts))
    totals = np.zeros(len(texts), np.int64)
    for path in paths(folder):
        frame = polars.scan_parquet(path, hive_partitioning=False).with_columns(
            m=polars.col("discharged_at").dt.truncate("1mo")
        )
        context = polars.SQLContext(stays=frame)
        found = context.execute(
            f"SELECT institution, discharge_department, m, {sums}"
            " FROM stays GROUP BY institution, discharge_department, m",
            eager=True,
        )
        totals += np.array([found[f"c{i}"].sum() for i in range(len(texts))], np.int64)
    return cpu() - start, _by_ratio(ratios, dict(zip(texts, totals.tolist(), strict=True)))


def _totals(table, texts: list[str], ratios: list[Ratio]) -> np.ndarray:
    totals = {text: int(table[f"c{i}"].to_numpy().sum()) for i, text in enumerate(texts)}
    return _by_ratio(ratios, totals)


SIDES: dict[str, Side] = {
    "engine": engine,
    "separate": duckdb_separate,
    "duckdb": duckdb_packed,
    "chdb": chdb_count_if,
    "datafusion": datafusion_filter,
    "polars": polars_sums,
}
PEERS = ("duckdb", "chdb", "datafusion", "polars")


def timed(name: str, folder: Path, count: int) -> dict:
    """One side in this process: its CPU, its peak memory, and its totals."""
    from benchmarks.engine_hundred import hundred, two_hundred

    ratios = hundred() if count == 100 else two_hundred()
    began = time.time()
    spent, totals = SIDES[name](folder, ratios)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"cpu": spent, "wall": time.time() - began, "peak": peak, "totals": totals.tolist()}
