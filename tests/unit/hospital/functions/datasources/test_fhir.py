"""The FHIR endpoint from outside: resources in, an OperationOutcome back, and what became of them."""

import gzip
import json

import pytest
from django.test import Client
from django.utils import timezone

from tests.loads import loading_hospital  # noqa: F401

STAY = {
    "resourceType": "Encounter",
    "id": "E1",
    "status": "finished",
    "class": {"code": "IMP"},
    "subject": {"reference": "Patient/P1"},
    "period": {"start": "2026-09-01T08:00:00+08:00", "end": "2026-09-05T02:00:00Z"},
    "serviceProvider": {"reference": "Organization/O1"},
}
PATIENT = {
    "resourceType": "Patient",
    "id": "P1",
    "gender": "female",
    "birthDate": "1960-09-02",
    "name": [{"text": "王小明"}],
}
DEPARTMENT = {"resourceType": "Organization", "id": "O1", "name": "心血管内科"}


def bundle(*resources, **more):
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": r} for r in resources],
        **more,
    }


@pytest.fixture
def feed(loading):
    from zhikong.hospital.functions.datasources.models import Feed

    with loading.scoped():
        return Feed.objects.create(
            institution_id=loading.id,
            code="fhir",
            title="集成平台",
            kind="fhir",
            mapping="fhir_r4",
            settings={"complete": True},
            created_at=timezone.now(),
        )


@pytest.fixture
def token(loading, feed):
    from zhikong.hospital.functions.datasources.push import actions

    with loading.scoped():
        return actions.make_token(by=None, now=timezone.now(), feed=feed, label="测试")[1]


@pytest.fixture
def send(token):
    """send(resource, **headers) → the answer."""

    def post(content, *, feed="fhir", kind="application/fhir+json", **headers):
        raw = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
        headers = {"Authorization": f"Bearer {token}", **{k.replace("_", "-"): v for k, v in headers.items()}}
        path = f"/datasources/fhir/{feed}/"
        return Client(enforce_csrf_checks=True).post(path, raw, content_type=kind, headers=headers)

    return post


def issues(answer):
    """(severity, code, sentence) of an OperationOutcome."""
    assert answer["Content-Type"].startswith("application/fhir+json")
    outcome = json.loads(answer.content)
    assert outcome["resourceType"] == "OperationOutcome"
    return [(i["severity"], i["code"], i["diagnostics"]) for i in outcome["issue"]]


def turn(feed, loading):
    from zhikong.hospital.functions.datasources.receiving import process

    return process(feed=feed, now=timezone.now())


@pytest.mark.proves("INT-01")
def test_a_bundle_is_kept_then_read_into_the_tables(send, feed, loading):
    answer = send(bundle(STAY, PATIENT, DEPARTMENT, {"resourceType": "Basic", "id": "B"}))
    assert answer.status_code == 202
    assert issues(answer) == [
        ("information", "informational", "已保存 4 个资源，回执号 1；随后处理。"),
        ("warning", "not-supported", "Basic 1 个：映射没有接收它的来源，只保留原始数据。"),
    ]
    assert [load.state for load in turn(feed, loading)] == ["published"]
    (stay,) = loading.rows()
    assert str(stay["admitted_at"]), str(stay["discharged_at"]) == (
        "2026-09-01 08:00:00",
        "2026-09-05 10:00:00",
    )
    assert (stay["discharge_department"], stay["sex"], stay["age_years"]) == ("CARD", "2", 65)


def test_the_same_again_is_known_and_a_correction_under_the_same_identifier_supersedes(send, feed, loading):
    from zhikong.hospital.functions.datasources.models import Receipt

    named = {"identifier": {"system": "urn:his", "value": "2026-09"}}
    first = bundle(STAY, DEPARTMENT, **named)
    assert send(first).status_code == 202
    again = send(first)
    assert (again.status_code, issues(again)[0][2][:8]) == (200, "同样的内容已经收")
    changed = STAY | {"period": STAY["period"] | {"end": "2026-09-06T02:00:00Z"}}
    assert send(bundle(changed, DEPARTMENT, **named)).status_code == 202
    with loading.scoped():
        states = list(Receipt.objects.filter(feed=feed).order_by("seq").values_list("state", flat=True))
    assert states == ["superseded", "duplicate", "waiting"]
    turn(feed, loading)
    assert [str(row["discharged_at"]) for row in loading.rows()] == ["2026-09-06 10:00:00"]


def test_several_contents_of_any_form_are_read_together(send, feed, loading):
    pretty = json.dumps(bundle(DEPARTMENT, STAY), indent=2).encode()
    other = STAY | {
        "id": "E2",
        "period": {"start": "2026-09-02T08:00:00+08:00", "end": "2026-09-03T08:00:00+08:00"},
    }
    lines = "\n".join(json.dumps(r) for r in (other, PATIENT)).encode()
    assert send(pretty).status_code == 202
    assert (
        send(gzip.compress(lines), kind="application/fhir+ndjson", Content_Encoding="gzip").status_code == 202
    )
    assert send(STAY | {"id": "E3"}).status_code == 202
    turn(feed, loading)
    assert len(loading.rows()) == 3


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (b"{", "application/fhir+json", 400, "structure"),
        (b"\xff\xfe{}", "application/fhir+json", 400, "structure"),
        (b"[]", "application/fhir+json", 400, "structure"),
        (b"{}", "application/fhir+json", 400, "structure"),
        (b'{"resourceType":"Bundle","type":"collection"}', "application/fhir+json", 400, "structure"),
        (
            b'{"resourceType":"Bundle","type":"collection","entry":[{}]}',
            "application/fhir+json",
            400,
            "structure",
        ),
        (
            b'{"resourceType":"Bundle","type":"subscription-notification","entry":[]}',
            "application/json",
            400,
            "structure",
        ),
        (b'{"resourceType":"Patient","x":NaN}', "application/fhir+json", 400, "structure"),
        (b'{"resourceType":"Patient"}\n{', "application/x-ndjson", 400, "structure"),
        (b"\n", "application/x-ndjson", 400, "structure"),
        (b"<Patient/>", "application/fhir+xml", 415, "not-supported"),
        (b" " * (21 << 20), "application/fhir+json", 413, "too-long"),
        (gzip.compress(b" " * (33 << 20)), "application/fhir+json;gzip", 413, "too-long"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_a_sentence(send, feed, loading, content, kind, status, code):
    from zhikong.hospital.functions.datasources.models import Receipt

    packed = {"Content_Encoding": "gzip"} if kind.endswith(";gzip") else {}
    answer = send(content, kind=kind.removesuffix(";gzip"), **packed)
    assert answer.status_code == status
    ((severity, found, sentence),) = issues(answer)
    assert (severity, found) == ("error", code)
    assert sentence.endswith("。")
    with loading.scoped():
        assert not Receipt.objects.filter(feed=feed).exists()


def test_without_the_token_of_this_feed_nothing_is_taken(send, feed, loading):
    wrong = send(STAY, Authorization="Bearer zk_nothing")
    assert (wrong.status_code, issues(wrong)[0][1]) == (401, "login")
    assert wrong["WWW-Authenticate"].startswith("Bearer")
    assert send(STAY, feed="other").status_code == 403
    assert Client().get("/datasources/fhir/fhir/").status_code == 405


def test_the_capability_statement_names_what_the_mapping_takes():
    statement = json.loads(Client().get("/datasources/fhir/metadata").content)
    assert (statement["resourceType"], statement["fhirVersion"]) == ("CapabilityStatement", "4.0.1")
    types = {r["type"] for r in statement["rest"][0]["resource"]}
    assert {
        "Patient", "Encounter", "Condition", "Procedure", "Observation", "ServiceRequest", "MedicationRequest",
        "MedicationAdministration", "DiagnosticReport", "DocumentReference", "AdverseEvent", "Location",
        "Practitioner", "Organization", "Coverage",
    } <= types  # fmt: skip
