"""Apache Spark gives the same numbers as the other backends: on random definitions, and for everything published.

A session of Spark takes half a minute of the machine, so these run where ZHIKONG_SPARK_TESTS or ZHIKONG_TEST_ALL is
set (.ci/run sets the first); there, a missing Java or pyspark is a failure.
"""

import json
import os
import random
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, note, settings

from tests.generative import clock_timelines, test_clock_rules
from tests.generative.strategies import data, definitions
from tests.generative.test_agreement import MONTHS, _run
from zhikong.engine.backends.source import Source
from zhikong.engine.compute import compute
from zhikong.engine.definitions import canonical, load_catalogue
from zhikong.engine.definitions.model import Status
from zhikong.engine.plan.needs import expressions_of
from zhikong.engine.record_rules.sql import Dialect
from zhikong.engine.results import ReasonKind
from zhikong.engine.tables import TABLES
from zhikong.simulator import simulate
from zhikong.site import discovery

WANTED = bool(os.environ.get("ZHIKONG_SPARK_TESTS") or os.environ.get("ZHIKONG_TEST_ALL"))
MANY = 100 if os.environ.get("ZHIKONG_TEST_ALL") else 8
NOW = datetime(2026, 11, 1, tzinfo=UTC)
pytestmark = [
    pytest.mark.skipif(not WANTED, reason="Spark: ZHIKONG_SPARK_TESTS=1 or make test-all"),
    # pyspark looks at pandas, which is not used here
    pytest.mark.filterwarnings("ignore::FutureWarning:pyspark", "ignore::ResourceWarning"),
]


@pytest.fixture(scope="module", autouse=True)
def java():
    """Spark is asked for here: without Java the tests fail, with a sentence."""
    assert shutil.which("java") or os.environ.get("JAVA_HOME"), "Java 17 is not installed"


@settings(max_examples=MANY, deadline=None, suppress_health_check=list(HealthCheck))
@given(definitions(), data())
def test_random_definitions_agree(wanted, tables):
    for definition in wanted:
        note(" | ".join(canonical.text(e) for e in expressions_of(definition)))
    source = Source.of_rows(tables)
    assert _run(wanted, source, "spark") == _run(wanted, source, "reference")


@pytest.fixture(scope="module")
def hospital(tmp_path_factory):
    """A small simulated hospital with all its events, as files by month or not."""
    made = simulate(seed=5, months=2, first_month="2026-01", scale=0.03, events=True)
    folder = tmp_path_factory.mktemp("spark")
    files = {name: [folder / f"{name}.parquet"] for name in TABLES.keys() & made.tables.keys()}
    for name, (path,) in files.items():
        pq.write_table(made.tables[name], path)
    return Source.of_files(files), made.ledger.months


def test_everything_published_gives_the_same_numbers(hospital):
    source, months = hospital
    packs = [discovery.PACKAGE / "packs" / "national"]
    published = [d for d in load_catalogue(packs).indicators.values() if d.status is Status.PUBLISHED]
    spark, duckdb = (_results(published, source, months, backend) for backend in ("spark", "duckdb"))
    wrong = {a[0] for a, b in zip(spark, duckdb, strict=True) if a != b}
    assert wrong == set()
    assert len({row[0] for row in duckdb if row[4] is not None}) > 60


def _results(definitions, source, months, backend):
    span = (months[0], months[-1])
    run = compute(definitions, source=source, months=span, now=NOW, data_version="s", backend=backend)
    return [
        (r.indicator_id, r.department, r.month, r.numerator, r.value, r.reason and r.reason.kind)
        for r in run.rows
    ]


def test_what_has_no_settled_meaning_is_refused_and_never_a_number():
    from zhikong.engine.backends.spark.dialect import Unsupported, translate

    for statement in (
        "SELECT date_diff('hour', a, b) FROM t",
        "SELECT lag(a) OVER () FROM t",
        "SELECT a / b FROM t",
    ):
        with pytest.raises(Unsupported):
            translate(statement, view_of=lambda paths, differing: "v")


def test_a_definition_that_fails_does_not_take_the_others_down(monkeypatch):
    """An overflow is an error of its indicator (Spark's ANSI mode), the other one has its number."""
    from tests.spec.running import define

    big = define(id="big", kind="mean", numerator={"sum": "days * 9000000000000000000"})
    plain = define(id="plain", kind="count", numerator={"rows": True}, denominator=None)
    stay = {"stay_id": "s1", "patient_key": "p", "institution": "H", "zone": "Asia/Shanghai", "days": 5}
    stay |= {"admitted_at": datetime(2026, 1, 1), "discharged_at": datetime(2026, 1, 6)}  # noqa: DTZ001
    results = _run([big, plain], Source.of_rows({"stays": [stay]}), "spark")
    by_id = {r.indicator_id: r for r in results if r.month == MONTHS[1]}
    assert by_id["big"].reason == ReasonKind.ERROR
    assert by_id["plain"].value == 1


@pytest.mark.skipif(not os.environ.get("ZHIKONG_TEST_ALL"), reason="make test-all")
@pytest.mark.parametrize("kind", ["standalone", "connect"])
def test_a_cluster_of_processes_gives_the_same_numbers(kind, hospital):
    """In a process of its own, because a process has one session."""
    source, months = hospital
    files = {name: list(files.paths) for name, files in source.files.items()}
    told = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, kind, json.dumps(files), *months[:: len(months) - 1]],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert told.returncode == 0, told.stderr[-2000:]
    assert told.stdout.strip().endswith("equal")


ELSEWHERE = """
import json, os, sys
from zhikong.engine.backends.spark import cluster
from zhikong.engine.backends.source import Source
from zhikong.engine.definitions import load_catalogue
from zhikong.site import discovery
from tests.generative.test_spark import _results
kind, files, first, last = sys.argv[1:]
wanted = list(load_catalogue([discovery.PACKAGE / "packs" / "national"]).indicators.values())
source = Source.of_files(json.loads(files))
with getattr(cluster, kind)() as address:
    os.environ["ZHIKONG_SPARK"] = address
    there = _results(wanted, source, (first, last), "spark")
print("equal" if there == _results(wanted, source, (first, last), "duckdb") else "different")
os._exit(0)
"""


@pytest.mark.parametrize("seed", range(5 if MANY > 8 else 1))
def test_clock_rules_in_spark_s_sql_agree(seed):
    from zhikong.engine.backends.spark.session import started  # only here: elsewhere pyspark is not installed

    chance = random.Random(seed)
    wanted, stays, session = clock_timelines.rules(chance, 3), clock_timelines.source(chance, 12), started()
    for name, rows in stays.memory.items():
        session.createDataFrame(rows).createOrReplaceTempView(name)
    told = test_clock_rules.told_of(wanted, stays, "reference")
    found = test_clock_rules.by_sql(wanted, Dialect.SPARK, lambda sql: session.sql(sql).collect())
    for name in stays.memory:
        session.catalog.dropTempView(name)
    assert test_clock_rules.differences(test_clock_rules.of_rules(told, wanted), found) == {}
