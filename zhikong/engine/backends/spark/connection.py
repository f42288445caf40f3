"""A Spark session that answers the plan's statements as a DuckDB connection does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession

from zhikong.engine.backends.spark.dialect import translate
from zhikong.engine.backends.spark.next_admission import statement as next_admission
from zhikong.engine.backends.sql.relations import NEXT_TABLE, Relations


class Answer:
    """What a statement gave."""

    def __init__(self, frame: DataFrame) -> None:
        self.frame = frame

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows as tuples of Python values."""
        return [tuple(row) for row in self.frame.collect()]


class SparkConnection:
    """`execute` and `register`, as far as the passes use them. The views that it made fall with `close`."""

    batch_rows = 1 << 62  # Spark divides the work itself; every further query costs a start

    def __init__(self, spark: SparkSession) -> None:
        self.spark = spark
        self.views: dict[object, str] = {}

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> Answer:
        """Runs one statement. Raises Unsupported and what Spark raises."""
        if parameters:
            raise ValueError("statements of a pass have no parameters")
        return Answer(self.spark.sql(translate(sql, view_of=self._files)))

    def register(self, name: str, table: pa.Table) -> None:
        """Makes rows in memory known under a name."""
        self.spark.createDataFrame(table).createOrReplaceTempView(name)
        self.views[name] = name

    def make_next_admission(self, relations: Relations) -> None:
        """The helper table of `minutes_to_next_admission`, unless this computation has it already."""
        if NEXT_TABLE not in self.views:
            self.execute(next_admission(relations)).frame.createOrReplaceTempView(NEXT_TABLE)
            self.views[NEXT_TABLE] = NEXT_TABLE

    def close(self) -> None:
        for view in self.views.values():
            self.spark.catalog.dropTempView(view)
        self.views.clear()

    def _files(self, paths: tuple[str, ...], differing: bool) -> str:
        if paths not in self.views:
            name = f"files_{len(self.views)}"
            reader = self.spark.read.option("mergeSchema", str(differing).lower())
            # a folder's month=… is no column here: months follow from the date columns
            reader = reader.option("recursiveFileLookup", "true")
            reader.parquet(*paths).createOrReplaceTempView(name)
            self.views[paths] = name
        return self.views[paths]
