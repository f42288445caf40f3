"""What the packaged FHIR mapping makes of single resources: reports, events, rows that name no stay, staff, payers."""

# ruff: noqa: DTZ001  facts carry the local wall time without a zone

import json
from datetime import date, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from zhikong import packs
from zhikong.intake.context import Context
from zhikong.intake.mappings import load_mapping
from zhikong.intake.reading import read_files

MAPPING = load_mapping(Path(next(iter(packs.__path__))) / "national" / "mappings" / "fhir_r4.yaml")
CONTEXT = Context("H", "Asia/Shanghai", b"key", {"CARD": "CARD", "心内科": "CARD"}, datetime(2026, 11, 22))
SUBJECT = {"subject": {"reference": "Patient/p"}}
IN_STAY = {**SUBJECT, "encounter": {"reference": "Encounter/e"}}
STAY = {
    "resourceType": "Encounter",
    "id": "e",
    "status": "finished",
    "class": {"code": "IMP"},
    **SUBJECT,
    "period": {"start": "2026-10-01T08:00:00+08:00", "end": "2026-10-05T08:00:00+08:00"},
    "serviceProvider": {"reference": "Organization/org"},
}
VISIT = STAY | {
    "id": "v",
    "class": {"code": "EMER"},
    "period": {"start": "2026-09-30T20:00:00+08:00", "end": "2026-10-01T07:00:00+08:00"},
}
DEPARTMENT = {"resourceType": "Organization", "id": "org", "name": "心内科"}


@pytest.fixture
def read(tmp_path):
    """read(resource, …) → (rows of a table by name, problems as (table, reason)); stay and department are there."""

    def reading(*resources, base=(STAY, VISIT, DEPARTMENT)):
        path = tmp_path / "resources.ndjson"
        path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in (*base, *resources)))
        work = tmp_path / "work"
        work.mkdir()
        found = read_files(dict.fromkeys(MAPPING.sources, path), MAPPING, CONTEXT, work)
        problems = [(p.table, p.reason) for p in found.problems]
        return lambda table: pq.read_table(found.tables[table]).to_pylist(), problems

    return reading


def test_a_report_is_a_result_with_its_conclusion_free_of_identifiers(read):
    report = {
        "resourceType": "DiagnosticReport",
        "id": "r",
        "status": "final",
        "category": [{"coding": [{"code": "RAD"}]}],
        "code": {"coding": [{"code": "CT01"}], "text": "胸部CT"},
        **IN_STAY,
        "effectiveDateTime": "2026-10-02T01:00:00Z",
        "issued": "2026-10-02T02:30:00Z",
        "conclusion": "右肺下叶炎症。联系电话13800138000。",
    }
    rows, problems = read(report)
    (row,) = rows("results")
    assert problems == []
    assert (row["item"], row["name"], row["kind"]) == ("CT01", "胸部CT", "exam")
    assert (row["at"], row["collected_at"]) == (datetime(2026, 10, 2, 10, 30), datetime(2026, 10, 2, 9, 0))
    assert "右肺下叶炎症" in row["text"]
    assert "13800138000" not in row["text"]


def test_an_adverse_event_keeps_its_harm_and_never_who_reported_it(read):
    event = {
        "resourceType": "AdverseEvent",
        "id": "a",
        "actuality": "actual",
        "event": {"text": "跌倒"},
        **IN_STAY,
        "date": "2026-10-03T08:00:00+08:00",
        "severity": {"coding": [{"code": "moderate"}]},
        "recorder": {"reference": "Practitioner/x"},
    }
    fatal = event | {"id": "b", "outcome": {"coding": [{"code": "fatal"}]}}
    near = event | {"id": "c", "actuality": "potential"}
    rows, problems = read(event, fatal, near)
    assert problems == []
    assert [(r["event_id"], r["category"], r["harm"]) for r in rows("adverse_events")] == [
        ("a", "跌倒", "moderate"),
        ("b", "跌倒", "death"),
    ]


def test_a_row_without_encounter_belongs_to_the_stay_of_its_time_and_one_of_a_visit_to_none(read):
    order = {"resourceType": "ServiceRequest", "status": "active", "intent": "order", **SUBJECT}
    during = order | {"id": "during", "authoredOn": "2026-10-02T00:00:00Z"}
    that_day = order | {"id": "that day", "authoredOn": "2026-10-01"}
    before = order | {"id": "before", "authoredOn": "2026-09-01T00:00:00Z"}
    of_visit = order | {
        "id": "visit",
        "authoredOn": "2026-10-02T00:00:00Z",
        "encounter": {"reference": "Encounter/v"},
    }
    rows, problems = read(during, that_day, before, of_visit)
    (stay,) = rows("stays")
    assert {r["order_id"]: r["stay_id"] for r in rows("orders")} == dict.fromkeys(
        ("during", "that day"), stay["stay_id"]
    )
    assert problems == [("orders", "outside_stays")] * 2


def test_a_stay_in_no_department_and_one_that_nobody_knows(read):
    nowhere = {k: v for k, v in STAY.items() if k != "serviceProvider"}
    elsewhere = STAY | {"id": "e2", "serviceProvider": {"reference": "Organization/unknown"}}
    rows, problems = read(base=(nowhere, elsewhere, DEPARTMENT))
    assert rows("stays") == []
    assert sorted(problems) == [("stays", "missing_value"), *[("stays", "unknown_department")] * 2]


def test_staff_numbers_come_from_the_practitioner_or_else_from_the_reference(read):
    known = {
        "resourceType": "Practitioner",
        "id": "x",
        "identifier": [{"value": "other"}, {"type": {"coding": [{"code": "EI"}]}, "value": "D01"}],
    }
    role = {
        "resourceType": "PractitionerRole",
        "id": "r",
        "practitioner": {"reference": "Practitioner/x"},
        "organization": {"reference": "Organization/org"},
        "code": [{"coding": [{"code": "attending"}], "text": "主治医师"}],
        "period": {"start": "2020-01-01"},
    }
    order = {
        "resourceType": "ServiceRequest",
        "status": "active",
        "intent": "order",
        "authoredOn": "2026-10-02",
        **IN_STAY,
    }
    orders = [order | {"id": n, "requester": {"reference": f"Practitioner/{n}"}} for n in ("x", "y")]
    rows, problems = read(known, role, *orders)
    assert problems == []
    assert {r["order_id"]: r["doctor"] for r in rows("orders")} == {"x": "D01", "y": "y"}
    (one,) = rows("staff")
    assert (one["code"], one["department"], one["level"], one["valid_from"]) == (
        "D01",
        "CARD",
        "attending",
        date(2020, 1, 1),
    )


def test_the_principal_diagnosis_is_the_first_discharge_diagnosis(read):
    conditions = [
        {"resourceType": "Condition", "id": i, "code": {"coding": [{"code": c}], "text": t}, **IN_STAY}
        for i, c, t in (("c1", "I10.X00", "高血压"), ("c2", "I21.900", "心肌梗死"))
    ]
    ranks = [
        {"condition": {"reference": "Condition/c1"}, "use": {"coding": [{"code": "DD"}]}, "rank": 2},
        {"condition": {"reference": "Condition/c2"}, "use": {"coding": [{"code": "DD"}]}, "rank": 1},
    ]
    rows, problems = read(*conditions, base=(STAY | {"diagnosis": ranks}, DEPARTMENT))
    assert problems == []
    assert rows("stays")[0]["principal_diagnosis"] == "I21.900"
    assert {(r["kind"], r["seq"], r["code"]) for r in rows("diagnoses")} == {
        ("principal", 1, "I21.900"),
        ("other", 1, "I10.x00"),
    }
