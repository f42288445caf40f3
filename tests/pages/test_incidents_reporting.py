"""The pages on which everybody reports, and where the reporter reads what became of it."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest

from zhikong.foundation.outbox.actions import deliver_pending
from zhikong.hospital.functions.incidents.rules_reporting_report import REQUIRED

WHAT = "患者夜间如厕，在卫生间滑倒，左髋疼痛。"


@pytest.fixture
def nurse(hospital, as_role):
    return as_role("nurse", hospital.departments["CARD"], name="张护士")


@pytest.fixture
def filled():
    """filled(harm="A") → the fields as the page posts them."""

    def make(**more):
        day = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()
        return {
            "privacy": "confidential",
            "what": WHAT,
            "department": "CARD",
            "occurred_on": day,
            "shift": "night",
            "harm": "E",
            "category": "fall",
        } | more

    return make


def _report(client, fields):
    answer = client.post("/incidents/report/", fields)
    assert answer.status_code == 302, answer.context["errors"]
    return answer["Location"].rstrip("/").rpartition("/")[2]


@pytest.mark.proves("EVT-01")
def test_five_answers_make_a_report_and_its_receipt(nurse, filled):
    page = nurse.get("/incidents/report/").content.decode()
    assert set(re.findall(r'name="(\w+)"[^>]* required', page)) == set(REQUIRED)
    assert len(REQUIRED) <= 6
    code = _report(nurse, filled())
    receipt = nurse.get(f"/incidents/mine/{code}/").content.decode()
    for words in (code, "谢谢您说出来", "接下来", WHAT, "只有质控科能看到是您"):
        assert words in receipt
    assert code in nurse.get("/incidents/mine/").content.decode()


def test_the_ward_of_the_square_code_and_the_writer_s_own_are_filled_in(nurse):
    page = nurse.get("/incidents/report/").content.decode()
    assert '<option value="CARD" selected>' in page
    page = nurse.get("/incidents/report/?d=GSUR").content.decode()
    assert '<option value="GSUR" selected>' in page
    assert "/speak/?h=A&amp;d=GSUR" in page


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(nurse, filled):
    answer = nurse.post("/incidents/report/", filled(privacy="", harm="", occurred_on="2999-01-01"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert set(answer.context["errors"]) == {"privacy", "harm", "occurred_on"}
    assert WHAT in page
    assert nurse.get("/incidents/mine/").context["rows"] == []


def test_this_page_takes_no_anonymous_report(nurse, filled):
    answer = nurse.post("/incidents/report/", filled(privacy="anonymous"))
    assert answer.status_code == 422
    assert set(answer.context["errors"]) == {"privacy"}


def test_the_words_suggest_a_category(nurse):
    page = nurse.post("/incidents/report/suggest/", {"what": WHAT}).content.decode()
    assert 'data-pick="fall"' in page
    assert nurse.post("/incidents/report/suggest/", {"what": "今天天气很好"}).content.decode().strip() == ""


def test_a_draft_is_kept_read_again_and_sent(nurse, filled, hospital, as_role):
    answer = nurse.post("/incidents/report/", filled(keep="1", privacy=""))
    assert answer["Location"] == "/incidents/mine/"
    [draft] = nurse.get("/incidents/mine/").context["drafts"]
    assert WHAT in nurse.get(f"/incidents/report/?draft={draft.pk}").content.decode()
    stranger = as_role("nurse", hospital.departments["CARD"])
    assert WHAT not in stranger.get(f"/incidents/report/?draft={draft.pk}").content.decode()
    _report(nurse, filled(draft=draft.pk))
    assert nurse.get("/incidents/mine/").context["drafts"] == []


def test_a_report_is_followed_by_its_writer_alone(nurse, filled, hospital, as_role):
    code = _report(nurse, filled())
    for role, place in (("nurse", "CARD"), ("department_head", "CARD"), ("quality_office", None)):
        other = as_role(role, hospital.departments.get(place))
        assert other.get(f"/incidents/mine/{code}/").status_code == 404
        assert other.post(f"/incidents/mine/{code}/add/", {"text": "冒名"}).status_code == 404


def test_more_is_told_later_and_the_office_is_answered(nurse, filled, make_user):
    from zhikong.hospital.functions.incidents.models.handling_work import Answer
    from zhikong.hospital.functions.incidents.models.reporting import Incident

    code = _report(nurse, filled())
    incident = Incident.objects.get(code=code)
    question = Answer.objects.create(
        institution_id=incident.institution_id,
        incident=incident,
        kind=Answer.Kind.QUESTION,
        text="地面当时湿吗？",
        at=incident.reported_at,
        by=make_user("quality_office"),
    )
    page = nurse.get(f"/incidents/mine/{code}/")
    assert [one.text for one in page.context["asked"]] == ["地面当时湿吗？"]
    nurse.post(f"/incidents/mine/{code}/add/", {"text": "湿，刚拖过。", "question": question.pk})
    page = nurse.get(f"/incidents/mine/{code}/")
    assert page.context["asked"] == []
    assert "湿，刚拖过。" in page.content.decode()


def test_a_picture_stands_behind_the_door_and_only_its_writer_sees_it_here(nurse, filled, hospital, as_role):
    from django.core.files.uploadedfile import SimpleUploadedFile
    from PIL import Image

    from zhikong.foundation.files.models import File
    from zhikong.hospital.functions.incidents.models.reporting import IncidentPhoto

    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "JPEG")
    upload = SimpleUploadedFile("张护士拍的.jpg", out.getvalue(), content_type="image/jpeg")
    code = _report(nurse, filled(photos=upload))
    row = IncidentPhoto.objects.get(incident__code=code)
    kept = File.objects.get(pk=row.file)
    assert "张护士" not in kept.name
    assert nurse.get(f"/incidents/mine/{code}/photos/{row.pk}/")["Content-Type"] == "image/jpeg"
    other = as_role("nurse", hospital.departments["CARD"])
    assert other.get(f"/incidents/mine/{code}/photos/{row.pk}/").status_code == 404


@pytest.fixture
def pharmacist(as_role):
    return as_role("pharmacy", name="赵药师")


ADR = {
    "sex": "f",
    "age": "46",
    "primary": "社区获得性肺炎",
    "allergy": "none",
    "drugs.0.name": "注射用头孢曲松钠",
    "drugs.0.how": "静脉滴注 2 克",
    "drugs.0.begin": "2026-11-02",
    "onset": "2026-11-02T09:40",
    "symptoms": "=全身散在皮疹",
    "system": ["skin"],
    "new_kind": "known",
    "severity": "mild",
    "course": "停药后消退",
    "stop": "yes",
    "again": "not_used",
    "prognosis": "cured",
    "primary_effect": "none",
    "causality": "probable",
}


def test_the_typed_form_is_kept_in_parts_and_its_answers_are_no_sheet(nurse, filled, hospital, as_role):
    from zhikong.foundation.forms.models import Sheet
    from zhikong.hospital.functions.incidents.models.reporting import IncidentSheet

    code = _report(nurse, filled())
    url = f"/incidents/typed/{code}/"
    nurse.post(url, {"activity": "toilet", "keep": "1"})
    wrong = nurse.post(url, {"activity": "toilet", "scale": "morse", "done": "1"})
    assert wrong.status_code == 422
    assert "injury_level" in wrong.context["errors"]
    row = IncidentSheet.objects.get(incident__code=code)
    assert (row.filled_by_id, row.done_at) == (None, None)  # the reporter stands nowhere
    head = as_role("department_head", hospital.departments["CARD"])
    head.post(url, {"activity": "bed", "keep": "1"})
    row.refresh_from_db()
    assert row.filled_by_id == head.user.pk
    assert not Sheet.objects.exists()
    for role, place in (("department_head", "GSUR"), ("nurse", "CARD")):
        assert as_role(role, hospital.departments[place]).get(url).status_code == 404


@pytest.mark.proves("EVT-17")
def test_drug_reactions_are_exported_in_our_own_layout_which_says_that_it_is_ours(nurse, filled, pharmacist):
    code = _report(nurse, filled(what="静滴头孢后全身皮疹。", category="adr"))
    assert nurse.post(f"/incidents/typed/{code}/", ADR | {"done": "1"}).status_code == 302
    deliver_pending(now=datetime.now(UTC))  # handling learns of it, and which office it belongs to
    page = pharmacist.get("/incidents/adr/").content.decode()
    assert code in page
    assert "不是国家药品不良反应监测系统的格式" in page
    table = pharmacist.get("/incidents/adr/export/csv/").content.decode("utf-8-sig")
    titles, names, row = csv.reader(table.splitlines())
    found = dict(zip(names, row, strict=True))
    assert found["report_number"] == code
    assert (found["severity"], found["severity_words"]) == ("mild", "一般")
    assert found["symptoms"] == "'=全身散在皮疹"  # no formula
    assert len(titles) == len(names)
    assert "张护士" not in table
    assert b'layout="zhikong-adr-1"' in pharmacist.get("/incidents/adr/export/xml/").content
    assert pharmacist.get("/incidents/adr/export/xlsx/").content[:2] == b"PK"
    assert nurse.get("/incidents/adr/").status_code == 403
    assert nurse.get("/incidents/adr/export/csv/").status_code == 403


def test_who_reported_is_asked_for_twice_and_opened_by_the_right_office_alone(
    nurse, filled, hospital, as_role
):
    code = _report(nurse, filled())
    deliver_pending(now=datetime.now(UTC))
    url = f"/incidents/cases/{code}/reporter/"
    office, affairs = as_role("quality_office"), as_role("medical_affairs")
    assert "张护士" not in office.get(url).content.decode()
    assert "张护士" in office.post(url).content.decode()
    assert affairs.post(url).status_code == 403
    head = as_role("department_head", hospital.departments["CARD"])
    assert head.post(url).status_code == 403
    case = office.get(f"/incidents/cases/{code}/").content.decode()
    assert "张护士" not in case
    assert "查看报告人" in case


def test_labels_lead_to_the_page_without_an_account(nurse):
    page = nurse.get("/incidents/labels/?d=CARD")
    assert [one.address for one in page.context["labels"]] == ["http://testserver/speak/?h=A&d=CARD"]
    assert nurse.get("/incidents/labels/print/?d=CARD").content[:5] == b"%PDF-"
