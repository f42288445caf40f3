"""The push API from outside: rows in, a receipt back, what became of them; and everything that is not taken."""

import gzip
import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.loads import loading_hospital  # noqa: F401
from zhikong.engine.tables import TABLES

CHARGE = {
    "record_number": "1001",
    "admission_number": 1,
    "charge_id": "C1",
    "amount": 1250,
    "department": "心血管内科",
}
STAY = {
    "record_number": "1001",
    "admission_number": 1,
    "name": "王小明",
    "admitted_at": "2026-09-01 08:00:00",
    "discharged_at": "2026-09-05 10:00:00",
    "discharge_department": "心血管内科",
}


@pytest.fixture
def feed(loading):
    from zhikong.hospital.functions.datasources.models import Feed

    with loading.scoped():
        return Feed.objects.create(
            institution_id=loading.id,
            code="vendor",
            title="HIS 厂商",
            kind="push",
            mapping="contract_rows",
            settings={"complete": True},
            created_at=timezone.now(),
        )


def new_token(loading, feed, **words):
    from zhikong.hospital.functions.datasources.push import actions

    with loading.scoped():
        return actions.make_token(by=None, now=timezone.now(), feed=feed, label="测试", **words)


@pytest.fixture
def token(loading, feed):
    return new_token(loading, feed)[1]


@pytest.fixture
def send(token):
    """send(rows, table="charges", **headers) → the answer."""

    def post(rows, table="charges", *, feed="vendor", kind="application/json", raw=None, **headers):
        content = json.dumps(rows) if raw is None else raw
        headers = {"Authorization": f"Bearer {token}", **{k.replace("_", "-"): v for k, v in headers.items()}}
        path = f"/datasources/push/{feed}/{table}/"
        return Client(enforce_csrf_checks=True).post(path, content, content_type=kind, headers=headers)

    return post


@pytest.fixture
def receipt(token):
    def get(number, feed="vendor"):
        path = f"/datasources/push/{feed}/receipts/{number}/"
        return Client().get(path, headers={"Authorization": f"Bearer {token}"})

    return get


def turn(loading, feed):
    from zhikong.hospital.functions.datasources import running

    return running.turn(institution_id=loading.id, feed_id=feed.pk, now=timezone.now())


def code_of(answer):
    return answer.status_code, answer.json()["error"]["code"]


@pytest.mark.proves("INT-01")
def test_rows_that_were_pushed_are_what_readers_see(loading, feed, send, receipt):
    stays, charges = (
        send([STAY], "stays"),
        send([CHARGE, {**CHARGE, "charge_id": "C2", "department": "火星科"}]),
    )
    assert (stays.status_code, charges.status_code) == (202, 202)
    number = charges.json()["receipt"]
    assert charges["Location"] == f"/datasources/push/vendor/receipts/{number}/"
    assert receipt(number).json()["state"] == "waiting"
    turn(loading, feed)
    assert [row["total_fee"] for row in loading.rows("stays")] == [None]
    assert [(row["charge_id"], row["amount"], row["department"]) for row in loading.rows("charges")] == [
        ("C1", 1250, "CARD")
    ]
    found = receipt(number).json()
    assert (found["state"], found["rows"], found["accepted_rows"], found["faulty_rows"]) == (
        "applied",
        2,
        1,
        1,
    )
    assert (found["problems"][0]["row"], found["problems"][0]["reason"]) == (2, "unknown_department")
    assert "王小明" not in json.dumps(found, ensure_ascii=False)


def test_row_numbers_are_those_of_the_callers_own_rows(loading, feed, send, receipt):
    send([STAY], "stays")
    first = send([CHARGE, {**CHARGE, "charge_id": "C2"}]).json()["receipt"]
    second = send([{**CHARGE, "charge_id": "C3"}, {**CHARGE, "charge_id": "C4", "amount": "x"}]).json()[
        "receipt"
    ]
    turn(loading, feed)
    assert receipt(first).json()["faulty_rows"] == 0
    found = receipt(second).json()
    assert [(p["row"], p["reason"]) for p in found["problems"]] == [(2, "not_a_whole_number")]


def test_lines_and_gzip_are_taken_too_and_decimals_stay_exact(feed, loading, send):
    send([STAY], "stays")
    row = json.dumps({**CHARGE, "quantity": 0}).replace('"quantity": 0', '"quantity": 0.1000000000000000055')
    packed = gzip.compress(f"{row}\n\n{json.dumps({**CHARGE, 'charge_id': 'C9'})}\n".encode())
    answer = send(None, kind="application/x-ndjson", raw=packed, Content_Encoding="gzip")
    assert (answer.status_code, answer.json()["rows"]) == (202, 2)
    turn(loading, feed)
    assert {row["charge_id"] for row in loading.rows("charges")} == {"C1", "C9"}


def test_a_repetition_is_told_and_taken_once(send):
    one, again = send([CHARGE], Idempotency_Key="a-1"), send([CHARGE], Idempotency_Key="a-1")
    assert (one.json()["receipt"], one.json()["duplicate"]) == (1, False)
    assert (again.status_code, again.json()["receipt"], again.json()["duplicate"]) == (202, 1, True)
    other = send([{**CHARGE, "amount": 1}], Idempotency_Key="a-1")
    assert code_of(other) == (409, "key_used")
    assert other.json()["error"]["receipt"] == 1


def test_without_a_key_there_and_back_again_is_no_repetition(send):
    changed = [{**CHARGE, "amount": 1}]
    answers = [send(rows).json()["duplicate"] for rows in ([CHARGE], [CHARGE], changed, [CHARGE], changed)]
    assert answers == [False, True, False, False, False]


@pytest.mark.parametrize("header", ["", "Basic abc", "Bearer ", "Bearer zk_wrong", "Bearer " + "x" * 300])
def test_nobody_without_a_token(feed, header):
    answer = Client().post(
        "/datasources/push/vendor/charges/",
        "[]",
        content_type="application/json",
        headers={"Authorization": header},
    )
    assert code_of(answer) == (401, "unauthorised")
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["error"]["message_en"]


def test_a_token_opens_its_feed_only_while_it_is_good(loading, feed, send, token):
    from zhikong.hospital.functions.datasources.models import ApiToken, Feed
    from zhikong.hospital.functions.datasources.push import actions

    with loading.scoped():
        Feed.objects.create(
            institution_id=loading.id,
            code="other",
            title="别的",
            kind="push",
            mapping="contract_rows",
            created_at=timezone.now(),
        )
        kept = ApiToken.objects.get()
        assert token not in (kept.digest, kept.start)
        assert token.startswith(kept.start)
    assert code_of(send([CHARGE], feed="other")) == (403, "other_feed")
    assert code_of(send([CHARGE], feed="nowhere")) == (403, "other_feed")
    assert send([CHARGE]).status_code == 202
    with loading.scoped():
        assert ApiToken.objects.get().last_used_at is not None
        ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert code_of(send([CHARGE])) == (401, "unauthorised")
    with loading.scoped():
        ApiToken.objects.update(expires_at=None)
        actions.revoke_token(by=None, now=timezone.now(), token=kept)
    assert code_of(send([CHARGE])) == (401, "unauthorised")


def test_a_replaced_token_is_good_for_one_more_day(loading, feed, send):
    from zhikong.hospital.functions.datasources.models import ApiToken
    from zhikong.hospital.functions.datasources.push import actions

    now = timezone.now()
    with loading.scoped():
        made, text = actions.rotate_token(by=None, now=now, token=ApiToken.objects.get())
        old = ApiToken.objects.exclude(pk=made.pk).get()
    assert old.is_valid(now + timedelta(hours=23))
    assert not old.is_valid(now + timedelta(hours=25))
    assert made.is_valid(now + timedelta(days=900))
    assert send([CHARGE]).status_code == 202
    answer = Client().post(
        "/datasources/push/vendor/charges/",
        json.dumps([CHARGE]),
        content_type="application/json",
        headers={"Authorization": f"Bearer {text}"},
    )
    assert answer.status_code == 202


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        ({"raw": "{"}, 400, "json"),
        ({"raw": "[" * 100_000}, 400, "json"),
        ({"raw": "[NaN]"}, 400, "json"),
        ({"raw": b"\xff\xfe["}, 400, "utf8"),
        ({"raw": "[]"}, 400, "no_rows"),
        ({"raw": "[1]"}, 400, "not_an_object"),
        ({"rows": [{**CHARGE, "amuont": 1}]}, 400, "unknown_columns"),
        ({"rows": [{"@rows": "staff"}]}, 400, "unknown_columns"),
        ({"rows": [CHARGE], "table": "nothing"}, 404, "no_table"),
        ({"rows": [CHARGE], "kind": "text/csv"}, 415, "media_type"),
        ({"rows": [CHARGE], "Content_Encoding": "br"}, 415, "encoding"),
        ({"raw": "no gzip", "Content_Encoding": "gzip"}, 400, "gzip"),
        ({"raw": gzip.compress(b"[1]")[:-6], "Content_Encoding": "gzip"}, 400, "gzip"),
        ({"rows": [CHARGE], "Idempotency_Key": "x" * 121}, 400, "idempotency_key"),
    ],
)
def test_what_is_not_taken_says_why_in_two_languages(send, words, status, code):
    answer = send(**{"rows": None, **words})
    assert code_of(answer) == (status, code)
    error = answer.json()["error"]
    assert error["message"]
    assert error["message_en"].isascii()


def test_bombs_and_floods_are_bounded(send, monkeypatch):
    from zhikong.hospital.functions.datasources.push import rules, views

    assert code_of(send(None, raw=gzip.compress(b" " * (101 << 20), 9), Content_Encoding="gzip")) == (
        413,
        "too_large",
    )
    monkeypatch.setattr(rules, "MOST_ROWS", 1)
    assert code_of(send([CHARGE, CHARGE])) == (413, "too_many_rows")
    monkeypatch.setattr(views, "MOST_BYTES", 50)
    assert code_of(send([CHARGE])) == (413, "too_large")
    monkeypatch.undo()
    monkeypatch.setattr(rules, "MOST_A_MINUTE", 2)
    assert [send([{**CHARGE, "charge_id": f"C{n}"}]).status_code for n in range(3)] == [202, 202, 429]
    assert send([CHARGE])["Retry-After"] == "60"


def test_methods_receipts_and_other_hospitals(send, receipt, token):
    assert code_of(
        Client().get("/datasources/push/vendor/charges/", headers={"Authorization": f"Bearer {token}"})
    ) == (405, "method")
    assert code_of(receipt(99)) == (404, "no_receipt")
    send([CHARGE])
    assert Client().get("/datasources/push/vendor/receipts/1/").status_code == 401


def test_the_raw_rows_are_kept_before_the_answer_and_hold_what_was_sent(loading, send):
    from zhikong.foundation.facts import raw
    from zhikong.hospital.functions.datasources.models import Receipt

    send([CHARGE])
    with loading.scoped():
        found = Receipt.objects.select_related("raw").get()
        assert (found.part, found.note) == ("charges", "1 行")
        import io

        content = io.BytesIO()
        raw.copy_to(found.raw, content)
    lines = content.getvalue().splitlines()
    assert json.loads(lines[0]) == {"@rows": "charges"}
    assert json.loads(lines[1]) == {key: str(value) for key, value in CHARGE.items()}


@pytest.mark.parametrize("table", sorted(TABLES))
def test_the_example_of_every_table_is_taken(send, table):
    from zhikong.hospital.functions.datasources.push import openapi

    assert send([openapi.example(TABLES[table])], table).status_code == 202


def test_the_description_is_a_whole_document():
    answer = Client().get("/datasources/push/openapi.json")
    found = answer.json()
    assert found["openapi"].startswith("3.1")
    references = {ref for ref in _references(found)}
    for reference in references:
        node = found
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]
    schemas = found["components"]["schemas"]
    assert set(TABLES) < set(schemas)
    for name, table in TABLES.items():
        row = schemas[name]
        assert set(row["required"]) <= set(row["properties"])
        _fits(row["examples"][0], row)
        coded = {c.name for c in table.columns if c.domain}
        assert coded <= {key for key, value in row["properties"].items() if "enum" in value}


def _references(node):
    if isinstance(node, dict):
        yield from ([node["$ref"]] if "$ref" in node else [])
        for value in node.values():
            yield from _references(value)
    if isinstance(node, list):
        for value in node:
            yield from _references(value)


_KINDS = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "null": type(None)}


def _fits(row, schema):
    """The part of JSON Schema that the document uses."""
    assert set(schema["required"]) <= set(row) <= set(schema["properties"])
    for key, value in row.items():
        said = schema["properties"][key]
        kinds = said["type"] if isinstance(said["type"], list) else [said["type"]]
        assert isinstance(value, tuple(_KINDS[kind] for kind in kinds)), key
        assert "enum" not in said or value in said["enum"]
        assert "minimum" not in said or value >= said["minimum"]


def test_examples_are_rows_without_a_fault(tmp_path):
    from zhikong.hospital.functions.datasources.mappings import packaged
    from zhikong.hospital.functions.datasources.push import openapi
    from zhikong.intake.context import Context
    from zhikong.intake.formats.rows import written
    from zhikong.intake.reading import read_files

    mapping = packaged()["contract_rows"].mapping
    path = tmp_path / "all.jsonl"
    path.write_bytes(b"".join(written(name, [openapi.example(table)]) for name, table in TABLES.items()))
    now = timezone.now().replace(tzinfo=None)
    context = Context("H", "Asia/Shanghai", b"k", {"CARD": "CARD", "心血管内科": "CARD"}, now)
    reading = read_files(dict.fromkeys(mapping.sources, path), mapping, context, tmp_path)
    assert [(p.source, p.column, p.reason) for p in reading.problems] == []
    assert set(reading.rows) == set(TABLES)


def test_a_corrected_row_replaces_the_one_that_is_published(loading, feed, send):
    send([STAY], "stays")
    send([CHARGE])
    turn(loading, feed)
    send([{**CHARGE, "amount": 9900}])
    turn(loading, feed)
    assert [(row["charge_id"], row["amount"]) for row in loading.rows("charges")] == [("C1", 9900)]


def test_of_two_versions_of_a_row_in_one_turn_the_later_holds(loading, feed, send):
    send([STAY], "stays")
    send([CHARGE])
    send([{**CHARGE, "amount": 9900}])
    turn(loading, feed)
    assert [(row["charge_id"], row["amount"]) for row in loading.rows("charges")] == [("C1", 9900)]
