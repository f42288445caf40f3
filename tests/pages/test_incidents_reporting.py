"""The pages on which everybody reports, and where the reporter reads what became of it."""

import io
import re
from datetime import UTC, datetime, timedelta

import pytest

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
