"""The public test patients of six quality measures (FHIR R4, QI-Core): every resource is loaded, or listed with a reason.

The decks are no part of this repository; they are read from $ZHIKONG_REFERENCE/ecqm/ecqm-six.tar.gz (CC0).
"""

# ruff: noqa: DTZ001  facts carry the local wall time without a zone

import json
import tarfile
from collections import Counter
from datetime import datetime
from functools import cache
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from tests.loads import NOW, worker_role
from zhikong import packs
from zhikong.intake.context import Context
from zhikong.intake.mappings import load_mapping
from zhikong.intake.reading import read_files

PACK = Path(next(iter(packs.__path__))) / "ecqm"
HOSPITAL = yaml.safe_load((PACK / "organisation.yaml").read_text("utf-8"))
MAPPING = load_mapping(PACK / "mappings" / "fhir_qicore.yaml")

RESOURCES = {  # as the README beside the decks and a count of their files have it
    "AdverseEvent": 21, "Condition": 525, "Coverage": 649, "Encounter": 1064, "Location": 132, "MeasureReport": 693,
    "MedicationAdministration": 162, "MedicationRequest": 69, "Observation": 482, "Organization": 650, "Patient": 693,
    "Practitioner": 419, "Procedure": 356, "ServiceRequest": 62,
}  # fmt: skip
ELSEWHERE = "由来源"  # a row that another source of the same resource takes is no row of this one
NOT_HELD = ("outside_stays",)  # set aside because the table holds only what happened during stays


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """unpacked(archive) → the folder with the test cases; unpacked once."""

    @cache
    def unpack(archive):
        folder = tmp_path_factory.mktemp("ecqm")
        with tarfile.open(archive) as file:
            wanted = [m for m in file.getmembers() if m.isfile() and "/cases/" in m.name]
            file.extractall(folder, members=wanted, filter="data")
        return folder

    return unpack


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """read(folder) → the reading of all six decks, done once."""

    @cache
    def reading(folder):
        departments = {code: code for code in HOSPITAL["departments"]}
        context = Context(HOSPITAL["code"], "UTC", b"key", departments, datetime(2026, 11, 22))
        return read_files(
            dict.fromkeys(MAPPING.sources, folder), MAPPING, context, tmp_path_factory.mktemp("work")
        )

    return reading


@pytest.fixture
def decks(oracle, unpacked):
    """The folder with the test cases; skipped, and counted, without the archive."""
    return unpacked(oracle("ecqm/ecqm-six.tar.gz"))


@pytest.fixture
def reading(decks, read):
    """The reading of all six decks."""
    return read(decks)


def fates(reading):
    """Resource type → what became of its resources: loaded, looked up, not held (with reasons), faulty."""
    found = {}
    for name, account in reading.accounts.items():
        source = MAPPING.sources[name]
        if "each" in source.options:
            continue  # further rows of a resource that another source accounts for
        resource = source.options["resource"]
        one = found.setdefault(resource, {"loaded": 0, "looked up": 0, "faulty": 0, "not held": Counter()})
        reasons = Counter(p.reason for p in reading.problems if p.source == name)
        outside = sum(reasons[reason] for reason in NOT_HELD)
        one["loaded"] += account.loaded
        one["looked up"] += account.looked_up
        one["faulty"] += account.set_aside - outside
        if outside:
            one["not held"]["不在任何一次住院期间"] += outside
        for because, rows in account.left.items():
            if "资源：" in because:
                kind, _, reason = because.partition(" 资源：")
                found[kind] = {"loaded": 0, "looked up": 0, "faulty": 0, "not held": Counter({reason: rows})}
            elif ELSEWHERE not in because:
                one["not held"][because] += rows
    return found


@pytest.mark.proves("INT-01")
def test_every_resource_of_the_six_decks_is_loaded_or_listed_with_the_reason(reading):
    found = fates(reading)
    assert found == {
        "Patient": {"loaded": 0, "looked up": 693, "faulty": 0, "not held": {}},
        "Practitioner": {"loaded": 0, "looked up": 419, "faulty": 0, "not held": {}},
        "Location": {"loaded": 0, "looked up": 132, "faulty": 0, "not held": {}},
        "Organization": {
            "loaded": 0, "looked up": 0, "faulty": 0, "not held": {"付款机构：契约只记付费方式，不记付款机构": 650},
        },
        "Coverage": {
            "loaded": 0, "looked up": 11, "faulty": 0, "not held": {"保险没有写明类别（type），付费方式未知": 638},
        },
        "Encounter": {"loaded": 1064, "looked up": 0, "faulty": 0, "not held": {}},
        "MeasureReport": {
            "loaded": 0, "looked up": 0, "faulty": 0, "not held": {"测评的预期结果，不是医院的数据": 693},
        },
        "Condition": {"loaded": 491, "looked up": 0, "faulty": 0, "not held": {"不在任何一次住院期间": 34}},
        "Procedure": {
            "loaded": 281, "looked up": 0, "faulty": 0,
            "not held": {
                "没有做的操作（not-done）：契约只记做了的": 19, "操作没有完成": 1, "不在任何一次住院期间": 55,
            },
        },
        "Observation": {"loaded": 321, "looked up": 0, "faulty": 0, "not held": {"不在任何一次住院期间": 161}},
        "ServiceRequest": {
            "loaded": 17, "looked up": 0, "faulty": 0,
            "not held": {"不做的决定（doNotPerform）：契约只记医嘱": 19, "不在任何一次住院期间": 26},
        },
        "MedicationRequest": {
            "loaded": 28, "looked up": 0, "faulty": 0,
            "not held": {"不做的决定（doNotPerform）：契约只记医嘱": 32, "不在任何一次住院期间": 9},
        },
        "MedicationAdministration": {
            "loaded": 81, "looked up": 0, "faulty": 0,
            "not held": {
                "没有给的药（not-done）：契约只记给了的": 32, "给药状态不明": 1, "不在任何一次住院期间": 48,
            },
        },
        # the one without a time is a test case of the measure; the contract asks for the time
        "AdverseEvent": {"loaded": 20, "looked up": 0, "faulty": 1, "not held": {}},
    }  # fmt: skip


def test_none_is_lost_silently(reading):
    """What became of the resources of each type adds up to the files of the decks."""
    sums = {
        kind: one["loaded"] + one["looked up"] + one["faulty"] + sum(one["not held"].values())
        for kind, one in fates(reading).items()
    }
    assert sums == RESOURCES


def test_stays_and_visits_are_the_encounters_of_the_decks(decks, reading):
    """Counted from the files themselves, without reader or mapping."""
    encounters = [json.loads(p.read_text("utf-8")) for p in decks.rglob("Encounter-*.json")]
    classes = Counter(e["class"]["code"] for e in encounters)
    stays = pq.read_table(reading.tables["stays"]).to_pylist()
    visits = pq.read_table(reading.tables["visits"]).to_pylist()
    assert len(stays) == classes["IMP"] + classes["ACUTE"] == 767
    assert Counter(v["kind"] for v in visits) == {
        "emergency": classes["EMER"],
        "observation": classes["OBSENC"],
    }
    starts = Counter(
        e["period"]["start"][:19].replace("T", " ")
        for e in encounters
        if e["class"]["code"] in ("IMP", "ACUTE")
    )
    assert Counter(str(s["admitted_at"])[:19] for s in stays) == starts  # the decks write UTC


def test_medicines_given_during_stays_are_recounted_from_the_files(decks, reading):
    """A dose belongs to a stay when it begins while its patient is in hospital: told again without reader or mapping."""
    stays = {}
    for path in decks.rglob("Encounter-*.json"):
        one = json.loads(path.read_text("utf-8"))
        if one["class"]["code"] in ("IMP", "ACUTE"):
            period = (one["period"]["start"], one["period"]["end"])
            stays.setdefault(one["subject"]["reference"], []).append(
                tuple(map(datetime.fromisoformat, period))
            )
    given = []
    for path in decks.rglob("MedicationAdministration-*.json"):
        one = json.loads(path.read_text("utf-8"))
        at = one.get("effectiveDateTime") or one["effectivePeriod"]["start"]
        begun = datetime.fromisoformat(at)
        periods = stays.get(one["subject"]["reference"], [])
        if one["status"] == "completed" and any(start <= begun <= end for start, end in periods):
            given.append((one["id"], begun.replace(tzinfo=None)))
    rows = pq.read_table(reading.tables["medications"]).to_pylist()
    assert sorted((row["medication_id"], row["given_at"]) for row in rows) == sorted(given)


def test_every_stay_has_age_and_sex_from_its_patient(reading):
    stays = pq.read_table(reading.tables["stays"], columns=["age_years", "sex"])
    assert stays["age_years"].null_count == 0
    assert stays["sex"].null_count == 0


def test_the_decks_reach_the_lake_like_any_delivery(decks, django_db_setup, django_db_blocker):
    """As a folder, through receipts, raw store and publication; the same folder again changes nothing."""
    with django_db_blocker.unblock(), worker_role():
        from zhikong.foundation.access.scope import job_scope, scoped
        from zhikong.foundation.facts import gateway
        from zhikong.hospital.functions.datasources import actions

        institution = actions.open_pack_institution("ecqm")
        scope = job_scope(institution, job="tests")
        load = actions.load_file(by=None, now=NOW, path=decks, mapping="fhir_qicore", scope=scope)
        assert (load.state, load.message) == ("published", load.message)
        assert load.counts["tables"]["stays"] == 767
        with scoped(scope):
            files = gateway.published().files("stays")
        assert sum(pq.read_metadata(path).num_rows for path in files) == 767
        again = actions.load_file(by=None, now=NOW, path=decks, mapping="fhir_qicore", scope=scope)
        assert again.state == "unchanged"
