"""kill -9 at any point between arrival and publication: started again, the tables are those of an undisturbed run.

A hospital's day is played by a process of its own: files handed in, complete deliveries, events of open stays,
duplicates and a correction. It is killed at a random call of our code (every call of a function of ours is a point),
the day is played on by a second process, whose sender repeats what was not acknowledged.
"""

import os
import random
import signal
import subprocess
import sys

import pytest
from django.apps import apps

from tests.loads import line, loading_hospital, make_institution, worker_role, write_csv  # noqa: F401
from zhikong.intake.formats.rows import written

PLAY = """
import os, signal, sys
from datetime import datetime, UTC
from pathlib import Path
import django
django.setup()
import zhikong
from zhikong.foundation.access.scope import job_scope, scoped
from zhikong.hospital.functions.datasources import actions, mappings, processing, receiving, running
from zhikong.hospital.functions.datasources.models import Feed
from zhikong.intake.mappings import load_mapping

institution, folder, acknowledged, dies_at = int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
scope, now = job_scope(institution, job="tests"), datetime(2026, 11, 22, 4, tzinfo=UTC)
ours, calls = str(Path(next(iter(zhikong.__path__)))), 0

events, front_page = load_mapping(folder / "events.yaml"), mappings.PACKS / "national/mappings/front_page.yaml"
two = {
    "events": mappings.MappingFile(events, "1"),
    "front_page": mappings.MappingFile(load_mapping(front_page), "1"),
}
mappings.packaged = lambda: two

def count(frame, event, argument):
    global calls
    if frame.f_code.co_filename.startswith(ours):
        calls += 1
        if calls == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

def feed(code):
    with scoped(scope):
        return Feed.objects.get(code=code)

def turn(code):
    running.turn(institution_id=institution, feed_id=feed(code).pk, now=now)

def arrives(code, name, identity):
    receiving.receive(feed=feed(code), now=now, content=(folder / name).read_bytes(), identity=identity)

day = [
    lambda: actions.load_file(by=None, now=now, path=folder / "month.csv", mapping="front_page", scope=scope),
    lambda: arrives("his", "day1.jsonl", "D1"),
    lambda: arrives("his", "day1.jsonl", "D1"),
    lambda: arrives("his", "day2.jsonl", "D2"),
    lambda: turn("his"),
    lambda: arrives("his", "day2-corrected.jsonl", "D2"),
    lambda: arrives("adt", "open1.jsonl", "M1"),
    lambda: turn("his"),
    lambda: arrives("adt", "open2.jsonl", "M2"),
    lambda: turn("adt"),
    lambda: actions.load_file(by=None, now=now, path=folder / "large.csv", mapping="front_page", scope=scope),
]
sys.settrace(count)
processing.finish_all(scope, now=now)  # what the worker does every ten seconds
for number, step in enumerate(day):
    if number >= acknowledged:
        step()
        print("done", flush=True)
sys.settrace(None)
print(calls)
"""
EVENTS = """
id: events
name: 入出院事件
sources:
  stays:
    format: rows
    pseudonyms:
      stay_id: {kind: stay, of: [record_number, admission_number]}
      patient_key: {kind: patient, of: [record_number]}
    identity: {record_number: record_number}
    may_lack: [discharged_at, discharge_department]
tables:
  stays:
    from: stays
    columns:
      stay_id: stay_id
      patient_key: patient_key
      institution: {context: institution}
      zone: {context: zone}
      admitted_at: admitted_at
      discharged_at: discharged_at
      age_years: age_years
      admission_department: {from: admission_department, as: department}
      discharge_department: {from: discharge_department, as: department}
"""
POINTS = random.Random(20261122).sample(range(10, 980), 20)  # thousandths of the way through the day
IN_MAKE_TEST = 3


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory):
    """The files of the day; the last is too large to lie in a row of the database."""
    folder = tmp_path_factory.mktemp("day")
    (folder / "events.yaml").write_text(EVENTS, encoding="utf-8")
    write_csv(folder / "month.csv", [line(n) for n in range(6)])
    write_rows(folder / "day1.jsonl", [stay(n, age_years="61") for n in range(604, 609)])
    write_rows(folder / "day2.jsonl", [stay(608, age_years="62"), stay(609, discharge_department="火星科")])
    write_rows(folder / "day2-corrected.jsonl", [stay(608, age_years="63"), stay(609)])
    write_rows(folder / "open1.jsonl", [admission(n) for n in range(620, 623)])
    write_rows(folder / "open2.jsonl", [admission(621, age_years="64"), admission(624)])
    write_csv(folder / "large.csv", [line(n, 入院科室="GSUR") for n in range(30, 500)])
    return folder


def write_rows(path, rows):
    path.write_bytes(written("stays", rows))


def admission(number, **changes):
    """A row of a patient who came."""
    return {
        "record_number": f"{number:08d}",
        "admission_number": "1",
        "admitted_at": "2026-11-01 08:00:00",
        "admission_department": "CARD",
        "age_years": "60",
        **changes,
    }


def stay(number, **changes):
    """A row of a patient who has left."""
    left = {"discharged_at": "2026-11-09 10:30:00", "discharge_department": "心血管内科"}
    return admission(number, **{**left, **changes})


def play(hospital, folder, *, acknowledged=0, dies_at=0):
    """(return code, acknowledged steps, calls of our code)."""
    played = subprocess.run(
        [sys.executable, "-c", PLAY, str(hospital.id), str(folder), str(acknowledged), str(dies_at)],
        env=os.environ | {"ZHIKONG_ROLE": "worker"},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    said = played.stdout.split()
    calls = int(said[-1]) if said and said[-1].isdecimal() else 0
    return played.returncode, acknowledged + said.count("done"), calls


def new_hospital(code):
    """A hospital with a feed of complete deliveries and a feed of events."""
    from tests.loads import NOW
    from zhikong.hospital.functions.datasources.models import Feed

    made = make_institution(code)
    with made.scoped():
        for feed, settings in (("his", {"complete": True}), ("adt", {})):
            Feed.objects.create(
                institution_id=made.id,
                code=feed,
                title=feed,
                kind="push",
                mapping="events",
                settings=settings,
                created_at=NOW,
            )
    return made


HIDDEN = {"stay_id", "patient_key", "institution"}  # pseudonyms are each hospital's own


def state_of(hospital):
    """Everything that readers see, and what the receipts say, without what differs from hospital to hospital."""
    with hospital.scoped():
        Receipt, LiveRow = apps.get_model("datasources", "Receipt"), apps.get_model("patients", "LiveRow")
        receipts = Receipt.objects.exclude(state="duplicate").order_by("feed__code", "seq")
        Load = apps.get_model("facts", "Load")
        return {
            "stays": rows(hospital.rows("stays")),
            "diagnoses": rows(hospital.rows("diagnoses")),
            "live": rows({"table": t, **row} for t, row in LiveRow.objects.values_list("table", "row")),
            "receipts": list(receipts.values_list("feed__code", "sha256", "state")),
            "contents": apps.get_model("facts", "RawItem").objects.count(),
            "unfinished": Load.objects.filter(state__in=["waiting", "running"]).count(),
            "people": apps.get_model("patients", "PatientIdentity").objects.count(),
        }


def rows(found):
    return sorted(str(sorted((k, str(v)) for k, v in row.items() if k not in HIDDEN)) for row in found)


@pytest.fixture(scope="module")
def undisturbed(django_db_setup, django_db_blocker, deliveries):
    """The state after a day without a death, and how many calls of our code it took."""
    with django_db_blocker.unblock(), worker_role():
        hospital = new_hospital("UNDISTURBED")
        code, steps, calls = play(hospital, deliveries)
        assert (code, steps) == (0, 11)
        found = state_of(hospital)
    assert len(found["stays"]) == 6 + 6 + 470
    assert len(found["live"]) >= 4
    assert found["unfinished"] == 0
    return found, calls


def points():
    chosen = POINTS if os.environ.get("ZHIKONG_TEST_ALL") else POINTS[:IN_MAKE_TEST]
    return [pytest.param(point, id=f"{point / 10:.1f} %") for point in chosen]


@pytest.mark.proves("INT-01")
@pytest.mark.parametrize("point", points())
def test_killed_at_any_point_and_started_again_the_tables_are_the_same(
    undisturbed, deliveries, django_db_setup, django_db_blocker, point
):
    expected, calls = undisturbed
    with django_db_blocker.unblock(), worker_role():
        hospital = new_hospital(f"KILLED{point}")
        code, steps, _calls = play(hospital, deliveries, dies_at=max(1, calls * point // 1000))
        assert code == -signal.SIGKILL
        code, steps, _calls = play(hospital, deliveries, acknowledged=steps)
        assert (code, steps) == (0, 11)
        assert state_of(hospital) == expected
