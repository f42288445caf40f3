"""One Spark session for the process, local or on a cluster."""

from __future__ import annotations

import logging
import os
import threading

from pyspark.sql import SparkSession

MASTER = "ZHIKONG_SPARK"  # local[2], spark://host:7077, or sc://host:15002 for Spark Connect
lock = threading.RLock()  # views belong to the session: one computation at a time
SETTINGS = {
    "spark.sql.session.timeZone": "UTC",  # clinical times are wall times without a zone
    "spark.sql.ansi.enabled": "true",  # an overflow is an error, never another number
    "spark.sql.codegen.maxFields": "2000",  # with fewer, a hundred counters are interpreted row by row
    "spark.sql.codegen.hugeMethodLimit": "65535",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    "spark.sql.adaptive.coalescePartitions.parallelismFirst": "false",
    "spark.sql.autoBroadcastJoinThreshold": "256m",  # what is joined to the stays is narrow
    "spark.sql.join.preferSortMergeJoin": "false",  # sorting wide rows costs more than a table of hashes
    "spark.sql.adaptive.maxShuffledHashJoinLocalMapThreshold": "256m",
}
START_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.shuffle.partitions": "4",
    "spark.ui.showConsoleProgress": "false",
}


def started(master: str | None = None) -> SparkSession:
    """The session, started at the first call. master: where it runs; default from ZHIKONG_SPARK, else local[2]."""
    where = master or os.environ.get(MASTER) or "local[2]"
    builder = SparkSession.builder.appName("zhikong")
    builder = builder.remote(where) if where.startswith("sc://") else _local(builder.master(where), where)
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    # what fails is told where it is asked for, not in a log beside
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
    return builder.getOrCreate()


def _local(builder: SparkSession.Builder, where: str) -> SparkSession.Builder:
    for name, value in START_SETTINGS.items():
        if where.startswith("local") or not name.startswith("spark.driver."):
            builder = builder.config(name, value)
    return builder
