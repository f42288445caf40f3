"""A Spark session that answers the plan's statements as a DuckDB connection does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from sqlglot import exp

from zhikong.engine.backends.spark import next_admission
from zhikong.engine.backends.spark.dialect import parsed, translated
from zhikong.engine.backends.sql.children import ALIAS
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
        self.kept: list[DataFrame] = []

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> Answer:
        """Runs one statement. Raises Unsupported and what Spark raises."""
        if parameters:
            raise ValueError("statements of a pass have no parameters")
        tree = parsed(sql)
        for join in tree.find_all(exp.Join):
            self._keep_apart(join)
        return Answer(self._frame(tree))

    def _frame(self, tree: exp.Expression) -> DataFrame:
        return self.spark.sql(translated(tree, view_of=self._files))

    def _keep_apart(self, join: exp.Join) -> None:
        """The answers about child rows, computed first: only then Spark knows that they are small.

        With an unknown side it sorts and sends round all columns of all stays instead.
        """
        side = join.this
        if isinstance(side, exp.Subquery) and side.alias == ALIAS:
            name = f"kept_{len(self.kept)}"
            self._kept(name, self._frame(side.this.copy()))
            side.replace(exp.Table(this=exp.to_identifier(name), alias=side.args["alias"]))

    def _kept(self, name: str, frame: DataFrame) -> None:
        """Makes a view whose rows are computed at once and kept until `close`."""
        self.kept.append(frame.persist())
        frame.count()
        frame.createOrReplaceTempView(name)
        self.views[name] = name

    def register(self, name: str, table: pa.Table) -> None:
        """Makes rows in memory known under a name."""
        self.spark.createDataFrame(table).createOrReplaceTempView(name)
        self.views[name] = name

    def make_next_admission(self, relations: Relations) -> None:
        """The helper table of `minutes_to_next_admission`, unless this computation has it already."""
        if NEXT_TABLE not in self.views:
            self._kept(NEXT_TABLE, self._frame(parsed(next_admission.statement(relations))))

    def close(self) -> None:
        for view in self.views.values():
            self.spark.catalog.dropTempView(view)
        for frame in self.kept:
            frame.unpersist()
        self.views.clear()
        self.kept.clear()

    def _files(self, paths: tuple[str, ...], differing: bool) -> str:
        if paths not in self.views:
            name = f"files_{len(self.views)}"
            reader = self.spark.read.option("mergeSchema", str(differing).lower())
            # a folder's month=… is no column here: months follow from the date columns
            reader = reader.option("recursiveFileLookup", "true")
            reader.parquet(*paths).createOrReplaceTempView(name)
            self.views[paths] = name
        return self.views[paths]
