"""The addresses that phones talk to, and the pages of a visit in progress."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.visits import NOW, Phone, make_round, new_id, photo
from zhikong.hospital.functions.inspections.models.visiting import Media, Op

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def visited(hospital, make_user, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    return make_round(hospital, make_user)


def signed_in(user, **kwargs):
    client = Client(**kwargs)
    client.force_login(user, backend=BACKEND)
    return client


def url(visited, what):
    return f"/inspections/sync/visits/{visited.visit.pk}/{what}/"


def post(client, address, content):
    text = content if isinstance(content, str | bytes) else json.dumps(content)
    return client.post(address, text, content_type="application/json")


def test_without_a_session_the_answer_says_what_to_do(visited):
    answer = Client().get("/inspections/sync/me/")
    assert answer.status_code == 401
    assert answer.json()["error"] == "signed_out"
    assert "重新登录" in answer.json()["why"]


def test_a_phone_gets_its_visits_and_a_package(visited):
    client = signed_in(visited.member)
    mine = client.get("/inspections/sync/me/").json()
    assert [one["id"] for one in mine["visits"]] == [visited.visit.pk]
    package = post(client, url(visited, "package"), {"device": new_id(), "label": "Android"}).json()
    assert package["visit"]["number"] == visited.visit.number
    assert [one["form"] for one in package["sheets"]] == ["infection_ward_check@1"]
    assert "infection_ward_check@1" in package["forms"]
    assert package["expires_at"] == (NOW + timedelta(hours=24)).isoformat()


def test_a_batch_is_taken_and_seen_by_another_phone(visited):
    phone, other = Phone(visited.lead), signed_in(visited.member)
    sent = phone.body(visited.answer(phone, "towel", "no"))
    answer = post(signed_in(visited.lead), url(visited, "ops"), sent).json()
    assert answer["results"][0]["status"] == "stored"
    seen = other.get(url(visited, "changes")).json()
    assert [(one["item"], one["value"]) for one in seen["answers"]] == [("towel", "no")]
    assert other.get(url(visited, "changes") + f"?since={seen['cursor']}").json()["answers"] == []
    history = other.get(url(visited, "history") + f"?sheet={visited.sheet.pk}&item=towel").json()
    assert history["entries"][0]["by"] == "王敏"


def test_a_clock_that_is_a_day_off_is_explained(visited):
    phone = Phone(visited.lead, ahead=-86400)
    answer = post(signed_in(visited.lead), url(visited, "ops"), phone.body()).json()
    assert answer["drift_seconds"] == -86400
    assert "慢 1 天" in answer["drift_note"]


def test_another_accounts_ops_are_not_taken_as_ones_own(visited):
    phone = Phone(visited.member)
    answer = post(
        signed_in(visited.lead), url(visited, "ops"), phone.body(visited.answer(phone, "towel", "no"))
    )
    assert (answer.status_code, answer.json()["error"]) == (409, "other_account")
    assert not Op.objects.exists()


def test_a_visit_of_another_department_or_hospital_does_not_exist(visited, as_role, hospital):
    for client in (
        as_role("head_nurse", hospital.departments["PAED"]),
        as_role("department_head", hospital.departments["CARD"]),
    ):
        for address in (url(visited, "changes"), url(visited, "held") + f"?device={new_id()}"):
            answer = client.get(address)
            assert (answer.status_code, answer.json()["error"]) == (404, "unknown_visit")
        assert post(client, url(visited, "ops"), Phone(client.user).body()).status_code == 404


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"ops": 5}', b"\xff", b"{" * 100_000])
def test_hostile_json_is_a_sentence(visited, body):
    answer = post(signed_in(visited.lead), url(visited, "ops"), body)
    assert answer.status_code == 400
    assert answer.json()["why"]


def test_too_much_at_once_is_refused_before_it_is_read(visited):
    answer = post(signed_in(visited.lead), url(visited, "ops"), b" " * 300_000)
    assert (answer.status_code, answer.json()["error"]) == (413, "too_large")


def test_a_foreign_page_cannot_send(visited):
    client = signed_in(visited.lead, enforce_csrf_checks=True)
    answer = post(client, url(visited, "ops"), Phone(visited.lead).body())
    assert (answer.status_code, answer.json()["error"]) == (403, "csrf")
    token = client.get("/inspections/sync/me/").json()["token"]
    good = client.post(
        url(visited, "ops"),
        Phone(visited.lead).body(),
        content_type="application/json",
        headers={"X-CSRFToken": token},
    )
    assert good.status_code == 200


def put(client, visited, media_id, content, *, offset=0, total=None, **headers):
    said = {
        "X-Visit": str(visited.visit.pk),
        "X-Kind": "photo",
        "X-Total": str(total or len(content)),
        "X-Offset": str(offset),
        "X-Name": "a.jpg",
        "X-Type": "image/jpeg",
        **headers,
    }
    return client.put(
        f"/inspections/sync/media/{media_id}/", content, content_type="application/octet-stream", headers=said
    )


def test_a_photo_comes_in_pieces_and_goes_on_where_it_stopped(visited):
    client, content, media_id = signed_in(visited.member), photo(size=(900, 700)), new_id()
    half = len(content) // 2
    first = put(client, visited, media_id, content[:half], total=len(content)).json()
    assert first == {"received": half, "total": len(content), "done": False, "file": None, "why": ""}
    lost = put(client, visited, media_id, content[half + 9 :], offset=half + 9, total=len(content))
    assert (lost.status_code, lost.json()["received"]) == (409, half)
    again = put(client, visited, media_id, content[:half], total=len(content))
    assert again.json()["received"] == half
    done = put(client, visited, media_id, content[half:], offset=half, total=len(content)).json()
    assert done["done"]
    assert put(client, visited, media_id, content[half:], offset=half, total=len(content)).json() == done
    assert Media.objects.get().pieces.count() == 0
    picture = client.get(f"/inspections/sync/media/{media_id}/picture/?small=1")
    assert b"".join(picture).startswith(b"\xff\xd8\xff")


def test_a_photo_of_40_mb_is_refused_before_it_is_sent_and_comes_scaled(visited):
    client, media_id = signed_in(visited.lead), new_id()
    answer = put(client, visited, media_id, b"\xff\xd8\xff" * 10, total=40 * 1024 * 1024)
    assert answer.status_code == 413
    assert answer.json()["max_side"] == 4096
    assert "40 MB" in answer.json()["why"]
    assert put(client, visited, media_id, photo()).json()["done"]


def test_what_is_no_photo_is_refused_and_may_come_again(visited):
    client, media_id = signed_in(visited.lead), new_id()
    answer = put(client, visited, media_id, b"MZ" + b"\0" * 500)
    assert answer.status_code == 422
    assert "程序" in answer.json()["why"]
    assert put(client, visited, media_id, photo()).json()["done"]


def test_a_ticket_lets_a_phone_hand_in_without_a_session(visited):
    phone = Phone(visited.member)
    client = signed_in(visited.member)
    ticket = post(client, url(visited, "package"), {"device": phone.id}).json()["ticket"]
    visited.member.is_active = False
    visited.member.save()
    sent = phone.body(visited.answer(phone, "towel", "no"), ticket=ticket)
    answer = post(Client(), "/inspections/sync/deposit/", sent)
    assert [one["status"] for one in answer.json()["results"]] == ["set_aside"]
    assert "停用" in answer.json()["results"][0]["why"]
    assert "towel" not in visited.answers
    forged = post(Client(), "/inspections/sync/deposit/", phone.body(ticket=ticket[:-2] + "xx"))
    assert forged.status_code == 400


def test_the_head_signs_with_the_own_password_on_the_inspectors_phone(visited):
    visited.head.set_password("Head-of-ward-2026")
    visited.head.save()
    phone, client = Phone(visited.lead), signed_in(visited.lead)
    post(client, url(visited, "ops"), phone.body(visited.answer(phone, "towel", "yes")))
    said = {"id": new_id(), "role": "inspected", "username": visited.head.username, "password": "wrong"}
    assert post(client, url(visited, "sign"), said).status_code == 422
    right = post(client, url(visited, "sign"), {**said, "password": "Head-of-ward-2026"})
    assert right.json()["signature"]["how"] == "account"
    assert right.json()["signature"]["name"] == "李建国"
    assert client.get("/inspections/sync/me/").json()["user"]["name"] == "王敏"


# ---- pages ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def clash(visited):
    """Two inspectors answered one item differently; one put something right; a photo hangs at another item."""
    lead, member = Phone(visited.lead), Phone(visited.member, ahead=86400)
    photo_id = visited.brings(lead, photo())
    visited.sends(lead, visited.answer(lead, "towel", "yes"), visited.answer(lead, "sterile_valid", "no"))
    visited.sends(lead, visited.answer(lead, "sterile_valid__files", [photo_id]))
    visited.sends(member, visited.answer(member, "towel", "no"))
    return visited


def page(visited, name):
    return f"/inspections/visits/{visited.visit.pk}/{name}/"


def test_two_answers_are_shown_and_one_is_chosen(clash):
    client = signed_in(clash.lead)
    text = client.get(page(clash, "answers")).content.decode()
    assert "两个答案不同，请选定" in text
    assert "快 1 天" in text
    op = Op.objects.get(status="conflict")
    answer = client.post(page(clash, "answers") + f"{op.pk}/choose/", {"which": "later"}, follow=True)
    assert "已选定" in answer.content.decode()
    assert clash.answers["towel"] == "no"


def test_a_photo_is_for_the_inspectors_until_somebody_has_looked_at_it(clash):
    one = Media.objects.get()
    head = signed_in(clash.head)
    assert head.get(f"/files/{one.file_id}/picture/").status_code == 403
    lead = signed_in(clash.lead)
    assert "把人脸、床头卡" in lead.get(page(clash, f"photos/{one.pk}")).content.decode()
    regions = json.dumps([{"x": 0.1, "y": 0.1, "w": 0.3, "h": 0.3}])
    lead.post(page(clash, f"photos/{one.pk}/blur"), {"how": "regions", "regions": regions})
    one.refresh_from_db()
    assert one.original_id != one.file_id
    assert clash.answers["sterile_valid__files"] == [one.file_id]
    blurred = head.get(f"/files/{one.file_id}/picture/")
    assert b"".join(blurred).startswith(b"\xff\xd8")
    assert head.get(f"/files/{one.original_id}/picture/").status_code == 403
    lead.post(page(clash, f"photos/{one.pk}/delete"), {"reason": "患者要求删除"})
    one.refresh_from_db()
    assert one.original_deleted_by == clash.lead
    assert one.original.deleted_at is not None
    assert "患者要求删除" in one.original.events.get(act="deleted").text


@pytest.mark.proves("INS-23")
def test_the_head_objects_and_the_lead_answers_and_concludes(visited):
    phone, lead, head = Phone(visited.lead), signed_in(visited.lead), signed_in(visited.head)
    visited.sends(phone, *visited.all_yes(phone, but=("soap",)), visited.answer(phone, "soap", "no"))
    lead.post(page(visited, "answers/finish"), {"note": "总体较好"})
    shown = head.get(page(visited, "exchange")).content.decode()
    assert "没有使用固体肥皂" in shown
    head.post(page(visited, "exchange/say"), {"voice": "object", "text": "肥皂是家属自带的"})
    refused = lead.post(page(visited, "exchange/conclude"), {"text": "合格", "waive": ""})
    assert refused.status_code == 422
    assert "异议" in refused.content.decode()
    said = visited.visit.exchange.get()
    lead.post(page(visited, f"exchange/{said.pk}/reply"), {f"r{said.pk}-text": "已核对，仍记录"})
    lead.post(page(visited, "exchange/conclude"), {"text": "合格", "waive": ""})
    visited.visit.refresh_from_db()
    assert visited.visit.state == "concluded"
    assert "查看整改单" in head.get(page(visited, "exchange")).content.decode()


def test_what_is_typed_is_kept_when_it_is_refused(visited):
    phone, lead, head = Phone(visited.lead), signed_in(visited.lead), signed_in(visited.head)
    visited.sends(phone, *visited.all_yes(phone))
    lead.post(page(visited, "answers/finish"), {})
    answer = head.post(page(visited, "exchange/say"), {"voice": "object", "text": "不"})
    assert answer.status_code == 422
    assert "至少" in answer.content.decode()


def test_pages_of_a_visit_of_others_do_not_exist(clash, as_role, hospital):
    stranger = as_role("head_nurse", hospital.departments["PAED"])
    for name in ("answers", "exchange", f"photos/{Media.objects.get().pk}"):
        assert stranger.get(page(clash, name)).status_code == 404
