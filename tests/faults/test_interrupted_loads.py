"""A load that is killed publishes nothing; the next one finishes it, and readers never see half of anything."""

# ruff: noqa: DTZ001  facts carry the local wall time without a zone

import os
import signal
import subprocess
import sys
import textwrap
from datetime import datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.apps import apps

from tests.loads import NOW, line, loading_hospital, write_csv  # noqa: F401
from zhikong.engine.tables import arrow_schema

LOAD_AND_DIE = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
import django
django.setup()
from zhikong.foundation.access.scope import job_scope
from zhikong.foundation.facts import actions as facts, lake
from zhikong.hospital.functions.datasources import actions, loading, people
from zhikong.intake import reading
def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
point, institution, path, now = sys.argv[1:]
owner, name = {
    "reading": (reading.setting_aside, "write_good"),
    "before the lake": (lake.LakeTable, "replace_months"),
    "after the lake": (facts, "_show"),
    "identities": (people.patients, "store_identities"),
    "before the commit": (loading, "_end"),
}[point]
setattr(owner, name, die)
actions.load_file(by=None, now=datetime.fromisoformat(now), path=Path(path), mapping="front_page",
                  scope=job_scope(int(institution), job="tests"))
"""


@pytest.mark.parametrize(
    "point", ["reading", "before the lake", "after the lake", "identities", "before the commit"]
)
def test_a_load_that_is_killed_publishes_nothing_and_the_next_one_finishes_it_first(loading, tmp_path, point):
    loading.load(write_csv(tmp_path / "first.csv", [line(n) for n in range(5)]))
    before = (loading.data_version(), loading.rows())
    second = write_csv(tmp_path / "second.csv", [line(n, 年龄="61") for n in range(3, 9)])
    killed = subprocess.run(
        [sys.executable, "-c", LOAD_AND_DIE, point, str(loading.id), str(second), NOW.isoformat()],
        env=os.environ | {"ZHIKONG_ROLE": "worker"},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert (loading.data_version(), loading.rows()) == before

    after = loading.load(write_csv(tmp_path / "third.csv", [line(20)]))
    assert after.state == "published"
    Load = apps.get_model("facts", "Load")
    with loading.scoped():
        ended = list(Load.objects.order_by("pk").values_list("state", "attempts"))
    assert ended == [
        ("published", 1),
        ("published", 2),
        ("published", 1),
    ]  # finished first, from what was kept
    ages = sorted(row["age_years"] for row in loading.rows())
    assert ages == [60] * 4 + [61] * 6  # three of the first file, six of the second, one of the third
    assert loading.load(second).state == "unchanged"


def test_cleaning_up_removes_what_nobody_published_and_keeps_every_published_version(loading, tmp_path):
    from zhikong.foundation.facts import actions as facts
    from zhikong.foundation.facts import gateway, lake

    loading.load(write_csv(tmp_path / "a.csv", [line(1)]))
    first = loading.data_version()
    old_rows = loading.rows()
    loading.load(write_csv(tmp_path / "b.csv", [line(1, 年龄="61")]))
    orphan = lake.root(loading.code) / "stays" / "month=2026-09" / "orphan.parquet"
    orphan.write_bytes(b"left by a killed load")
    with loading.scoped():
        assert facts.clean_up(by=None) >= 1
    assert not orphan.exists()
    assert [row["age_years"] for row in loading.rows()] == [61]
    with loading.scoped():
        files = gateway.published(data_version=first).files("stays")
    assert [r for f in files for r in pq.read_table(f, partitioning=None).to_pylist()] == old_rows


READ_ON = textwrap.dedent(
    """
    import sys, time
    import django
    django.setup()
    import pyarrow.parquet as pq
    from zhikong.foundation.access.scope import job_scope, scoped
    from zhikong.foundation.facts import gateway
    scope = job_scope(int(sys.argv[1]), job="tests")
    print("ready", flush=True)
    seen, last = 0, -1
    while last < int(sys.argv[2]):
        with scoped(scope):
            snapshot = gateway.published()
        ages = {a for f in snapshot.files("stays") for a in pq.read_table(f, columns=["age_years"], partitioning=None)["age_years"].to_pylist()}
        names = {n for f in snapshot.files("diagnoses") for n in pq.read_table(f, columns=["name"], partitioning=None)["name"].to_pylist()}
        rows = sum(pq.read_metadata(f).num_rows for f in snapshot.files("stays"))
        assert len(ages) == 1 and names == {str(min(ages))} and rows == 3, (snapshot, ages, names, rows)
        assert min(ages) >= last
        last = min(ages)
        time.sleep(0.15)
        seen += 1
    print(seen)
    """
)
PUBLICATIONS = 200 if os.environ.get("ZHIKONG_TEST_ALL") else 60


def test_four_readers_during_many_publications_see_only_whole_versions(loading, tmp_path):
    publish_version(loading, 0, tmp_path)
    command = [sys.executable, "-c", READ_ON, str(loading.id), str(PUBLICATIONS)]
    readers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    try:
        for reader in readers:
            assert reader.stdout.readline() == "ready\n"
        for number in range(1, PUBLICATIONS + 1):
            publish_version(loading, number, tmp_path)
        seen = [int(reader.communicate(timeout=120)[0]) for reader in readers]
    finally:
        for reader in readers:
            reader.kill()
            reader.wait()
    assert [reader.returncode for reader in readers] == [0, 0, 0, 0]
    assert min(seen) >= 10  # each of them looked often enough to have met many versions


def publish_version(loading, number, folder):
    """Three stays in two months and their diagnoses; every row carries the number."""
    stays = [
        {
            "stay_id": f"S{n}",
            "patient_key": f"P{n}",
            "institution": loading.code,
            "zone": "Asia/Shanghai",
            "admitted_at": datetime(2026, 8 + n % 2, 1),
            "discharged_at": datetime(2026, 8 + n % 2, 5),
            "age_years": number,
            "discharge_department": "CARD",
            "month": f"2026-{8 + n % 2:02d}",
        }
        for n in range(3)
    ]
    diagnoses = [
        {"stay_id": s["stay_id"], "kind": "principal", "seq": 1, "name": str(number), "month": s["month"]}
        for s in stays
    ]
    files = {}
    for table, rows in (("stays", stays), ("diagnoses", diagnoses)):
        files[table] = folder / f"{table}.parquet"
        pq.write_table(pa.Table.from_pylist(rows, schema=arrow_schema(table)), files[table])
    from zhikong.foundation.facts import actions as facts

    with loading.scoped():
        assert facts.publish(by=None, now=NOW, tables=files, folder=folder).publication is not None
